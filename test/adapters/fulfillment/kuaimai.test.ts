import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/fulfillment/kuaimai/index.ts';
import { sign } from '../../../src/adapters/fulfillment/kuaimai/sign.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import type { FulfillmentSystem } from '../../../src/ports/fulfillment.ts';
import { mockHttp } from '../../kit/http-mock.ts';
import { isLong } from '../../kit/size.ts';

const http = mockHttp();
const start = Date.UTC(2026, 10, 11, 6);
const { signal } = new AbortController();

type Json = Record<string, unknown>;

const open = (): FulfillmentSystem =>
  plug.create({
    systemId: 'wms',
    baseUrl: 'https://gw.superboss.cc/router',
    credentials: { appKey: 'k', appSecret: 'km-secret-demo', accessToken: 'token-demo' },
    http: createHttp(),
    clock: { now: () => start, sleep: async () => undefined, every: () => () => undefined },
  });

/** Mocks one call of `method`; its form is in the returned object once it came. */
function answer(method: string, body: unknown): { form?: Record<string, string> } {
  const seen: { form?: Record<string, string> } = {};
  http
    .on('https://gw.superboss.cc')
    .post('/router', (form: Record<string, string>) => {
      if (form.method !== method) return false;
      seen.form = form;
      return true;
    })
    .reply(200, body as Json);
  return seen;
}

const sid = '5058208293858408';
const anOrder = (changes: Json = {}): Json => ({
  sid: 5058208293858408,
  tid: '20261111004012',
  userId: 10002,
  sysStatus: 'WAIT_AUDIT',
  warehouseId: 1001,
  isHalt: 0,
  isExcep: 0,
  isCancel: 0,
  outSid: '',
  expressCompanyName: '',
  consignTime: null,
  updTime: start - 60_000,
  orders: [{ sysOuterId: 'TX01-HE-M', num: 2 }],
  ...changes,
});
const pageOf = (...list: Json[]): Json => ({ success: true, traceId: 't', total: list.length, list });

async function readOne(changes: Json) {
  answer('erp.trade.list.query', pageOf(anOrder(changes)));
  const { fulfillments, skipped } = await open().fetchBySystemOrder([sid], signal);
  return { view: fulfillments[0], skipped };
}

/** What was recorded; our own copy stands in for it where nobody has it. */
function sample<Shape>(name: string, own: Shape): Shape {
  const path = join(process.env.WARROOM_SAMPLES ?? '', 'samples/fulfillment', name);
  if (process.env.WARROOM_SAMPLES !== undefined && existsSync(path))
    return JSON.parse(readFileSync(path, 'utf8')) as Shape;
  if (isLong) throw new Error(`WARROOM_SAMPLES must name the folder that holds ${path}`);
  return own;
}

it('[B1] signs each call as TOP does: HMAC-MD5 over the sorted form, in capitals', async () => {
  expect(sign('secret', { method: 'erp.trade.list.query', outSids: 'YT1', appKey: 'key', sign: 'x', none: '' })).toBe(
    // printf appKeykeymethoderp.trade.list.queryoutSidsYT1 | openssl dgst -md5 -hmac secret
    'CA566B00724060CD3F24391606E32EEC',
  );
  const call = answer('erp.trade.list.query', pageOf());
  await open().fetchByChannelOrder(['20261111004012'], signal);

  const { sign: signature, ...rest } = call.form ?? {};
  expect(rest).toMatchObject({ session: 'token-demo', timestamp: '2026-11-11 14:00:00', tid: '20261111004012' });
  expect(signature).toBe(sign('km-secret-demo', rest));
});

