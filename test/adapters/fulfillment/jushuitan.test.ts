import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/fulfillment/jushuitan/index.ts';
import { sign } from '../../../src/adapters/fulfillment/jushuitan/sign.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import { AppError, BugError } from '../../../src/domain/errors.ts';
import type { FulfillmentView } from '../../../src/domain/fulfillment.ts';
import type { StockLock } from '../../../src/domain/stock.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { FulfillmentSystem } from '../../../src/ports/fulfillment.ts';
import type { Http } from '../../../src/ports/http.ts';
import type { FreshTokens } from '../../../src/ports/tokens.ts';
import { mockHttp } from '../../kit/http-mock.ts';

const http = mockHttp();
const base = 'https://openapi.jushuitan.com';
const start = Date.UTC(2026, 10, 11, 6);
const signal = new AbortController().signal;
const credentials = { appKey: 'appkey-demo', appSecret: 'jst-secret-demo', accessToken: 'token-demo' };
const queryPath = '/open/orders/single/query';
const lockPath = '/open/webapi/itemapi/lockwarehouse';

type Json = Record<string, unknown>;
const fixture = JSON.parse(readFileSync('test/fixtures/jushuitan/order.json', 'utf8')) as Json;
const anOrder = (changes: Json = {}): Json => ({ ...fixture, ...changes });

interface Opened {
  readonly system: FulfillmentSystem;
  readonly clock: Clock & { slept: number[] };
  readonly saved: FreshTokens[];
}

/** A clock that stands still but for what is slept. */
function open(more: { refreshToken?: string; send?: Http['send'] } = {}): Opened {
  const { send, ...tokens } = more;
  let now = start;
  const slept: number[] = [];
  const clock = {
    slept,
    now: () => now,
    async sleep(ms: number) {
      slept.push(ms);
      now += ms;
    },
    every: () => () => undefined,
  };
  const saved: FreshTokens[] = [];
  const system = plug.create({
    systemId: 'wms',
    baseUrl: base,
    credentials: { ...credentials, ...tokens },
    http: { ...createHttp(), ...(send === undefined ? {} : { send }) },
    clock,
    saveTokens: async (tokens) => void saved.push(tokens),
  });
  return { system, clock, saved };
}

interface Asked {
  readonly form: Record<string, string>;
  readonly biz: Json;
}

/** Mocks one call; what it was asked is kept in the returned object once it came. */
function answer(path: string, body: unknown, status = 200): { asked?: Asked } {
  const seen: { asked?: Asked } = {};
  http
    .on(base)
    .post(path, (form: Record<string, string>) => {
      seen.asked = { form, biz: JSON.parse(form.biz ?? '{}') as Json };
      return true;
    })
    .reply(status, body as Json);
  return seen;
}

const ok = (data: unknown): Json => ({ code: 0, msg: '执行成功', data });
const page = (orders: readonly unknown[], more: Json = {}): Json =>
  ok({ orders, page_count: 1, has_next: false, ...more });
const refuse = (code: number, msg = ''): Json => ({ code, msg, data: null });

async function readOne(changes: Json): Promise<FulfillmentView> {
  answer(queryPath, page([anOrder(changes)]));
  const { fulfillments, skipped } = await open().system.fetchBySystemOrder(['50000017'], signal);
  expect(skipped).toEqual([]);
  const [view] = fulfillments;
  if (view === undefined) throw new Error('no order');
  return view;
}

const failureOf = (promise: Promise<unknown>): Promise<AppError & { afterMs?: number }> =>
  promise.then(
    () => {
      throw new Error('did not fail');
    },
    (error: unknown) => error as AppError,
  );

