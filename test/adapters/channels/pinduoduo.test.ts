import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/channels/pinduoduo/index.ts';
import { sign } from '../../../src/adapters/channels/pinduoduo/sign.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import { createIdentifier } from '../../../src/adapters/identifier.ts';
import type { AppError } from '../../../src/domain/errors.ts';
import { fromBeijingText } from '../../../src/domain/local-time.ts';
import type { Channel, OrderPage, SourceOrder } from '../../../src/ports/channel.ts';
import type { FreshTokens } from '../../../src/ports/tokens.ts';
import { mockHttp } from '../../kit/http-mock.ts';
import { isLong } from '../../kit/size.ts';

const http = mockHttp();
const base = 'https://gw-api.pinduoduo.com';
const now = 1_794_330_780_000;
const signal = new AbortController().signal;
const credentials = {
  clientId: 'pdd-client-demo',
  clientSecret: 'pdd-secret-demo',
  accessToken: 'pdd-token-demo',
};
const identifier = createIdentifier(Buffer.alloc(32, 7));
const minute = 60_000;

type Json = Record<string, unknown>;
type Form = Readonly<Record<string, string>>;
const fixture = JSON.parse(readFileSync('test/fixtures/pinduoduo/order.json', 'utf8')) as Json;
const anOrder = (changes: Json = {}): Json => ({ ...fixture, ...changes });
const beijing = (text: string): number => fromBeijingText(text) ?? Number.NaN;

function open(more: { refreshToken?: string; saved?: FreshTokens[]; baseUrl?: string } = {}): Channel {
  const { refreshToken, saved, baseUrl } = more;
  return plug.create({
    shopId: 'pdd',
    baseUrl: baseUrl ?? `${base}/api/router`,
    credentials: { ...credentials, refreshToken },
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock: { now: () => now, sleep: async () => undefined, every: () => () => undefined },
    identifier,
    saveTokens: async (tokens) => void saved?.push(tokens),
  });
}

/** The next answers of the gateway, in order; what was asked is kept. */
function answer(...bodies: readonly (Json | string)[]): Form[] {
  const asked: Form[] = [];
  for (const body of bodies) {
    http
      .on(base)
      .post('/api/router', (form: Form) => asked.push({ ...form }) > 0)
      .reply(200, body);
  }
  return asked;
}

const changed = (rows: readonly unknown[], more: Json = { total_count: rows.length }): Json => ({
  order_sn_increment_get_response: { order_sn_list: rows, ...more },
});
const confirmed = (rows: readonly unknown[], has_next: boolean): Json => ({
  order_list_get_response: { order_list: rows, has_next },
});
const info = (order: unknown): Json => ({ order_info_get_response: { order_info: order }, service_fee_detail: [] });
const refuse = (error_code: number | string, error_msg = '', sub_msg: string | null = null): Json => ({
  error_response: { error_code, error_msg, sub_msg, sub_code: null, request_id: '1544' },
});

const window = { from: now - 20 * minute, to: now - 15 * minute };
const pull = (channel = open()): Promise<OrderPage> => channel.pullUpdated(window, undefined, signal);

async function readOne(changes: Json = {}): Promise<SourceOrder> {
  answer(changed([anOrder(changes)]));
  const { orders, skipped } = await pull();
  expect(skipped).toEqual([]);
  const [order] = orders;
  if (order === undefined) throw new Error('no order');
  return order;
}

const failureOf = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => {
      throw new Error('did not fail');
    },
    (error: unknown) => error as AppError,
  );

/** A sample of the platform's documents; undefined where none are at hand, which the long run does not take. */
function sample(name: string): Json | undefined {
  const path = join(process.env.WARROOM_SAMPLES ?? '', 'samples/pinduoduo', name);
  if (process.env.WARROOM_SAMPLES !== undefined && existsSync(path))
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  if (isLong) throw new Error(`WARROOM_SAMPLES must name the folder that holds ${path}`);
  return undefined;
}

