import { expect, it } from 'vitest';
import { RejectedError, RetryableError } from '../../src/domain/errors.ts';
import type { RawPush } from '../../src/ports/channel.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import { createHearPushes } from '../../src/services/hear-pushes.ts';
import { anOrder } from '../kit/builders.ts';
import { startFlow } from '../kit/test-storage.ts';

const push = (body: string): RawPush => ({
  method: 'POST',
  target: '/hooks/shops/mini',
  headers: {},
  rawBody: Buffer.from(body),
});

/** A shop whose pushes are a message id and an order number: `m1 42`. */
async function startHearing() {
  const flow = await startFlow();
  const asked: (readonly string[])[] = [];
  const nudged: string[] = [];
  let isDown = false;
  const channel = {
    ...flow.mini,
    readPush({ rawBody }: RawPush) {
      const [messageId = '', ...orderNos] = rawBody.toString().split(' ');
      if (messageId === 'odd') throw new RejectedError('odd', { code: 'BAD_PUSH' });
      if (messageId === 'forged') throw new RejectedError('forged', { code: 'BAD_SIGNATURE' });
      return { messageId, orderNos, answer: { status: 200, type: 'text/plain', body: 'success' } };
    },
    async fetchOrders(orderNos: readonly string[], signal: AbortSignal) {
      if (isDown) throw new RetryableError('down', { code: 'TIMEOUT' });
      asked.push(orderNos);
      return flow.mini.fetchOrders(orderNos, signal);
    },
  };
  const source = { ...flow.shop, channel };
  const hearing = createHearPushes({
    storage: flow.storage,
    clock: flow.clock,
    kind: 'shop',
    readPushOf: (id) => (id === source.id ? (push) => channel.readPush(push) : undefined),
    readAfresh: (shop: typeof source, orderNos, signal) => flow.ingest.readOrders(shop, orderNos, signal),
    nudge: (shopId) => nudged.push(shopId),
    metrics: silentMetrics,
    log: { info() {}, warn() {}, error() {} },
  });
  const turn = (is: boolean) => {
    isDown = is;
  };
  return { flow, source, hearing, asked, nudged, turn };
}

it('a push is stored and answered, and its order is read afresh: what it says itself is not believed [B1, B2]', async () => {
  const { flow, source, hearing, asked, nudged } = await startHearing();
  flow.mini.orders.set('42', anOrder({ channelOrderNo: '42' }));

  expect(await hearing.hear('mini', push('m1 42'))).toEqual({ status: 200, type: 'text/plain', body: 'success' });
  expect(nudged).toEqual(['mini']);
  expect(flow.rows('SELECT count(*) AS n FROM "Order"')).toEqual([{ n: 0 }]);

  expect(await hearing.read(source, flow.signal)).toBe(1);
  expect(asked).toEqual([['42']]);
  expect(flow.rows('SELECT channelOrderNo FROM "Order"')).toEqual([{ channelOrderNo: '42' }]);
  expect(await hearing.read(source, flow.signal)).toBe(0);
});

it('a repeated push is answered the same and read once', async () => {
  const { flow, source, hearing, asked } = await startHearing();
  for (const body of ['m1 42', 'm1 42', 'm2 42']) await hearing.hear('mini', push(body));

  expect(await hearing.read(source, flow.signal)).toBe(2);
  expect(asked).toEqual([['42']]);
  expect(await hearing.hear('mini', push('m1 42'))).toMatchObject({ status: 200 });
  expect(await hearing.read(source, flow.signal)).toBe(0);
});

it('what could not be read waits and is read later', async () => {
  const { flow, source, hearing, asked, turn } = await startHearing();
  await hearing.hear('mini', push('m1 42'));
  turn(true);
  await expect(hearing.read(source, flow.signal)).rejects.toThrow('down');
  turn(false);

  await hearing.read(source, flow.signal);

  expect(asked).toEqual([['42']]);
});

it('a forged push is refused in words, and a shop that takes none has no door', async () => {
  const { flow, hearing } = await startHearing();

  await expect(hearing.hear('mini', push('forged 42'))).rejects.toMatchObject({ name: 'UserError' });
  expect(await hearing.hear('nobody', push('m1 42'))).toBeUndefined();
  expect(flow.rows('SELECT count(*) AS n FROM Push')).toEqual([{ n: 0 }]);
});

it('what cannot be read stands in the way of later pushes for a minute at most: the polls will have it', async () => {
  const { flow, source, hearing, asked, turn } = await startHearing();
  await hearing.hear('mini', push('m1 41'));
  turn(true);
  await expect(hearing.read(source, flow.signal)).rejects.toThrow('down');
  await flow.clock.advanceTo(flow.clock.now() + 61_000);
  await hearing.hear('mini', push('m2 42'));

  expect(await hearing.read(source, flow.signal)).toBe(1);
  turn(false);
  await hearing.read(source, flow.signal);

  expect(asked).toEqual([['42']]);
});

it('a push that is signed rightly and says something new is answered, counted and not asked for again', async () => {
  const { flow, hearing } = await startHearing();

  expect(await hearing.hear('mini', push('odd'))).toMatchObject({ status: 200 });
  expect(await flow.storage.views.listOddities()).toMatchObject([{ kind: 'skipped-row', what: 'push', count: 1 }]);
});