describe('signing', () => {
  it.each([
    ['{"o_ids":[1001],"page_index":1,"page_size":10}', '7f8025753bf699d5c9f7687c3c091805'],
    ['[{"o_id":1001,"wms_co_id":20002}]', 'd2a50b0407c3849b89a7dd5fa408a4a7'],
  ])('[B1] gives the published vector for %s (fulfillment.md §1.2)', (biz, expected) => {
    const form = {
      app_key: 'appkey-demo',
      access_token: 'token-demo',
      timestamp: '1700000000',
      version: '2',
      charset: 'utf-8',
      biz,
    };

    expect(sign('jst-secret-demo', form)).toBe(expected);
    expect(sign('jst-secret-demo', { ...form, sign: 'x', empty: '' })).toBe(expected);
  });

  it('[B1] is what each call carries, over the form as it is sent', async () => {
    const call = answer(queryPath, page([]));

    await open().system.fetchByChannelOrder(['2026 & 1', '刺绣'], signal);

    const { sign: signature, ...rest } = call.asked?.form ?? {};
    expect(rest).toMatchObject({
      app_key: 'appkey-demo',
      access_token: 'token-demo',
      version: '2',
      charset: 'utf-8',
      timestamp: String(start / 1_000),
    });
    expect(signature).toBe(sign('jst-secret-demo', rest));
    expect(call.asked?.biz).toEqual({ so_ids: ['2026 & 1', '刺绣'], page_index: 1, page_size: 100 });
  });
});

describe('an order', () => {
  it('[B5] is read into the neutral view, with Beijing times', async () => {
    expect(await readOne({})).toEqual({
      systemId: 'wms',
      systemOrderNo: '50000017',
      channelOrderNos: ['20261111004012'],
      systemShopId: '10002',
      sourceStatus: 'Sent',
      sourceUpdatedAt: Date.UTC(2026, 10, 11, 2, 31, 12),
      stage: 'shipped',
      stageAt: Date.UTC(2026, 10, 11, 2, 30),
      sortedAt: Date.UTC(2026, 10, 11, 2, 30),
      shippedAt: Date.UTC(2026, 10, 11, 2, 30),
      warehouseCode: '1001',
      held: false,
      reason: '',
      carrier: '圆通速递',
      waybill: 'YT0000000001',
      closed: false,
      lines: [{ sku: 'TS-RED-M', qty: 2 }],
    });
  });

  it.each([
    [{ status: 'WaitPay' }, { stage: 'placed', closed: false }],
    [{ status: 'WaitConfirm' }, { stage: 'queued', held: false, reason: '' }],
    [{ status: 'WaitFConfirm' }, { stage: 'queued' }],
    [
      { status: 'Question', question_type: '人工复核', question_desc: '绣字：平安' },
      { stage: 'review', held: false, reason: '人工复核：绣字：平安' },
    ],
    [
      { status: 'Question', question_type: '特殊单', question_desc: '定制' },
      { stage: 'review', held: false },
    ],
    [
      { status: 'Question', question_type: '缺货', question_desc: '缺货' },
      { stage: 'queued', held: false, reason: '缺货' },
    ],
    [
      { status: 'Question', question_type: '用户已申请退款', question_desc: '买家申请退款' },
      { stage: 'queued', held: true },
    ],
    [
      { status: 'Question', question_type: '风险' },
      { stage: 'queued', held: true, reason: '风险' },
    ],
    [
      { status: 'Question', question_type: '作战群暂停' },
      { stage: 'queued', held: true },
    ],
    [
      { status: 'Delivering', l_id: '' },
      { stage: 'sorting', held: false },
    ],
    [{ status: 'Delivering' }, { stage: 'labelled' }],
    [{ status: 'WaitOuterSent', l_id: null }, { stage: 'sorting' }],
    [
      { status: 'Sent', sign_time: '2026-11-12 09:00:00' },
      { stage: 'delivered', stageAt: Date.UTC(2026, 10, 12, 1) },
    ],
    [{ status: 'Cancelled' }, { stage: 'closed', closed: true, reason: '', sortedAt: null }],
    [{ status: 'Merged' }, { stage: 'closed', closed: true, reason: expect.stringContaining('合并'), sortedAt: null }],
    [{ status: 'Split' }, { stage: 'closed', closed: true, reason: expect.stringContaining('拆分') }],
    [
      { status: 'Bewitched' },
      { stage: 'queued', closed: false, reason: '未知状态 Bewitched', sourceStatus: 'Bewitched' },
    ],
  ])('[C1] %j is %j', async (changes, expected) => {
    expect(await readOne({ send_date: null, ...changes })).toMatchObject(expected);
  });

  it('[C1] is in sorting since its last change when the ERP does not tell since when', async () => {
    const view = await readOne({ status: 'Delivering', send_date: null });

    expect(view.sortedAt).toBe(Date.UTC(2026, 10, 11, 2, 31, 12));
    expect(view.stageAt).toBe(view.sortedAt);
    expect((await readOne({ status: 'WaitConfirm', send_date: '0001-01-01 00:00:00' })).sortedAt).toBeNull();
  });

  it('[P6] that carries merged orders names all of them', async () => {
    expect((await readOne({ so_id: 'A1', merge_so_id: 'A1,B2, C3' })).channelOrderNos).toEqual(['A1', 'B2', 'C3']);
  });

  it('[B5] keeps ids of 19 digits', async () => {
    const text = JSON.stringify(page([anOrder({ o_id: 'OID', so_id: 'SOID' })]))
      .replace('"OID"', '4012345678901234567')
      .replace('"SOID"', '4012345678901234569');
    const call = answer(queryPath, text);

    const { fulfillments } = await open().system.fetchBySystemOrder(['4012345678901234567'], signal);

    expect(fulfillments[0]).toMatchObject({
      systemOrderNo: '4012345678901234567',
      channelOrderNos: ['4012345678901234569'],
    });
    expect(call.asked?.form.biz).toContain('"o_ids":[4012345678901234567]');
  });

  it('[B5] that cannot be read is named with the field, and does not stop its page', async () => {
    answer(queryPath, page([anOrder({ o_id: 7, modified: 'yesterday' }), anOrder({ so_id: '' }), null, anOrder()]));

    const { fulfillments, skipped } = await open().system.fetchByChannelOrder(['1'], signal);

    expect(fulfillments).toHaveLength(1);
    expect(skipped).toEqual([
      { ref: '7', reason: 'modified: no Beijing time' },
      { ref: '50000017', reason: expect.stringMatching(/^so_id: /) },
      { ref: 'row without o_id', reason: expect.any(String) },
    ]);
  });
});