describe('signing', () => {
  const common = {
    client_id: 'pdd-client-demo',
    access_token: 'pdd-token-demo',
    timestamp: '1794330780',
    data_type: 'JSON',
  };

  it('[B1] gives the vectors of channels.md §10.2', () => {
    const official = {
      access_token: 'asd78172s8ds9a921j9qqwda12312w1w21211',
      client_id: '1',
      data_type: 'XML',
      order_status: '1',
      page: '1',
      page_size: '10',
      timestamp: '1480411125',
      type: 'pdd.order.number.list.get',
    };
    const note = {
      ...common,
      type: 'pdd.order.note.update',
      order_sn: '261110-123456789012345',
      note: '疑似刷单 人工核查',
      tag: '1',
      tag_name: '风控',
    };

    expect(sign('testSecret', official)).toBe('E4DE3ED21002510DED352819E7AE6775');
    expect(sign('pdd-secret-demo', note)).toBe('5DD5308BBCFFE1584EB2988AF58DC6C4');
  });

  it('[B1] gives the published vector as the platform keeps it', () => {
    const vector = sample('sign_vector_official.json') as
      | { client_secret: string; params: Form; sign: string }
      | undefined;
    if (vector === undefined) return;

    expect(sign(vector.client_secret, vector.params)).toBe(vector.sign);
  });

  it('[B1] asks for a window exactly as the vector of the sheet does', async () => {
    const asked = answer(changed([]));

    await open().pullUpdated({ from: 1_794_328_800_000, to: 1_794_330_600_000 }, undefined, signal);

    expect(asked).toEqual([
      {
        ...common,
        type: 'pdd.order.number.list.increment.get',
        start_updated_at: '1794328800',
        end_updated_at: '1794330600',
        is_lucky_flag: '0',
        order_status: '5',
        refund_status: '5',
        page: '1',
        page_size: '100',
        use_has_next: 'false',
        sign: '341D9F6F2E2056AD9FB9B75195122882',
      },
    ]);
  });

  it.each([base, `${base}/`, `${base}/api/router/`])('finds the gateway behind %s', async (baseUrl) => {
    answer(changed([]));

    expect((await pull(open({ baseUrl }))).orders).toEqual([]);
  });
});

