import { describe, expect, it } from 'vitest';
import type { Asking } from '../../src/domain/asking.ts';
import { hearsAll } from '../../src/domain/hears.ts';
import type { OrderView } from '../../src/domain/order.ts';
import { createReadOrder } from '../../src/services/read-order.ts';
import { createReadOrderPage } from '../../src/services/read-order-page.ts';
import { createWhyNot } from '../../src/services/why-not.ts';
import { aFulfillment, anOrder, at, hour } from '../kit/builders.ts';
import { aRoom, type Flow, startFlow, textOf } from '../kit/test-storage.ts';

const uploaded = at('11:00');
const asking = { language: 'zh' } as Asking;

const shipped = (change: Partial<OrderView> = {}): OrderView =>
  anOrder({
    status: 'shipped',
    sortedAt: at('10:30'),
    shippedAt: uploaded,
    sourceUpdatedAt: uploaded,
    shipments: [{ carrier: '中通', waybill: 'ZT75312347812', shippedAt: uploaded }],
    ...change,
  });

async function known(flow: Flow) {
  const [order] = await flow.storage.views.listByTail('018842', 2);
  if (order === undefined) throw new Error('no order');
  return order;
}

async function whyNot(flow: Flow): Promise<string> {
  const ask = createWhyNot({ ...flow, rules: () => flow.rules });
  const cards = await ask(asking, { order: await known(flow) });
  return cards.map(textOf).join('\n');
}

describe('what is asked of an order whose parcel does not move [C3][P6]', () => {
  it('is answered with the alert of its parcel, in chat and on its page', async () => {
    const flow = await startFlow({
      rooms: [aRoom({ hears: hearsAll('info') })],
      freshTracks: async (waybills) => new Map(waybills.map((each) => [each, uploaded + 48 * hour])),
    });
    await flow.clock.advanceTo(uploaded);
    await flow.tell(shipped());
    await flow.runAt(uploaded + 48 * hour);

    expect(await whyNot(flow)).toMatch(/018842 报过 1 条：\n1号 物流停滞/);
    const [card] = await flow.storage.transaction(await createReadOrder(flow)(asking, [await known(flow)]));
    expect(card && textOf(card)).toContain('1号');
    const page = await createReadOrderPage({ ...flow, stores: flow.storage })((await known(flow)).id);
    expect(page?.openAlerts).toMatchObject([{ number: 1 }]);
  });

  it('is answered with when it would be late', async () => {
    const flow = await startFlow();
    await flow.clock.advanceTo(uploaded);
    await flow.tell(shipped());

    expect(await whyNot(flow)).toMatch(/物流停滞 · 还没到：11月26日 11:00 才报/);
  });
});

it('names the platform’s own deadline among what an order has not raised yet [N18]', async () => {
  const flow = await startFlow();
  await flow.tell(anOrder({ paidAt: at('09:00'), shipBy: at('09:00') + 48 * hour }));

  expect(await whyNot(flow)).toMatch(/快到平台发货时限，还没发 · 还没到：11月25日 21:00 才报/);
});

it('says that a waybill was uploaded before anything was packed, and no longer when it is [P3]', async () => {
  const flow = await startFlow();
  const upload = { carrier: '中通', waybill: '78812345678901', shippedAt: at('09:40') };
  await flow.tell(anOrder({ status: 'shipped', shippedAt: at('09:40'), shipments: [upload] }));
  await flow.show(aFulfillment({ stage: 'sorting', sortedAt: at('09:30') }));
  const card = async () => {
    const [shown] = await flow.storage.transaction(await createReadOrder(flow)(asking, [await known(flow)]));
    return shown === undefined ? '' : textOf(shown);
  };
  expect(await card()).toContain('单号已上传，仓库还没打包');

  await flow.show(aFulfillment({ stage: 'packed', sortedAt: at('09:30'), sourceUpdatedAt: at('11:00') }));
  expect(await card()).not.toContain('还没打包');
});
