import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/fulfillment/wangdiantong/index.ts';
import { documentNo } from '../../../src/adapters/fulfillment/wangdiantong/replenish.ts';
import { sign } from '../../../src/adapters/fulfillment/wangdiantong/sign.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import type { FulfillmentSystem, Replenishment } from '../../../src/ports/fulfillment.ts';
import { mockHttp } from '../../kit/http-mock.ts';
import { isLong } from '../../kit/size.ts';

const http = mockHttp();
const start = Date.UTC(2026, 10, 11, 6);
const { signal } = new AbortController();

type Json = Record<string, unknown>;

const open = (): FulfillmentSystem =>
  plug.create({
    systemId: 'wms',
    baseUrl: 'http://wdt.wangdian.cn/openapi',
    credentials: { sid: 'demo-sid', appKey: 'demo-key', appSecret: 'demo-secret:demo-salt' },
    http: createHttp(),
    clock: { now: () => start, sleep: async () => undefined, every: () => () => undefined },
  });

interface Asked {
  query?: Record<string, string>;
  args?: readonly unknown[];
}

/** Mocks one call of `method`; what it was asked is in the returned object once it came. */
function answer(method: string, body: unknown): Asked {
  const seen: Asked = {};
  http
    .on('http://wdt.wangdian.cn')
    .post('/openapi', (args: readonly unknown[]) => {
      seen.args = args;
      return true;
    })
    .query((query) => {
      if (query.method !== method) return false;
      seen.query = query as Record<string, string>;
      return true;
    })
    .reply(200, body as Json);
  return seen;
}

const anOrder = (changes: Json = {}): Json => ({
  trade_no: 'JY1001',
  src_tids: '20261111004012',
  shop_no: '10002',
  trade_status: 30,
  warehouse_no: '1001',
  freeze_reason: '',
  bad_reason: 0,
  logistics_no: '',
  logistics_name: '',
  modified: '2026-11-11 13:59:00',
  detail_list: [{ src_tid: '20261111004012', spec_no: 'TX01-HE-M', num: '2.0000' }],
  ...changes,
});
const query = 'sales.TradeQuery.queryWithDetail';
const pageOf = (...order: Json[]): Json => ({ status: 0, data: { total_count: order.length, order } });

async function readOne(changes: Json) {
  answer(query, pageOf(anOrder(changes)));
  const { fulfillments, skipped } = await open().fetchBySystemOrder(['JY1001'], signal);
  return { view: fulfillments[0], skipped };
}

/** A documented answer; our own copy stands in for it where nobody has it. */
function block<Shape>(name: string, index: number, own: Shape): Shape {
  const path = join(process.env.WARROOM_SAMPLES ?? '', 'samples/fulfillment', `wdt-doc-${name}.json`);
  if (process.env.WARROOM_SAMPLES !== undefined && existsSync(path))
    return (JSON.parse(readFileSync(path, 'utf8')) as { blocks: Shape[] }).blocks[index] as Shape;
  if (isLong) throw new Error(`WARROOM_SAMPLES must name the folder that holds ${path}`);
  return own;
}

it('[B1] signs the query and the raw body as the published vector does (fulfillment.md §1.3)', async () => {
  const vector = { method: 'sales.TradeQuery.getLog', sid: 'demo-sid', key: 'demo-key', salt: 'demo-salt' };
  expect(sign('demo-secret', { ...vector, timestamp: '374652800', v: '1.0' }, '[{"trade_no":"JY1001"}]')).toBe(
    'a091c594615480fc4549a90c6591440e',
  );

  const call = answer(query, pageOf());
  await open().fetchBySystemOrder(['JY1001'], signal);

  const { sign: signature, ...rest } = call.query ?? {};
  expect(rest).toMatchObject({ salt: 'demo-salt', timestamp: String(start / 1_000 - 1_325_347_200), page_no: '0' });
  expect(signature).toBe(sign('demo-secret', rest, JSON.stringify(call.args)));
});

