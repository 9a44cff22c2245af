import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/channels/taobao/index.ts';
import { type SignMethod, sign } from '../../../src/adapters/channels/taobao/sign.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import { createIdentifier } from '../../../src/adapters/identifier.ts';
import type { AppError } from '../../../src/domain/errors.ts';
import type { Channel, OrderPage } from '../../../src/ports/channel.ts';
import { at, day, hour, minute } from '../../kit/builders.ts';
import { mockHttp } from '../../kit/http-mock.ts';
import { isLong } from '../../kit/size.ts';

const http = mockHttp();
const base = 'https://eco.taobao.com';
const signal = new AbortController().signal;
const identifier = createIdentifier(Buffer.alloc(32, 7));
const credentials = { appKey: '23000001', appSecret: 'top-secret-demo', session: 'sess-demo' };
const singles = '2026-11-11';

type Json = Record<string, unknown>;
type Form = Record<string, string>;
const fixture = JSON.parse(readFileSync('test/fixtures/taobao/trade.json', 'utf8')) as Json & {
  orders: { order: Json[] };
};
const [firstLine = {}, secondLine = {}] = fixture.orders.order;
const aTrade = (changes: Json = {}): Json => ({ ...fixture, ...changes });
/** One line with these changes. */
const oneLine = (changes: Json = {}): Json => ({ order: [{ ...firstLine, ...changes }] });
const paid = { status: 'WAIT_SELLER_SEND_GOODS', consign_time: '' };
const unsent = { consign_time: '', invoice_no: '', logistics_company: '' };

let now = at('00:33:00', singles);

function open(more: Json = {}, shopId = 'tmall'): Channel {
  return plug.create({
    shopId,
    baseUrl: `${base}/router/rest`,
    credentials: plug.credentials.parse({ ...credentials, ...more }),
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock: { now: () => now, sleep: async () => undefined, every: () => () => undefined },
    identifier,
  });
}

const lists = { updated: 'trades.sold.increment.get', created: 'trades.sold.get' } as const;
const full = 'trade.fullinfo.get';
const jds = 'jds.trade.traces.get';
const memo = 'trade.memo.update';

/** The next call of this interface is answered so; what it asked is kept. */
function answer(name: string, result: Json | string | ((form: Form) => Json)): Form[] {
  const asked: Form[] = [];
  http
    .on(base)
    .post('/router/rest', (form: Form) => form['method'] === `taobao.${name}`)
    .reply(200, (_uri, body) => {
      const form = Object.fromEntries(new URLSearchParams(typeof body === 'string' ? body : ''));
      asked.push(form);
      if (typeof result === 'string') return result;
      const said = typeof result === 'function' ? result(form) : result;
      return 'error_response' in said ? said : { [`${name.replaceAll('.', '_')}_response`]: said };
    });
  return asked;
}

const refuse = (code: number, sub_code?: string, sub_msg = ''): Json => ({
  error_response: { code, msg: 'no', sub_code, sub_msg, request_id: 'r' },
});
const pageOf = (trades: readonly unknown[], total = trades.length): Json => ({
  trades: { trade: trades },
  total_results: total,
});

const hourAgo = () => ({ from: now - hour, to: now });
const pull = (channel = open()): Promise<OrderPage> => channel.pullUpdated(hourAgo(), undefined, signal);

async function readOne(changes: Json = {}, channel = open()) {
  answer(lists.updated, pageOf([aTrade(changes)]));
  const { orders, skipped } = await pull(channel);
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
  const official = {
    app_key: '12345678',
    fields: 'num_iid,title,nick,price,num',
    format: 'json',
    method: 'taobao.item.seller.get',
    num_iid: '11223344',
    session: 'test',
    sign_method: 'md5',
    timestamp: '2016-01-01 12:00:00',
    v: '2.0',
  };
  const own = {
    app_key: '23000001',
    session: 'sess-demo',
    timestamp: '2026-11-11 00:33:00',
    format: 'json',
    v: '2.0',
  };
  const increment = {
    ...own,
    method: 'taobao.trades.sold.increment.get',
    fields: 'tid,modified',
    start_modified: '2026-11-11 00:00:00',
    end_modified: '2026-11-11 00:30:00',
    page_no: '1',
    page_size: '50',
    use_has_next: 'false',
  };

  it('[B1] gives the published vectors (channels.md §10.1)', () => {
    expect(sign('helloworld', 'md5', official)).toBe('66987CB115214E59E6EC978214934FB8');
    expect(sign('helloworld', 'hmac', official)).toBe('B4DDA503460D60A86B16E950E5D303E9');
  });

  it.each<[SignMethod, string]>([
    ['md5', 'EC05DD62C61BB1D80EC7FCC66B248549'],
    ['hmac', '7674CDD5E2174A677495BA1FEB2C5E46'],
    ['hmac-sha256', '0CBDDC762AE7B1FF96989207C656A0B2EEB31506F2D32B49F103317542013278'],
  ])('[B1] signs a window with %s', (method, expected) => {
    expect(sign('top-secret-demo', method, { ...increment, sign_method: method })).toBe(expected);
  });

  it('[B1] signs Chinese, & and + as they are', () => {
    const note = {
      ...own,
      sign_method: 'md5',
      method: 'taobao.trade.memo.update',
      tid: '4012345678901234567',
      flag: '1',
      memo: '地址异常 待核实&A=B+C',
    };

    expect(sign('top-secret-demo', 'md5', note)).toBe('40CAB90901C15166234C12B6A2EE2B72');
  });

  it.each(['md5', 'hmac', 'hmac-sha256'] as const)('[B1] sends what it signed, by %s', async (signMethod) => {
    const asked = answer(lists.updated, pageOf([]));
    await pull(open({ signMethod }));

    const { sign: sent, ...form } = asked[0] ?? {};
    expect(form).toMatchObject({ ...own, sign_method: signMethod, method: 'taobao.trades.sold.increment.get' });
    expect(sent).toBe(sign('top-secret-demo', signMethod, form));
    expect(Object.values(form)).not.toContain('');
  });
});

