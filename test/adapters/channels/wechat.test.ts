import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/channels/wechat/index.ts';
import { signatureOf } from '../../../src/adapters/channels/wechat/push.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import { createIdentifier } from '../../../src/adapters/identifier.ts';
import type { AppError } from '../../../src/domain/errors.ts';
import type { Channel, OrderPage, RawPush, SourceOrder } from '../../../src/ports/channel.ts';
import { encrypt } from '../../../src/sandbox/servers/wecom/app-crypto.ts';
import { mockHttp } from '../../kit/http-mock.ts';
import { isLong } from '../../kit/size.ts';

const http = mockHttp();
const base = 'https://api.weixin.qq.com';
const now = 1_794_330_780_000;
const signal = new AbortController().signal;
const credentials = {
  appId: 'wx0123456789abcdef',
  appSecret: 'wx-secret-demo',
  token: 'tok_demo',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
};
const identifier = createIdentifier(Buffer.alloc(32, 7));

type Json = Record<string, unknown>;

function open(more: Json = {}, time: { at: number } = { at: now }): Channel {
  return plug.create({
    shopId: 'wx',
    baseUrl: `${base}/`,
    credentials: plug.credentials.parse({ ...credentials, ...more }),
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock: { now: () => time.at, sleep: async () => undefined, every: () => () => undefined },
    identifier,
  });
}

/** The next answers of one path, in order; what was asked is kept. */
function answer(path: string, ...bodies: readonly (Json | string)[]): { query: string; body: Json }[] {
  const asked: { query: string; body: Json }[] = [];
  for (const body of bodies) {
    http
      .on(base)
      .post(path)
      .query(true)
      .reply(200, (uri, sent) => {
        asked.push({ query: uri.split('?')[1] ?? '', body: sent as Json });
        return body;
      });
  }
  return asked;
}

const tokenPath = '/cgi-bin/stable_token';
const listPath = '/channels/ec/order/list/get';
const orderPath = '/channels/ec/order/get';
const notesPath = '/channels/ec/order/merchantnotes/update';
const aToken = (access_token = 'token-1', expires_in = 7_200): Json => ({ access_token, expires_in });
const refuse = (errcode: number, words = 'no'): Json => ({
  errcode,
  errmsg: `${words} rid: 675aa467-495d0c86-407bea05`,
});
const listed = (ids: readonly (string | number)[], more: Json = { has_more: false }): Json => ({
  errcode: 0,
  errmsg: 'ok',
  order_id_list: ids,
  ...more,
});

const product = {
  product_id: '1',
  sku_id: '2',
  sku_code: 'WY01-BLACK-L',
  sku_cnt: 2,
  title: '绣字卫衣',
  sale_price: 2_995,
  real_price: 5_490,
  delivery_deadline: 1_794_500_000,
  sku_attrs: [{ attr_key: '颜色', attr_value: '黑' }],
};
interface Changes {
  readonly order?: Json;
  readonly detail?: Json;
  readonly pay?: Json;
  readonly price?: Json;
  readonly delivery?: Json;
  readonly address?: Json;
  readonly ext?: Json;
  readonly aftersale?: Json;
}
/** Like channels.md §5.2. */
const anOrder = ({ order, detail, pay, price, delivery, address, ext, aftersale }: Changes = {}): Json => ({
  order_id: '3705000000000018842',
  status: 20,
  create_time: 1_794_330_000,
  update_time: 1_794_330_060,
  openid: 'o-demo',
  order_detail: {
    product_infos: [product],
    pay_info: { pay_time: 1_794_330_030, transaction_id: '42', payment_method: 1, ...pay },
    price_info: { product_price: 5_990, order_price: 5_990, freight: 500, ...price },
    delivery_info: {
      address_info: {
        user_name: '周*',
        tel_number: '137****0000',
        province_name: '湖北省',
        city_name: '武汉市',
        county_name: '洪山区',
        detail_info: '***',
        hash_code: 'c317',
        ...address,
      },
      delivery_product_info: [],
      ...delivery,
    },
    ext_info: { merchant_notes: '先打电话', customer_notes: ' 绣字：平安', ...ext },
    ...detail,
  },
  aftersale_detail: { on_aftersale_order_cnt: 0, ...aftersale },
  ...order,
});

const window = { from: now - 1_500, to: now };
const pull = (channel = open()): Promise<OrderPage> => channel.pullUpdated(window, undefined, signal);

