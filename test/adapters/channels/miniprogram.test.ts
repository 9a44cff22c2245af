import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/channels/miniprogram/index.ts';
import { signedHeaders } from '../../../src/adapters/channels/miniprogram/sign.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import { createIdentifier } from '../../../src/adapters/identifier.ts';
import type { AppError } from '../../../src/domain/errors.ts';
import type { Channel, OrderPage } from '../../../src/ports/channel.ts';
import { mockHttp } from '../../kit/http-mock.ts';

const http = mockHttp();
const base = 'https://shop.example.com';
const now = 1_794_330_780_000;
const signal = new AbortController().signal;
const credentials = { key: 'mini-key', secret: 'mini-secret-demo' };
const identifier = createIdentifier(Buffer.alloc(32, 7));
const hour = 3_600;

type Json = Record<string, unknown>;
const fixture = JSON.parse(readFileSync('test/fixtures/miniprogram/order.json', 'utf8')) as Json;
const anOrder = (changes: Json = {}): Json => ({ ...fixture, ...changes });

function open(more: { shopId?: string; phoneSalt?: string } = {}): Channel {
  const { shopId = 'mini', ...salt } = more;
  return plug.create({
    shopId,
    baseUrl: `${base}/`,
    credentials: { ...credentials, ...salt },
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock: { now: () => now, sleep: async () => undefined, every: () => () => undefined },
    identifier,
  });
}

function answerPage(orders: readonly unknown[], next: string | null = null): void {
  http
    .on(base)
    .get('/v1/orders')
    .query(true)
    .reply(200, { orders, next_cursor: next, server_time: now / 1_000 });
}

const pull = (channel = open()): Promise<OrderPage> =>
  channel.pullUpdated({ from: now - 1, to: now }, undefined, signal);

