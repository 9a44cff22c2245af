import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/channels/douyin/index.ts';
import { paramJsonOf, sign } from '../../../src/adapters/channels/douyin/sign.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import { createIdentifier } from '../../../src/adapters/identifier.ts';
import type { AppError } from '../../../src/domain/errors.ts';
import type { Channel, OrderPage, PushReading } from '../../../src/ports/channel.ts';
import type { FreshTokens } from '../../../src/ports/tokens.ts';
import { mockHttp } from '../../kit/http-mock.ts';
import { isLong } from '../../kit/size.ts';

const http = mockHttp();
const base = 'https://openapi-fxg.jinritemai.com';
const now = 1_794_330_780_000;
const signal = new AbortController().signal;
const keys = { appKey: '7000000000000000001', appSecret: 'dd-secret-demo' };
const identifier = createIdentifier(Buffer.alloc(32, 7));
const hour = 3_600;

type Json = Record<string, unknown>;
const fixture = JSON.parse(readFileSync('test/fixtures/douyin/order.json', 'utf8')) as Json;
const lines = fixture.sku_order_list as Json[];
const anOrder = (changes: Json = {}): Json => ({ ...fixture, ...changes });
/** The order with one line, which is changed so. */
const oneLine = (changes: Json = {}, order: Json = {}): Json =>
  anOrder({ ...order, sku_order_list: [{ ...lines[0], ...changes }] });

interface Opened {
  readonly channel: Channel;
  readonly saved: FreshTokens[];
}

function open(tokens: { accessToken?: string; refreshToken?: string } = { accessToken: 'token-1' }): Opened {
  const saved: FreshTokens[] = [];
  const channel = plug.create({
    shopId: 'dy',
    baseUrl: base,
    credentials: { ...keys, shopId: '4463798', ...tokens },
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock: { now: () => now, sleep: async () => undefined, every: () => () => undefined },
    identifier,
    saveTokens: async (fresh) => void saved.push(fresh),
  });
  return { channel, saved };
}

interface Asked {
  readonly query: Record<string, string>;
  readonly param: Json;
}

/** The next calls of a path are answered so, in this order; gives what was asked. */
function answers(path: string, ...bodies: readonly (Json | string)[]): Asked[] {
  const asked: Asked[] = [];
  for (const body of bodies) {
    http
      .on(base)
      .post(path)
      .query((query) => asked.push({ query: { ...query } as Record<string, string>, param: {} }) > 0)
      .reply(200, (_uri, sent) => {
        const last = asked.at(-1);
        if (last !== undefined) Object.assign(last.param, sent);
        return body;
      });
  }
  return asked;
}

const ok = (data: unknown): Json => ({ code: 10_000, msg: 'success', sub_code: '', sub_msg: '', data });
const refusal = (code: number, sub_code: string, sub_msg = '平台的话 13800138000'): Json => ({
  code,
  msg: sub_msg,
  sub_code,
  sub_msg,
  log_id: '202106081408160101311300265F00266E',
  data: null,
});
const list = (rows: readonly unknown[], total = rows.length): Json =>
  ok({ page: 0, size: 100, total, shop_order_list: rows });
const tokens = (n: number): Json =>
  ok({ access_token: `token-${n}`, refresh_token: `refresh-${n}`, expires_in: 530_808, shop_id: 4_463_798 });
const expired = refusal(40_003, 'isv.access-token-expired');

const window = { from: now - 60_000, to: now };
const pull = (channel = open().channel): Promise<OrderPage> => channel.pullUpdated(window, undefined, signal);

async function readOne(row: unknown) {
  answers('/order/searchList', list([row]));
  const { orders, skipped } = await pull();
  expect(skipped).toEqual([]);
  const [order] = orders;
  if (order === undefined) throw new Error('no order');
  return order;
}

const failureOf = (promise: Promise<unknown>): Promise<AppError & { afterMs?: number }> =>
  promise.then(
    () => {
      throw new Error('did not fail');
    },
    (error: unknown) => error as AppError,
  );

describe('signing', () => {
  const paramJson =
    '{"after_sale_status_desc":"all","order_by":"update_time","page":0,"remark":"A&B<C>备注","size":100,"update_time_end":1794330600,"update_time_start":1794328800}';

  it('[B1] gives the vectors of channels.md §10.3', () => {
    const call = { ...keys, method: 'order.searchList', paramJson, timestamp: '1794330780' };

    expect(sign(call)).toBe('a5ef5856fbd7853b02d98f70d023967bb31c6da1924a3f9d87963bbdef9b5291');
    expect(
      sign({
        appKey: 'testkey',
        appSecret: 'testsecret',
        method: 'order.searchList',
        paramJson: '{"page":1,"size":1}',
        timestamp: '2026-10-07 10:00:00',
      }),
    ).toBe('48ac4a6dc41632b0701934502e6da1ac4dd9341d3b07763be3543d395a2ff070');
  });

  it('[B1] writes what it signs with sorted keys at every level, as it is, without what is left out', () => {
    const param = {
      size: 100,
      page: 0,
      update_time_start: 1_794_328_800,
      update_time_end: 1_794_330_600,
      order_by: 'update_time',
      remark: 'A&B<C>备注',
      after_sale_status_desc: 'all',
      star: undefined,
    };

    expect(paramJsonOf(param)).toBe(paramJson);
    expect(paramJsonOf({ b: [{ d: 1, c: '9007199254740993' }], a: null })).toBe(
      '{"a":null,"b":[{"c":"9007199254740993","d":1}]}',
    );
  });

  it('[B1] sends the body that it signed, the token beside it, and asks for the new kind of errors', async () => {
    let sent: { body: string; url: string } | undefined;
    http
      .on(base)
      .post('/order/searchList', (body: Json) => {
        sent = { body: JSON.stringify(body), url: '' };
        return true;
      })
      .matchHeader('x-open-no-old-err-code', '1')
      .query(true)
      .reply(200, (uri) => {
        if (sent !== undefined) sent.url = uri;
        return list([]);
      });

    await pull();

    const query = new URL(`${base}${sent?.url ?? ''}`).searchParams;
    expect(Object.fromEntries(query)).toEqual({
      method: 'order.searchList',
      app_key: keys.appKey,
      access_token: 'token-1',
      timestamp: '1794330780',
      v: '2',
      sign_method: 'hmac-sha256',
      sign: sign({ ...keys, method: 'order.searchList', paramJson: sent?.body ?? '', timestamp: '1794330780' }),
    });
  });
});