async function readRaw(row: unknown): Promise<OrderPage> {
  answer(tokenPath, aToken());
  answer(orderPath, { errcode: 0, errmsg: 'ok', order: row });
  return open().fetchOrders(['1'], signal);
}
async function readOne(changes: Changes = {}): Promise<SourceOrder> {
  const { orders, skipped } = await readRaw(anOrder(changes));
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

/** A sample of the platform's documents as its text; undefined where none are at hand, which the long run does not take. */
function sample(name: string): string | undefined {
  const path = join(process.env.WARROOM_SAMPLES ?? '', 'samples/wechat', name);
  if (process.env.WARROOM_SAMPLES !== undefined && existsSync(path)) return readFileSync(path, 'utf8');
  if (isLong) throw new Error(`WARROOM_SAMPLES must name the folder that holds ${path}`);
  return undefined;
}

describe('an order', () => {
  it('[B5] is read into the neutral view, with nothing of the receiver but masks and hashes', async () => {
    const { view, receiver, visibleAt } = await readOne();

    expect(view).toEqual({
      shopId: 'wx',
      channelOrderNo: '3705000000000018842',
      status: 'paid',
      sourceStatus: '20',
      sourceUpdatedAt: 1_794_330_060_000,
      kind: 'sale',
      placedAt: 1_794_330_000_000,
      paidAt: 1_794_330_030_000,
      sortedAt: null,
      shippedAt: null,
      scannedAt: null,
      deliveredAt: null,
      closedAt: null,
      shipBy: 1_794_500_000_000,
      promisedAt: null,
      currency: 'CNY',
      goodsMinor: 5_990,
      freightMinor: 500,
      paidMinor: 5_990,
      refund: 'none',
      refundAt: null,
      held: false,
      addressChange: 'none',
      buyerNote: '绣字：平安',
      remark: '先打电话',
      flag: '',
      receiver: { name: '周*', phone: '137****0000', province: '湖北省', city: '武汉市', district: '洪山区' },
      lines: [
        {
          lineId: '3705000000000018842-1',
          sku: 'WY01-BLACK-L',
          title: '绣字卫衣 黑',
          qty: 2,
          unitMinor: 2_995,
          paidMinor: 5_490,
        },
      ],
      shipments: [],
      identities: [identifier.key('receiver', 'c317', 'wechat/wx'), identifier.key('buyer', 'o-demo', 'wechat/wx')],
    });
    expect(receiver).toBeNull();
    expect(visibleAt).toBeNull();
  });

  it('[B5] may leave out everything that is optional', async () => {
    const { orders, skipped } = await readRaw({
      order_id: 1,
      status: '10',
      create_time: '1794330000',
      order_detail: null,
    });

    expect(skipped).toEqual([]);
    expect(orders[0]?.view).toMatchObject({
      channelOrderNo: '1',
      status: 'created',
      sourceUpdatedAt: 1_794_330_000_000,
      paidAt: null,
      paidMinor: 0,
      goodsMinor: 0,
      lines: [],
      identities: [],
      refund: 'none',
      receiver: { name: '', phone: '', province: '', city: '', district: '' },
    });
    expect(orders[0]?.receiver).toBeNull();
  });

  const paidAt = 1_794_330_030_000;
  const updatedAt = 1_794_330_060_000;
  const two = {
    delivery_product_info: [
      { waybill_id: 'YT1', delivery_id: 'YTO', delivery_time: 1_794_330_050 },
      { waybill_id: 'YT2', delivery_id: 'YTO', delivery_time: '1794330055' },
      { waybill_id: '', deliver_type: 3 },
    ],
  };
  it.each<[string, Changes, Json]>([
    [
      'unpaid',
      { order: { status: 10 }, pay: { pay_time: 0, transaction_id: '' } },
      { status: 'created', paidAt: null, paidMinor: 0 },
    ],
    [
      'back at unpaid with its payment there',
      { order: { status: 10 } },
      { status: 'unknown', sourceStatus: '10, unpaid, with a payment', paidAt },
    ],
    ['a present that nobody has taken yet', { order: { status: 12 } }, { status: 'paid', held: true, paidAt }],
    ['in a group that is not full', { order: { status: 13 } }, { status: 'created', paidAt: null, paidMinor: 0 }],
    ['to be paid later', { pay: { pay_time: null, payment_method: 2 } }, { status: 'paid', paidAt: 1_794_330_000_000 }],
    [
      'sent in part',
      { order: { status: 21 }, delivery: two },
      {
        status: 'paid',
        shippedAt: null,
        shipments: [{ waybill: 'YT1' }, { waybill: 'YT2', shippedAt: 1_794_330_055_000 }],
      },
    ],
    ['sent', { order: { status: 30 }, delivery: two }, { status: 'shipped', shippedAt: 1_794_330_055_000 }],
    [
      'sent as the order says',
      { order: { status: 30 }, delivery: { ...two, ship_done_time: 1_794_330_058 } },
      { shippedAt: 1_794_330_058_000 },
    ],
    [
      'sent without a parcel',
      { order: { status: 30 }, delivery: { delivery_product_info: null } },
      { shippedAt: updatedAt, shipments: [] },
    ],
    [
      'done',
      { order: { status: 100 }, ext: { confirm_receipt_time: 1_794_330_059 } },
      { status: 'delivered', deliveredAt: 1_794_330_059_000, shippedAt: updatedAt },
    ],
    ['cancelled by the shop', { order: { status: 190 } }, { status: 'closed', closedAt: updatedAt, paidAt }],
    [
      'cancelled after all was given back',
      { order: { status: 200 } },
      { status: 'closed', refund: 'done', closedAt: updatedAt },
    ],
    [
      'cancelled unpaid',
      { order: { status: 250 }, pay: { pay_time: '' } },
      { status: 'closed', paidAt: null, closedAt: updatedAt },
    ],
    [
      'in a state that came later',
      { order: { status: 77 } },
      { status: 'unknown', sourceStatus: '77, status 77', paidAt },
    ],
    ['without a state', { order: { status: null } }, { status: 'unknown', sourceStatus: '-, status missing', paidAt }],
    [
      'asked back, as a count says',
      { aftersale: { on_aftersale_order_cnt: 1, aftersale_order_list: [{ status: 13 }] } },
      { status: 'refunding', refund: 'requested' },
    ],
    [
      'asked back, as a word says',
      { aftersale: { aftersale_order_list: [{ status: 'MERCHANT_PROCESSING' }] } },
      { status: 'refunding', refund: 'requested' },
    ],
    [
      'being paid back',
      {
        aftersale: {
          on_aftersale_order_cnt: 1,
          aftersale_order_list: [{ status: 'USER_CANCELD' }, { status: 'PLATFORM_REFUNDING' }],
        },
      },
      { status: 'refunding', refund: 'accepted' },
    ],
    [
      'with cases that say nothing',
      { aftersale: { aftersale_order_list: [{ status: '13' }, { status: '' }, {}] } },
      { status: 'paid', refund: 'none' },
    ],
    [
      'of a buyer who withdrew',
      { aftersale: { aftersale_order_list: { status: 'USER_CANCELD' } } },
      { status: 'paid', refund: 'closed' },
    ],
    [
      'given back in part',
      {
        detail: { product_infos: [product, { ...product, finish_aftersale_sku_cnt: 2 }] },
        aftersale: { aftersale_order_list: [{ status: 'MERCHANT_REFUND_SUCCESS' }] },
      },
      { status: 'paid', refund: 'none' },
    ],
    [
      'given back whole',
      { detail: { product_infos: [{ ...product, finish_aftersale_sku_cnt: 2 }] } },
      { status: 'refunded', refund: 'done', closedAt: updatedAt },
    ],
    [
      'with a word that came later',
      { aftersale: { aftersale_order_list: [{ status: 'MOON' }] } },
      { status: 'unknown', sourceStatus: '20, after-sale MOON' },
    ],
    [
      'whose buyer wants another address',
      { delivery: { address_under_review: true, address_apply_time: 1_794_330_050 } },
      { status: 'paid', held: true, addressChange: 'requested' },
    ],
    ['whose buyer does not', { delivery: { address_under_review: false } }, { held: false, addressChange: 'none' }],
    [
      'of a promise beyond two days',
      { detail: { product_infos: [{ ...product, delivery_deadline: 1_794_600_000 }] } },
      { shipBy: 1_794_600_000_000, promisedAt: 1_794_600_000_000 },
    ],
    [
      'without codes of its own',
      { detail: { product_infos: { ...product, sku_code: '', out_sku_id: null } } },
      { lines: [{ sku: '2' }] },
    ],
  ])('[B5] %s', async (_name, changes, expected) => {
    expect((await readOne(changes)).view).toMatchObject(expected);
  });

  it('[C2] of a shop that sees its buyers is joined by the number, and what is personal is handed over apart', async () => {
    const { view, receiver } = await readOne({
      address: { user_name: '周明', tel_number: '13700000000', detail_info: '某某路 1 号' },
    });

    expect(view.identities[0]).toEqual(identifier.phone('13700000000', 'CN'));
    expect(view.receiver).toMatchObject({ name: '周*', phone: '137****0000' });
    expect(receiver).toEqual({ name: '周明', phone: '13700000000', address: '某某路 1 号' });
    expect(JSON.stringify(view)).not.toMatch(/周明|13700000000|某某路/);
  });

  it.each<[Changes, string]>([
    [{ order: { create_time: 0 } }, 'create_time'],
    [{ order: { create_time: 'yesterday' } }, 'create_time'],
    [{ pay: { pay_time: 1_794_330_030_000 } }, 'order_detail.pay_info.pay_time'],
    [{ price: { order_price: 59.9 } }, 'order_detail.price_info.order_price'],
    [{ price: { order_price: null } }, 'order_price'],
    [{ detail: { product_infos: [{ ...product, sku_cnt: 0 }] } }, 'order_detail.product_infos.0.sku_cnt'],
  ])('[B5] that cannot be read (%j) is named with the field', async (changes, field) => {
    const { orders, skipped } = await readRaw(anOrder(changes));

    expect(orders).toEqual([]);
    expect(skipped).toMatchObject([
      { ref: '3705000000000018842', reason: expect.stringMatching(new RegExp(`^${field}: `)) },
    ]);
  });
});

describe('the lists', () => {
  it('[B2] give numbers, whose orders are read one by one and in their order', async () => {
    answer(tokenPath, aToken());
    const lists = answer(listPath, listed(['1', 2], { has_more: true, next_key: 'k/1=' }), listed(['3']));
    const orders = answer(
      orderPath,
      ...[1, 2, 3].map((no) => ({ errcode: 0, order: anOrder({ order: { order_id: String(no) } }) })),
    );
    const channel = open();

    const first = await channel.pullUpdated(window, undefined, signal);
    const second = await channel.pullUpdated(window, first.next, signal);

    expect([...first.orders, ...second.orders].map(({ view }) => view.channelOrderNo)).toEqual(['1', '2', '3']);
    expect(second.next).toBeUndefined();
    const range = { start_time: 1_794_330_778, end_time: 1_794_330_780 };
    expect(lists.map(({ body }) => body)).toEqual([
      { update_time_range: range, page_size: 50 },
      { update_time_range: range, page_size: 50, next_key: 'k/1=' },
    ]);
    expect(orders.map(({ body }) => body)).toEqual([{ order_id: '1' }, { order_id: '2' }, { order_id: '3' }]);
    expect(lists[0]?.query).toBe('access_token=token-1');
  });

  it('[B4] go by the time of placing for a backfill, in windows that the platform takes', async () => {
    answer(tokenPath, aToken());
    const lists = answer(listPath, listed([]));
    const channel = open();
    const { created, updated } = channel.windowMs;

    await channel.pullCreated({ from: now - created - 1, to: now - 1 }, undefined, signal);

    const [{ start_time = 0, end_time = 0 } = {}] = lists.map(
      ({ body }) => body.create_time_range as Record<string, number>,
    );
    expect(end_time - start_time).toBeGreaterThan(6 * 86_400);
    expect(end_time - start_time).toBeLessThanOrEqual(7 * 86_400);
    expect(updated).toBe(created);
  });

  it('[B2] may name an order that is not there any more: it is named, and stops nothing', async () => {
    answer(tokenPath, aToken());
    answer(listPath, listed(['1', '2']));
    answer(orderPath, refuse(100_002, 'Not exist'), { errcode: 0, order: anOrder({ order: { order_id: '2' } }) });

    const { orders, skipped } = await pull();

    expect(orders).toHaveLength(1);
    expect(skipped).toEqual([{ ref: '1', reason: 'order: listed, but not there' }]);
  });

  it('that are broken are worth another try, and one that never ends is not', async () => {
    answer(tokenPath, aToken());
    answer(
      listPath,
      listed([], { order_id_list: 'none' }),
      { errmsg: 'ok' },
      listed(['1'], { has_more: true, next_key: '' }),
      listed([], { has_more: true, next_key: 'k' }),
    );
    const channel = open();

    for (let n = 0; n < 3; n += 1)
      expect(await failureOf(pull(channel))).toMatchObject({ name: 'RetryableError', code: 'BAD_PAGE' });
    expect(await failureOf(channel.pullUpdated(window, 'k', signal))).toMatchObject({ code: 'CURSOR_STUCK' });
  });
});

describe('the stable token', () => {
  const one = { errcode: 0, order: anOrder() };

  it('[B1] is asked for once by all who need it, and again a minute before its end', async () => {
    const time = { at: now };
    const channel = open({}, time);
    const tokens = answer(tokenPath, aToken('token-1', 600), aToken('token-2'));
    const orders = answer(orderPath, one, one, one, one, one);

    await channel.fetchOrders(['1', '2', '3'], signal);
    time.at += 539_000;
    await channel.fetchOrders(['4'], signal);
    time.at += 1_000;
    await channel.fetchOrders(['5'], signal);

    expect(tokens.map(({ body }) => body)).toEqual(
      Array(2).fill({
        grant_type: 'client_credential',
        appid: credentials.appId,
        secret: credentials.appSecret,
        force_refresh: false,
      }),
    );
    expect(orders.map(({ query }) => query.replace('access_token=token-', ''))).toEqual(['1', '1', '1', '1', '2']);
  });

  it.each([40001, 40014, 42001])(
    '[B1] that is refused with %i is asked for again, and no call is lost',
    async (code) => {
      answer(tokenPath, aToken('token-1'), aToken('token-2'));
      const orders = answer(orderPath, refuse(code), refuse(code), one, one);

      const page = await open().fetchOrders(['1', '2'], signal);

      expect(page.orders).toHaveLength(2);
      expect(orders.map(({ query }) => query.slice(-1))).toEqual(['1', '1', '2', '2']);
    },
  );

  it('[B1] is forced only when the platform gives the refused one again', async () => {
    const tokens = answer(tokenPath, aToken('token-1'), aToken('token-1'), aToken('token-2'));
    answer(orderPath, refuse(40001), one);

    expect((await open().fetchOrders(['1'], signal)).orders).toHaveLength(1);
    expect(tokens.map(({ body }) => body.force_refresh)).toEqual([false, false, true]);
  });

  it('[B1] that is refused twice says who else may be asking', async () => {
    answer(tokenPath, aToken('token-1'), aToken('token-2'));
    answer(orderPath, refuse(40001), refuse(40001));

    const error = await failureOf(open().fetchOrders(['1'], signal));

    expect(error).toMatchObject({ name: 'RejectedError', code: 'WX_TOKEN' });
    expect(error.message).toMatch(/another system/);
  });

  it.each<[Json, string, string]>([
    [refuse(40013, 'invalid appid'), 'RejectedError', 'WX_40013'],
    [refuse(40125), 'RejectedError', 'WX_40125'],
    [refuse(40164), 'RejectedError', 'WX_40164'],
    [refuse(-1), 'RetryableError', 'WX_BUSY'],
    [{ errcode: 0 }, 'RetryableError', 'BAD_ANSWER'],
  ])('[B3] that is not given (%j) is a %s', async (body, name, code) => {
    answer(tokenPath, body);

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name, code });
    expect(error.message).not.toMatch(/wx-secret|wx0123|tok_demo/);
  });
});

