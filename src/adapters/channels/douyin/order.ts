import { z } from 'zod';
import { hidePhones } from '../../../domain/hide-phones.ts';
import type {
  ChannelStatus,
  IdentityKey,
  OrderLine,
  OrderView,
  ReceiverMask,
  RefundState,
  Shipment,
} from '../../../domain/order.ts';
import type { ReceiverSecret, SkippedRow, SourceOrder } from '../../../ports/channel.ts';
import type { Identifier } from '../../../ports/identifier.ts';
import { listOf, orNothing, Time, Whole, Words } from './fields.ts';
import { AfterSale, refundOf, refundOfAll } from './refund.ts';

const ordinaryPromiseMs = 48 * 3_600_000;

/** What the platform's status says of the order; `isPaid` false where money that came is no payment yet. */
interface Meaning {
  readonly status: ChannelStatus;
  readonly isPaid: boolean;
  readonly isHeld?: boolean;
  readonly isRefunded?: boolean;
}

/** order_status and main_status (channels.md §3.4). An order is only as far as its last part: 101 still wants goods. */
const statuses: ReadonlyMap<number, Meaning> = new Map([
  [1, { status: 'created', isPaid: false }],
  [103, { status: 'created', isPaid: false }],
  [105, { status: 'paid', isPaid: true, isHeld: true }],
  [2, { status: 'paid', isPaid: true }],
  [101, { status: 'paid', isPaid: true }],
  [3, { status: 'shipped', isPaid: true }],
  [5, { status: 'delivered', isPaid: true }],
  [4, { status: 'closed', isPaid: true }],
  [21, { status: 'refunded', isPaid: true, isRefunded: true }],
  [22, { status: 'refunded', isPaid: true, isRefunded: true }],
  [39, { status: 'refunded', isPaid: true, isRefunded: true }],
]);

const cancelled = 4;

/** seller_remark_stars (channels.md §3.2). */
const stars = ['grey', 'purple', 'cyan', 'green', 'orange', 'red'] as const;

const Id = Words.pipe(z.string().min(1));
/** `{name, id}`, or the name alone. */
const Place = z
  .union([z.object({ name: Words }), Words])
  .transform((place) => (typeof place === 'string' ? place : place.name));
const Address = orNothing(
  z.object({ province: Place, city: Place, town: Place, encrypt_detail: Words, detail: Words }).optional(),
);

const Line = z.object({
  order_id: Id,
  order_status: Whole,
  code: Words,
  out_sku_id: Words,
  sku_id: Words,
  product_id: Words,
  product_name: Words,
  spec: listOf(z.object({ value: Words })),
  item_num: Whole.pipe(z.int().positive()),
  origin_amount: Whole,
  goods_price: Whole,
  sum_amount: Whole,
  pay_amount: Whole,
  after_sale_info: AfterSale,
  exp_ship_time: Time,
  logistics_receipt_time: Time,
  confirm_receipt_time: Time,
});
type Line = z.infer<typeof Line>;

const Row = z.object({
  order_id: Id,
  order_status: Whole,
  main_status: Whole,
  create_time: Time.pipe(z.int()),
  update_time: Time.pipe(z.int()),
  pay_time: Time,
  ship_time: Time,
  finish_time: Time,
  exp_ship_time: Time,
  appointment_ship_time: Time,
  order_amount: Whole,
  pay_amount: Whole,
  post_amount: Whole,
  buyer_words: Words,
  seller_words: Words,
  seller_remark_stars: Whole,
  encrypt_post_receiver: Words,
  encrypt_post_tel: Words,
  post_receiver: Words,
  post_tel: Words,
  mask_post_receiver: Words,
  mask_post_tel: Words,
  mask_post_addr: Address,
  post_addr: Address,
  open_address_id: Words,
  doudian_open_id: Words,
  logistics_info: listOf(z.object({ tracking_no: Words, company: Words, company_name: Words, ship_time: Time })),
  sku_order_list: listOf(Line, 1),
});
type Row = z.infer<typeof Row>;

export interface RowReader {
  readonly shopId: string;
  readonly identifier: Identifier;
}