describe('credentials', () => {
  it.each([
    ['2027-03-01', Date.UTC(2027, 1, 28, 16)],
    ['2027-03-01 08:00:00', Date.UTC(2027, 2, 1)],
    ['2027-03-01T00:00:00Z', Date.UTC(2027, 2, 1)],
    [undefined, null],
  ])('[B3] tell when the session ends: %s', (sessionEndsAt, expected) => {
    expect(open({ sessionEndsAt }).grantEndsAt()).toBe(expected);
  });

  it.each(['next spring', '2027', '2027-02-30'])('[B3] refuse an end that is no date: %s', (sessionEndsAt) => {
    const parsed = plug.credentials.safeParse({ ...credentials, sessionEndsAt });

    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual(['sessionEndsAt']);
  });
});

describe('a window', () => {
  it('[B2] is asked in whole seconds of Beijing that hold all of it, for every kind of trade', async () => {
    const asked = answer(lists.updated, pageOf([]));
    await open().pullUpdated({ from: at('00:00:00.500', singles), to: at('00:29:59.001', singles) }, undefined, signal);

    expect(asked[0]).toMatchObject({
      start_modified: '2026-11-11 00:00:00',
      end_modified: '2026-11-11 00:30:00',
      page_no: '1',
      page_size: '50',
      use_has_next: 'false',
      type: expect.stringMatching(/guarantee_trade.*cod.*tmall_i18n/),
      fields: expect.stringMatching(/^tid,tid_str,.*receiver_mobile.*oaid.*orders$/),
    });
  });

  it('[B4] of creation gives nothing that was placed at its end or later', async () => {
    const to = at('00:00:00', singles);
    const asked = answer(lists.created, pageOf([aTrade(), aTrade({ tid_str: '40', created: '2026-11-10 23:59:59' })]));
    const { orders } = await open().pullCreated({ from: to - day, to }, undefined, signal);

    expect(asked[0]).toMatchObject({ start_created: '2026-11-10 00:00:00', end_created: '2026-11-11 00:00:00' });
    expect(orders.map(({ view }) => view.channelOrderNo)).toEqual(['40']);
  });

  /** Pulls until the end; answers `[page, counted, rows]` of each call. */
  async function walkThrough(totals: (call: number) => number, window = hourAgo()): Promise<string[]> {
    const calls: string[] = [];
    const channel = open();
    let cursor: string | undefined;
    do {
      answer(lists.updated, (form) => {
        const total = totals(calls.length);
        const span = `${form['start_modified']?.slice(11)}-${form['end_modified']?.slice(11)}`;
        calls.push(`${span} ${form['page_no']}${form['use_has_next'] === 'false' ? ' counted' : ''}`);
        return { has_next: false, trades: { trade: [] }, total_results: total };
      });
      cursor = (await channel.pullUpdated(window, cursor, signal)).next;
    } while (cursor !== undefined);
    return calls;
  }

  it('[B2] that fits on a page is read at once', async () => {
    expect(await walkThrough(() => 50)).toEqual(['23:33:00-00:33:00 1 counted']);
  });

  it('[B2] is paged from the last page to the first when it is past', async () => {
    expect(await walkThrough(() => 151, { from: now - 2 * hour, to: now - hour })).toEqual([
      '22:33:00-23:33:00 1 counted',
      '22:33:00-23:33:00 4',
      '22:33:00-23:33:00 3',
      '22:33:00-23:33:00 2',
      '22:33:00-23:33:00 1 counted',
    ]);
  });

  it('[B2] up to now is read in two: what may still grow does not push the rest about', async () => {
    const counts = [151, 130, 0, 0, 130, 20];

    expect(await walkThrough((call) => counts[call] ?? 0)).toEqual([
      '23:33:00-00:33:00 1 counted',
      '23:33:00-00:32:00 1 counted',
      '23:33:00-00:32:00 3',
      '23:33:00-00:32:00 2',
      '23:33:00-00:32:00 1 counted',
      '00:32:00-00:33:00 1 counted',
    ]);
  });

  it('[B2] that grew while it was read is read again', async () => {
    const window = { from: now - 2 * hour, to: now - hour };
    const counts = [60, 0, 101, 0, 0, 101];

    expect((await walkThrough((call) => counts[call] ?? 0, window)).map((call) => call.slice(18))).toEqual([
      '1 counted',
      '2',
      '1 counted',
      '3',
      '2',
      '1 counted',
    ]);
  });

  it('[B2] goes on after a restart where it stopped, and begins again from a place that is not ours', async () => {
    answer(lists.updated, pageOf([], 151));
    const { next } = await pull();
    answer(lists.updated, pageOf([aTrade()], 1));

    expect((await open().pullUpdated(hourAgo(), next, signal)).orders).toHaveLength(1);
    expect(await failureOf(open().pullUpdated(hourAgo(), '2', signal))).toMatchObject({
      name: 'RejectedError',
      code: 'BAD_CURSOR',
    });
  });

  it.each([
    ['nothing at all', { request_id: 'r' }, 0],
    ['no wrapper', { trades: [aTrade()], total_results: '1' }, 1],
    ['one trade without a list', { trades: { trade: aTrade() }, total_results: 1 }, 1],
    ['one line without a list', { trades: { trade: [aTrade({ orders: { order: firstLine } })] }, total_results: 1 }, 1],
    ['an empty wrapper', { trades: {}, total_results: 0 }, 0],
  ])('[B5] may answer %s', async (_what, result, expected) => {
    answer(lists.updated, result);

    const { orders, skipped, next } = await pull();

    expect([orders.length, skipped.length, next]).toEqual([expected, 0, undefined]);
  });

  it('[B1] that does not tell how many rows there are is worth another try', async () => {
    answer(lists.updated, { trades: { trade: Array.from({ length: 50 }, () => aTrade()) }, has_next: true });

    expect(await failureOf(pull())).toMatchObject({ name: 'RetryableError', code: 'BAD_PAGE' });
  });
});