describe('a refusal', () => {
  it.each<[number, string, string]>([
    [-1, 'RetryableError', 'WX_BUSY'],
    [43002, 'RejectedError', 'WX_43002'],
    [45009, 'RateLimitedError', 'RATE_LIMITED'],
    [45011, 'RateLimitedError', 'RATE_LIMITED'],
    [48001, 'RejectedError', 'WX_48001'],
    [61004, 'RejectedError', 'WX_61004'],
    [100003, 'RetryableError', 'WX_100003'],
    [10_080_001, 'RejectedError', 'WX_10080001'],
    [99_999, 'RejectedError', 'WX_99999'],
  ])('[B1] with %i is a %s, and repeats nothing but the number of the request', async (code, name, ours) => {
    answer(tokenPath, aToken());
    answer(listPath, refuse(code, 'https://x.example?access_token=token-1'));

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name, code: ours });
    expect(error.message).toContain(`(${code}, rid 675aa467-495d0c86-407bea05)`);
    expect(error.message).not.toMatch(/https|token-1/);
  });

  it('[I1] of one order alone says that it is not there', async () => {
    answer(tokenPath, aToken());
    answer(orderPath, refuse(100_002, 'Not exist'), refuse(100_002, 'something else'), { errcode: 0 });
    const channel = open();

    expect((await channel.fetchOrders(['1'], signal)).orders).toEqual([]);
    expect(await failureOf(channel.fetchOrders(['1'], signal))).toMatchObject({ code: 'WX_100002' });
    expect(await failureOf(channel.fetchOrders(['1'], signal))).toMatchObject({ code: 'BAD_ANSWER' });
  });
});