async function readOne(changes: Json = {}, channel = open()) {
  answerPage([anOrder(changes)]);
  const { orders, skipped } = await pull(channel);
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

describe('signing', () => {
  it('[B1] gives the published vector (channels.md §10.6)', () => {
    const headers = signedHeaders({
      key: 'k',
      secret: 'mini-secret-demo',
      method: 'GET',
      path: '/v1/orders',
      query: { updated_to: '1794330600', updated_from: '1794328800', limit: '100' },
      at: now,
      nonce: 'n-0001',
    });

    expect(headers['X-Signature']).toBe('0fd2500318707d4427cb802642bd58998a4d45e4e52084355c08a78322ddb7be');
    expect(headers['X-Timestamp']).toBe('1794330780');
  });
});

describe('the window', () => {
  it('[B2] asks for whole seconds that hold all of it, and pages on with the opaque cursor', async () => {
    const asked: unknown[] = [];
    for (const next of ['a/b=', null]) {
      http
        .on(base)
        .get('/v1/orders')
        .query((query) => asked.push({ ...query }) > 0)
        .reply(200, { orders: [], next_cursor: next });
    }
    const window = { from: 1_794_328_800_500, to: 1_794_330_600_000 };

    const first = await open().pullUpdated(window, undefined, signal);
    const second = await open().pullUpdated(window, first.next, signal);

    expect(asked).toEqual([
      { updated_from: '1794328800', updated_to: '1794330599', limit: '200' },
      { updated_from: '1794328800', updated_to: '1794330599', limit: '200', cursor: 'a/b=' },
    ]);
    expect(second.next).toBeUndefined();
  });

  it('[B4] asks by the time of creation for a backfill', async () => {
    http
      .on(base)
      .get('/v1/orders')
      .query({ created_from: '1794328800', created_to: '1794328800', limit: '200' })
      .reply(200, { orders: [] });

    const page = await open().pullCreated({ from: 1_794_328_800_000, to: 1_794_328_800_001 }, undefined, signal);

    expect(page).toEqual({ orders: [], skipped: [], next: undefined });
  });

  it('stops a shop that answers the same page for ever', async () => {
    answerPage([], 'same');

    const error = await failureOf(open().pullUpdated({ from: 0, to: now }, 'same', signal));

    expect(error).toMatchObject({ name: 'RejectedError', code: 'CURSOR_STUCK' });
  });
});

describe('an order', () => {
  it('[B5] is read into the neutral view, with the receiver apart', async () => {
    const { view, receiver, visibleAt } = await readOne();

    expect(view).toEqual({
      shopId: 'mini',
      channelOrderNo: '20261111004012',
      status: 'shipped',
      sourceStatus: 'shipped',
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
      refund: 'requested',
      refundAt: 1_794_330_000_000,
      held: true,
      addressChange: 'none',
      buyerNote: '绣字：平安',
      remark: '',
      flag: 'red',
      receiver: { name: '张*', phone: '138****8000', province: '浙江省', city: '杭州市', district: '西湖区' },
      lines: [
        {
          lineId: '20261111004012-1',
          sku: 'TS-RED-M',
          title: '圆领T恤 红 M',
          qty: 2,
          unitMinor: 9_995,
          paidMinor: 19_990,
        },
      ],
      shipments: [
        { carrier: 'YTO', waybill: 'YT0000000002', shippedAt: 1_794_330_700_000 },
        { carrier: 'YTO', waybill: 'YT0000000001', shippedAt: 1_794_330_600_000 },
      ],
      identities: [identifier.phone('13800138000', 'CN'), identifier.key('buyer', 'u100001', 'miniprogram/mini')],
    });
    expect(receiver).toEqual({ name: '张三', phone: '138 0013 8000', address: '某某路 1 号 2 幢 303' });
    expect(visibleAt).toBeNull();
    expect(JSON.stringify(view)).not.toMatch(/0013|张三|某某路/);
  });

  it('[B5] may leave out everything that is optional', async () => {
    const { order_no, created_at, updated_at, amount, currency, items } = fixture;
    answerPage([
      { order_no, status: 'created', created_at, updated_at, amount, currency, items, paid_at: 0, ship_by: '' },
    ]);

    const { orders } = await pull();

    expect(orders[0]?.view).toMatchObject({
      paidAt: null,
      shipBy: null,
      paidMinor: 0,
      freightMinor: 0,
      refund: 'none',
      held: false,
    });
    expect(orders[0]?.view.identities).toEqual([]);
    expect(orders[0]?.receiver).toBeNull();
  });

  it.each([
    ['paid', null, 'paid', 'paid', 'none'],
    ['in_transit', null, 'in_transit', 'in_transit', 'none'],
    ['refunding', null, 'refunding', 'refunding', 'requested'],
    ['refunded', null, 'refunded', 'refunded', 'done'],
    ['paid', { status: 'closed', at: null }, 'paid', 'paid', 'closed'],
    ['awaiting_moon', null, 'unknown', 'awaiting_moon', 'none'],
    ['toString', null, 'unknown', 'toString', 'none'],
    ['paid', { status: 'half', at: null }, 'unknown', 'paid, refund half', 'none'],
  ])('[B5] in status %s with refund %j is %s', async (status, refund, expected, sourceStatus, refundState) => {
    const { view } = await readOne({ status, refund });

    expect(view).toMatchObject({ status: expected, sourceStatus, refund: refundState });
  });

  it('[P7] has a promise of its own when it ships by more than 48 hours after payment', async () => {
    const paid = 1_794_326_430;

    const ordinary = await readOne({ ship_by: paid + 48 * hour });
    const later = await readOne({ ship_by: paid + 48 * hour + 1 });
    const unpaid = await readOne({ paid_at: null, ship_by: paid + 100 * hour });

    expect(ordinary.view.promisedAt).toBeNull();
    expect(later.view.promisedAt).toBe((paid + 48 * hour + 1) * 1_000);
    expect(unpaid.view.promisedAt).toBeNull();
  });

  it('[B5] keeps an order number of 19 digits that came as a JSON number', async () => {
    const text = JSON.stringify({ orders: [anOrder({ order_no: 'NO' })] }).replace('"NO"', '4012345678901234567');
    http.on(base).get('/v1/orders').query(true).reply(200, text);

    const { orders } = await pull();

    expect(orders[0]?.view.channelOrderNo).toBe('4012345678901234567');
  });

  it.each([
    [{ amount: '199.90' }, 'amount'],
    [{ paid_amount: 207.9 }, 'paid_amount'],
    [{ paid_amount: null }, 'paid_amount'],
    [{ created_at: '2026-11-11 00:00:00' }, 'created_at'],
    [{ paid_at: 1_794_326_430_000 }, 'paid_at'],
    [{ currency: 'yuan' }, 'currency'],
    [{ items: [] }, 'items'],
    [{ items: [{ line_id: '1', qty: 1, unit_price: 1 }] }, 'items.0.sku'],
    [{ status: null }, 'status'],
  ])('[B5] that cannot be read (%j) is named with the field, and does not stop its page', async (changes, field) => {
    answerPage([anOrder({ order_no: 'BAD-1', ...changes }), anOrder()]);

    const { orders, skipped } = await pull();

    expect(orders).toHaveLength(1);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]).toMatchObject({ ref: 'BAD-1', reason: expect.stringMatching(new RegExp(`^${field}: `)) });
    expect(skipped[0]?.reason).not.toMatch(/199\.90|207/);
  });

  it('[B5] without a number, or that is no object, is named too', async () => {
    answerPage([anOrder({ order_no: '' }), null, 'row', 7]);

    expect((await pull()).skipped.map(({ ref }) => ref)).toEqual(Array(4).fill('row without order_no'));
  });

  it('[C2] that only carries a hash of the phone is joined inside its shop, and across shops that name the same salt', async () => {
    const receiver = {
      name: '张三',
      phone_hash: 'AB12CD34',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      address: '',
    };
    const phoneOf = async (channel: Channel) => (await readOne({ receiver }, channel)).view.identities[0];

    const mine = await phoneOf(open());
    const other = await phoneOf(open({ shopId: 'other' }));
    const salted = await phoneOf(open({ phoneSalt: 'pepper' }));
    const saltedOther = await phoneOf(open({ shopId: 'other', phoneSalt: 'pepper' }));

    expect(mine?.kind).toBe('phone');
    expect(mine?.value).not.toBe(other?.value);
    expect(salted).toEqual(saltedOther);
    expect(JSON.stringify(salted)).not.toMatch(/pepper|ab12cd34/i);
  });
});