describe('an order', () => {
  it('[B5] is read into the neutral view, with nothing of the receiver but masks and hashes', async () => {
    const { view, receiver, visibleAt } = await readOne();

    expect(view).toEqual({
      shopId: 'pdd',
      channelOrderNo: '261111-123456789018842',
      status: 'paid',
      sourceStatus: 'order 1, confirm 1, refund 1',
      sourceUpdatedAt: beijing('2026-11-11 00:41:00'),
      kind: 'sale',
      placedAt: beijing('2026-11-11 00:40:00'),
      paidAt: beijing('2026-11-11 00:40:05'),
      sortedAt: null,
      shippedAt: null,
      scannedAt: null,
      deliveredAt: null,
      closedAt: null,
      shipBy: beijing('2026-11-13 00:40:06'),
      promisedAt: null,
      currency: 'CNY',
      goodsMinor: 2_970,
      freightMinor: 600,
      paidMinor: 3_490,
      refund: 'none',
      refundAt: null,
      held: false,
      addressChange: 'none',
      buyerNote: '绣字：平安',
      remark: '先打电话',
      flag: 'blue',
      receiver: { name: '张*', phone: '1*********0', province: '浙江省', city: '杭州市', district: '西湖区' },
      lines: [
        {
          lineId: '261111-123456789018842-1',
          sku: 'WY01-BLACK-L',
          title: '绣字卫衣 黑 L',
          qty: 2,
          unitMinor: 990,
          paidMinor: 1_927,
        },
        {
          lineId: '261111-123456789018842-2',
          sku: '800000000002',
          title: '帽子',
          qty: 1,
          unitMinor: 990,
          paidMinor: 963,
        },
      ],
      shipments: [],
      identities: [
        identifier.key('phone', 'aB3xYz01Qw9K', 'pinduoduo/pdd'),
        identifier.key('receiver', 'oaid-1', 'pinduoduo/pdd'),
      ],
    });
    expect(receiver).toBeNull();
    expect(visibleAt).toBeNull();
    expect(JSON.stringify(view)).not.toMatch(/AgAAAA|aB3xYz|oaid/);
  });

  it('[B5] that was sent has its parcels, and no receiver any more', async () => {
    const { view, receiver } = await readOne({
      order_status: 2,
      shipping_time: '2026-11-11 10:00:00',
      tracking_number: '78000000000001',
      logistics_id: 115,
      extra_delivery_list: [{ tracking_number: 'YT0000000002', logistics_id: '85' }],
      resend_delivery_list: { tracking_number: '9', logistics_id: 424242 },
      gift_delivery_list: [{ tracking_number: '78000000000001', logistics_id: 115 }, { tracking_number: '' }],
      receiver_name: '',
      receiver_phone: '',
      receiver_address: '',
      receiver_name_mask: '',
      receiver_phone_mask: '',
      open_address_id: '',
      open_address_id_2: null,
    });

    expect(view).toMatchObject({ status: 'shipped', shippedAt: beijing('2026-11-11 10:00:00'), identities: [] });
    expect(view.shipments).toEqual([
      { carrier: '中通快递', waybill: '78000000000001', shippedAt: beijing('2026-11-11 10:00:00') },
      { carrier: '圆通快递', waybill: 'YT0000000002', shippedAt: null },
      { carrier: '424242', waybill: '9', shippedAt: null },
    ]);
    expect(view.receiver).toMatchObject({ name: '', phone: '', district: '西湖区' });
    expect(receiver).toBeNull();
  });

  it('[B5] may leave out everything that is optional, as the list by confirmation does', async () => {
    const { order_sn, order_status, confirm_time, pay_time, created_time, pay_amount } = fixture;
    answer(confirmed([{ order_sn, order_status, confirm_time, pay_time, created_time, pay_amount }], false));

    const { orders, skipped } = await open().pullCreated(window, undefined, signal);

    expect(skipped).toEqual([]);
    expect(orders[0]?.view).toMatchObject({
      status: 'paid',
      // What it tells happened then at the earliest.
      sourceUpdatedAt: beijing('2026-11-11 00:40:06'),
      paidMinor: 3_490,
      goodsMinor: 0,
      lines: [],
      shipments: [],
      identities: [],
      shipBy: null,
      refund: 'none',
      flag: '',
      receiver: { name: '', phone: '', province: '', city: '', district: '' },
    });
  });

  it.each<[string, Json, Json]>([
    ['confirmed and waiting', {}, { status: 'paid', paidMinor: 3_490 }],
    ['sent', { order_status: 2 }, { status: 'shipped', shippedAt: beijing('2026-11-11 00:41:00') }],
    [
      'received',
      { order_status: 3, receive_time: '2026-11-14 08:00:00' },
      { status: 'delivered', deliveredAt: beijing('2026-11-14 08:00:00') },
    ],
    [
      'received at no time that is told',
      { order_status: '3' },
      { status: 'delivered', deliveredAt: beijing('2026-11-11 00:41:00') },
    ],
    [
      'in a group that is not full',
      { group_status: 0, confirm_status: 0 },
      { status: 'created', paidAt: null, paidMinor: 0 },
    ],
    [
      'in a group that failed',
      { group_status: 2, confirm_status: 2 },
      { status: 'closed', paidAt: null, closedAt: beijing('2026-11-11 00:41:00') },
    ],
    [
      'cancelled',
      { confirm_status: 2 },
      { status: 'closed', paidAt: beijing('2026-11-11 00:40:05'), closedAt: beijing('2026-11-11 00:41:00') },
    ],
    [
      'cancelled before payment',
      { confirm_status: 2, pay_time: '', confirm_time: '' },
      { status: 'closed', paidAt: null },
    ],
    [
      'without its deposit',
      { trade_type: 1, step_order_info: { step_trade_status: 0 } },
      { status: 'created', paidAt: null },
    ],
    [
      'with its deposit alone',
      { trade_type: 1, step_order_info: { step_trade_status: 1, advanced_paid_fee: 10 } },
      { status: 'created', paidAt: null, paidMinor: 0 },
    ],
    [
      'with deposit and rest',
      { trade_type: 1, step_order_info: { step_trade_status: 2 } },
      { status: 'paid', paidMinor: 3_490 },
    ],
    [
      'no deposit, whatever stands there',
      { trade_type: 0, step_order_info: { step_trade_status: 0 } },
      { status: 'paid' },
    ],
    ['under review', { risk_control_status: 1, receiver_name: '', receiver_phone: '' }, { status: 'paid', held: true }],
    ['held by the platform', { order_tag_list: [{ name: 'ship_hold', value: 1 }] }, { status: 'paid', held: true }],
    ['asked back', { refund_status: 2, after_sales_status: 2 }, { status: 'refunding', refund: 'requested' }],
    ['being refunded', { refund_status: 3, after_sales_status: 4 }, { status: 'refunding', refund: 'accepted' }],
    [
      'refunded',
      { refund_status: 4, after_sales_status: 10 },
      { status: 'refunded', refund: 'done', closedAt: beijing('2026-11-11 00:41:00') },
    ],
    [
      'asked back after sending',
      { order_status: 2, refund_status: 2 },
      { status: 'refunding', refund: 'requested', shippedAt: beijing('2026-11-11 00:41:00') },
    ],
    [
      'asked back as only the detail says',
      { refund_status: 1, after_sales_status: 3 },
      { status: 'refunding', refund: 'requested' },
    ],
    ['of a buyer who withdrew', { refund_status: 1, after_sales_status: 11 }, { status: 'paid', refund: 'closed' }],
    [
      'being exchanged',
      { order_status: 3, refund_status: 1, after_sales_status: 15 },
      { status: 'delivered', refund: 'none' },
    ],
    [
      'with blanks for what is missing',
      {
        after_sales_status: ' ',
        step_order_info: '',
        extra_delivery_list: '',
        order_tag_list: [{ name: 1, value: 'x' }],
      },
      { status: 'paid', refund: 'none', shipments: [] },
    ],
    ['an extra payment for freight', { ship_additional_origin_order: '261111-000000000000001' }, { kind: 'postage' }],
    [
      'of a presale',
      { is_pre_sale: 1, pre_sale_time: '2026-11-20 23:59:59' },
      { promisedAt: beijing('2026-11-20 23:59:59') },
    ],
    [
      'due a second more than 48 hours after its group was complete',
      { last_ship_time: '2026-11-13 00:40:07' },
      { promisedAt: beijing('2026-11-13 00:40:07') },
    ],
    [
      'due without a word of when it was confirmed',
      { confirm_time: '', last_ship_time: '2026-11-13 00:40:06' },
      { promisedAt: beijing('2026-11-13 00:40:06') },
    ],
  ])('[B5] %s', async (_name, changes, expected) => {
    expect((await readOne(changes)).view).toMatchObject(expected);
  });

  it.each<[Json, string]>([
    [{ order_status: 7 }, 'order 7, confirm 1, refund 1, order_status 7'],
    [{ order_status: 0 }, 'order 0, confirm 1, refund 1, order_status 0'],
    [{ order_status: null }, 'order -, confirm 1, refund 1, order_status missing'],
    [{ confirm_status: 9 }, 'order 1, confirm 9, refund 1, confirm_status 9'],
    [{ refund_status: 8 }, 'order 1, confirm 1, refund 8, refund_status 8'],
    [{ after_sales_status: 99 }, 'order 1, confirm 1, refund 1, after_sales_status 99'],
    [{ group_status: 5, order_status: 3 }, 'order 3, confirm 1, refund 1, group_status 5'],
  ])('[B5] with a code that nobody knows (%j) is unknown, and still paid', async (changes, sourceStatus) => {
    const { view } = await readOne(changes);

    expect(view).toMatchObject({ status: 'unknown', sourceStatus, paidAt: beijing('2026-11-11 00:40:05') });
  });

  it.each<[unknown, number]>([
    [0.1 + 0.2, 30],
    [18.8, 1_880],
    ['18.80', 1_880],
    [1_234_567.89, 123_456_789],
    [19, 1_900],
    [0, 0],
  ])('[B5] of %j yuan has %i fen', async (pay_amount, fen) => {
    expect((await readOne({ pay_amount })).view.paidMinor).toBe(fen);
  });

  it('[B5] shares what was paid for goods out to its lines, and nothing gets lost in rounding', async () => {
    const item = { outer_id: 'A', goods_price: 10, goods_count: 1 };

    const three = await readOne({ pay_amount: 16, postage: 6, item_list: [item, item, item] });
    const free = await readOne({ pay_amount: 0, postage: 0, item_list: { ...item, goods_price: 0 } });

    expect(three.view.lines.map(({ paidMinor }) => paidMinor)).toEqual([333, 333, 334]);
    expect(free.view.lines.map(({ paidMinor }) => paidMinor)).toEqual([0]);
  });

  it('[C2] is joined by the second address id or a number in the clear where those are all there is', async () => {
    const second = await readOne({ receiver_phone: '', open_address_id: '' });
    const clear = await readOne({
      receiver_name: '张三',
      receiver_phone: '13800138000',
      receiver_address: '某某路 1 号',
      receiver_name_mask: '',
      receiver_phone_mask: '',
      open_address_id: null,
      open_address_id_2: '',
    });

    expect(second.view.identities).toEqual([identifier.key('receiver', 'oaid-2-1', 'pinduoduo/pdd/2')]);
    expect(clear.view.identities).toEqual([identifier.phone('13800138000', 'CN')]);
    expect(clear.view.receiver).toMatchObject({ name: '张*', phone: '138****8000' });
    expect(clear.receiver).toEqual({ name: '张三', phone: '13800138000', address: '某某路 1 号' });
    expect(JSON.stringify(clear.view)).not.toMatch(/张三|0013|某某路/);
  });

  it('[B5] shows its ciphers to nobody when the masks are missing', async () => {
    const { view, receiver } = await readOne({ receiver_name_mask: null, receiver_phone_mask: '' });

    expect(view.receiver).toMatchObject({ name: '', phone: '' });
    expect(receiver).toBeNull();
  });

  it.each<[Json, string]>([
    [{ pay_amount: 'str' }, 'pay_amount'],
    [{ pay_amount: 1.005 }, 'pay_amount'],
    [{ pay_amount: null }, 'pay_amount'],
    [{ created_time: 'str' }, 'created_time'],
    [{ updated_at: 1_794_330_780 }, 'updated_at'],
    [{ created_time: '', pay_time: null, confirm_time: '0000-00-00 00:00:00' }, 'created_time'],
    [{ order_status: 'paid' }, 'order_status'],
    [{ item_list: [{ outer_id: 'A', goods_count: 0 }] }, 'item_list.0.goods_count'],
  ])('[B5] that cannot be read (%j) is named with the field, and does not stop its page', async (changes, field) => {
    answer(changed([anOrder({ order_sn: 'BAD-1', ...changes }), anOrder()]));

    const { orders, skipped } = await pull();

    expect(orders).toHaveLength(1);
    expect(skipped).toMatchObject([{ ref: 'BAD-1', reason: expect.stringMatching(new RegExp(`^${field}: `)) }]);
  });

  it('[B5] without a number, or that is no object, is named too', async () => {
    answer(changed([anOrder({ order_sn: '' }), null, '261111-1', 7]));

    expect((await pull()).skipped.map(({ ref }) => ref)).toEqual(Array(4).fill('row without order_sn'));
  });

  it('[B5] keeps ids of 19 digits that came as JSON numbers', async () => {
    const item = { sku_id: 'ID', goods_price: 1, goods_count: 1 };
    answer(JSON.stringify(changed([anOrder({ item_list: [item] })])).replace('"ID"', '4012345678901234567'));

    expect((await pull()).orders[0]?.view.lines[0]?.sku).toBe('4012345678901234567');
  });
});