describe('a trade', () => {
  it('[B5] is read into the neutral view, field by field', async () => {
    const { view, receiver, visibleAt } = await readOne();

    expect(view).toEqual({
      shopId: 'tmall',
      channelOrderNo: '4012345678901234567',
      status: 'shipped',
      sourceStatus: 'WAIT_BUYER_CONFIRM_GOODS',
      sourceUpdatedAt: at('10:12:03', singles),
      kind: 'sale',
      placedAt: at('00:00:00', singles),
      paidAt: at('00:01:05', singles),
      sortedAt: null,
      shippedAt: at('10:10:00', singles),
      scannedAt: null,
      deliveredAt: null,
      closedAt: null,
      shipBy: at('00:01:05', '2026-11-13'),
      promisedAt: null,
      currency: 'CNY',
      goodsMinor: 10_980,
      freightMinor: 800,
      paidMinor: 10_780,
      refund: 'none',
      refundAt: null,
      held: false,
      addressChange: 'none',
      buyerNote: '绣字：平安',
      remark: '先发',
      flag: 'red',
      receiver: { name: '张*', phone: '138****5678', province: '浙江省', city: '杭州市', district: '西湖区' },
      lines: [
        {
          lineId: '4012345678901234568',
          sku: 'XZ-BK-L',
          title: '绣字卫衣 黑色 L',
          qty: 2,
          unitMinor: 2_995,
          paidMinor: 5_490,
        },
        { lineId: '4012345678901234569', sku: 'TX01', title: '纯棉T恤', qty: 1, unitMinor: 4_990, paidMinor: 4_490 },
      ],
      shipments: [
        { carrier: '圆通速递', waybill: 'YT0000000001', shippedAt: at('10:10:00', singles) },
        { carrier: '中通快递', waybill: '78000000000002', shippedAt: at('10:11:00', singles) },
      ],
      identities: [
        identifier.key('receiver', '1AbCdEfOaidOaidOaid', 'taobao/tmall'),
        expect.objectContaining({ kind: 'buyer' }),
        identifier.key('mask', JSON.stringify(['138****5678', '张**', '西湖区']), 'taobao/tmall'),
      ],
    });
    expect(receiver).toBeNull();
    expect(visibleAt).toBeNull();
    expect(JSON.stringify(view)).not.toMatch(/文三|1AbCdEf|AAGM90|t\*\*/);
  });

  it('[B5] keeps the digits of numbers that JSON cannot hold', async () => {
    const text = JSON.stringify({ trades_sold_increment_get_response: pageOf([aTrade({ tid: 0, tid_str: null })]) });
    answer(lists.updated, text.replace('"tid":0', '"tid":4012345678901234567'));

    expect((await pull()).orders[0]?.view.channelOrderNo).toBe('4012345678901234567');
  });

  it.each([
    ['TRADE_NO_CREATE_PAY', 'created', false],
    ['WAIT_BUYER_PAY', 'created', false],
    ['PAY_PENDING', 'created', false],
    ['WAIT_PRE_AUTH_CONFIRM', 'created', false],
    ['PAID_FORBID_CONSIGN', 'paid', true],
    ['WAIT_SELLER_SEND_GOODS', 'paid', true],
    ['SELLER_CONSIGNED_PART', 'shipped', true],
    ['WAIT_BUYER_CONFIRM_GOODS', 'shipped', true],
    ['TRADE_BUYER_SIGNED', 'delivered', true],
    ['TRADE_FINISHED', 'delivered', true],
    ['TRADE_CLOSED', 'refunded', true],
    ['TRADE_CLOSED_BY_TAOBAO', 'closed', false],
    ['WAIT_FOR_THE_MOON', 'unknown', true],
    ['toString', 'unknown', true],
  ])('[B5] in %s is %s', async (status, expected, isPaid) => {
    const { view } = await readOne({ status });

    expect(view).toMatchObject({ status: expected, sourceStatus: status });
    expect([view.paidAt !== null, view.paidMinor > 0]).toEqual([isPaid, isPaid]);
    expect(view.closedAt !== null).toBe(status.startsWith('TRADE_CLOSED'));
    expect(view.held).toBe(status === 'PAID_FORBID_CONSIGN');
  });

  it.each([
    ['FRONT_NOPAID_FINAL_NOPAID', 'WAIT_BUYER_PAY', 'created', null],
    ['FRONT_PAID_FINAL_NOPAID', 'WAIT_BUYER_PAY', 'created', null],
    ['FRONT_PAID_FINAL_NOPAID', 'WAIT_SELLER_SEND_GOODS', 'created', null],
    ['FRONT_PAID_FINAL_PAID', 'WAIT_SELLER_SEND_GOODS', 'paid', at('00:01:05', singles)],
    ['FRONT_PAID_FRONT_FORFEITED', 'TRADE_CLOSED_BY_TAOBAO', 'closed', null],
    ['FRONT_HALF', 'WAIT_SELLER_SEND_GOODS', 'unknown', at('00:01:05', singles)],
  ])('[B5] of a presale at %s in %s is %s: a deposit is not a payment', async (step, status, expected, paidAt) => {
    const { view } = await readOne({ ...paid, type: 'step', step_trade_status: step, status, step_paid_fee: '50.00' });

    expect(view).toMatchObject({ status: expected, paidAt });
  });

  it.each([
    [['WAIT_SELLER_AGREE', 'NO_REFUND'], 'requested', 'refunding'],
    [['NO_REFUND', 'WAIT_BUYER_RETURN_GOODS'], 'accepted', 'refunding'],
    [['WAIT_SELLER_CONFIRM_GOODS', 'WAIT_SELLER_AGREE'], 'requested', 'refunding'],
    [['SELLER_REFUSE_BUYER', 'NO_REFUND'], 'closed', 'paid'],
    [['CLOSED', undefined], 'closed', 'paid'],
    [['SUCCESS', 'NO_REFUND'], 'none', 'paid'],
    [['SUCCESS', 'WAIT_SELLER_AGREE'], 'requested', 'refunding'],
    [['SUCCESS', 'SUCCESS'], 'done', 'refunded'],
    [['WAIT_FOR_IT', 'NO_REFUND'], 'none', 'unknown'],
  ])('[P4] with refunds %j of its lines has %s and is %s', async (states, refund, status) => {
    const order = states.map((refund_status, index) => ({ ...fixture.orders.order[index], ...unsent, refund_status }));
    const { view } = await readOne({ ...paid, orders: { order } });

    expect(view).toMatchObject({ refund, status });
    expect(view.closedAt !== null).toBe(status === 'refunded');
    if (status === 'unknown') expect(view.sourceStatus).toBe('WAIT_SELLER_SEND_GOODS, refund WAIT_FOR_IT');
  });

  it('[P4] that was sent and is asked back was sent all the same', async () => {
    const orders = oneLine({ ...unsent, refund_status: 'WAIT_SELLER_AGREE' });

    expect((await readOne({ orders })).view).toMatchObject({ status: 'refunding', shippedAt: at('10:10:00', singles) });
    expect((await readOne({ orders, consign_time: null })).view.shippedAt).toBe(at('10:12:03', singles));
  });

  it('[A10] may be told to be scanned and signed by the platform', async () => {
    const collected = (await readOne({ collect_time: '2026-11-11 18:00:00' })).view;
    const signed = (await readOne({ collect_time: '2026-11-11 18:00:00', sign_time: '2026-11-12 09:00:00' })).view;

    expect(collected).toMatchObject({ status: 'in_transit', scannedAt: at('18:00:00', singles), deliveredAt: null });
    expect(signed).toMatchObject({ status: 'delivered', deliveredAt: at('09:00:00', '2026-11-12') });
  });

  it('[P4] that came back after its delivery was delivered, and is over whatever its lines say', async () => {
    const way = { status: 'TRADE_CLOSED', collect_time: '2026-11-11 18:00:00', sign_time: '2026-11-12 09:00:00' };
    const { view } = await readOne({ ...way, orders: oneLine({ refund_status: 'NEW_WORD' }) });

    expect(view).toMatchObject({ status: 'unknown', scannedAt: at('18:00:00', singles), refund: 'done' });
    expect(view.deliveredAt).toBe(at('09:00:00', '2026-11-12'));
    expect(view.closedAt).toBe(at('10:12:03', singles));
  });

  it('[A10] is not believed to be on its way before it was sent', async () => {
    const promised = { ...paid, collect_time: '2026-11-12 18:00:00', sign_time: '2026-11-14 09:00:00' };

    expect((await readOne({ ...promised, orders: oneLine(unsent) })).view).toMatchObject({
      status: 'paid',
      scannedAt: null,
      deliveredAt: null,
    });
  });

  it.each([
    ['0', ''],
    [5, 'purple'],
    ['9', '9'],
    ['toString', 'toString'],
  ])('[B5] with the flag %s shows %s', async (seller_flag, flag) => {
    expect((await readOne({ seller_flag })).view.flag).toBe(flag);
  });

  it.each([
    [{ top_hold: 1 }, true],
    [{ top_hold: '0', forbid_consign: 0 }, false],
    [{ forbid_consign: true }, true],
  ])('[A9] with %j is held: %s', async (changes, held) => {
    expect((await readOne({ ...paid, ...changes })).view.held).toBe(held);
  });

  it.each([
    [{ lm: '1' }, 'changed'],
    [{ lm: 0, orders: oneLine({ modify_address: 1 }) }, 'changed'],
    [{ orders: oneLine({ modify_address: '2' }) }, 'none'],
  ])('[P5] with %j has its address %s since it was paid', async (changes, addressChange) => {
    expect((await readOne(changes)).view.addressChange).toBe(addressChange);
  });

  it.each([
    ['', '2026-11-13 00:01:05', false],
    ['2026-11-20 12:00:00', '2026-11-20 12:00:00', true],
    ['2026-11-20', '2026-11-21 00:00:00', true],
    ['2026年11月20日24点前', '2026-11-21 00:00:00', true],
    ['2026年1月5日', '2026-01-06 00:00:00', false],
    ['付款后7天内发货', '2026-11-18 00:01:05', true],
    ['付款后24小时内', '2026-11-12 00:01:05', false],
    ['尽快', undefined, false],
  ])('[P7] that says "%s" is to be sent by %s', async (estimate_con_time, shipBy, isLater) => {
    const { view } = await readOne({ ...paid, orders: oneLine({ ...unsent, estimate_con_time }) });
    const [date, time] = shipBy?.split(' ') ?? [];

    expect(view.shipBy).toBe(shipBy === undefined ? null : at(time ?? '', date));
    expect(view.promisedAt).toBe(isLater ? view.shipBy : null);
  });

  it('[P7] waits for the first of its lines that is still wanted', async () => {
    const order = [
      { ...firstLine, estimate_con_time: '付款后10天内发货' },
      { ...secondLine, estimate_con_time: '付款后1天内发货', refund_status: 'SUCCESS' },
    ];

    expect((await readOne({ ...paid, orders: { order } })).view.shipBy).toBe(at('00:01:05', '2026-11-21'));
    expect((await readOne({ ...paid, pay_time: null })).view.shipBy).toBeNull();
  });

  it('[A9] in one parcel, however many lines, has one shipment', async () => {
    const order = fixture.orders.order.map((line) => ({
      ...line,
      invoice_no: 'yt1, YT2',
      logistics_company: '圆通速递',
    }));

    expect((await readOne({ orders: { order } })).view.shipments.map(({ waybill }) => waybill)).toEqual(['yt1', 'YT2']);
  });

  it('[B5] of one line counts its postage once', async () => {
    const orders = oneLine({ divide_order_fee: null, payment: '67.90' });

    expect((await readOne({ orders, payment: '67.90' })).view.lines[0]?.paidMinor).toBe(5_990);
  });

  it('[B5] may leave out, blank or zero everything that is optional', async () => {
    const { tid, created, modified, payment } = fixture;
    const orders = [{ num: 1, payment: '107.80' }];
    answer(
      lists.updated,
      pageOf([
        {
          tid,
          created,
          modified,
          payment,
          status: 'WAIT_BUYER_PAY',
          orders,
          pay_time: 0,
          end_time: '0000-00-00 00:00:00',
        },
      ]),
    );

    const { view, receiver } = (await pull()).orders[0] ?? {};

    expect(view).toMatchObject({
      paidAt: null,
      shippedAt: null,
      shipBy: null,
      freightMinor: 0,
      goodsMinor: 10_780,
      flag: '',
      identities: [],
      shipments: [],
      lines: [{ lineId: `${String(tid)}-1`, sku: '', title: '', qty: 1, unitMinor: 10_780, paidMinor: 10_780 }],
    });
    expect(receiver).toBeNull();
  });

  it.each([
    [{ payment: '1.234' }, 'payment'],
    [{ pay_time: 'yesterday' }, 'pay_time'],
    [{ modified: '' }, 'modified'],
    [{ status: null }, 'status'],
    [{ orders: oneLine({ num: 0 }) }, 'lines.0.num'],
    [{ orders: oneLine({ price: 'free' }) }, 'lines.0.price'],
  ])('[B5] that cannot be read (%j) is named with the field, and does not stop its page', async (changes, field) => {
    answer(lists.updated, pageOf([aTrade({ tid: 1, tid_str: '17', ...changes }), aTrade(), null, 'row']));

    const { orders, skipped } = await pull();

    expect(orders).toHaveLength(1);
    expect(skipped.map(({ ref }) => ref)).toEqual(['17', 'row without tid', 'row without tid']);
    expect(skipped[0]?.reason).toMatch(new RegExp(`^${field}: `));
    expect(skipped[0]?.reason).not.toMatch(/1\.234|yesterday|free/);
  });

  it('[C2] shares its buyer with the other shops of one app, and its receiver with none', async () => {
    const kinds = async (channel: Channel) =>
      new Map((await readOne({}, channel)).view.identities.map((key) => [key.kind, key]));

    const mine = await kinds(open());
    const other = await kinds(open({}, 'second'));
    const foreign = await kinds(open({ appKey: '99' }, 'third'));

    expect(other.get('buyer')).toEqual(mine.get('buyer'));
    expect(foreign.get('buyer')).not.toEqual(mine.get('buyer'));
    expect(other.get('receiver')).not.toEqual(mine.get('receiver'));
    expect(JSON.stringify([...mine.values()])).not.toContain('23000001');
  });

  it('[B5] with a receiver in the clear hands it over apart, and knows the phone', async () => {
    const receiver_address = '文三路 1 号';
    const { view, receiver } = await readOne({
      receiver_name: '张三',
      receiver_mobile: '13800005678',
      receiver_address,
    });

    expect(receiver).toEqual({ name: '张三', phone: '13800005678', address: '文三路 1 号' });
    expect(view.receiver).toMatchObject({ name: '张*', phone: '138****5678' });
    expect(view.identities.map(({ kind }) => kind)).toEqual(['phone', 'receiver', 'buyer']);
    expect(JSON.stringify(view)).not.toMatch(/张三|13800005678|文三路/);
  });
});