describe('tokens', () => {
  it('[B1] are taken with the number of the shop when there are none, and kept', async () => {
    const asked = answers('/token/create', tokens(1));
    const lists = answers('/order/searchList', list([]));
    const { channel, saved } = open({});

    await pull(channel);

    expect(asked[0]?.param).toEqual({ code: '', grant_type: 'authorization_self', shop_id: '4463798' });
    expect(asked[0]?.query).not.toHaveProperty('access_token');
    expect(lists[0]?.query.access_token).toBe('token-1');
    expect(saved).toEqual([{ accessToken: 'token-1', refreshToken: 'refresh-1', expiresAt: now + 530_808_000 }]);
    expect(channel.grantEndsAt()).toBeNull();
  });

  it.each(['isv.access-token-expired', 'isv.access-token-no-existed', 'isv.access-token-invalid'])(
    '[B1] are refreshed once for all calls that meet %s at the same time',
    async (subCode) => {
      answers('/order/orderDetail', ...Array(4).fill(refusal(40_003, subCode)));
      const asked = answers('/token/refresh', tokens(2));
      const again = answers('/order/orderDetail', ...Array(4).fill(ok({ shop_order_detail: anOrder() })));
      const { channel, saved } = open({ accessToken: 'token-1', refreshToken: 'refresh-1' });

      const { orders } = await channel.fetchOrders(['1', '2', '3', '4'], signal);

      expect(orders).toHaveLength(4);
      expect(asked.map(({ param }) => param)).toEqual([{ grant_type: 'refresh_token', refresh_token: 'refresh-1' }]);
      expect(again.map(({ query }) => query.access_token)).toEqual(Array(4).fill('token-2'));
      expect(saved).toHaveLength(1);
    },
  );

  it('[B1] are taken anew when the refresh token is over, too', async () => {
    answers('/order/searchList', expired, list([]));
    answers('/token/refresh', refusal(50_001, 'dop.token-generate-failed:3'));
    answers('/token/create', tokens(2));
    const { channel, saved } = open({ accessToken: 'token-1', refreshToken: 'refresh-1' });

    await pull(channel);

    expect(saved).toHaveLength(1);
  });

  it('[B3] that are refused though they are fresh need a person', async () => {
    answers('/order/searchList', expired, expired);
    answers('/token/create', tokens(2));

    expect(await failureOf(pull())).toMatchObject({ name: 'RejectedError', code: 'NOT_AUTHORISED' });
  });

  it('[B3] that cannot be had say which setting to look at', async () => {
    answers('/token/create', refusal(50_001, 'dop.token-generate-failed:2'));

    const error = await failureOf(pull(open({}).channel));

    expect(error).toMatchObject({ name: 'RejectedError', code: 'TOKEN_REFUSED' });
    expect(error.message).toContain('credentials.shopId');
  });

  it('[B1] come in the old envelope, too', async () => {
    answers('/token/create', {
      data: { access_token: 'token-9', expires_in: '530808', refresh_token: 'r', shop_id: 12_345 },
      err_no: 0,
      message: 'success',
    });
    const lists = answers('/order/searchList', list([]));

    await pull(open({}).channel);

    expect(lists[0]?.query.access_token).toBe('token-9');
  });
});

describe('a refusal', () => {
  it.each([
    [60_000, 'dop.rate-limited', 'RateLimitedError', 'RATE_LIMITED'],
    [20_000, 'isp.service-error', 'RetryableError', 'DOUYIN_20000'],
    [20_001, '', 'RetryableError', 'DOUYIN_20001'],
    [10_001, '', 'RetryableError', 'DOUYIN_10001'],
    [90_000, '', 'RetryableError', 'DOUYIN_90000'],
    [30_001, 'isv.app-permissions-insufficient', 'RejectedError', 'NO_RIGHT'],
    [30_001, 'dop.authorization-closed', 'RejectedError', 'NOT_AUTHORISED'],
    [30_002, '', 'RejectedError', 'WRONG_IP'],
    [40_001, 'isv.signature-missing', 'RejectedError', 'BAD_SIGNATURE'],
    [40_003, 'isv.signature-invalid', 'RejectedError', 'BAD_SIGNATURE'],
    [40_003, 'isv.parameter-format-invalid', 'RejectedError', 'BAD_CALL'],
    [40_004, 'isv.parameter-invalid:100002', 'RejectedError', 'BAD_VALUE'],
    [50_002, 'isv.business-failed:2', 'RejectedError', 'BUSINESS'],
    [70_000, '', 'RejectedError', 'GONE'],
    [80_000, '', 'RejectedError', 'SECURITY'],
    [12_345, 'isv.brand-new', 'RejectedError', 'DOUYIN_12345'],
  ])('[B1] %i %s, told at HTTP 200, is a %s', async (code, subCode, name, ours) => {
    answers('/order/searchList', refusal(code, subCode));

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name, code: ours });
    expect(error.message).toContain('202106081408160101311300265F00266E');
    expect(error.message).not.toMatch(/平台的话|13800138000|dd-secret|token-1|7000000000000000001/);
    if (name === 'RateLimitedError') expect(error.afterMs).toBeGreaterThan(0);
  });

  it('[B3] of our clock says how far it is off', async () => {
    http
      .on(base)
      .post('/order/searchList')
      .query(true)
      .reply(200, refusal(40_003, 'isv.timestamp-invalid'), { date: new Date(now + 700_000).toUTCString() });

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name: 'RejectedError', code: 'BAD_TIMESTAMP' });
    expect(error.message).toContain('700 s behind');
  });

  it.each([
    [{ err_no: 30_001, message: 'no' }, 'RejectedError', 'NO_RIGHT'],
    [{ message: 'hello' }, 'RetryableError', 'BAD_ANSWER'],
    [ok('nothing'), 'RetryableError', 'BAD_PAGE'],
    [ok({ total: 'many', shop_order_list: [] }), 'RetryableError', 'BAD_PAGE'],
  ])('[B1] of an unusual shape (%j) is a %s', async (body, name, code) => {
    answers('/order/searchList', body);

    expect(await failureOf(pull())).toMatchObject({ name, code });
  });
});