describe('a remark', () => {
  const add = (channel: Channel, text: string, flag?: 'risk' | 'attention' | 'fine') =>
    channel.addRemark?.('3705', { text, flag }, signal);

  it.each<['risk' | 'attention' | 'fine' | undefined, string, string]>([
    [undefined, '先打电话', '先打电话；疑似刷单'],
    ['risk', '先打电话', '先打电话；【风控】疑似刷单'],
    ['attention', '', '【关注】疑似刷单'],
    ['fine', '疑似刷单', '疑似刷单；【正常】'],
  ])('with the flag %s stands behind "%s"', async (flag, merchant_notes, remark) => {
    answer(tokenPath, aToken());
    answer(orderPath, { errcode: 0, order: anOrder({ ext: { merchant_notes } }) });
    const asked = answer(notesPath, { errcode: 0, errmsg: 'ok' });

    expect(await add(open(), '疑似刷单', flag)).toEqual({ kind: 'done', value: { remark, flag: '' } });
    expect(asked[0]?.body).toEqual({ order_id: '3705', merchant_notes: remark });
  });

  it('that is there already is not written again', async () => {
    answer(tokenPath, aToken());
    answer(orderPath, { errcode: 0, order: anOrder({ ext: { merchant_notes: '【风控】疑似刷单；老客户' } }) });

    expect(await add(open(), '疑似刷单', 'risk')).toMatchObject({ kind: 'already' });
  });

  it.each<[string, Json, Json]>([
    ['trouble of the platform', refuse(-1), { kind: 'unknown' }],
    ['too many calls', refuse(45011), { kind: 'retryable', afterMs: 60_000 - (now % 60_000) }],
    ['an order in motion', refuse(100_003), { kind: 'retryable', providerCode: 'WX_100003' }],
    ['a missing right', refuse(48_001), { kind: 'refused', code: 'forbidden', providerCode: 'WX_48001' }],
    ['a no', refuse(99_999), { kind: 'refused', code: 'other' }],
  ])('answered with %s is so called', async (_name, body, expected) => {
    answer(tokenPath, aToken());
    answer(orderPath, { errcode: 0, order: anOrder() });
    answer(notesPath, body);

    expect(await add(open(), '核查')).toMatchObject(expected);
  });

  it('whose answer is lost is not known; of an order that is not there it is refused', async () => {
    const channel = open();
    answer(tokenPath, aToken());
    answer(orderPath, { errcode: 0, order: anOrder() }, refuse(100_002, 'Not exist'));
    http.on(base).post(notesPath).query(true).replyWithError('gone');

    expect(await add(channel, '核查')).toEqual({ kind: 'unknown' });
    expect(await add(channel, '核查')).toEqual({ kind: 'refused', code: 'not_found' });
  });
});