describe('a row of a list that leaves something out', () => {
  const { buyer_message: _message, seller_memo: _memo, ...partial } = fixture;

  it.each([
    ['the note', { ...aTrade({ seller_flag: 0 }), buyer_message: '' }],
    ['the memo behind a flag', aTrade({ seller_memo: '' })],
    ['its lines', aTrade({ orders: undefined })],
    ['its date', aTrade({ created: '' })],
    ['what was paid', aTrade({ payment: '' })],
  ])('[B5] (%s) is read in full', async (_what, row) => {
    answer(lists.updated, pageOf([row]));
    const asked = answer(full, { trade: aTrade() });

    const { orders } = await pull();

    expect(orders[0]?.view).toMatchObject({ buyerNote: '绣字：平安', remark: '先发', paidMinor: 10_780 });
    expect(asked[0]).toMatchObject({ tid: '4012345678901234567', include_oaid: 'true' });
  });

  it('[B6] is read in full once as long as it does not change', async () => {
    const channel = open();
    for (const modified of ['2026-11-11 10:12:03', '2026-11-11 10:12:03', '2026-11-11 10:13:00'])
      answer(lists.updated, pageOf([{ ...partial, modified }]));
    const first = answer(full, { trade: aTrade() });
    const second = answer(full, { trade: aTrade({ modified: '2026-11-11 10:13:00' }) });

    for (let round = 0; round < 3; round += 1) await pull(channel);

    expect([first.length, second.length]).toEqual([1, 1]);
  });

  it('[B5] is not asked for again when nothing is behind it', async () => {
    answer(lists.updated, pageOf([{ ...partial, has_buyer_message: false, seller_flag: 0 }]));

    expect((await pull()).orders[0]?.view).toMatchObject({ buyerNote: '', remark: '', flag: '' });
  });

  it('[B5] and that is no longer there stands for itself', async () => {
    answer(lists.updated, pageOf([aTrade({ seller_memo: '' })]));
    answer(full, refuse(15, 'isv.trade-not-exist'));

    expect((await pull()).orders).toHaveLength(1);
  });
});