describe('the window', () => {
  const at = (second: number, no: number, by = 'update_time'): Json => anOrder({ order_id: String(no), [by]: second });

  /** A shop that filters and sorts as the platform does; `between` happens after each answer. */
  function serve(rows: Json[], calls: number, between: (call: number) => void = () => undefined): Json[] {
    const asked: Json[] = [];
    for (let call = 0; call < calls; call += 1) {
      http
        .on(base)
        .post('/order/searchList')
        .query(true)
        .reply(200, (_uri, sent) => {
          const param = sent as Json;
          asked.push(param);
          const by = String(param.order_by);
          const inside = rows
            .filter(
              (row) => Number(row[by]) >= Number(param[`${by}_start`]) && Number(row[by]) <= Number(param[`${by}_end`]),
            )
            .sort((a, b) => Number(a[by]) - Number(b[by]) || Number(a.order_id) - Number(b.order_id));
          const from = Number(param.page) * 100;
          const answer = list(inside.slice(from, from + 100), inside.length);
          const text = JSON.stringify(answer);
          between(call);
          return text;
        });
    }
    return asked;
  }

  async function walk(
    way: 'pullUpdated' | 'pullCreated' = 'pullUpdated',
    span = { from: now - hour * 1_000, to: now },
  ) {
    const { channel } = open();
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page: OrderPage = await channel[way](span, cursor, signal);
      seen.push(...page.orders.map(({ view }) => view.channelOrderNo));
      cursor = page.next;
      pages += 1;
    } while (cursor !== undefined && pages < 30);
    return { seen: new Set(seen), pages };
  }

  const start = now / 1_000 - hour;

  it('[B2] asks oldest first, in whole seconds that hold all of it', async () => {
    const asked = serve([], 1);

    await open().channel.pullUpdated({ from: 1_794_328_800_500, to: 1_794_330_600_000 }, undefined, signal);

    expect(asked).toEqual([
      {
        update_time_start: 1_794_328_800,
        update_time_end: 1_794_330_600,
        order_by: 'update_time',
        order_asc: true,
        page: 0,
        size: 100,
        is_searchable: true,
        after_sale_status_desc: 'all',
      },
    ]);
  });

  it('[B4] asks by the time of placing for a backfill, and keeps to its end', async () => {
    const asked = serve([at(start, 1, 'create_time'), at(start + hour, 2, 'create_time')], 1);

    const { seen } = await walk('pullCreated');

    expect(asked[0]).toMatchObject({
      create_time_start: start,
      create_time_end: start + hour,
      order_by: 'create_time',
    });
    expect([...seen]).toEqual(['1']);
  });

  it('[B2] loses no row while rows that were read move to the end', async () => {
    const rows = Array.from({ length: 350 }, (_, n) => at(start + n, 1_000 + n));
    const before = rows.map(({ order_id }) => String(order_id));
    serve(rows, 4, (call) => {
      // Sixty of the oldest change, and leave the window.
      for (const row of rows.slice(call * 60, call * 60 + 60)) row.update_time = now / 1_000 + 60;
    });

    const { seen } = await walk();

    expect(before.slice(180).filter((no) => !seen.has(no))).toEqual([]);
    expect(before.slice(0, 100).filter((no) => !seen.has(no))).toEqual([]);
  });

  it('[B2] loses no row of a second that holds more than a page, also when some of them leave it', async () => {
    const rows = Array.from({ length: 250 }, (_, n) => at(start + 5, 1_000 + n));
    rows.push(at(start + 9, 2_000));
    const before = rows.map(({ order_id }) => String(order_id));
    serve(rows, 8, (call) => {
      if (call === 2) for (const row of rows.slice(0, 40)) row.update_time = now / 1_000 + 60;
    });

    const { seen, pages } = await walk();

    expect(pages).toBe(8);
    expect(before.filter((no) => !seen.has(no))).toEqual([]);
  });

  it('[B2] is not led astray by rows that are fresher than the list that shows them', async () => {
    const rows = Array.from({ length: 150 }, (_, n) => at(start + n, 1_000 + n));
    const fresher = rows.slice(0, 100).map((row, n) => (n > 90 ? { ...row, update_time: now / 1_000 + 30 } : row));
    answers('/order/searchList', list(fresher, 150));
    const { next } = await open().channel.pullUpdated({ from: start * 1_000, to: now }, undefined, signal);

    expect(next).toBe(String(start + 90));
  });

  it('[B2] stops at a list that is not oldest first, since orders could be missed', async () => {
    answers('/order/searchList', list([at(start + 9, 1), at(start + 8, 2)], 500));

    expect(await failureOf(pull())).toMatchObject({ name: 'RejectedError', code: 'NOT_SORTED' });
  });

  it('[B2] ends by its count, also where the platform leaves rows out or tells no count', async () => {
    answers(
      '/order/searchList',
      ok({ shop_order_list: [anOrder()] }),
      ok({ total: '0' }),
      ok({ shop_order_list: null }),
    );
    const { channel } = open();

    for (let n = 0; n < 3; n += 1) expect((await pull(channel)).next).toBeUndefined();
  });

  it('[B2] looks behind a full page, whatever the count says', async () => {
    const rows = Array.from({ length: 100 }, (_, n) => at(start + n, 1_000 + n));
    answers('/order/searchList', list(rows, 100), list([rows.at(-1)], 1));
    const { channel } = open();

    const first = await channel.pullUpdated({ from: start * 1_000, to: now }, undefined, signal);
    const second = await channel.pullUpdated({ from: start * 1_000, to: now }, first.next, signal);

    expect(first.next).toBe(String(start + 99));
    expect(second.next).toBeUndefined();
  });

  it('begins again at a place that it does not know', async () => {
    const error = await failureOf(open().channel.pullUpdated(window, 'page-2', signal));

    expect(error).toMatchObject({ name: 'RejectedError', code: 'BAD_CURSOR' });
  });
});