describe('paging', () => {
  const window = { from: start - 60_500, to: start };

  it('[B2] goes from the last page to the first, so that rows which move away hide nobody', async () => {
    const { system } = open();
    const asked: unknown[] = [];
    let cursor: string | undefined;
    for (let pull = 0; pull < 4; pull += 1) {
      const call = answer(queryPath, page([], { page_count: 3 }));
      cursor = (await system.pullUpdated(window, cursor, signal)).next;
      asked.push(call.asked?.biz.page_index);
    }

    expect(asked).toEqual([1, 3, 2, 1]);
    expect(cursor).toBeUndefined();
  });

  it('[B2] asks in Beijing time, for whole seconds that hold all of the window', async () => {
    const call = answer(queryPath, page([]));

    await open().system.pullUpdated(window, undefined, signal);

    expect(call.asked?.biz).toMatchObject({
      modified_begin: '2026-11-11 13:58:59',
      modified_end: '2026-11-11 14:00:00',
    });
  });

  it('[B4] cuts a month into spans of at most seven days without a gap', async () => {
    const { system } = open();
    const day = 86_400_000;
    const spans: [string, string][] = [];
    let cursor: string | undefined;
    do {
      const call = answer(queryPath, page([]));
      cursor = (await system.pullUpdated({ from: start - 30 * day, to: start }, cursor, signal)).next;
      spans.push([String(call.asked?.biz.modified_begin), String(call.asked?.biz.modified_end)]);
    } while (cursor !== undefined);

    const ms = (text: string): number => Date.parse(`${text.replace(' ', 'T')}+08:00`);
    expect(spans).toHaveLength(5);
    expect(spans.every(([from, to]) => ms(to) - ms(from) <= 7 * day)).toBe(true);
    expect(spans.slice(1).every(([from], n) => ms(from) <= ms(spans[n]?.[1] ?? ''))).toBe(true);
    expect([ms(spans[0]?.[0] ?? ''), ms(spans.at(-1)?.[1] ?? '')]).toEqual([start - 30 * day, start]);
  });

  it('[B2] asks for at most twenty numbers in a call', async () => {
    const calls = [answer(queryPath, page([])), answer(queryPath, page([]))];

    await open().system.fetchByChannelOrder(
      Array.from({ length: 21 }, (_, n) => `N${n}`),
      signal,
    );

    expect(calls.map((call) => (call.asked?.biz.so_ids as string[] | undefined)?.length)).toEqual([20, 1]);
  });

  it('does not ask for numbers that the ERP cannot have', async () => {
    expect(await open().system.fetchBySystemOrder(['WR-1', ''], signal)).toEqual({
      fulfillments: [],
      skipped: [],
      next: undefined,
    });
  });
});

