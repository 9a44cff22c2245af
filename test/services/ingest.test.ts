import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../src/domain/errors.ts';
import type { OrderPage, Window } from '../../src/ports/channel.ts';
import { aFulfillment, aLock, anOrder, aReceiver, at, hour, told } from '../kit/builders.ts';
import { type Flow, startFlow } from '../kit/test-storage.ts';

/** Answers these pages in turn and keeps what it was asked. */
function pages(flow: Flow, ...list: (OrderPage | Error)[]) {
  const asked: { window: Window; cursor: string | undefined }[] = [];
  const channel = {
    ...flow.mini,
    pullUpdated: async (window: Window, cursor: string | undefined) => {
      asked.push({ window, cursor });
      const page = list.shift();
      if (page instanceof Error) throw page;
      return page ?? { orders: [], skipped: [], next: undefined };
    },
  };
  return { asked, source: { ...flow.shop, channel } };
}

const page = (no: string, next?: string): OrderPage => ({
  orders: [told(anOrder({ channelOrderNo: no }))],
  skipped: [],
  next,
});

describe('reading a shop', () => {
  it('goes page by page up to now and keeps its place with each page', async () => {
    const flow = await startFlow();
    const { asked, source } = pages(flow, page('1', 'p2'), page('2'));
    expect(await flow.ingest.pullShop(source, flow.signal)).toBe(2);

    const window = { from: at('04:00'), to: at('10:00') };
    expect(asked).toEqual([
      { window, cursor: undefined },
      { window, cursor: 'p2' },
    ]);
    expect(await flow.storage.sources.cursor('shop:mini/updated')).toMatchObject({
      watermark: at('10:00') - 1_000,
      windowTo: null,
      page: null,
    });
    expect(await flow.storage.sources.find('shop:mini')).toMatchObject({ lastOkAt: at('10:00') });
  });

  it('goes on with the page and the window at which it was stopped', async () => {
    const flow = await startFlow();
    const broken = pages(flow, page('1', 'p2'), new RetryableError('gone', { code: 'TIMEOUT' }));
    await expect(flow.ingest.pullShop(broken.source, flow.signal)).rejects.toThrow('gone');
    expect(await flow.storage.sources.find('shop:mini')).toMatchObject({
      lastError: 'TIMEOUT',
      lastErrorAt: at('10:00'),
    });
    await flow.clock.advanceTo(at('10:30'));
    const { asked, source } = pages(flow, page('2'));
    await flow.ingest.pullShop(source, flow.signal);

    expect(asked).toEqual([
      { window: { from: at('04:00'), to: at('10:00') }, cursor: 'p2' },
      { window: { from: at('10:00') - 1_000, to: at('10:30') }, cursor: undefined },
    ]);
    expect(await flow.storage.sources.cursor('shop:mini/updated')).toMatchObject({ watermark: at('10:30') - 1_000 });
    expect(flow.rows('SELECT count(*) AS n FROM "Order"')).toEqual([{ n: 2 }]);
  });

  it('asks for no longer window than the platform takes, one after another up to now', async () => {
    const flow = await startFlow();
    const { asked, source } = pages(flow);
    const channel = { ...source.channel, windowMs: { updated: 2.5 * hour, created: hour } };
    await flow.ingest.pullShop({ ...source, channel }, flow.signal);

    expect(asked.map(({ window }) => window)).toEqual([
      { from: at('04:00'), to: at('06:30') },
      { from: at('06:30') - 1_000, to: at('09:00') - 1_000 },
      { from: at('09:00') - 2_000, to: at('10:00') },
    ]);
    expect(await flow.storage.sources.cursor('shop:mini/updated')).toMatchObject({ watermark: at('10:00') - 1_000 });
  });

  it('keeps its place by the clock of the shop, when ours runs before it [B2]', async () => {
    const flow = await startFlow();
    const { source } = pages(flow);
    await flow.ingest.pullShop({ ...source, aheadMs: () => 3 * 60_000 }, flow.signal);
    expect(await flow.storage.sources.cursor('shop:mini/updated')).toMatchObject({ watermark: at('09:57') - 1_000 });

    await flow.clock.advanceTo(at('10:01'));
    await flow.ingest.pullShop({ ...source, aheadMs: () => 900 }, flow.signal);
    expect(await flow.storage.sources.cursor('shop:mini/updated')).toMatchObject({ watermark: at('10:01') - 1_000 });
  });

  it('moves its place back never, however short the window', async () => {
    const flow = await startFlow();
    await flow.storage.sources.saveCursor(
      { stream: 'shop:mini/updated', watermark: at('10:00') - 200, windowTo: null, page: null },
      at('10:00'),
    );
    await flow.ingest.pullShop(pages(flow).source, flow.signal);

    expect(await flow.storage.sources.cursor('shop:mini/updated')).toMatchObject({ watermark: at('10:00') - 200 });
  });

  it('keeps a page and its place together or not at all', async () => {
    const flow = await startFlow();
    const bad = {
      ...page('1'),
      orders: [
        told(anOrder({ channelOrderNo: '1' })),
        told({ ...anOrder({ channelOrderNo: '2' }), lines: null } as never),
      ],
    };
    await expect(flow.ingest.pullShop(pages(flow, bad).source, flow.signal)).rejects.toThrow();

    expect(flow.rows('SELECT count(*) AS n FROM "Order"')).toEqual([{ n: 0 }]);
    expect(await flow.storage.sources.cursor('shop:mini/updated')).toBeUndefined();
    expect(await flow.storage.sources.find('shop:mini')).toMatchObject({ lastOkAt: null, lastError: 'BUG' });
  });

  it('writes nothing again for what it reads again [B2]', async () => {
    const flow = await startFlow();
    flow.mini.orders.set('1', anOrder({ sourceUpdatedAt: at('09:59') }));
    expect(await flow.ingest.pullShop(flow.shop, flow.signal)).toBe(1);
    await flow.clock.advanceTo(at('10:00') + 500);
    expect(await flow.ingest.pullShop(flow.shop, flow.signal)).toBe(0);
    await flow.ingest.readOrders(flow.shop, ['1'], flow.signal);

    expect(flow.rows('SELECT count(*) AS n FROM Event')).toEqual([{ n: 1 }]);
  });

  it('keeps no phone number that somebody wrote into a note [B5]', async () => {
    const flow = await startFlow();
    await flow.tell(anOrder({ buyerNote: '打 13812348000', remark: '已回访 139-1234-8001' }));

    expect(flow.rows('SELECT buyerNote, remark FROM "Order"')).toEqual([
      { buyerNote: '打 138****8000', remark: '已回访 139****8001' },
    ]);
    expect(JSON.stringify(flow.rows('SELECT facts FROM Event'))).not.toContain('13812348000');
  });

  it('stores more than a batch in one go', async () => {
    const flow = await startFlow();
    const orders = Array.from({ length: 450 }, (_, index) => told(anOrder({ channelOrderNo: String(index) })));

    expect(await flow.ingest.pullShop(pages(flow, { orders, skipped: [], next: undefined }).source, flow.signal)).toBe(
      450,
    );
  });

  it('keeps and counts rows it could not read and states nobody knows, and guesses neither [B5]', async () => {
    const flow = await startFlow();
    const unknown = anOrder({ status: 'unknown', sourceStatus: 'WAIT_MOON' });
    const { source } = pages(flow, {
      orders: [told(unknown)],
      skipped: [{ ref: '17', reason: 'no created_at' }],
      next: undefined,
    });
    await flow.ingest.pullShop(source, flow.signal);

    expect(await flow.storage.views.listOddities()).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'unknown-state',
          what: 'WAIT_MOON',
          count: 1,
          lastRef: unknown.channelOrderNo,
        }),
        expect.objectContaining({ kind: 'skipped-row', what: 'no created_at', count: 1, lastRef: '17' }),
      ]),
    );
    expect(await flow.storage.views.findOrderByNo('mini', unknown.channelOrderNo)).toMatchObject({
      status: 'unknown',
      stage: 'paid',
    });
  });

  it('seals the receiver on its way in [B5]', async () => {
    const flow = await startFlow();
    flow.mini.receivers.set('202611240018842', aReceiver);
    flow.mini.orders.set('202611240018842', anOrder({ sourceUpdatedAt: at('09:59') }));
    await flow.ingest.pullShop(flow.shop, flow.signal);

    const everything = JSON.stringify([
      ...flow.rows('SELECT * FROM "Order"'),
      ...flow.rows('SELECT * FROM Event'),
      ...flow.rows('SELECT * FROM Receiver'),
    ]);
    for (const secret of Object.values(aReceiver)) expect(everything).not.toContain(secret);
    expect(flow.rows('SELECT substr(sealed, 1, 7) AS head FROM Receiver')).toEqual([{ head: 'sealed.' }]);
  });
});