describe('a fresh read', () => {
  const sorted = (...traces: [string, string][]): Json => ({
    traces: { trade_trace: traces.map(([status, action_time]) => ({ tid: 1, status, action_time, seller_nick: 'x' })) },
  });
  const waiting = aTrade({ ...paid, orders: oneLine(unsent) });

  it('[I1] learns from the warehouse when sorting began, for trades that wait for it', async () => {
    const asked = answer(full, { trade: waiting });
    answer(
      jds,
      sorted(
        ['X_TO_SYSTEM', '2026-11-11 00:02:00'],
        ['X_OUT_WAREHOUSE', '2026-11-11 01:40:00'],
        ['X_SORTED', '2026-11-11 01:30:00'],
        ['X_DREAMT', '2026-11-11 00:30:00'],
      ),
    );

    const { orders } = await open().fetchOrders(['4012345678901234567', '4012345678901234567'], signal);

    expect(orders.map(({ view }) => view.sortedAt)).toEqual([at('01:30:00', singles)]);
    expect(asked[0]?.['tid']).toBe('4012345678901234567');
  });

  it.each([
    ['is shipped', aTrade()],
    ['is not paid', aTrade({ status: 'WAIT_BUYER_PAY' })],
    ['is closed', aTrade({ status: 'TRADE_CLOSED' })],
  ])('[I1] asks no warehouse about a trade that %s', async (_why, trade) => {
    answer(full, { trade });

    expect((await open().fetchOrders(['1'], signal)).orders[0]?.view.sortedAt).toBeNull();
  });

  it.each([
    ['uploads nothing', { request_id: 'r' }],
    ['has not come to it', sorted(['X_TO_SYSTEM', '2026-11-11 00:02:00'])],
    ['uploads no time', sorted(['X_SORTED', ''])],
    ['does not know it', refuse(15, 'isv.trade-not-exist')],
  ])('[I1] reads on when the warehouse %s', async (_why, traces) => {
    answer(full, { trade: waiting });
    answer(jds, traces);

    expect((await open().fetchOrders(['1'], signal)).orders[0]?.view).toMatchObject({ status: 'paid', sortedAt: null });
  });

  it('[I1] asks for the warehouse again after an hour when the app has no right to it', async () => {
    const channel = open();
    const start = now;
    const read = async (trade = waiting): Promise<void> => {
      answer(full, { trade });
      await channel.fetchOrders(['1'], signal);
    };
    answer(jds, refuse(11, 'isv.permission-api-package-not-allowed'));
    await read();
    now = start + 59 * minute;
    await read();
    now = start + hour;
    const again = answer(jds, sorted());
    await read();
    now = start;

    expect(again).toHaveLength(1);
  });

  it('[I1] fails when the warehouse could not be asked: that is not "not sorted"', async () => {
    answer(full, { trade: waiting });
    answer(jds, refuse(7, 'accesscontrol.limited-by-api-access-count', 'This ban will last for 71 more seconds'));

    expect(await failureOf(open().fetchOrders(['1'], signal))).toMatchObject({
      name: 'RateLimitedError',
      afterMs: 71_000,
    });
  });

  it('[B2] leaves out what the shop does not know, and what is no number of this platform', async () => {
    answer(full, refuse(15, 'isv.trade-not-exist'));

    expect(await open().fetchOrders(['1', '20261111-1', ''], signal)).toEqual({
      orders: [],
      skipped: [],
      next: undefined,
    });
  });

  it('[B5] names what it cannot read', async () => {
    answer(full, { trade: aTrade({ created: '' }) });

    expect((await open().fetchOrders(['1'], signal)).skipped).toEqual([
      { ref: '4012345678901234567', reason: 'created: missing' },
    ]);
  });
});