describe('a push', () => {
  const { appId, token, encodingAesKey } = credentials;
  const sent = '1794330780';
  const nonce = 'nonce1';

  /** As the platform sends an event, sealed for our app. */
  function aPush(
    text: string,
    change: { appId?: string; key?: string; signature?: string; body?: string } = {},
  ): RawPush {
    const Encrypt = encrypt(change.key ?? encodingAesKey, text, change.appId ?? appId, Buffer.alloc(16, 9));
    const signature = change.signature ?? signatureOf(token, sent, nonce, Encrypt);
    return {
      method: 'POST',
      target: `/hooks/shops/wx?signature=plain&timestamp=${sent}&nonce=${nonce}&encrypt_type=aes&msg_signature=${signature}`,
      headers: {},
      rawBody: Buffer.from(change.body ?? JSON.stringify({ ToUserName: 'gh_demo', Encrypt })),
    };
  }
  const read = (push: RawPush) => open().readPush?.(push);
  const codeOf = (push: RawPush): unknown => {
    try {
      return read(push);
    } catch (error) {
      return (error as AppError).code;
    }
  };

  it('[B1] is signed as the vectors of channels.md §10.5 are', () => {
    expect(signatureOf('token', '1714112445', '415670741', 'EncryptValue')).toBe(
      '03de89c50e642c93033dd7f4ef86a8356e80e345',
    );
    expect(signatureOf('token', '1714112445', '415670741')).toBe('0c48e8def4a21319f45c1175aef96e9ee9bf0ba3');
  });

  it('[B1] sealed as the vector of channels.md §10.5 is opened, and names the order', () => {
    const Encrypt =
      'Q3stYC6hdFzMh9T8HCvyDKaF6CNCOrCHBJbDrw7opQTRz1ICeOlzH075H5aYChSZJHk2zpqIMZcdyCjSsvA8hml/DsHjAfCnxC2cFoIfpjIZB8JqxgOOU8uFPiBh1QU+1ZYKdynJVROL8XJWBiQkSMwFEto+0upYGCl44+q/uS4yWvJtYkTFm02LA8SVAxs7IHUQE2lNltQ9vKuRTzWYPNRTe0ivpWXrsYeTWXuEVpC2C5tmndz34WtjnIjdPM+KGMJ2d9oAp79OjauxBrl61bdq4lF+DE/e7uIEYjqGqXOCVeZcrFxzXmLYycmudWaOYM55HClck8buVHeJuuJWjg==';
    const push: RawPush = {
      method: 'POST',
      target: `/hooks/shops/wx?timestamp=1794330780&nonce=nonce1&msg_signature=a80379af1afb1092c56a2453e808780359366df5`,
      headers: {},
      rawBody: Buffer.from(JSON.stringify({ ToUserName: 'gh_demo', Encrypt })),
    };

    expect(read(push)).toEqual({
      messageId: expect.stringMatching(/^[\w-]{43}$/),
      orderNos: ['3705115058471208928'],
      answer: { status: 200, type: 'text/plain; charset=utf-8', body: 'success' },
    });
    expect(read(push)?.messageId).toBe(read(push)?.messageId);
  });

  it('[B1] that proves the door is answered with its echo', () => {
    const push = (signature: string): RawPush => ({
      method: 'GET',
      target: `/hooks/shops/wx?signature=${signature}&timestamp=${sent}&nonce=${nonce}&echostr=4375120948345356249`,
      headers: {},
      rawBody: Buffer.alloc(0),
    });

    expect(read(push(signatureOf(token, sent, nonce)))).toMatchObject({
      orderNos: [],
      answer: { status: 200, body: '4375120948345356249' },
    });
    expect(codeOf(push('0'.repeat(40)))).toBe('BAD_SIGNATURE');
  });

  it('[B1] keeps all digits of a number that came as one', () => {
    const event =
      '{"Event":"channels_ec_order_deliver","CreateTime":1662480000,"order_info":{"order_id":3705115058471208928}}';

    expect(read(aPush(event))?.orderNos).toEqual(['3705115058471208928']);
    expect(read(aPush(event))?.messageId).not.toBe(read(aPush(event.replace('deliver', 'settle')))?.messageId);
    expect(read(aPush('{"Event":"something_else"}'))?.orderNos).toEqual([]);
  });

  it('[B1] is refused when it was signed, sealed or addressed by somebody else', () => {
    expect(codeOf(aPush('{}', { signature: '0'.repeat(40) }))).toBe('BAD_SIGNATURE');
    expect(codeOf(aPush('{}', { signature: '' }))).toBe('BAD_SIGNATURE');
    expect(codeOf(aPush('{}', { appId: 'wxother' }))).toBe('BAD_PUSH');
    expect(codeOf(aPush('{}', { key: 'A'.repeat(43) }))).toBe('BAD_PUSH');
    expect(codeOf(aPush('no json'))).toBe('BAD_PUSH');
    expect(codeOf(aPush('{}', { body: '{"order_info":{"order_id":"1"}}' }))).toBe('BAD_PUSH');
    expect(codeOf(aPush('{}', { body: '<xml/>' }))).toBe('BAD_PUSH');
    const short = Buffer.from('short').toString('base64');
    expect(
      codeOf(
        aPush('', { body: JSON.stringify({ Encrypt: short }), signature: signatureOf(token, sent, nonce, short) }),
      ),
    ).toBe('BAD_PUSH');
  });

  it('is not taken before its token and key are there, which belong together', () => {
    expect(open({ token: undefined, encodingAesKey: undefined }).readPush).toBeNull();
    expect(plug.credentials.safeParse({ ...credentials, token: undefined }).success).toBe(false);
  });

  it.each([
    ['ChannelsECOrderNewEvent', ['3705115058471208928']],
    ['ChannelsECOrderPayEvent', ['3705115058471208928']],
    ['ChannelsECOrderCancelEvent', ['3705115058471208928']],
    ['ChannelsECOrderDeliverEvent', ['3705115058471208928']],
    ['ChannelsECOrderConfirmEvent', ['3705115058471208928']],
    ['ChannelsECOrderSettleEvent', ['3705115058471208928']],
    ['ChannelsECOrderExtendedInfoUpdateEvent', ['3705115058471208928']],
    ['ChannelsECAftersaleUpdateEvent', ['12345']],
    ['ChannelsECPresentAftersaleUpdateEvent', ['12345']],
  ])('[B1] of the documents, %s, names its order', (name, orderNos) => {
    const event = sample(`events/${name}.json`);
    if (event === undefined) return;

    expect(read(aPush(event))?.orderNos).toEqual(orderNos);
  });
});