describe('samples of the documents', () => {
  /** The placeholders of a skeleton, replaced by what an order of this kind has. */
  const fill = (skeleton: unknown, values: Json): unknown => {
    if (Array.isArray(skeleton)) return skeleton.map((each) => fill(each, values));
    if (typeof skeleton !== 'object' || skeleton === null) return skeleton === 'str' ? '' : skeleton;
    return Object.fromEntries(
      Object.entries(skeleton).map(([name, value]) => [name, name in values ? values[name] : fill(value, values)]),
    );
  };
  const values = {
    ...fixture,
    item_list: undefined,
    goods_count: 1,
    goods_price: 9.9,
    outer_id: 'WY01-BLACK-L',
  };

  it('[B5] of one order are read whole once their placeholders have values', async () => {
    const skeleton = sample('doc_order_info_get_response_skeleton_2025-11.json');
    if (skeleton === undefined) return;
    answer(fill(skeleton, { ...values, item_list: fixture.item_list }) as Json);

    const { orders, skipped } = await open().fetchOrders(['261111-123456789018842'], signal);

    expect(skipped).toEqual([]);
    const { view } = await readOne({ address: undefined });
    expect(orders[0]?.view).toEqual(view);
  });

  it('[B5] of a list are read whole once their placeholders have values', async () => {
    const skeleton = sample('doc_order_list_get_response_skeleton_2025-11.json');
    if (skeleton === undefined) return;
    const { order_list_get_response: list } = skeleton as { order_list_get_response: { order_list: Json[] } };
    const order_list = list.order_list.map((row) => fill(row, { ...values, item_list: fixture.item_list }));
    answer({ order_list_get_response: { ...list, order_list } });

    const { orders } = await open().pullCreated(window, undefined, signal);

    expect(orders[0]?.view).toMatchObject({ status: 'paid', paidMinor: 3_490, identities: [{ kind: 'phone' }] });
  });

  it('[B5] as they are hold no order that could be read, and say why', async () => {
    const one = sample('doc_order_info_get_response_skeleton_2025-11.json');
    const list = sample('doc_order_list_get_response_skeleton_2025-11.json');
    if (one === undefined || list === undefined) return;
    answer(one, list);

    const pages = [await open().fetchOrders(['1'], signal), await open().pullCreated(window, undefined, signal)];

    for (const { orders, skipped } of pages) {
      expect(orders).toEqual([]);
      expect(skipped).toMatchObject([{ ref: 'str', reason: expect.stringMatching(/^\w+: no Beijing time$/) }]);
    }
  });

  it('[B1] of an error is a refusal of what was asked', async () => {
    const error = sample('doc_error_10001.json');
    if (error === undefined) return;
    answer(error);

    expect(await failureOf(pull())).toMatchObject({ name: 'RejectedError', code: 'PDD_10001' });
  });
});