describe('an order', () => {
  it('[B5] is read into the neutral view', async () => {
    expect((await readOne({})).view).toEqual({
      systemId: 'wms',
      systemOrderNo: 'JY1001',
      channelOrderNos: ['20261111004012'],
      systemShopId: '10002',
      sourceStatus: '30',
      sourceUpdatedAt: start - 60_000,
      stage: 'queued',
      stageAt: start - 60_000,
      sortedAt: null,
      shippedAt: null,
      warehouseCode: '1001',
      held: false,
      reason: '',
      carrier: '',
      waybill: '',
      closed: false,
      lines: [{ sku: 'TX01-HE-M', qty: 2 }],
    });
  });

  it.each([
    [{ trade_status: 10 }, { stage: 'placed' }],
    [{ trade_status: 35 }, { stage: 'review', held: false }],
    [
      { trade_status: 23, bad_reason: 10 },
      { stage: 'queued', held: true, reason: '修改地址、更换仓库' },
    ],
    [{ trade_status: 23 }, { held: true, reason: '异常订单' }],
    [{ freeze_reason: '等通知' }, { held: true, reason: '等通知' }],
    [{ trade_status: 55 }, { stage: 'sorting', sortedAt: start - 60_000 }],
    [
      { trade_status: 55, logistics_no: 'YT1' },
      { stage: 'labelled', waybill: 'YT1' },
    ],
    [
      { trade_status: 95, consign_time: start - 9_000 },
      { stage: 'shipped', shippedAt: start - 9_000 },
    ],
    [{ trade_status: 5 }, { stage: 'closed', closed: true, sortedAt: null, shippedAt: null }],
    [{ trade_status: 77 }, { stage: 'queued', reason: '未知状态 77' }],
    [{ warehouse_no: undefined }, { warehouseCode: '' }],
  ])('[C1] that says %j is %j', async (changes, expected) => {
    expect((await readOne(changes)).view).toMatchObject(expected);
  });

  it('[B5] that cannot be read is named with the field', async () => {
    const { view, skipped } = await readOne({ modified: 'yesterday' });

    expect([view, skipped]).toEqual([undefined, [{ ref: 'JY1001', reason: expect.stringContaining('modified') }]]);
  });

  it('[I1] that does not exist is absent, though the interface calls that an error', async () => {
    answer(query, { status: 100, message: '未找到符合条件的订单' });

    expect(await open().fetchBySystemOrder(['JY1001'], signal)).toMatchObject({ fulfillments: [], skipped: [] });
  });
});

it('[K2] leaves damaged goods out of the stock', async () => {
  const { data } = block<{ data: { detail_list: Json[] } }>('wms.StockSpec.search2', 1, {
    data: {
      detail_list: [{ spec_no: 'wangdiantong', defect: true, stock_num: 3, order_num: 0, sending_num: 0, lock_num: 0 }],
    },
  });
  const [damaged = {}] = data.detail_list;
  const good = { ...damaged, defect: false, stock_num: 9, order_num: 2, sending_num: 3, lock_num: 1 };
  const call = answer('wms.StockSpec.search2', { status: 0, data: { total_count: 2, detail_list: [damaged, good] } });

  const levels = await open().getStock(['wangdiantong'], ['wdtapi3-test'], signal);

  expect(levels).toMatchObject([
    { sku: 'wangdiantong', onHand: 9, available: 3, orderLocked: 5, pickLocked: 3, virtualLocked: 1 },
  ]);
  expect(call.args).toEqual([{ spec_nos: ['wangdiantong'], warehouse_no: 'wdtapi3-test' }]);
});

it('[P18] takes a polite refusal for what it is: status 0 and words are a no', async () => {
  const hold = { operationKey: 'k', systemOrderNo: 'JY1001', reason: 'refund', note: '', by: '' } as const;
  answer(query, pageOf(anOrder({ trade_status: 55 })));
  const call = answer('sales.TradeEdit.toException', { status: 0, data: { message: '订单状态不正确' } });

  expect(await open().hold(hold, signal)).toEqual({
    kind: 'refused',
    code: 'picking',
    providerText: '订单状态不正确',
  });
  expect(call.args).toEqual(['JY1001']);
});