describe('a remark', () => {
  const tid = '4012345678901234567';
  const add = (text: string, flag?: 'risk' | 'attention' | 'fine') =>
    open().addRemark?.(tid, { text, flag }, signal) ?? Promise.reject(new Error('has none'));
  const noted = (seller_memo: string, seller_flag: unknown = 3): Form[] =>
    answer(full, { trade: aTrade({ seller_memo, seller_flag }) });

  it.each([
    ['risk', '1', 'red'],
    ['attention', '2', 'yellow'],
    ['fine', '3', 'green'],
  ] as const)('[N2] goes behind what people wrote, with the flag %s', async (flag, digit, colour) => {
    noted('客户要周五发', 4);
    const asked = answer(memo, { trade: { tid: 1, modified: '2026-11-11 10:20:00' } });

    const outcome = await add('【作战群】核实地址 A&B+C', flag);

    expect(outcome).toEqual({
      kind: 'done',
      value: { remark: '客户要周五发\n【作战群】核实地址 A&B+C', flag: colour },
    });
    expect(asked[0]).toMatchObject({ tid, memo: '客户要周五发\n【作战群】核实地址 A&B+C', flag: digit });
    expect(asked[0]).not.toHaveProperty('reset');
  });

  it('[N2] without a flag keeps the one that is there, which the platform would turn grey', async () => {
    noted('', 5);
    const asked = answer(memo, { trade: { tid: 1 } });

    expect(await add('加急')).toMatchObject({ kind: 'done', value: { remark: '加急', flag: 'purple' } });
    expect(asked[0]).toMatchObject({ memo: '加急', flag: '5' });
  });

  it('[N2] that is there already is not written again', async () => {
    noted('客户要周五发\n加急', 1);

    expect(await add('加急', 'risk')).toEqual({
      kind: 'already',
      value: { remark: '客户要周五发\n加急', flag: 'red' },
    });
  });

  it('[N2] that is there under another flag changes the flag alone', async () => {
    noted('加急');
    const asked = answer(memo, { trade: { tid: 1 } });

    expect(await add('加急', 'risk')).toMatchObject({ kind: 'done', value: { remark: '加急', flag: 'red' } });
    expect(asked[0]).toMatchObject({ memo: '加急', flag: '1' });
  });

  it('[N2] that would not fit is refused before anything is lost', async () => {
    noted('长'.repeat(330));

    expect(await add('再加一句')).toEqual({ kind: 'refused', code: 'limit' });
  });

  it.each([
    [refuse(15, 'isv.trade-not-exist'), { kind: 'refused', code: 'not_found' }],
    [refuse(11), { kind: 'refused', code: 'forbidden', providerCode: 'NO_PERMISSION' }],
    [refuse(27), { kind: 'refused', code: 'forbidden', providerCode: 'AUTH_EXPIRED' }],
    [refuse(15, 'isv.memo-too-long'), { kind: 'refused', code: 'other' }],
    [refuse(7), { kind: 'retryable', afterMs: 2_000 }],
    [refuse(15, 'isp.remote-service-timeout'), { kind: 'unknown' }],
    [refuse(10), { kind: 'unknown' }],
    ['<html>', { kind: 'unknown' }],
    [{ request_id: 'r' }, { kind: 'unknown' }],
  ])('[N2] answered with %j is %j', async (result, expected) => {
    noted('');
    answer(memo, result);

    expect(await add('加急')).toMatchObject(expected);
  });

  it('[N2] of a trade that the shop does not have is refused', async () => {
    answer(full, refuse(15, 'isv.trade-not-exist'));

    expect(await add('加急')).toEqual({ kind: 'refused', code: 'not_found' });
  });
});