describe('the changed list', () => {
  const rows = (from: number, count: number): Json[] =>
    Array.from({ length: count }, (_, n) => anOrder({ order_sn: `261111-${from + n}` }));

  async function walk(asked: { from: number; to: number }, limit = 20): Promise<number> {
    let cursor: string | undefined;
    let pages = 0;
    do {
      cursor = (await open().pullUpdated(asked, cursor, signal)).next;
      pages += 1;
    } while (cursor !== undefined && pages < limit);
    return pages;
  }
  const steps = (asked: readonly Form[]): string[] =>
    asked.map(
      ({ start_updated_at: from, end_updated_at: to, page, use_has_next }) =>
        `${now / 1_000 - Number(from)}..${now / 1_000 - Number(to)} page ${page}${use_has_next === 'true' ? '' : ' counted'}`,
    );

  it('[B2] of one page takes one call', async () => {
    const asked = answer(changed(rows(0, 100)));

    expect(await walk(window)).toBe(1);
    expect(steps(asked)).toEqual(['1200..900 page 1 counted']);
  });

  it('[B2] is counted once, then walked from the last page to the first', async () => {
    const asked = answer(
      changed(rows(0, 100), { total_count: 201 }),
      changed(rows(200, 1), { has_next: false }),
      changed(rows(100, 100), { has_next: true }),
      changed(rows(0, 100), { has_next: true }),
    );

    expect(await walk(window)).toBe(4);
    expect(steps(asked)).toEqual([
      '1200..900 page 1 counted',
      '1200..900 page 3',
      '1200..900 page 2',
      '1200..900 page 1',
    ]);
  });

  it('[B2] up to now is walked in two parts: what may still get company is read apart from what has settled', async () => {
    const asked = answer(
      changed(rows(0, 100), { total_count: '150' }),
      changed(rows(50, 100), { total_count: 101 }),
      changed(rows(100, 1)),
      changed(rows(50, 100)),
      changed(rows(0, 49), { total_count: 49 }),
    );

    expect(await walk({ from: now - 25 * minute, to: now })).toBe(5);
    expect(steps(asked)).toEqual([
      '1500..0 page 1 counted',
      '1500..600 page 1 counted',
      '1500..600 page 2',
      '1500..600 page 1',
      '600..0 page 1 counted',
    ]);
  });

  it('[B2] that is empty has no list, null for a list, or no count', async () => {
    answer(
      { order_sn_increment_get_response: { total_count: 0 } },
      changed([], { total_count: '0', order_sn_list: null }),
      changed([], {}),
    );

    for (let n = 0; n < 3; n += 1) expect(await pull()).toEqual({ orders: [], skipped: [], next: undefined });
  });

  it('[B2] that cannot be counted, is no list or hides a failure is worth another try, and never an empty window', async () => {
    const answers = [
      changed(rows(0, 100), { has_next: true }),
      changed([], { order_sn_list: 'none', total_count: 0 }),
      changed([], { order_sn_list: null, total_count: 5 }),
      changed([], { total_count: 5 }),
      { order_sn_increment_get_response: {} },
      { response: { success: false, error_code: 50001, error_msg: '系统繁忙' } },
    ];
    answer(...answers);

    for (let n = 0; n < answers.length; n += 1)
      expect(await failureOf(pull())).toMatchObject({ name: 'RetryableError', code: 'BAD_PAGE' });
  });

  it('[B2] of a page that nobody knows is begun anew', async () => {
    expect(await failureOf(open().pullUpdated(window, 'eyJ9', signal))).toMatchObject({ code: 'BAD_CURSOR' });
    expect(await failureOf(open().pullCreated(window, '-1', signal))).toMatchObject({ code: 'BAD_CURSOR' });
  });

  it('[B4] by confirmation is walked forwards, for nothing ever leaves it', async () => {
    const asked = answer(confirmed(rows(0, 100), true), confirmed(rows(100, 1), false));

    const first = await open().pullCreated({ from: now - 86_399_000, to: now }, undefined, signal);
    const second = await open().pullCreated({ from: now - 86_399_000, to: now }, first.next, signal);

    expect(second.next).toBeUndefined();
    expect(asked).toMatchObject([
      { type: 'pdd.order.list.get', start_confirm_at: '1794244381', end_confirm_at: '1794330780', page: '1' },
      { page: '2', use_has_next: 'true' },
    ]);
  });

  it('[B2] never asks for more than the platform takes, wherever its windows begin', () => {
    const { windowMs } = open();
    const seconds = (longest: number): number => Math.ceil((500 + longest) / 1_000) - Math.floor(500 / 1_000);

    expect(seconds(windowMs.updated)).toBeLessThanOrEqual(1_800);
    expect(seconds(windowMs.created)).toBeLessThanOrEqual(86_400);
  });
});

