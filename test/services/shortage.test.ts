import { expect, it } from 'vitest';
import type { Asking } from '../../src/domain/asking.ts';
import type { StockLevel } from '../../src/domain/stock.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import { createReadShortage } from '../../src/services/read-shortage.ts';
import { createTellShortage } from '../../src/services/tell-shortage.ts';
import { createWatchShortage } from '../../src/services/watch-shortage.ts';
import { aFulfillment, anOrder, at, hour, minute } from '../kit/builders.ts';
import { type Flow, type FlowOptions, silentLog, startFlow, textOf } from '../kit/test-storage.ts';

const asking = (language: 'zh' | 'en' = 'zh'): Asking => ({
  actor: { type: 'stranger', platform: 'web', userId: 'x' },
  roomId: 'war',
  language,
  isPrivate: false,
  platform: 'web',
  inboundId: null,
});

interface Shop extends Flow {
  /** What the warehouse system tells, by SKU. */
  readonly stock: Map<string, Partial<StockLevel>>;
  /** SKUs of each call. */
  readonly asked: (readonly string[])[];
  look(time: number): Promise<number>;
  ask(language?: 'zh' | 'en'): Promise<string>;
  /** So many orders of one piece. */
  sell(sku: string, pieces: number, shipBy?: number | null): Promise<void>;
}

async function startShop(
  options: FlowOptions & { systemOf?: (shopId: string) => string | undefined } = {},
): Promise<Shop> {
  const flow = await startFlow(options);
  const stock = new Map<string, Partial<StockLevel>>();
  const asked: (readonly string[])[] = [];
  const directory = { ...flow.directory, ...(options.systemOf === undefined ? {} : { systemOf: options.systemOf }) };
  const system = {
    ...flow.wms,
    async getStock(skus: readonly string[], codes: readonly string[]): Promise<readonly StockLevel[]> {
      asked.push(skus);
      await flow.wms.getStock(skus, codes, flow.signal);
      return skus.flatMap((sku) => {
        const told = stock.get(sku);
        const [warehouseCode = ''] = codes;
        return told === undefined
          ? []
          : [
              {
                sku,
                warehouseCode,
                onHand: 0,
                available: 0,
                orderLocked: 0,
                pickLocked: 0,
                virtualLocked: 0,
                inbound: 0,
                observedAt: flow.clock.now(),
                ...told,
              },
            ];
      });
    },
  };
  const readShortage = createReadShortage({
    lines: flow.storage.lines,
    directory,
    systems: () => [{ ...flow.system, system }],
  });
  const watch = createWatchShortage({ ...flow, directory, readShortage, metrics: silentMetrics, log: silentLog });
  const tell = createTellShortage({ ...flow, directory, readShortage });
  let made = 0;
  return {
    ...flow,
    stock,
    asked,
    async look(time) {
      await flow.clock.advanceTo(time);
      const changed = await watch(flow.signal);
      await flow.dispatch();
      return changed;
    },
    ask: async (language = 'zh') => (await tell(asking(language))).map(textOf).join('\n'),
    async sell(sku, pieces, shipBy = null) {
      for (let piece = 0; piece < pieces; piece += 1) {
        made += 1;
        const channelOrderNo = `20261124${String(made).padStart(6, '0')}`;
        const line = { lineId: '1', sku, title: `绣字卫衣 ${sku}`, qty: 1, unitMinor: 1, paidMinor: 1 };
        await flow.tell(anOrder({ channelOrderNo, shipBy, lines: [line] }));
        await flow.show(aFulfillment({ systemOrderNo: String(made), channelOrderNos: [channelOrderNo] }));
      }
    },
  };
}

const tonight = at('10:00') + 10 * hour;