describe('an order', () => {
  it('[B5] is read into the neutral view; a phone in a note is masked, and ciphertext goes nowhere', async () => {
    const { view, receiver, visibleAt } = await readOne(anOrder());

    expect(view).toEqual({
      shopId: 'dy',
      channelOrderNo: '6936000000000000001',
      status: 'shipped',
      sourceStatus: '3',
      sourceUpdatedAt: 1_794_330_780_000,
      kind: 'sale',
      placedAt: 1_794_326_400_000,
      paidAt: 1_794_326_430_000,
      sortedAt: null,
      shippedAt: 1_794_330_600_000,
      scannedAt: null,
      deliveredAt: null,
      closedAt: null,
      shipBy: 1_794_499_230_000,
      promisedAt: null,
      currency: 'CNY',
      goodsMinor: 19_990,
      freightMinor: 800,
      paidMinor: 20_790,
      refund: 'none',
      refundAt: null,
      held: false,
      addressChange: 'none',
      buyerNote: '绣字：平安 打我电话138****8000',
      remark: '加急',
      flag: 'red',
      receiver: { name: '张*', phone: '138****5678', province: '浙江省', city: '杭州市', district: '西湖区' },
      lines: [
        {
          lineId: '6936100000000000001',
          sku: 'TS-RED-M',
          title: '圆领T恤 红 M',
          qty: 2,
          unitMinor: 7_995,
          paidMinor: 16_790,
        },
        { lineId: '6936200000000000001', sku: 'SK-01', title: '棉袜', qty: 1, unitMinor: 4_000, paidMinor: 4_000 },
      ],
      shipments: [
        { carrier: 'shunfeng', waybill: 'SF0000000001', shippedAt: 1_794_330_600_000 },
        { carrier: 'shunfeng', waybill: 'SF0000000002', shippedAt: 1_794_330_700_000 },
      ],
      identities: [
        identifier.key('phone', 'dGVsLWluZGV4', 'douyin/dy'),
        identifier.key('receiver', '#addr-1', 'douyin/dy'),
        identifier.key('buyer', '1@#buyer-1', 'douyin/dy'),
      ],
    });
    expect(receiver).toBeNull();
    expect(visibleAt).toBeNull();
    expect(JSON.stringify(view)).not.toMatch(/Y2lwaGVy|cipher|addr-1|buyer-1|dGVs/);
  });

  it.each([
    [1, 1, 'created', '1', false, false],
    [105, 105, 'paid', '105', true, true],
    [2, 105, 'paid', '2/105', true, true],
    [105, 2, 'paid', '105/2', true, true],
    [2, 2, 'paid', '2', true, false],
    [2, 0, 'paid', '2', true, false],
    [101, 101, 'paid', '101', true, false],
    [3, 3, 'shipped', '3', true, false],
    [5, 5, 'delivered', '5', true, false],
    [4, 4, 'closed', '4', true, false],
    [4, 21, 'refunded', '4/21', true, false],
    [4, 22, 'refunded', '4/22', true, false],
    [4, 39, 'refunded', '4/39', true, false],
    [1, 103, 'created', '1/103', false, false],
    [3, 103, 'created', '3/103', false, false],
    [2, 777, 'unknown', '2/777', true, false],
    [888, null, 'unknown', '888', true, false],
  ])(
    '[B5, P7] in status %j with main status %j is %s',
    async (order_status, main_status, status, source, isPaid, held) => {
      const { view } = await readOne(anOrder({ order_status, main_status }));

      expect(view).toMatchObject({ status, sourceStatus: source, held });
      expect(view.paidAt).toBe(isPaid ? 1_794_326_430_000 : null);
      expect(view.paidMinor).toBe(isPaid ? 20_790 : 0);
      expect(view.closedAt).toBe(order_status === 4 ? 1_794_330_780_000 : null);
      expect(view.refund).toBe(status === 'refunded' ? 'done' : 'none');
    },
  );

  it('[B5] that left in part has not left, though its parcel is known', async () => {
    const { view } = await readOne(anOrder({ order_status: 101, main_status: 101 }));

    expect(view.shippedAt).toBeNull();
    expect(view.shipments).toHaveLength(2);
  });

  it('[B5] is delivered when its last living line arrived', async () => {
    const arrived = { logistics_receipt_time: 1_794_400_000 };
    const both = [
      { ...lines[0], ...arrived },
      { ...lines[1], logistics_receipt_time: 1_794_410_000 },
    ];
    const one = [{ ...lines[0], ...arrived }, lines[1]];
    const other = [
      { ...lines[0], ...arrived },
      { ...lines[1], order_status: 4 },
    ];

    const all = await readOne(anOrder({ sku_order_list: both }));
    const half = await readOne(anOrder({ sku_order_list: one }));
    const rest = await readOne(anOrder({ sku_order_list: other }));
    const confirmed = await readOne(anOrder({ order_status: 5, main_status: 5, finish_time: 1_794_500_000 }));

    expect(all.view).toMatchObject({ status: 'delivered', deliveredAt: 1_794_410_000_000 });
    expect(half.view).toMatchObject({ status: 'shipped', deliveredAt: null });
    expect(rest.view).toMatchObject({ status: 'delivered', deliveredAt: 1_794_400_000_000 });
    expect(confirmed.view).toMatchObject({ status: 'delivered', deliveredAt: 1_794_500_000_000, closedAt: null });
  });

  it.each([
    [6, 2, 1, 'requested'],
    [7, 0, 1, 'accepted'],
    [11, 0, 1, 'accepted'],
    [12, 2, 1, 'accepted'],
    [12, 2, 3, 'done'],
    [12, undefined, undefined, 'done'],
    [27, 1, 0, 'closed'],
    [28, 1, 1, 'closed'],
    [29, 0, 0, 'closed'],
    [51, 5, 0, 'closed'],
    [53, 4, 3, 'done'],
    [6, 3, 0, 'none'],
    [13, 3, 0, 'none'],
    [12, 6, 3, 'none'],
    [8, 7, 0, 'none'],
    [0, 0, 0, 'none'],
  ])('[P4] whose only line has after-sale %j of type %j and refund %j: %s', async (status, type, refund, expected) => {
    const after_sale_info = { after_sale_status: status, after_sale_type: type, refund_status: refund };

    const { view } = await readOne(oneLine({ after_sale_info }));

    expect(view).toMatchObject({ status: 'shipped', refund: expected });
  });

  it('[P4] has the running refund of any line; it is refunded when all lines are', async () => {
    const state = { done: 12, requested: 6, accepted: 7, none: 0, closed: 28 };
    const of = async (...states: readonly (keyof typeof state)[]) => {
      const rows = states.map((name) => ({ ...lines[0], after_sale_info: { after_sale_status: state[name] } }));
      return (await readOne(anOrder({ sku_order_list: rows }))).view.refund;
    };

    expect(await of('done', 'accepted', 'requested')).toBe('requested');
    expect(await of('none', 'accepted')).toBe('accepted');
    expect(await of('done', 'done')).toBe('done');
    expect(await of('done', 'none')).toBe('none');
    expect(await of('closed', 'none')).toBe('closed');
  });

  it('[B5] with an after-sale state that no table has is unknown, with that number', async () => {
    const { view } = await readOne(oneLine({ after_sale_info: { after_sale_status: 99 } }));

    expect(view).toMatchObject({ status: 'unknown', sourceStatus: '3, after-sale 99', refund: 'none' });
  });

  it('[P7] has a promise of its own when it ships by more than 48 hours after payment', async () => {
    const paid = 1_794_326_430;

    const ordinary = await readOne(anOrder({ exp_ship_time: paid + 48 * hour }));
    const presale = await readOne(anOrder({ exp_ship_time: paid + 15 * 24 * hour }));
    const deposit = await readOne(anOrder({ main_status: 103, exp_ship_time: paid + 15 * 24 * hour }));
    const byLine = await readOne(oneLine({ exp_ship_time: paid + 100 * hour }, { exp_ship_time: 0 }));

    expect(ordinary.view.promisedAt).toBeNull();
    expect(presale.view.promisedAt).toBe((paid + 15 * 24 * hour) * 1_000);
    expect(deposit.view).toMatchObject({ promisedAt: null, paidAt: null });
    expect(byLine.view).toMatchObject({
      shipBy: (paid + 100 * hour) * 1_000,
      promisedAt: (paid + 100 * hour) * 1_000,
    });
  });

  it('[B5] may come with text for numbers, null for nothing, and one thing for a list', async () => {
    const bare = {
      order_id: '6936000000000000009',
      order_status: '2',
      main_status: null,
      create_time: '1794326400',
      pay_time: '1794326430',
      update_time: '1794326431',
      ship_time: -1,
      finish_time: '',
      exp_ship_time: 0,
      order_amount: '5990',
      pay_amount: '5990',
      seller_words: null,
      logistics_info: [null],
      post_addr: [],
      buyer_words: {},
      sku_order_list: {
        order_id: '6936000000000000009',
        sku_id: '3410716076201730',
        item_num: '2',
        after_sale_info: [],
      },
    };

    const { view, receiver } = await readOne(bare);

    expect(view).toMatchObject({
      status: 'paid',
      paidMinor: 5_990,
      goodsMinor: 5_990,
      freightMinor: 0,
      shipBy: null,
      remark: '',
      flag: '',
      shipments: [],
      identities: [],
      lines: [{ sku: '3410716076201730', qty: 2, paidMinor: 5_990 }],
      receiver: { name: '', phone: '', province: '', city: '', district: '' },
    });
    expect(receiver).toBeNull();
  });

  it('[B5] keeps int64 numbers that came unquoted', async () => {
    const text = JSON.stringify(list([oneLine({ code: '', sku_id: 'SKU', order_id: 'LINE' }, { order_id: 'NO' })]))
      .replace('"NO"', '6936000000000000007')
      .replace('"LINE"', '4705288465508532862')
      .replace('"SKU"', '3660207428038974465');
    answers('/order/searchList', text);

    const { orders } = await pull();

    expect(orders[0]?.view.channelOrderNo).toBe('6936000000000000007');
    expect(orders[0]?.view.lines[0]).toMatchObject({ lineId: '4705288465508532862', sku: '3660207428038974465' });
  });

  it('[C2] is known by ids that stay, not by ciphertext that differs each time', async () => {
    const first = await readOne(anOrder({ encrypt_post_tel: '$dGVsLWluZGV4$AAAA$1$$' }));
    const second = await readOne(anOrder({ encrypt_post_tel: '$dGVsLWluZGV4$BBBB$1$$' }));
    const noIndex = await readOne(anOrder({ encrypt_post_tel: '$$BBBB$1$$' }));
    const onlyMasks = await readOne(
      anOrder({ encrypt_post_tel: '$$CCCC$1$$', open_address_id: '', doudian_open_id: null }),
    );

    expect(first.view.identities).toEqual(second.view.identities);
    expect(noIndex.view.identities.map(({ kind }) => kind)).toEqual(['receiver', 'buyer']);
    expect(onlyMasks.view.identities).toEqual([identifier.key('mask', '138****5678/张*/西湖区', 'douyin/dy')]);
  });

  it('[B5] whose receiver comes in the clear hands it over apart', async () => {
    const { view, receiver } = await readOne(
      anOrder({
        encrypt_post_tel: '13900139000',
        encrypt_post_receiver: '李四',
        mask_post_tel: '',
        mask_post_receiver: '',
        post_addr: { province: '浙江省', city: { name: '杭州市' }, town: null, encrypt_detail: '丹棱街1号' },
      }),
    );

    expect(receiver).toEqual({ name: '李四', phone: '13900139000', address: '丹棱街1号' });
    expect(view.receiver).toEqual({
      name: '李*',
      phone: '139****9000',
      province: '浙江省',
      city: '杭州市',
      district: '',
    });
    expect(view.identities[0]).toEqual(identifier.phone('13900139000', 'CN'));
    expect(JSON.stringify(view)).not.toMatch(/李四|13900139000|丹棱街/);
  });

  it.each([
    [{ pay_amount: 207.9 }, 'pay_amount'],
    [{ pay_amount: '207.90' }, 'pay_amount'],
    [{ pay_amount: null }, 'pay_amount'],
    [{ create_time: 0 }, 'create_time'],
    [{ update_time: 1_794_330_780_000 }, 'update_time'],
    [{ order_status: null, main_status: 0 }, 'order_status'],
    [{ sku_order_list: [] }, 'sku_order_list'],
    [{ sku_order_list: null }, 'sku_order_list'],
    [{ sku_order_list: [{ ...lines[0], item_num: 0 }] }, 'sku_order_list.0.item_num'],
    [{ sku_order_list: [{ ...lines[0], sum_amount: 0 }], order_amount: 'x' }, 'order_amount'],
  ])('[B5] that cannot be read (%j) is named with the field, and does not stop its page', async (changes, field) => {
    answers('/order/searchList', list([anOrder({ order_id: 'BAD-1', ...changes }), anOrder()]));

    const { orders, skipped } = await pull();

    expect(orders).toHaveLength(1);
    expect(skipped).toEqual([{ ref: 'BAD-1', reason: expect.stringMatching(new RegExp(`^${field}: `)) }]);
    expect(skipped[0]?.reason).not.toMatch(/207/);
  });

  it('[B5] without a number, or that is no object, is named too', async () => {
    answers('/order/searchList', list([anOrder({ order_id: '' }), null, 'row', 7]));

    expect((await pull()).skipped.map(({ ref }) => ref)).toEqual(Array(4).fill('row without order_id'));
  });
});