describe('fresh reads', () => {
  it('[I1] ask order by order and leave out what the platform does not know', async () => {
    const asked = answer(info(anOrder({ order_sn: 'A' })), refuse(21002, '业务参数错误', '订单不存在'), info(null));

    const { orders, next } = await open().fetchOrders(['A', 'B', 'C', 'A'], signal);

    expect(orders.map(({ view }) => view.channelOrderNo)).toEqual(['A']);
    expect(next).toBeUndefined();
    expect(asked.map(({ type, order_sn }) => `${type} ${order_sn}`).sort()).toEqual(
      ['A', 'B', 'C'].map((no) => `pdd.order.information.get ${no}`),
    );
  });

  it('[I1] do not take a wrong app for an absent order', async () => {
    answer(refuse(10016, 'client_id不存在'), refuse(50001, '业务服务错误', '订单不存在'), refuse(21001));

    expect(await failureOf(open().fetchOrders(['A'], signal))).toMatchObject({ code: 'PDD_10016' });
    for (let n = 0; n < 2; n += 1) expect((await open().fetchOrders(['A'], signal)).orders).toEqual([]);
  });

  it('take a wrapper of any name, and none for an answer that is worth another try', async () => {
    answer({ order_info_get_resposne: { order_info: anOrder() }, service_fee_detail: [] }, info('none'), {}, '[]');

    expect((await open().fetchOrders(['A'], signal)).orders).toHaveLength(1);
    for (let n = 0; n < 3; n += 1)
      expect(await failureOf(open().fetchOrders(['A'], signal))).toMatchObject({ code: 'BAD_ANSWER' });
  });
});