it('says a SKU that lacks pieces when two looks find it, and its end when it is covered [P8]', async () => {
  const shop = await startShop();
  await shop.sell('XZ01-HE-L', 5, tonight);
  shop.stock.set('XZ01-HE-L', { onHand: 2, orderLocked: 5, inbound: 1 });

  await shop.look(at('10:10'));
  expect(await shop.alerts()).toEqual([]);
  await shop.look(at('10:10:30'));
  expect(await shop.alerts()).toEqual([]);
  await shop.look(at('10:11'));
  expect(await shop.alerts()).toMatchObject([
    {
      ruleId: 'stock-short',
      subject: 'sku:XZ01-HE-L',
      severity: 'warning',
      facts: {
        sku: 'XZ01-HE-L',
        style: 'XZ01',
        owed: 5,
        have: 2,
        arriving: 1,
        short: 2,
        shipBy: tonight,
        systemId: 'wms',
      },
    },
  ]);
  expect(shop.messages().map(({ text }) => text)).toEqual([
    [
      '1号 · 缺 2 件 · 绣字卫衣 XZ01-HE-L',
      '欠 5 · 有 2 · 在途 1',
      '5 单在等 · 最早剩 9时49分',
      '[我来] /ack 1',
      '[缺货清单] /short',
      '[看板] /',
    ].join('\n'),
  ]);

  shop.stock.set('XZ01-HE-L', { onHand: 2, orderLocked: 5, inbound: 3 });
  await shop.look(at('10:20'));
  expect(await shop.alerts()).toMatchObject([{ state: 'resolved', resolution: 'cleared' }]);
});

it('is not said for a parcel that left before we heard of it [P8]', async () => {
  const shop = await startShop();
  await shop.sell('XZ01-HE-L', 3);
  shop.stock.set('XZ01-HE-L', { onHand: 2, orderLocked: 2 });
  await shop.look(at('10:10'));
  await shop.tell(
    anOrder({ channelOrderNo: '20261124000001', shippedAt: at('10:09'), sourceUpdatedAt: at('10:10:20') }),
  );
  await shop.look(at('10:11'));
  await shop.look(at('10:16'));

  expect(await shop.alerts()).toEqual([]);
});

it('tells the colours and sizes of a style as one story, and again when a SKU lacks twice as much [P8]', async () => {
  const shop = await startShop();
  for (const sku of ['XZ01-HE-L', 'XZ01-HE-M', 'XZ01-BA-S']) {
    await shop.sell(sku, 2, tonight);
    shop.stock.set(sku, { onHand: 1, orderLocked: 2 });
  }
  await shop.look(at('10:10'));
  await shop.look(at('10:11'));
  expect(shop.messages().map(({ text }) => text)).toHaveLength(1);
  expect(shop.messages()[0]?.text).toContain('XZ01 · 3 个颜色尺码');

  await shop.sell('XZ01-HE-L', 1, tonight);
  await shop.look(at('10:16'));
  expect(shop.messages()).toHaveLength(2);
});

it('becomes critical when the first ship-by is near, and ends when nothing is owed any more [P8]', async () => {
  const shop = await startShop();
  await shop.sell('XZ01-HE-L', 1, at('14:30'));
  shop.stock.set('XZ01-HE-L', { onHand: 0, orderLocked: 1 });
  await shop.look(at('10:10'));
  await shop.look(at('10:11'));
  expect(await shop.alerts()).toMatchObject([{ severity: 'warning' }]);
  await shop.look(at('10:31'));
  expect(await shop.alerts()).toMatchObject([{ severity: 'critical' }]);

  await shop.tell(anOrder({ channelOrderNo: '20261124000001', closedAt: at('10:32'), sourceUpdatedAt: at('10:32') }));
  await shop.look(at('10:40'));
  expect(await shop.alerts()).toMatchObject([{ resolution: 'cleared' }]);
});

it('leaves what was said as it is while the warehouse system does not answer [P8]', async () => {
  const shop = await startShop();
  await shop.sell('XZ01-HE-L', 1);
  shop.stock.set('XZ01-HE-L', { onHand: 0, orderLocked: 1 });
  await shop.look(at('10:10'));
  await shop.look(at('10:11'));
  shop.wms.isSilent = true;

  expect(await shop.look(at('10:20'))).toBe(0);
  expect(await shop.alerts()).toMatchObject([{ state: 'open' }]);
});