describe('a refusal', () => {
  it.each([
    [7, 'accesscontrol.limited-by-app-access-count', 'RateLimitedError', 'RATE_LIMITED'],
    [15, 'accesscontrol.limited-by-dynamic-access-count', 'RateLimitedError', 'RATE_LIMITED'],
    [10, undefined, 'RetryableError', 'TOP_10'],
    [15, undefined, 'RetryableError', 'TOP_15'],
    [15, 'isp.remote-service-error', 'RetryableError', 'TOP_15'],
    [26, undefined, 'AuthExpiredError', 'AUTH_EXPIRED'],
    [27, 'invalid-sessionkey', 'AuthExpiredError', 'AUTH_EXPIRED'],
    [11, 'isv.permission-ip-whitelist-limit', 'RejectedError', 'BAD_IP'],
    [12, undefined, 'RejectedError', 'NO_PERMISSION'],
    [25, undefined, 'RejectedError', 'BAD_SIGNATURE'],
    [29, undefined, 'RejectedError', 'BAD_APP_KEY'],
    [31, undefined, 'RejectedError', 'BAD_TIMESTAMP'],
    [41, 'isv.invalid-parameter:end_modified', 'RejectedError', 'TOP_41'],
    [999, undefined, 'RejectedError', 'TOP_999'],
  ])('[B3] with %i %s is a %s', async (code, sub_code, name, ours) => {
    answer(lists.updated, refuse(code, sub_code, `secret is ${credentials.appSecret}`));

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name, code: ours });
    expect(error.message).toContain('taobao.trades.sold.increment.get');
    expect(error.message).not.toMatch(/secret is|end_modified|top-secret/);
  });

  it.each([
    ['This ban will last for 1 more seconds', 1_000],
    ['This ban will last for 31062 more seconds', 31_062_000],
    ['This ban will last for 9999999 more seconds', day],
    ['稍后再试', 2_000],
  ])('[B1] of too many calls waits as long as it says: %s', async (sub_msg, afterMs) => {
    answer(lists.updated, refuse(7, 'accesscontrol.limited-by-api-access-count', sub_msg));

    expect((await failureOf(pull())).afterMs).toBe(afterMs);
  });

  it.each(['{}', '[]', '{"data":{"code":0}}', '<?xml version="1.0"?><error_response/>'])(
    '[B1] and anything that is no answer (%s) is worth another try',
    async (text) => {
      answer(lists.updated, text);

      expect((await failureOf(pull())).name).toBe('RetryableError');
    },
  );
});