describe('fresh reads', () => {
  it('[B2] leave out what the shop does not know, and name what it refuses to show', async () => {
    answers(
      '/order/orderDetail',
      ok({ shop_order_detail: anOrder({ order_id: '1' }) }),
      refusal(50_002, 'isv.business-failed:2', '订单不存在'),
      ok(null),
      ok({ shop_order_detail: null }),
      refusal(50_002, 'isv.business-failed:7'),
    );

    const { orders, skipped } = await open().channel.fetchOrders(['1', '2', '3', '4', '5', '1'], signal);

    expect(orders.map(({ view }) => view.channelOrderNo)).toEqual(['1']);
    expect(skipped).toEqual([{ ref: '5', reason: 'BUSINESS' }]);
  });

  it('[B3] stop at a refusal of the caller', async () => {
    answers('/order/orderDetail', ...Array(4).fill(refusal(30_001, 'isv.app-permissions-insufficient')));

    const error = await failureOf(open().channel.fetchOrders(['1', '2', '3', '4', '5'], signal));

    expect(error).toMatchObject({ name: 'RejectedError', code: 'NO_RIGHT' });
  });
});

describe('a remark', () => {
  const kept = (seller_words: unknown, seller_remark_stars: unknown): Json =>
    ok({ shop_order_detail: { order_id: '1', seller_words, seller_remark_stars } });
  const write = (text: string, flag?: 'risk' | 'attention' | 'fine', channel = open().channel) =>
    channel.addRemark?.('1', { text, flag }, signal);

  it('is appended to what people wrote, with the colour that means it', async () => {
    answers('/order/orderDetail', kept('老客户', '2'), kept('老客户；先别发', '5'));
    const asked = answers('/order/addOrderRemark', ok({}));

    const outcome = await write('先别发', 'risk');

    expect(asked[0]?.param).toEqual({ order_id: '1', remark: '老客户；先别发', is_add_star: 'true', star: '5' });
    expect(outcome).toEqual({ kind: 'done', value: { remark: '老客户；先别发', flag: 'red' } });
  });

  it.each([
    ['attention', '4', 'orange'],
    ['fine', '3', 'green'],
  ] as const)('marked %s has star %s', async (flag, star, colour) => {
    answers('/order/orderDetail', kept('', 0), kept('好', star));
    const asked = answers('/order/addOrderRemark', ok(null));

    expect(await write('好', flag)).toEqual({ kind: 'done', value: { remark: '好', flag: colour } });
    expect(asked[0]?.param).toMatchObject({ star });
  });

  it('leaves the flag alone when none is wished', async () => {
    answers('/order/orderDetail', kept('', '1'), kept('好', '1'));
    const asked = answers('/order/addOrderRemark', ok({}));

    expect(await write('好')).toMatchObject({ kind: 'done', value: { flag: 'purple' } });
    expect(asked[0]?.param).toEqual({ order_id: '1', remark: '好' });
  });

  it('is not written twice; only a flag that is missing is', async () => {
    answers('/order/orderDetail', kept('先别发', '5'));
    expect(await write('先别发', 'risk')).toEqual({ kind: 'already', value: { remark: '先别发', flag: 'red' } });

    answers('/order/orderDetail', kept('先别发', '0'), kept('先别发', '5'));
    const asked = answers('/order/addOrderRemark', ok({}));
    expect(await write('先别发', 'risk')).toMatchObject({ kind: 'done' });
    expect(asked[0]?.param).toMatchObject({ remark: '先别发' });
  });

  it('that the platform would cut is refused, and nothing is written', async () => {
    answers('/order/orderDetail', kept('字'.repeat(55), 0));

    expect(await write('先别发，等地址')).toEqual({ kind: 'refused', code: 'limit' });
  });

  it('that somebody wrote over in between is to be tried again', async () => {
    answers('/order/orderDetail', kept('', 0), kept('别人的话', 0));
    answers('/order/addOrderRemark', ok({}));

    expect(await write('好')).toMatchObject({ kind: 'retryable' });
  });

  it('waits for the one before it on the same order, so that neither is lost', async () => {
    let words = '';
    http
      .on(base)
      .post('/order/orderDetail')
      .query(true)
      .times(4)
      .reply(200, () => kept(words, 0));
    http
      .on(base)
      .post('/order/addOrderRemark')
      .query(true)
      .times(2)
      .reply(200, (_uri, sent) => {
        words = String((sent as Json).remark);
        return ok({});
      });
    const { channel } = open();

    await Promise.all([write('一', undefined, channel), write('二', undefined, channel)]);

    expect(words).toBe('一；二');
  });

  it('shows no phone that stands in it', async () => {
    answers('/order/orderDetail', kept('电话 13800138000 先别发', 5));

    expect(await write('先别发')).toMatchObject({ kind: 'already', value: { remark: '电话 138****8000 先别发' } });
  });

  it.each([
    [refusal(20_001, ''), { kind: 'unknown' }],
    [refusal(60_000, ''), { kind: 'retryable' }],
    [
      refusal(30_001, 'isv.app-permissions-insufficient'),
      { kind: 'refused', code: 'forbidden', providerCode: 'NO_RIGHT' },
    ],
    [refusal(50_002, 'isv.business-failed:2'), { kind: 'refused', code: 'other', providerCode: 'BUSINESS' }],
    [{ hello: 1 }, { kind: 'unknown' }],
  ])('answered with %j is %j', async (body, outcome) => {
    answers('/order/orderDetail', kept('', 0));
    answers('/order/addOrderRemark', body);

    expect(await write('好')).toMatchObject(outcome);
  });

  it('on an order that is not there is refused', async () => {
    answers('/order/orderDetail', refusal(50_002, 'isv.business-failed:2', '订单不存在'));

    expect(await write('好')).toEqual({ kind: 'refused', code: 'not_found' });
  });
});