describe('an error code', () => {
  it.each([
    [10, 'RejectedError', 'signature'],
    [110, 'RejectedError', 'IP address'],
    [130, 'RejectedError', 'missing'],
    [140, 'RejectedError', 'clock'],
    [150, 'RejectedError', 'authorise'],
    [190, 'RejectedError', 'right'],
    [10015, 'RejectedError', 'not acceptable'],
    [-4, 'RejectedError', 'validation'],
    [170, 'RejectedError', 'validation'],
    [424242, 'RejectedError', 'refused'],
    [100, 'AuthExpiredError', 'token'],
  ])('[B3] %i is a %s that speaks of the %s', async (code, name, words) => {
    answer(queryPath, refuse(code, `token-demo 13800138000 jst-secret-demo`));

    const error = await failureOf(open().system.fetchByChannelOrder(['1'], signal));

    expect(error.name).toBe(name);
    expect(error.message).toContain(words);
    expect(error.message).not.toMatch(/token-demo|jst-secret-demo|13800138000/);
    if (name === 'RejectedError') expect(error.code).toBe(`JST_${code}`);
  });

  it('[B6] 199 waits a second, 200 until the next minute, and other calls wait too', async () => {
    const { system, clock } = open();
    answer(queryPath, refuse(199));
    const second = await failureOf(system.fetchByChannelOrder(['1'], signal));
    answer(queryPath, refuse(200));
    const minute = await failureOf(system.fetchByChannelOrder(['1'], signal));
    answer(queryPath, page([]));
    await system.fetchByChannelOrder(['1'], signal);

    expect([second.name, second.afterMs]).toEqual(['RateLimitedError', 1_000]);
    expect([minute.name, minute.afterMs]).toEqual(['RateLimitedError', 59_000]);
    expect(clock.slept).toEqual([1_000, 59_000]);
  });

  it('is read from text too, and an answer without one is worth another try', async () => {
    answer(queryPath, { code: '0', data: { orders: null } });
    expect((await open().system.fetchByChannelOrder(['1'], signal)).fulfillments).toEqual([]);

    answer(queryPath, { ok: true });
    expect(await failureOf(open().system.fetchByChannelOrder(['1'], signal))).toMatchObject({ name: 'RetryableError' });
  });
});

describe('an expired token', () => {
  const refreshPath = '/openWeb/auth/refreshToken';
  const fresh = ok({ access_token: 'token-2', refresh_token: 'refresh-2', expires_in: 15_552_000 });

  it('[B1] is renewed once, and what was refused is sent again', async () => {
    const { system, saved } = open({ refreshToken: 'refresh-1' });
    answer(queryPath, refuse(100));
    const refresh = answer(refreshPath, fresh);
    const again = answer(queryPath, page([]));

    await system.fetchByChannelOrder(['1'], signal);

    expect(refresh.asked?.form).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
      scope: 'all',
    });
    expect(again.asked?.form.access_token).toBe('token-2');
    expect(saved).toEqual([{ accessToken: 'token-2', refreshToken: 'refresh-2', expiresAt: start + 15_552_000_000 }]);
  });

  it('[B1] that is refused again after the renewal is a refusal', async () => {
    answer(queryPath, refuse(100));
    answer(refreshPath, fresh);
    answer(queryPath, refuse(100));

    const error = await failureOf(open({ refreshToken: 'refresh-1' }).system.fetchByChannelOrder(['1'], signal));

    expect(error).toMatchObject({ name: 'RejectedError', code: 'JST_100' });
  });

  it.each([
    ['a lost answer', 500, '', 'RetryableError'],
    ['a refusal', 200, refuse(150), 'RejectedError'],
    ['the end of the refresh token', 200, refuse(100), 'AuthExpiredError'],
  ])('[B1] whose renewal ends in %s tells so, and the call was not made', async (_name, status, body, name) => {
    answer(queryPath, refuse(100));
    answer(refreshPath, body, status);

    expect((await failureOf(open({ refreshToken: 'refresh-1' }).system.fetchByChannelOrder(['1'], signal))).name).toBe(
      name,
    );
  });
});