describe('a refusal', () => {
  it.each<[number | string, string, string]>([
    [10000, 'RejectedError', 'PDD_10000'],
    [10016, 'RejectedError', 'PDD_10016'],
    [10019, 'AuthExpiredError', 'AUTH_EXPIRED'],
    ['20004', 'RejectedError', 'PDD_20004'],
    [20005, 'RejectedError', 'PDD_20005'],
    [20031, 'RejectedError', 'PDD_20031'],
    [50000, 'RetryableError', 'PDD_50000'],
    [52002, 'RetryableError', 'PDD_52002'],
    [52101, 'RateLimitedError', 'RATE_LIMITED'],
    [52102, 'RateLimitedError', 'RATE_LIMITED'],
    [70031, 'RateLimitedError', 'RATE_LIMITED'],
    [70032, 'RejectedError', 'PDD_70032'],
    [70033, 'RateLimitedError', 'RATE_LIMITED'],
    [70036, 'RateLimitedError', 'RATE_LIMITED'],
    [99999, 'RejectedError', 'PDD_99999'],
  ])('[B1] with %s is a %s, and repeats nothing of what it says', async (code, name, ours) => {
    answer(refuse(code, `access_token=${credentials.accessToken}`, 'https://x.example/?a=b'));

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name, code: ours });
    expect(error.message).toContain(String(code));
    expect(error.message).not.toMatch(/access_token=|https|pdd-token-demo/);
  });

  it('[B3] of our clock says so', async () => {
    answer(refuse(10001, '公共参数错误:timestamp'));

    expect(await failureOf(pull())).toMatchObject({
      name: 'RejectedError',
      code: 'BAD_TIMESTAMP',
      message: expect.stringContaining('clock'),
    });
  });
});

describe('an access token that is over', () => {
  const fresh = {
    pop_auth_token_refresh_response: {
      access_token: 'token-2',
      refresh_token: 'refresh-2',
      expires_in: 86_400,
      expires_at: 1_794_417_180,
      refresh_token_expires_at: 1_796_922_780,
    },
  };

  it('[B1] is renewed once for all who wait, kept, and no call is lost', async () => {
    const saved: FreshTokens[] = [];
    const channel = open({ refreshToken: 'refresh-1', saved });
    const isRefresh = (form: Form): boolean => form.type === 'pdd.pop.auth.token.refresh';
    const asked: Form[] = [];
    http
      .on(base)
      .post('/api/router')
      .times(7)
      .reply(200, (_uri, body) => {
        const form = Object.fromEntries(new URLSearchParams(body as string));
        asked.push(form);
        if (isRefresh(form)) return fresh;
        return form.access_token === 'token-2' ? info(anOrder({ order_sn: form.order_sn })) : refuse(10019);
      });

    const { orders } = await channel.fetchOrders(['1', '2', '3'], signal);

    expect(orders).toHaveLength(3);
    expect(asked.filter(isRefresh)).toMatchObject([{ refresh_token: 'refresh-1', client_id: 'pdd-client-demo' }]);
    expect(asked.filter(isRefresh)[0]).not.toHaveProperty('access_token');
    expect(saved).toEqual([{ accessToken: 'token-2', refreshToken: 'refresh-2', expiresAt: 1_794_417_180_000 }]);
    expect(channel.grantEndsAt()).toBe(1_796_922_780_000);
  });

  it.each<[string, Json[], string, string]>([
    ['the refresh token is over, too', [refuse(10019)], 'AuthExpiredError', 'AUTH_EXPIRED'],
    ['the app may not renew it', [refuse(20032)], 'RejectedError', 'PDD_20032'],
    ['nothing comes of it', [{ pop_auth_token_refresh_response: {} }], 'RetryableError', 'BAD_ANSWER'],
    ['the platform stumbles over it', [refuse(50001)], 'RetryableError', 'REFRESH_LOST'],
    ['the fresh one is refused', [fresh, refuse(10019)], 'RejectedError', 'PDD_10019'],
  ])('[B1] and %s: the error says what to do', async (_name, answers, name, code) => {
    answer(refuse(10019), ...answers);

    const error = await failureOf(pull(open({ refreshToken: 'refresh-1' })));

    expect(error).toMatchObject({ name, code });
    expect(error.message).not.toMatch(/refresh-1|token-2|pdd-token/);
  });
});