const eventSign = (body: string): string =>
  createHash('md5')
    .update(keys.appKey + body + keys.appSecret)
    .digest('hex');

function hear(body: string, signature = eventSign(body)): PushReading {
  const { readPush } = open().channel;
  if (readPush === null) throw new Error('takes no pushes');
  return readPush({
    method: 'POST',
    target: '/hooks/shops/dy',
    headers: { 'event-sign': signature, 'app-id': keys.appKey },
    rawBody: Buffer.from(body),
  });
}

const refusedBecause = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as AppError).code;
  }
  return 'taken';
};

describe('a push', () => {
  const vector = '[{"tag":"101","msg_id":"m-1","data":"{\\"p_id\\":4705288465508532862}"}]';

  it('[B1] with the signature of channels.md §10.3 names its order, digit by digit, and is answered as the platform wants', () => {
    expect(hear(vector, '342c67218fa0742bf6b5a414e06361e0')).toEqual({
      messageId: 'm-1',
      orderNos: ['4705288465508532862'],
      answer: { status: 200, type: 'application/json', body: '{"code":0,"msg":"success"}' },
    });
  });

  it.each([
    [vector, '342c67218fa0742bf6b5a414e06361e1'],
    [`${vector} `, '342c67218fa0742bf6b5a414e06361e0'],
    [vector, ''],
    [vector, 'not hex'],
  ])('[B1] that is not signed over these very bytes is refused (%#)', (body, signature) => {
    expect(refusedBecause(() => hear(body, signature))).toBe('BAD_SIGNATURE');
  });

  it('[B2] may hold several messages, of one order or of none', () => {
    const body = JSON.stringify([
      { tag: '100', msg_id: 'a', data: '{"p_id":"1"}' },
      { tag: '101', msg_id: 'b', data: '{"p_id":"1"}' },
      { tag: '206', msg_id: 'c', data: '{"p_id":"2"}' },
      { tag: '0', msg_id: 'd', data: 'hello' },
    ]);

    expect(hear(body)).toMatchObject({ messageId: 'a,b,c,d', orderNos: ['1', '2'] });
  });

  it('that only proves the door names no order', () => {
    expect(hear('[]').orderNos).toEqual([]);
    expect(hear('[{"tag":"0","msg_id":"0","data":""}]').orderNos).toEqual([]);
    expect(hear('[]').messageId).toBe(hear('[]').messageId);
  });

  it.each(['', 'hello', '[1]', '"text"'])('[B1] that cannot be read (%j) is refused', (body) => {
    expect(refusedBecause(() => hear(body))).toBe('BAD_PUSH');
  });
});