describe('asking for goods', () => {
  const wish: Replenishment = {
    operationKey: 'inbound-1234567890-1234567890',
    lines: [{ sku: 'zzzz', qty: 12 }],
    to: '1001',
    from: null,
    needBy: start,
    reason: '缺货',
    by: '李建国',
  };

  it('[I5] to be bought carries a number of ours, of 20 characters, and is submitted', async () => {
    const call = answer(
      'purchase.PurchaseApply.upload',
      block('purchase.PurchaseApply.upload', 0, { status: 0, data: { message: 'POA2208260005', status: 0 } }),
    );

    expect(await open().requestReplenishment(wish, signal)).toEqual({
      kind: 'done',
      value: { docNo: 'POA2208260005', stage: 'submitted' },
    });
    expect(call.args).toEqual([
      {
        purchase_apply_no: documentNo(wish.operationKey),
        warehouse_no: '1001',
        expected_time: '2026-11-11 14:00:00',
        remark: '李建国：缺货',
        detail_list: [{ spec_no: 'zzzz', num: 12 }],
        is_submit: true,
      },
    ]);
    expect(documentNo(wish.operationKey)).toHaveLength(20);
  });

  it.each([
    [
      'made',
      () =>
        block('wms.stocktransfer.Edit.createOrder', 1, { status: 0, data: { message: 'TF202204180004', status: 0 } }),
      { kind: 'done', value: { docNo: 'TF202204180004', stage: 'draft' } },
    ],
    [
      'made, and its audit failed',
      () => ({ status: 0, data: { status: 20, message: '审核失败', transfer_no: 'TF1' } }),
      { kind: 'done', value: { docNo: 'TF1', stage: 'audit-failed' } },
    ],
    [
      'there already',
      () => ({ status: 100, message: '此外部单已使用!' }),
      { kind: 'already', value: { docNo: documentNo(wish.operationKey), stage: 'draft' } },
    ],
    [
      'refused',
      () => block('wms.stocktransfer.Edit.createOrder', 2, { status: 100, message: '单品不存在检查商家编码' }),
      { kind: 'refused', code: 'not_found', providerCode: '100', providerText: '单品不存在检查商家编码' },
    ],
  ])('[I5] from another warehouse is %s', async (_name, told, expected) => {
    const call = answer('wms.stocktransfer.Edit.createOrder', told());

    expect(await open().requestReplenishment({ ...wish, from: '1002' }, signal)).toEqual(expected);
    expect(call.args?.[2]).toBe(false);
  });
});

it.each([
  [1, 'app auth fail', 'RejectedError', 'refused'],
  [4, '数据库错误', 'RetryableError', 'unknown'],
  [6, 'ip限制', 'RejectedError', 'refused'],
  [7, '时间戳错误', 'RejectedError', 'refused'],
  [100, '超过每分钟最大调用频率限制，请稍后重试', 'RateLimitedError', 'retryable'],
  [100, '超过每分钟最大并发次数限制，请稍后重试', 'RateLimitedError', 'retryable'],
  [100, '权限不足', 'RejectedError', 'refused'],
])('[B1] status %i (%s) is a %s to a read and %s to a write', async (status, message, name, kind) => {
  answer(query, { status, message });
  await expect(open().fetchBySystemOrder(['JY1001'], signal)).rejects.toMatchObject({ name });

  answer(query, pageOf(anOrder()));
  answer('sales.TradeEdit.toException', { status, message });
  const hold = { operationKey: 'k', systemOrderNo: 'JY1001', reason: 'risk', note: '', by: '' } as const;
  expect((await open().hold(hold, signal)).kind).toBe(kind);
});