describe('a remark', () => {
  const written = { response: { success: true, error_code: 0, error_msg: '' } };
  const add = (text: string, flag?: 'risk' | 'attention' | 'fine') =>
    open().addRemark?.('261111-123456789018842', { text, flag }, signal);

  it('is appended to what people wrote, with their colour sent again', async () => {
    const asked = answer(info(anOrder()), written);

    const outcome = await add('疑似刷单');

    expect(outcome).toEqual({ kind: 'done', value: { remark: '先打电话；疑似刷单', flag: 'blue' } });
    expect(asked[1]).toMatchObject({
      type: 'pdd.order.note.update',
      order_sn: '261111-123456789018842',
      note: '先打电话；疑似刷单',
      tag: '4',
      tag_name: '电话',
    });
  });

  it.each<['risk' | 'attention' | 'fine', string, string, string]>([
    ['risk', '1', '风控', 'red'],
    ['attention', '2', '关注', 'yellow'],
    ['fine', '3', '正常', 'green'],
  ])('with the flag %s has the colour %s', async (flag, tag, tag_name, colour) => {
    const asked = answer(info(anOrder({ remark: '', remark_tag: 0, remark_tag_name: '' })), written);

    expect(await add('核查', flag)).toEqual({ kind: 'done', value: { remark: '核查', flag: colour } });
    expect(asked[1]).toMatchObject({ note: '核查', tag, tag_name });
  });

  it('leaves a colour alone that has no name, for both or neither are taken', async () => {
    const asked = answer(info(anOrder({ remark: null, remark_tag: null, remark_tag_name: null })), written);

    expect(await add('核查')).toEqual({ kind: 'done', value: { remark: '核查', flag: '' } });
    expect(asked[1]).not.toHaveProperty('tag');
    expect(asked[1]).not.toHaveProperty('tag_name');
  });

  it('keeps the word that people gave the same colour', async () => {
    const asked = answer(info(anOrder({ remark_tag: 1, remark_tag_name: 'VIP' })), written);

    expect(await add('核查', 'risk')).toMatchObject({ kind: 'done', value: { flag: 'red' } });
    expect(asked[1]).toMatchObject({ tag: '1', tag_name: 'VIP' });
  });

  it('that is there already is not written again, but its new colour is', async () => {
    answer(info(anOrder({ remark: '核查；先打电话', remark_tag: 1, remark_tag_name: '风控' })));
    expect(await add('核查', 'risk')).toEqual({
      kind: 'already',
      value: { remark: '核查；先打电话', flag: 'red' },
    });

    const asked = answer(info(anOrder({ remark: '核查；先打电话' })), written);
    expect(await add('核查', 'risk')).toMatchObject({ kind: 'done', value: { remark: '核查；先打电话', flag: 'red' } });
    expect(asked[1]?.note).toBe('核查；先打电话');
  });

  it.each<[string, Json, Json]>([
    [
      'a failure inside of a success',
      { response: { success: false, error_code: 50001, error_msg: '备注长度\n超过限制' } },
      { kind: 'refused', code: 'limit', providerCode: '50001', providerText: '备注长度 超过限制' },
    ],
    ['no word of success', { response: {} }, { kind: 'unknown' }],
    ['trouble of the platform', refuse(50001), { kind: 'unknown' }],
    ['too many calls', refuse(70031), { kind: 'retryable', afterMs: 5_000 }],
    ['a missing right', refuse(20031), { kind: 'refused', code: 'forbidden', providerCode: 'PDD_20031' }],
    ['a token that is over', refuse(10019), { kind: 'refused', code: 'forbidden' }],
  ])('answered with %s is so called', async (_name, body, expected) => {
    answer(info(anOrder()), body);

    expect(await add('核查')).toMatchObject(expected);
  });

  it('whose answer is lost is not known; of an order that is not there it is refused', async () => {
    answer(info(anOrder()));
    http.on(base).post('/api/router').replyWithError('gone');
    expect(await add('核查')).toEqual({ kind: 'unknown' });

    answer(refuse(21002, '', '订单不存在'));
    expect(await add('核查')).toEqual({ kind: 'refused', code: 'not_found' });
  });
});

it('has no push over HTTP', () => {
  expect(open().readPush).toBeNull();
  expect(open().grantEndsAt()).toBeNull();
});