describe('fresh reads', () => {
  it('[B2] ask order by order, at most eight at a time, and leave out what the shop does not know', async () => {
    let now_ = 0;
    let most = 0;
    const nos = Array.from({ length: 20 }, (_, n) => `A/${n}`);
    for (const no of nos) {
      http
        .on(base)
        .get(`/v1/orders/${encodeURIComponent(no)}`)
        .reply(async () => {
          now_ += 1;
          most = Math.max(most, now_);
          await new Promise((resolve) => setTimeout(resolve, 5));
          now_ -= 1;
          return no === 'A/3' ? [404, { error: { code: 'order_not_found' } }] : [200, anOrder({ order_no: no })];
        });
    }

    const { orders } = await open().fetchOrders([...nos, 'A/1'], signal);

    expect(orders.map(({ view }) => view.channelOrderNo).sort()).toEqual(nos.filter((no) => no !== 'A/3').sort());
    expect(most).toBe(8);
  });

  it('take a 404 that is not about the order as a wrong address, not as an absent order', async () => {
    http.on(base).get('/v1/orders/1').reply(404, '<html>nginx</html>');

    expect(await failureOf(open().fetchOrders(['1'], signal))).toMatchObject({
      name: 'RejectedError',
      code: 'HTTP_404',
    });
  });
});

describe('a refusal', () => {
  it.each([
    ['bad_key', 'RejectedError', 'BAD_KEY'],
    ['bad_signature', 'RejectedError', 'BAD_SIGNATURE'],
    ['nonce_replayed', 'RetryableError', 'NONCE_REPLAYED'],
    ['something_new', 'RejectedError', 'SOMETHING_NEW'],
  ])('[B3] %s is a %s', async (code, name, ours) => {
    http
      .on(base)
      .get('/v1/orders')
      .query(true)
      .reply(401, { error: { code, message: `secret is ${credentials.secret}` } });

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name, code: ours });
    expect(error.message).not.toContain(credentials.secret);
  });

  it.each([
    [{ server_time: now / 1_000 + 640 }, {}, '640 s behind'],
    [{}, { date: new Date(now - 400_000).toUTCString() }, '400 s ahead'],
    [{}, {}, 'does not tell'],
  ])('[B3] of our clock says how far it is off: %j %j', async (body, headers, words) => {
    http
      .on(base)
      .get('/v1/orders')
      .query(true)
      .reply(401, { error: { code: 'bad_timestamp' }, ...body }, headers);

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name: 'RejectedError', code: 'BAD_TIMESTAMP' });
    expect(error.message).toContain(words);
  });

  it('of the shape of the page is worth another try', async () => {
    http.on(base).get('/v1/orders').query(true).reply(200, { list: [] });

    expect(await failureOf(pull())).toMatchObject({ name: 'RetryableError', code: 'BAD_PAGE' });
  });
});