describe('samples of the documents', () => {
  it('[B5] of an order are read field by field, contradictions and all', async () => {
    const text = sample('api/ChannelsECOrderGetResponse.json');
    if (text === undefined) return;
    answer(tokenPath, aToken());
    answer(orderPath, text);

    const { orders, skipped } = await open().fetchOrders(['37423523451235145'], signal);

    expect(skipped).toEqual([]);
    expect(orders[0]?.view).toMatchObject({
      channelOrderNo: '37423523451235145',
      status: 'refunding',
      sourceStatus: '20',
      placedAt: 1_658_505_600_000,
      sourceUpdatedAt: 1_658_505_600_000,
      paidAt: 1_658_509_200_000,
      // It is to be sent, though a parcel stands there already.
      shippedAt: null,
      goodsMinor: 20_000,
      freightMinor: 500,
      paidMinor: 10_500,
      refund: 'requested',
      held: false,
      buyerNote: '发顺丰',
      remark: '库存不足，取消',
      receiver: { name: '陈*', phone: '24****52', province: '广东', city: '广州', district: '海珠区' },
      shipments: [{ carrier: 'STO', waybill: '134654612313', shippedAt: 1_620_738_080_000 }],
      lines: [{ sku: '23424', qty: 10, unitMinor: 2_000, paidMinor: 20_000 }],
      identities: [{ kind: 'buyer', scope: 'wechat/wx' }],
    });
    expect(orders[0]?.view.lines[0]?.title).toMatch(/^健身环 四川成都 玻璃/);
    expect(orders[0]?.receiver).toEqual({ name: '陈先生', phone: '24534252', address: '大塘' });
    expect(JSON.stringify(orders[0]?.view)).not.toMatch(/陈先生|24534252|大塘|OPENID/);
  });

  it('[B2] of a list lead to its orders and to its next page', async () => {
    const text = sample('api/ChannelsECOrderListGetResponse.json');
    if (text === undefined) return;
    answer(tokenPath, aToken());
    answer(listPath, text);
    const ids = answer(orderPath, refuse(100_002, 'Not exist'), refuse(100_002, 'Not exist'));

    expect((await pull()).next).toBe('THE_NEXT_KEY_NEW');
    expect(ids.map(({ body }) => body.order_id as string).sort()).toEqual([
      '3704612354559743232',
      '3704849110714209536',
    ]);
  });

  it('[B3] of an error say what to do', async () => {
    const text = sample('api/error_48001.json');
    if (text === undefined) return;
    answer(tokenPath, aToken());
    answer(listPath, text);

    expect(await failureOf(pull())).toMatchObject({
      name: 'RejectedError',
      code: 'WX_48001',
      message: expect.stringContaining("the shop's own appId"),
    });
  });
});