describe('an order', () => {
  it('[B5] is read into the neutral view', async () => {
    expect((await readOne({})).view).toEqual({
      systemId: 'wms',
      systemOrderNo: sid,
      channelOrderNos: ['20261111004012'],
      systemShopId: '10002',
      sourceStatus: 'WAIT_AUDIT',
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
    [{ sysStatus: 'WAIT_BUYER_PAY' }, { stage: 'placed' }],
    [
      { isExcep: 1, exceptions: ['人工复核'] },
      { stage: 'review', reason: '人工复核', held: false },
    ],
    [{ isHalt: 1 }, { stage: 'queued', held: true, reason: '挂起' }],
    [{ sysStatus: 'WAIT_EXPRESS_PRINT' }, { stage: 'sorting', sortedAt: start - 60_000 }],
    [
      { sysStatus: 'SELLER_SEND_GOODS', consignTime: start - 9_000 },
      { stage: 'shipped', shippedAt: start - 9_000 },
    ],
    [{ isCancel: 1 }, { stage: 'closed', closed: true, sortedAt: null }],
    [{ sysStatus: 'SOMETHING_NEW' }, { stage: 'queued', reason: '未知状态 SOMETHING_NEW' }],
    [{ tid: 'A1,A2' }, { channelOrderNos: ['A1', 'A2'] }],
  ])('[C1] that says %j is %j', async (changes, expected) => {
    expect((await readOne(changes)).view).toMatchObject(expected);
  });

  it('[B5] that cannot be read is named with the field, and hides no other', async () => {
    const { view, skipped } = await readOne({ updTime: null });

    expect([view, skipped]).toEqual([undefined, [{ ref: sid, reason: expect.stringContaining('updTime') }]]);
  });
});

describe('a refusal', () => {
  it('[P18] inside a success is one: an order among the failed is not held, whatever became of the other', async () => {
    const { response } = sample<{ response: Json }>('kuaimai-halt.json', {
      response: { successIds: [5058208293858409], failedIds: [5058208293858408], traceId: 't', success: true },
    });
    const hold = { operationKey: 'k', systemOrderNo: sid, reason: 'risk', note: '', by: '' } as const;
    answer('erp.trade.list.query', pageOf(anOrder({ sysStatus: 'WAIT_PACKAGE' })));
    const call = answer('erp.trade.halt', response);

    expect(await open().hold(hold, signal)).toEqual({ kind: 'refused', code: 'picking' });
    expect(call.form).toMatchObject({ sids: sid, autoUnHalt: '0' });
    // The same answer for the other order is a yes.
    answer('erp.trade.list.query', pageOf(anOrder({ sid: 5058208293858409 })));
    answer('erp.trade.halt', response);
    expect(await open().hold({ ...hold, systemOrderNo: '5058208293858409' }, signal)).toEqual({
      kind: 'done',
      value: null,
    });
  });

  it('[D10] for a warehouse says so in its own words, and no order is moved by force', async () => {
    answer('erp.trade.list.query', pageOf(anOrder()));
    const call = answer(
      'erp.trade.change.warehouse',
      sample('kuaimai-change-warehouse-error.json', {
        traceId: 't',
        msg: '对应仓库null不存在',
        code: '33',
        success: false,
      }),
    );

    const move = { systemOrderNo: sid, to: '4711', expectFrom: '1001', reason: '', by: '' };
    expect(await open().reroute(move, signal)).toEqual({
      kind: 'refused',
      code: 'bad_warehouse',
      providerCode: '33',
      providerText: '对应仓库null不存在',
    });
    expect(call.form).toMatchObject({ sids: sid, warehouseId: '4711', force: 'false' });
  });

  it.each([
    ['25', '无效签名', 'RejectedError'],
    ['27', '无效的session', 'AuthExpiredError'],
    ['31', 'timestamp不正确', 'RejectedError'],
    ['7', '调用频率超限', 'RateLimitedError'],
    ['20019', '页数不能超过100', 'RejectedError'],
  ])('[B1] %s (%s) of a read is a %s', async (code, msg, name) => {
    answer('erp.trade.list.query', { success: false, code, msg });

    await expect(open().fetchBySystemOrder([sid], signal)).rejects.toMatchObject({ name });
  });
});