/** The platform's documented answers; without their folder, shorter ones in the same form. */
describe('documented samples', () => {
  const folder = join(process.env.WARROOM_SAMPLES ?? '', 'samples/doudian');
  const isThere = process.env.WARROOM_SAMPLES !== undefined && existsSync(folder);
  const own = JSON.parse(readFileSync('test/fixtures/douyin/samples.json', 'utf8')) as Record<string, string>;
  const sample = (name: string): string => {
    if (isThere) return readFileSync(join(folder, name), 'utf8');
    if (isLong) throw new Error(`WARROOM_SAMPLES must name the folder that holds ${join(folder, name)}`);
    return own[name] ?? '';
  };

  it('[B5] orderDetail: a deposit is no payment, whatever else it says', async () => {
    answers('/order/orderDetail', sample('api/OrderDetailResponse.json'));

    const { orders, skipped } = await open().channel.fetchOrders(['4781320682406083640'], signal);

    expect(skipped).toEqual([]);
    const at = 1_617_355_413_000;
    expect(orders[0]?.view).toMatchObject({
      channelOrderNo: '4781320682406083640',
      status: 'created',
      sourceStatus: '3/103',
      sourceUpdatedAt: at,
      placedAt: at,
      paidAt: null,
      paidMinor: 0,
      shippedAt: at,
      deliveredAt: at,
      shipBy: at,
      promisedAt: null,
      goodsMinor: 200,
      freightMinor: 10,
      refund: 'requested',
      held: false,
      buyerNote: '要xxx',
      remark: '注意XX',
      flag: 'purple',
      receiver: { name: '张*', phone: '123****8911', province: '北京市', city: '市辖区', district: '海淀区' },
      lines: [
        { lineId: '4781320682406083640', sku: 'ahgldjj', title: 'XX鞋子 蓝', qty: 2, unitMinor: 100, paidMinor: 500 },
      ],
      shipments: [{ carrier: 'shunfeng', waybill: '3617355413', shippedAt: at }],
    });
    expect(orders[0]?.view.identities.map(({ kind }) => kind)).toEqual(['buyer', 'mask']);
    expect(orders[0]?.receiver).toEqual({ name: '张三', phone: '12345678911', address: '丹棱街1号' });
    expect(JSON.stringify(orders[0]?.view)).not.toMatch(/张三|12345678911|丹棱街|zuLyd4U4/);
  });

  it('[B1] tokenCreate: the old envelope holds a token', async () => {
    answers('/token/create', sample('api/TokenCreateResponse.json'));
    answers('/order/searchList', list([]));
    const { channel, saved } = open({});

    await pull(channel);

    expect(saved).toEqual([
      { accessToken: 'ACCESS_TOKEN', refreshToken: 'REFRESH_TOKEN', expiresAt: now + 530_808_000 },
    ]);
  });

  const events = isThere
    ? readdirSync(join(folder, 'events')).map((name) => `events/${name}`)
    : Object.keys(own).filter((name) => name.startsWith('events/'));
  const named: Readonly<Record<string, string>> = {
    'events/TradeAppointmentEvent.json': '4796662193920810353',
    'events/TradeCanceledEvent.json': '12345',
    'events/TradeMemoModifyEvent.json': '4805961163201956922',
    'events/TradePaidEvent.json': 'xxxxxxx',
    'events/TradePendingEvent.json': 'xxxxxxx',
    'events/TradeSuccessEvent.json': 'xxxxxxx',
  };
  it('[B2, P4, P5] events: each names its order and nothing of the person', () => {
    expect(events).toHaveLength(isThere ? 20 : 4);
    const read = events.map((name) => ({ name, ...hear(sample(name)) }));

    expect(read.map(({ name, orderNos }) => [name, ...orderNos])).toEqual(
      events.map((name) => [name, named[name] ?? '4705288465508532862']),
    );
    expect(new Set(read.map(({ messageId }) => messageId))).toEqual(
      new Set(['04288XXXXXXX9348874::100:1618990587:68373744XXXXXXX9128']),
    );
    expect(JSON.stringify(read)).not.toMatch(/周一|13678643212|松岭路/);
  });
});