describe('stock', () => {
  it('[K2] is asked for one warehouse at a time, and what is not told is not zero', async () => {
    const first = answer(
      '/open/inventory/query',
      ok({
        inventorys: [
          { sku_id: 'A', qty: 12, order_lock: 3, pick_lock: 1, virtual_qty: 1, lock_qty: 2, purchase_qty: 50 },
        ],
      }),
    );
    const second = answer('/open/inventory/query', ok({ inventorys: [{ sku_id: 'A', qty: 12, order_lock: 3 }] }));

    const levels = await open().system.getStock(['A', 'A'], ['1001', '1002'], signal);

    expect([first, second].map((call) => call.asked?.biz)).toEqual([
      expect.objectContaining({ wms_co_id: 1001, sku_ids: 'A', has_lock_qty: true }),
      expect.objectContaining({ wms_co_id: 1002 }),
    ]);
    expect(levels).toEqual([
      {
        sku: 'A',
        warehouseCode: '1001',
        onHand: 12,
        available: 8,
        orderLocked: 3,
        pickLocked: 1,
        virtualLocked: 2,
        inbound: 50,
        observedAt: start,
      },
      {
        sku: 'A',
        warehouseCode: '1002',
        onHand: 12,
        available: undefined,
        orderLocked: 3,
        pickLocked: undefined,
        virtualLocked: undefined,
        inbound: undefined,
        observedAt: start,
      },
    ]);
  });
});

describe('rerouting', () => {
  const path = '/open/orders/modifywms/upload';
  const move = { systemOrderNo: '50000017', to: '1002', expectFrom: '1001', reason: '缺货', by: '李建国' };
  const waiting = anOrder({ status: 'WaitConfirm' });

  it('[O] reads, compares and writes once', async () => {
    answer(queryPath, page([waiting]));
    const call = answer(path, ok([{ o_id: 50000017, code: 0, issuccess: true, msg: '' }]));

    const outcome = await open().system.reroute(move, signal);

    expect(outcome).toEqual({ kind: 'done', value: { warehouseCode: '1002' } });
    expect(call.asked?.biz).toEqual([{ o_id: 50000017, wms_co_id: 1002 }]);
  });

  it.each([
    [
      { status: 'WaitConfirm', wms_co_id: 1002 },
      { kind: 'already', value: { warehouseCode: '1002' } },
    ],
    [
      { status: 'WaitConfirm', wms_co_id: 1003 },
      { kind: 'refused', code: 'stale' },
    ],
    [{ status: 'Sent' }, { kind: 'refused', code: 'shipped', providerText: 'Sent' }],
    [{ status: 'Cancelled' }, { kind: 'refused', code: 'invalid', providerText: 'Cancelled' }],
  ])('[O] writes nothing when the order is %j', async (changes, expected) => {
    answer(queryPath, page([anOrder(changes)]));

    expect(await open().system.reroute(move, signal)).toEqual(expected);
  });

  it.each([
    ['订单已拣货，不允许修改', 'picking'],
    ['订单已发货，不允许修改', 'shipped'],
    ['目标仓库库存不足', 'no_stock'],
    ['仓库不存在', 'bad_warehouse'],
    ['订单不存在', 'not_found'],
    ['别的原因', 'other'],
  ])('[O] is refused with the words of the ERP: %s', async (msg, code) => {
    for (const body of [
      ok([{ o_id: 50000017, code: 170, issuccess: false, msg }]),
      { code: 0, issuccess: false, msg },
      refuse(170, msg),
    ]) {
      answer(queryPath, page([waiting]));
      answer(path, body);

      expect(await open().system.reroute(move, signal)).toMatchObject({ kind: 'refused', code, providerText: msg });
    }
  });

  it.each([
    ['a 502', 502, '<html>'],
    ['half an answer', 200, '{"code":0,"da'],
    ['an answer about another order', 200, ok([{ o_id: 1, issuccess: true }])],
    ['an answer that says nothing', 200, ok(null)],
    ['an answer of somebody else', 200, { hello: 1 }],
  ])('[P18] is not known after %s, and is not sent again', async (_name, status, body) => {
    answer(queryPath, page([waiting]));
    answer(path, body, status);

    expect(await open().system.reroute(move, signal)).toEqual({ kind: 'unknown' });
  });

  it('[P18] can be tried again when nothing was applied', async () => {
    answer(queryPath, '', 500);
    expect(await open().system.reroute(move, signal)).toMatchObject({ kind: 'retryable' });

    answer(queryPath, page([waiting]));
    answer(path, refuse(199));
    expect(await open().system.reroute(move, signal)).toMatchObject({ kind: 'retryable', afterMs: 1_000 });
  });

  it('[B3] is forbidden when the app has no right to it', async () => {
    answer(queryPath, page([waiting]));
    answer(path, refuse(190, '未授权'));

    expect(await open().system.reroute(move, signal)).toMatchObject({
      kind: 'refused',
      code: 'forbidden',
      providerCode: '190',
    });
  });

  it('[O] of an order that is not there, or to what is no warehouse, is refused', async () => {
    answer(queryPath, page([]));

    expect(await open().system.reroute(move, signal)).toEqual({ kind: 'refused', code: 'not_found' });
    expect(await open().system.reroute({ ...move, to: '广州' }, signal)).toEqual({
      kind: 'refused',
      code: 'bad_warehouse',
    });
  });
});