describe('samples of the platform', () => {
  /** Our own copies of their shapes stand in where the samples are not. */
  const line = { adjust_fee: '0.00', buyer_rate: 'false', num: 1, payment: '55.00' };
  const old = (tid: string): Json => ({
    tid,
    type: 'fixed',
    created: '',
    payment: '',
    status: 'WAIT_BUYER_CONFIRM_GOODS',
    modified: '2012-11-16 13:02:06',
    num: '1',
    end_time: '',
    total_fee: '0.00',
  });
  const own: Record<string, Json> = {
    'sign_vector_official.json': {
      app_secret: 'helloworld',
      params: {
        method: 'taobao.item.seller.get',
        app_key: '12345678',
        fields: 'num_iid,title,nick,price,num',
        format: 'json',
        num_iid: '11223344',
        session: 'test',
        sign_method: 'md5',
        timestamp: '2016-01-01 12:00:00',
        v: '2.0',
      },
      sign: '66987CB115214E59E6EC978214934FB8',
    },
    'trade_fullinfo_flat_order_array_2012.json': {
      ...{
        tid: '20121116277367',
        status: 'WAIT_BUYER_CONFIRM_GOODS',
        created: '2012-11-16 12:41:44',
        modified: '2012-11-16 13:02:06',
      },
      ...{
        pay_time: '2012-11-16 12:49:24',
        payment: '43.0000',
        post_fee: '15.00',
        end_time: '',
        num: '1',
        orderType: null,
      },
      ...{
        receiver_name: '测试',
        receiver_mobile: '13000000000',
        receiver_address: '北京',
        receiver_state: '北京市',
        receiver_city: '北京市',
        receiver_district: '崇文区',
      },
      order: [line, line],
    },
    'trades_sold_increment_allstrings_2012.json': {
      trades_sold_increment_get_response: {
        trades: { trade: ['20121116277367', '20121116739568'].map(old) },
        total_results: '2',
      },
    },
  };
  const sample = (name: string): Json => {
    const path = join(process.env['WARROOM_SAMPLES'] ?? '', 'samples/taobao', name);
    if (process.env['WARROOM_SAMPLES'] !== undefined && existsSync(path))
      return JSON.parse(readFileSync(path, 'utf8')) as Json;
    if (isLong) throw new Error(`WARROOM_SAMPLES must name the folder that holds ${path}`);
    return own[name] as Json;
  };
  const flat = sample('trade_fullinfo_flat_order_array_2012.json');

  it('[B1] sign as the platform does', () => {
    const vector = sample('sign_vector_official.json') as { app_secret: string; params: Form; sign: string };

    expect(sign(vector.app_secret, 'md5', vector.params)).toBe(vector.sign);
  });

  it('[B5] of 2012, a full trade with bare lines, is read field by field', async () => {
    answer(full, { trade: flat });

    const { orders, skipped } = await open().fetchOrders(['20121116277367'], signal);
    const [order] = orders;

    expect(skipped).toEqual([]);
    expect(order?.view).toMatchObject({
      channelOrderNo: '20121116277367',
      status: 'shipped',
      sourceStatus: 'WAIT_BUYER_CONFIRM_GOODS',
      placedAt: at('12:41:44', '2012-11-16'),
      paidAt: at('12:49:24', '2012-11-16'),
      sourceUpdatedAt: at('13:02:06', '2012-11-16'),
      shippedAt: null,
      deliveredAt: null,
      closedAt: null,
      paidMinor: 4_300,
      freightMinor: 1_500,
      goodsMinor: 2_800,
      refund: 'none',
      receiver: { name: '测*', phone: '130****0000', province: '北京市', city: '北京市', district: '崇文区' },
      lines: [
        { lineId: '20121116277367-1', qty: 1, paidMinor: 5_500 },
        { lineId: '20121116277367-2', qty: 1, paidMinor: 5_500 },
      ],
      shipments: [],
    });
    expect(order?.view.identities).toEqual([identifier.phone('13000000000', 'CN')]);
    expect(order?.receiver).toEqual({ name: '测试', phone: '13000000000', address: '北京' });
  });

  it('[B5] of 2012, a list of strings that tells next to nothing, is read in full, trade by trade', async () => {
    const list = sample('trades_sold_increment_allstrings_2012.json')['trades_sold_increment_get_response'] as {
      trades: { trade: Json[] };
    };
    const trades = list.trades.trade;
    answer(lists.updated, list);
    for (const _ of trades)
      answer(full, ({ tid }) => (tid === flat['tid'] ? { trade: flat } : refuse(15, 'isv.trade-not-exist')));

    const { orders, skipped, next } = await pull();

    expect(next).toBeUndefined();
    expect(orders.map(({ view }) => view.channelOrderNo)).toEqual(['20121116277367']);
    expect(skipped.map(({ ref }) => ref)).toEqual(trades.slice(1).map(({ tid }) => tid));
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(['created: missing']));
  });
});