it('asks for a thousand SKUs in turns, a hundred at a time, round after round [P8]', async () => {
  const shop = await startShop();
  await shop.tell(anOrder());
  await shop.sqlite.turn((raw) =>
    raw.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
      INSERT INTO OrderLine SELECT orderId, 'l' || i, printf('S%04d-A', i), title, qty, unitMinor, paidMinor FROM OrderLine, n`),
  );
  shop.stock.set('S0001-A', { onHand: 0, orderLocked: 1 });
  shop.stock.set('S0800-A', { onHand: 0, orderLocked: 1 });
  for (let look = 0; look < 4; look += 1) await shop.look(at('10:10') + (look * minute) / 2);
  expect((await shop.alerts()).map(({ subject }) => subject)).toEqual(['sku:S0001-A']);
  expect(shop.asked.map((skus) => skus.length)).toEqual([100, 100, 101, 100]);

  shop.stock.set('S0001-A', { onHand: 1, orderLocked: 1 });
  for (let look = 4; look < 20; look += 1) await shop.look(at('10:10') + (look * minute) / 2);
  expect(await shop.alerts()).toMatchObject([
    { subject: 'sku:S0001-A', state: 'resolved' },
    { subject: 'sku:S0800-A', state: 'open' },
  ]);
});

it('leaves a system that has just been started in peace for a minute [P8]', async () => {
  const shop = await startShop();
  await shop.sell('XZ01-HE-L', 1);
  await shop.look(at('10:00:59'));
  expect(shop.asked).toEqual([]);
  await shop.look(at('10:01'));
  expect(shop.asked).toEqual([['XZ01-HE-L']]);
});

it('lists on a phone what is short, the soonest first, the rest behind the board [P8]', async () => {
  const shop = await startShop();
  for (const [index, sku] of ['XZ01-HE-L', 'XZ01-HE-M', 'XZ02-HE-L', 'WY01-BA-S', 'WY01-BA-M'].entries()) {
    await shop.sell(sku, index + 1, tonight + index * hour);
    shop.stock.set(sku, { onHand: 0, orderLocked: index + 1, inbound: index === 0 ? undefined : 0 });
  }
  await shop.sell('TX01-HE-M', 1);
  shop.stock.set('TX01-HE-M', { onHand: 5, orderLocked: 1 });

  expect(await shop.ask()).toBe(
    [
      '缺 15 件 · 3 款 5 个颜色尺码 · 数据 10:00',
      '绣字卫衣 XZ01-HE-L 缺 1 · 欠 1 · 有 0 · 无在途数据 · 最早剩 10时0分',
      '绣字卫衣 XZ01-HE-M 缺 2 · 欠 2 · 有 0 · 在途 0 · 最早剩 11时0分',
      '绣字卫衣 XZ02-HE-L 缺 3 · 欠 3 · 有 0 · 在途 0 · 最早剩 12时0分',
      '绣字卫衣 WY01-BA-S 缺 4 · 欠 4 · 有 0 · 在途 0 · 最早剩 13时0分',
      '还有 1 个，见看板',
      '[看板] /',
    ].join('\n'),
  );
  expect(await shop.ask('en')).toContain(
    'short 1 · owed 1 · have 0 · no data on what arrives · first wall in 10 h 0 min',
  );
});

it('says that all is covered, and that stock is not visible where nobody tells it: never a guess [P8]', async () => {
  const shop = await startShop();
  await shop.sell('XZ01-HE-L', 1);
  expect(await shop.ask()).toBe('仓库系统没有说库存，缺不缺看不到');
  shop.stock.set('XZ01-HE-L', { onHand: 1, orderLocked: 1 });
  expect(await shop.ask()).toBe('要发的 1 个颜色尺码都够 · 数据 10:00');

  const sheets = await startShop({ systemOf: () => undefined });
  await sheets.sell('XZ01-HE-L', 2);
  expect(await sheets.ask()).toBe('没有接仓库系统，看不到库存\n小程序商城 欠 2 件，库存看不到');
  await sheets.look(at('10:10'));
  await sheets.look(at('10:10') + 2 * minute);
  expect(await sheets.alerts()).toEqual([]);
  expect(sheets.wms.asked).not.toContain('stock');
});