describe('virtual locks', () => {
  const operation = {
    io_id: 7000001,
    so_id: 'LIVE-1',
    lwh_id: 9001,
    wms_co_id: 1001,
    type: '虚拟仓分配',
    creator: '直播中控',
    remark: '直播间预留 20261111004012',
    created: '2026-11-11 10:00:00',
    items: [
      { sku_id: 'A', qty: 5, returned_qty: 2 },
      { sku_id: 'B', qty: 1, returned_qty: 1 },
    ],
  };
  const lock: StockLock = {
    systemId: 'wms',
    lockId: '9001.7000001.A',
    kind: 'virtual',
    sku: 'A',
    qty: 3,
    warehouseCode: '1001',
    channelOrderNo: '20261111004012',
    systemShopId: '',
    by: '直播中控',
    createdAt: Date.UTC(2026, 10, 11, 2),
  };
  const move = { operationKey: 'WR-43', lock, qty: 3, by: '李建国' };

  it('[B8] are listed with owner and order, without what was given back', async () => {
    answer(
      `${lockPath}/getlwhoperationlist`,
      ok({ datas: [operation, { ...operation, io_id: 7000002, type: '虚拟仓归还' }, null] }),
    );

    expect(await open().system.listLocks(signal)).toEqual([lock]);
  });

  it.each([
    ['releaseLock', '虚拟仓归还'],
    ['retakeLock', '虚拟仓分配'],
  ] as const)('[I5] %s writes one document with our key as its number', async (verb, type) => {
    const call = answer(`${lockPath}/lwhoperationcreate`, ok({ io_id: 7000009 }));

    const outcome = await open().system[verb](move, signal);

    expect(outcome).toEqual({ kind: 'done', value: { qty: 3 }, providerRef: '7000009' });
    expect(call.asked?.biz).toEqual({
      lwh_id: 9001,
      wms_co_id: 1001,
      so_id: 'WR-43',
      type,
      examine: true,
      is_ignore_check_stock: false,
      remark: '20261111004012 李建国',
      items: [{ sku_id: 'A', qty: 3 }],
    });
  });

  it.each([0, -1, 1.5, Number.NaN])(
    '[P18] are never moved by %d pieces, which the ERP would read as all of them',
    async (qty) => {
      await expect(open().system.releaseLock({ ...move, qty }, signal)).rejects.toBeInstanceOf(BugError);
      await expect(open().system.retakeLock({ ...move, qty }, signal)).rejects.toBeInstanceOf(BugError);
    },
  );

  it('[P18] are never given back beyond what they hold, nor when they are of another kind', async () => {
    expect(await open().system.releaseLock({ ...move, qty: 4 }, signal)).toMatchObject({
      kind: 'refused',
      code: 'invalid',
    });
    expect(await open().system.releaseLock({ ...move, lock: { ...lock, kind: 'order' } }, signal)).toMatchObject({
      kind: 'refused',
      code: 'invalid',
    });
  });

  it.each([
    ['商品编码[A]库存不足', 'no_stock'],
    ['商品编码[A]归还数量超过锁定数量', 'stale'],
    ['商品编码[A]不存在', 'not_found'],
    ['虚拟仓不存在', 'bad_warehouse'],
  ])('[I5] are refused with the words of the ERP: %s', async (msg, code) => {
    answer(`${lockPath}/lwhoperationcreate`, refuse(170, msg));

    expect(await open().system.retakeLock(move, signal)).toMatchObject({
      kind: 'refused',
      code,
      providerCode: '170',
      providerText: msg,
    });
  });
});