describe('reading a warehouse system', () => {
  it('joins what it shows with orders that come later [B2]', async () => {
    const flow = await startFlow();
    flow.wms.fulfillments.set(
      '7001',
      aFulfillment({ sourceUpdatedAt: at('09:58'), stage: 'sorting', stageAt: at('09:58') }),
    );
    await flow.ingest.pullSystem(flow.system, flow.signal);
    await flow.tell(anOrder());

    expect(await flow.storage.views.findOrderByNo('mini', '202611240018842')).toMatchObject({ stage: 'sorting' });
  });

  it('notes locks that come and go [B8]', async () => {
    const flow = await startFlow();
    flow.wms.locks = [aLock(), aLock({ lockId: '2' })];
    expect(await flow.ingest.pullLocks(flow.system, flow.signal)).toBe(2);
    flow.wms.locks = [aLock()];
    expect(await flow.ingest.pullLocks(flow.system, flow.signal)).toBe(1);
    expect(await flow.storage.views.locksOn(['XZ-BK-L'])).toHaveLength(1);
  });

  it('takes a list that did not come for no answer, not for an empty one', async () => {
    const flow = await startFlow();
    flow.wms.locks = [aLock()];
    await flow.ingest.pullLocks(flow.system, flow.signal);
    flow.wms.isSilent = true;
    await expect(flow.ingest.pullLocks(flow.system, flow.signal)).rejects.toThrow();

    expect(await flow.storage.views.locksOn(['XZ-BK-L'])).toHaveLength(1);
    expect(await flow.storage.sources.find('system:wms')).toMatchObject({ lastError: 'TIMEOUT' });
  });

  it('looks six hours back the first time', async () => {
    const flow = await startFlow();
    const view = (no: string, time: number) => aFulfillment({ systemOrderNo: no, sourceUpdatedAt: time });
    for (const each of [view('old', at('10:00') - 6 * hour - 1), view('new', at('10:00') - 6 * hour)])
      flow.wms.fulfillments.set(each.systemOrderNo, each);
    await flow.ingest.pullSystem(flow.system, flow.signal);

    expect(flow.rows('SELECT systemOrderNo FROM FulfillmentOrder')).toEqual([{ systemOrderNo: 'new' }]);
  });
});