/** Reads one row of a list or a detail, or names it and says which field could not be read (never its value). */
export function readOrder(raw: unknown, reader: RowReader): SourceOrder | SkippedRow {
  const parsed = Row.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ref: refOf(raw), reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}` };
  }
  const row = parsed.data;
  const code = statusOf(row);
  if (code === undefined) return { ref: row.order_id, reason: 'order_status: missing' };
  const goods = goodsOf(row);
  if (goods === undefined) return { ref: row.order_id, reason: 'order_amount: missing' };
  const state = stateOf(row, code);
  // Unpaid is 0 by its nature; for a paid order 0 would be a guess that rules on amounts act upon.
  if (state.paidAt !== null && row.pay_amount === undefined)
    return { ref: row.order_id, reason: 'pay_amount: missing on a paid order' };
  return { view: viewOf(row, state, goods, reader), receiver: secretOf(row), visibleAt: null };
}

function refOf(raw: unknown): string {
  const no = typeof raw === 'object' && raw !== null ? (raw as { order_id?: unknown }).order_id : undefined;
  return (typeof no === 'string' && no !== '') || typeof no === 'number'
    ? String(no).slice(0, 64)
    : 'row without order_id';
}

/** main_status tells a refund from a cancellation, and a deposit from a payment (channels.md §3.4). */
const statusOf = ({ main_status, order_status }: Row): number | undefined => main_status || order_status;

interface State {
  readonly status: ChannelStatus;
  readonly sourceStatus: string;
  readonly paidAt: number | null;
  readonly shippedAt: number | null;
  readonly deliveredAt: number | null;
  readonly refund: RefundState;
  readonly held: boolean;
}

/** A number that is in no table makes the whole status `unknown`; clocks then still treat the order as wanting goods. */
function stateOf(row: Row, code: number): State {
  const { order_status = code, pay_time, ship_time, finish_time } = row;
  const sourceStatus = order_status === code ? `${code}` : `${order_status}/${code}`;
  const meaning = statuses.get(code);
  const refunds = row.sku_order_list.map(({ after_sale_info }) => refundOf(after_sale_info));
  const odd = refunds.find((refund) => typeof refund !== 'string');
  const deliveredAt = receivedAt(row) ?? (meaning?.status === 'delivered' ? finish_time : null);
  const told = {
    paidAt: meaning?.isPaid === false ? null : pay_time,
    shippedAt: code === 101 ? null : (ship_time ?? firstOf(row.logistics_info.map((parcel) => parcel.ship_time))),
    deliveredAt,
    held: meaning?.isHeld === true || order_status === 105,
  };
  if (typeof odd === 'object')
    return { ...told, status: 'unknown', sourceStatus: `${sourceStatus}, after-sale ${odd.unknown}`, refund: 'none' };
  const status = meaning?.status ?? 'unknown';
  return {
    ...told,
    status: status === 'shipped' && deliveredAt !== null ? 'delivered' : status,
    sourceStatus,
    refund: meaning?.isRefunded === true ? 'done' : refundOfAll(refunds.filter((refund) => typeof refund === 'string')),
  };
}

/** When the last of its lines arrived; null while one has not. Lines that were cancelled are not waited for. */
function receivedAt({ sku_order_list }: Row): number | null {
  const living = sku_order_list.filter(({ order_status }) => order_status !== cancelled);
  const times = (living.length === 0 ? sku_order_list : living).map(
    (line) => line.logistics_receipt_time ?? line.confirm_receipt_time,
  );
  return times.includes(null) ? null : Math.max(...times.flatMap((at) => at ?? []));
}

const firstOf = (times: readonly (number | null)[]): number | null => {
  const told = times.flatMap((at) => at ?? []);
  return told.length === 0 ? null : Math.min(...told);
};

function viewOf(row: Row, state: State, goods: number, reader: RowReader): OrderView {
  const { paidAt, status } = state;
  const isOver = status === 'closed' || status === 'refunded';
  const shipBy = shipByOf(row);
  return {
    shopId: reader.shopId,
    channelOrderNo: row.order_id,
    status,
    sourceStatus: state.sourceStatus,
    sourceUpdatedAt: row.update_time,
    kind: 'sale',
    placedAt: row.create_time,
    paidAt,
    sortedAt: null,
    shippedAt: state.shippedAt,
    scannedAt: null,
    deliveredAt: state.deliveredAt,
    // An end without its time: the latest it can have been.
    closedAt: isOver ? (row.finish_time ?? row.update_time) : null,
    shipBy,
    promisedAt: shipBy !== null && paidAt !== null && shipBy - paidAt > ordinaryPromiseMs ? shipBy : null,
    currency: 'CNY',
    goodsMinor: goods,
    freightMinor: row.post_amount ?? 0,
    paidMinor: paidAt === null ? 0 : (row.pay_amount ?? 0),
    refund: state.refund,
    // The order tells no time of it.
    refundAt: null,
    held: state.held,
    // Nor does it tell of a wish for another address: only a push does (channels.md §3.7).
    addressChange: 'none',
    buyerNote: hidePhones(row.buyer_words),
    remark: hidePhones(row.seller_words),
    flag: flagOf(row.seller_remark_stars),
    receiver: maskOf(row, reader.identifier),
    lines: row.sku_order_list.map((line) => lineOf(line, row)),
    shipments: shipmentsOf(row),
    identities: identitiesOf(row, reader),
  };
}

export const flagOf = (star: number | undefined): string => (star === undefined ? '' : (stars[star] ?? `star ${star}`));

/** The promise of the order, or the earliest of its lines. */
const shipByOf = (row: Row): number | null =>
  row.exp_ship_time ?? firstOf(row.sku_order_list.map((line) => line.exp_ship_time)) ?? row.appointment_ship_time;

/** What the goods cost before discounts (channels.md §7.1: Σ sum_amount); the order's own amount where lines do not tell. */
function goodsOf({ sku_order_list, order_amount, post_amount = 0 }: Row): number | undefined {
  const sums = sku_order_list.flatMap(({ sum_amount }) => sum_amount ?? []);
  if (sums.length === sku_order_list.length) return sums.reduce((all, each) => all + each, 0);
  return order_amount === undefined ? undefined : Math.max(0, order_amount - post_amount);
}

function lineOf(line: Line, { sku_order_list, pay_amount, post_amount = 0 }: Row): OrderLine {
  const { item_num: qty, sum_amount = 0 } = line;
  const onlyLine =
    sku_order_list.length === 1 && pay_amount !== undefined ? Math.max(0, pay_amount - post_amount) : undefined;
  return {
    lineId: line.order_id,
    sku: [line.code, line.out_sku_id, line.sku_id, line.product_id].find((code) => code !== '') ?? line.order_id,
    title: [line.product_name, ...line.spec.map(({ value }) => value)].filter((word) => word !== '').join(' '),
    qty,
    unitMinor: line.origin_amount ?? line.goods_price ?? Math.round(sum_amount / qty),
    paidMinor: line.pay_amount ?? onlyLine ?? sum_amount,
  };
}

function shipmentsOf({ logistics_info }: Row): Shipment[] {
  const shipments = logistics_info
    .filter(({ tracking_no }) => tracking_no !== '')
    .map(({ tracking_no, company, company_name, ship_time }) => ({
      carrier: company === '' ? company_name : company,
      waybill: tracking_no,
      shippedAt: ship_time,
    }));
  return [...new Map(shipments.map((shipment) => [shipment.waybill, shipment])).values()];
}

/** `$index$cipher$1$$` and `#index#cipher#1##` (channels.md §3.8). */
const isCipher = (text: string): boolean => /^[$#~]/.test(text);
const isClear = (text: string): boolean => text !== '' && !isCipher(text) && !text.includes('*');
const clear = (...texts: readonly string[]): string => texts.find(isClear) ?? '';

function personOf(row: Row): ReceiverSecret {
  return {
    name: clear(row.encrypt_post_receiver, row.post_receiver),
    phone: clear(row.encrypt_post_tel, row.post_tel),
    address: clear(row.post_addr?.encrypt_detail ?? '', row.post_addr?.detail ?? ''),
  };
}

function secretOf(row: Row): ReceiverSecret | null {
  const person = personOf(row);
  return person.name === '' && person.phone === '' && person.address === '' ? null : person;
}

function maskOf(row: Row, identifier: Identifier): ReceiverMask {
  const { name, phone } = personOf(row);
  const place = (part: 'province' | 'city' | 'town'): string =>
    row.post_addr?.[part] || row.mask_post_addr?.[part] || '';
  return identifier.mask({
    name: row.mask_post_receiver || name,
    phone: row.mask_post_tel || phone,
    province: place('province'),
    city: place('city'),
    district: place('town'),
  });
}

/**
 * Ciphertext differs from answer to answer and is never a key; the platform's ids and the index of a searchable phone stay
 * the same (channels.md §3.8, §8). How far an id goes is not known, so it is compared inside one shop.
 */
function identitiesOf(row: Row, { shopId, identifier }: RowReader): IdentityKey[] {
  const scope = `douyin/${shopId}`;
  const keys: IdentityKey[] = [];
  const phone = identifier.phone(personOf(row).phone, 'CN');
  const index = phoneIndex(row.encrypt_post_tel);
  if (phone !== undefined) keys.push(phone);
  else if (index !== '') keys.push(identifier.key('phone', index, scope));
  if (row.open_address_id !== '') keys.push(identifier.key('receiver', row.open_address_id, scope));
  if (row.doudian_open_id !== '') keys.push(identifier.key('buyer', row.doudian_open_id, scope));
  const mask = maskOf(row, identifier);
  if (keys.every(({ kind }) => kind === 'buyer') && mask.name !== '' && /\d/.test(mask.phone))
    keys.push(identifier.key('mask', `${mask.phone}/${mask.name}/${mask.district}`, scope));
  return keys;
}

/** Empty unless the order was asked for with `is_searchable`. */
const phoneIndex = (cipher: string): string => /^\$([^$]+)\$[^$]+\$\d+\$\$$/.exec(cipher)?.[1] ?? '';