describe('cancelling', () => {
  const path = '/open/jushuitan/orderbyoid/cancel';

  it('[O] names who and why in the log of the ERP', async () => {
    answer(queryPath, page([anOrder({ status: 'WaitConfirm' })]));
    const call = answer(path, ok({ success: 1, fail: 0, message: [] }));

    expect(await open().system.cancelOrder('50000017', '已关闭', '李建国', signal)).toEqual({
      kind: 'done',
      value: null,
    });
    expect(call.asked?.biz).toMatchObject({ o_ids: [50000017], remark: '李建国：已关闭' });
  });

  it('[O] is already done, too late, or refused in part', async () => {
    answer(queryPath, page([anOrder({ status: 'Cancelled' })]));
    expect(await open().system.cancelOrder('50000017', '', '', signal)).toEqual({ kind: 'already', value: null });

    answer(queryPath, page([anOrder({ status: 'Sent' })]));
    expect(await open().system.cancelOrder('50000017', '', '', signal)).toMatchObject({
      kind: 'refused',
      code: 'shipped',
    });

    answer(queryPath, page([anOrder({ status: 'Delivering' })]));
    answer(path, { code: 0, success: 0, fail: 1, message: [{ id: '50000017', msg: '订单已拣货' }] });
    expect(await open().system.cancelOrder('50000017', '', '', signal)).toMatchObject({
      kind: 'refused',
      code: 'picking',
      providerText: '订单已拣货',
    });
  });
});

describe('the pace', () => {
  it('[B6] stays below 5 a second and 100 a minute, and lets a write go before waiting reads', async () => {
    const sent: number[] = [];
    const paths: string[] = [];
    const { system, clock } = open({
      async send({ url }) {
        sent.push(clock.now());
        paths.push(new URL(url).pathname);
        const body = url.includes('lwh') ? ok({ io_id: 1 }) : page([]);
        return { status: 200, headers: {}, text: '', json: () => body };
      },
    });
    const lock = {
      lockId: '9001.1.A',
      kind: 'virtual',
      sku: 'A',
      qty: 1,
      warehouseCode: '1001',
      channelOrderNo: null,
    } as StockLock;

    const reads = Array.from({ length: 130 }, (_, n) => system.fetchByChannelOrder([`N${n}`], signal));
    const write = system.releaseLock({ operationKey: 'k', lock, qty: 1, by: '' }, signal);
    await Promise.all([...reads, write]);

    const most = (ms: number): number =>
      Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + ms).length));
    expect(sent).toHaveLength(131);
    expect(most(1_000)).toBeLessThanOrEqual(5);
    expect(most(60_000)).toBeLessThanOrEqual(100);
    expect(paths.findIndex((uri) => uri.includes('lwh'))).toBeLessThan(10);
  });

  it('[B6] lets a call that is stopped while waiting leave the queue unsent', async () => {
    const { system } = open();
    const calls = Array.from({ length: 5 }, () => answer(queryPath, page([])));
    const stop = new AbortController();

    const reads = calls.map((_, n) => system.fetchByChannelOrder([`N${n}`], signal));
    const late = failureOf(system.fetchByChannelOrder(['late'], stop.signal));
    stop.abort();
    await Promise.all(reads);

    expect(await late).toMatchObject({ name: 'RetryableError', code: 'ABORTED' });
    expect(await failureOf(system.fetchByChannelOrder(['later'], AbortSignal.abort()))).toBeInstanceOf(AppError);
  });
});

describe('what it can do', () => {
  it('[B1] does not show the orders of Taobao and Pinduoduo, and says so', () => {
    const { system } = open();

    expect(['taobao', 'pinduoduo', 'miniprogram', 'douyin'].map((channel) => system.stageSource(channel))).toEqual([
      'none',
      'none',
      'polled',
      'polled',
    ]);
  });
});
