import { z } from 'zod';
import { fromBeijingText } from '../../../domain/local-time.ts';
import { parseMinor } from '../../../domain/money.ts';
import type { IdentityKey, OrderLine, OrderView, ReceiverMask, Shipment } from '../../../domain/order.ts';
import type { ReceiverSecret, SkippedRow, SourceOrder } from '../../../ports/channel.ts';
import type { Identifier } from '../../../ports/identifier.ts';
import { courierOf } from './couriers.ts';
import { flagOf, type Tag } from './flag.ts';
import { stateOf } from './state.ts';

const country = 'CN';
const currency = 'CNY';
const ordinaryPromiseMs = 48 * 3_600_000;

/** Null, absent, 0 and "" all mean "not yet" (channels.md §9.18). */
const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === 0 ||
  (typeof value === 'string' && /^(0{4}-.*)?$/.test(value.trim()));

const problem = (context: z.RefinementCtx, message: string): never => {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
};

/** `2026-11-11 00:40:05` in Beijing. */
const Time = z
  .unknown()
  .optional()
  .transform((value, context): number | null => {
    if (isNothing(value)) return null;
    const at = typeof value === 'string' ? fromBeijingText(value) : undefined;
    return at ?? problem(context, 'no Beijing time');
  });

/** Yuan as a JSON double, with its noise (0.1 + 0.2), or as text; fen. */
const Yuan = z
  .unknown()
  .optional()
  .transform((value, context): number | null => {
    if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return null;
    const yuan = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
    return parseMinor(yuan.toFixed(6), currency) ?? problem(context, 'no amount in yuan');
  });

/** Numbers are int64 in the documents and texts in real answers. */
const Id = z
  .union([z.string(), z.number().int()])
  .nullish()
  .transform((value) => (isNothing(value) ? '' : String(value).trim()));
const OrderNo = Id.pipe(z.string().min(1));
const Words = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value).trim()));
const Code = z
  .union([
    z.number().int(),
    z
      .string()
      .trim()
      .regex(/^(-?\d+)?$/),
  ])
  .nullish()
  .transform((value) => (value === null || value === undefined || value === '' ? undefined : Number(value)));

/** Absent, null or "" when empty. */
const listOf = <T extends z.ZodType>(row: T) =>
  z.preprocess(
    (value) => (Array.isArray(value) ? value : typeof value === 'object' && value !== null ? [value] : []),
    z.array(row),
  );

const Parcel = z.object({ tracking_number: Words, logistics_id: Id });

const Item = z.object({
  goods_id: Id,
  sku_id: Id,
  outer_id: Words,
  outer_goods_id: Words,
  goods_name: Words,
  goods_spec: Words,
  goods_price: Yuan,
  goods_count: z.coerce.number().int().positive(),
});

const Note = z.object({ remark: Words, remark_tag: Code, remark_tag_name: Words });

/** The seller's remark of an order with its colour; undefined when it cannot be read. */
export function readNote(raw: unknown): (Tag & { readonly remark: string }) | undefined {
  const { data } = Note.safeParse(raw);
  return (
    data && {
      remark: data.remark,
      tag: data.remark_tag === 0 ? undefined : data.remark_tag,
      name: data.remark_tag_name,
    }
  );
}

const Row = z.object({
  order_sn: OrderNo,
  order_status: Code,
  confirm_status: Code,
  group_status: Code,
  refund_status: Code,
  after_sales_status: Code,
  risk_control_status: Code,
  trade_type: Code,
  step_order_info: z.preprocess((value) => value || null, z.object({ step_trade_status: Code }).nullable()),
  created_time: Time,
  pay_time: Time,
  confirm_time: Time,
  shipping_time: Time,
  receive_time: Time,
  updated_at: Time,
  last_ship_time: Time,
  is_pre_sale: Code,
  pre_sale_time: Time,
  pay_amount: Yuan,
  goods_amount: Yuan,
  postage: Yuan,
  item_list: listOf(Item),
  tracking_number: Words,
  logistics_id: Id,
  extra_delivery_list: listOf(Parcel),
  gift_delivery_list: listOf(Parcel),
  resend_delivery_list: listOf(Parcel),
  ship_additional_origin_order: Words,
  order_tag_list: listOf(z.object({ name: z.unknown().optional(), value: z.unknown().optional() })),
  buyer_memo: Words,
  remark: Words,
  remark_tag: Code,
  province: Words,
  city: Words,
  town: Words,
  receiver_name: Words,
  receiver_phone: Words,
  receiver_address: Words,
  receiver_name_mask: Words,
  receiver_phone_mask: Words,
  open_address_id: Words,
  open_address_id_2: Words,
});
type Row = z.infer<typeof Row>;

export interface RowReader {
  readonly shopId: string;
  readonly identifier: Identifier;
}

/** Reads one order of channels.md §2.3 as lists or single reads give it, or names it and the field that could not be read. */
export function readOrder(raw: unknown, reader: RowReader): SourceOrder | SkippedRow {
  const parsed = Row.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ref: refOf(raw), reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}` };
  }
  const row = parsed.data;
  const placedAt = row.created_time ?? row.pay_time ?? row.confirm_time;
  if (placedAt === null) return { ref: row.order_sn, reason: 'created_time: missing' };
  const view = viewOf(row, placedAt, reader);
  // For a paid order 0 would be a guess that rules on amounts act upon.
  if (view.paidAt !== null && row.pay_amount === null)
    return { ref: row.order_sn, reason: 'pay_amount: missing on a paid order' };
  return { view, receiver: secretOf(row), visibleAt: null };
}

function refOf(raw: unknown): string {
  const no = OrderNo.safeParse(
    typeof raw === 'object' && raw !== null ? (raw as { order_sn?: unknown }).order_sn : undefined,
  );
  return no.success ? no.data.slice(0, 64) : 'row without order_sn';
}

function viewOf(row: Row, placedAt: number, { shopId, identifier }: RowReader): OrderView {
  const state = stateOf(row);
  const updatedAt = row.updated_at ?? latest(row, placedAt);
  const paidAt = state.isPaid ? (row.pay_time ?? row.confirm_time) : null;
  const paidMinor = paidAt === null ? 0 : (row.pay_amount ?? 0);
  const shippedAt = row.shipping_time ?? (state.hasLeft ? updatedAt : null);
  return {
    shopId,
    channelOrderNo: row.order_sn,
    status: state.status,
    sourceStatus: state.sourceStatus,
    sourceUpdatedAt: updatedAt,
    // An extra payment for dearer shipping: there is nothing to send for it.
    kind: /^\d{6}-\d+$/.test(row.ship_additional_origin_order) ? 'postage' : 'sale',
    placedAt,
    paidAt,
    sortedAt: null,
    shippedAt,
    scannedAt: null,
    deliveredAt: row.receive_time ?? (state.isReceived ? updatedAt : null),
    closedAt: state.status === 'closed' || state.status === 'refunded' ? updatedAt : null,
    shipBy: row.last_ship_time ?? row.pre_sale_time,
    promisedAt: paidAt === null ? null : promiseOf(row, paidAt),
    currency,
    goodsMinor: row.goods_amount ?? row.item_list.reduce((sum, item) => sum + priceOf(item), 0),
    freightMinor: row.postage ?? 0,
    paidMinor,
    refund: state.refund,
    refundAt: null,
    held:
      row.risk_control_status === 1 ||
      row.order_tag_list.some(({ name, value }) => name === 'ship_hold' && Number(value) === 1),
    // The platform changes the address itself, and tells nobody that it did.
    addressChange: 'none',
    buyerNote: row.buyer_memo,
    remark: row.remark,
    flag: flagOf(row.remark_tag),
    receiver: maskOf(row, identifier),
    lines: linesOf(row, paidMinor),
    shipments: shipmentsOf(row, shippedAt),
    identities: identitiesOf(row, shopId, identifier),
  };
}

/** The documents give the list by confirmation time no `updated_at`: what such a row tells has happened by then at the earliest. */
const latest = (row: Row, placedAt: number): number =>
  Math.max(placedAt, row.pay_time ?? 0, row.confirm_time ?? 0, row.shipping_time ?? 0, row.receive_time ?? 0);

/** The 48 hours run from the moment at which the group is complete, not from the payment. */
function promiseOf({ is_pre_sale, pre_sale_time, last_ship_time, confirm_time }: Row, paidAt: number): number | null {
  const promise = (is_pre_sale === 1 ? pre_sale_time : null) ?? last_ship_time;
  return promise !== null && promise - (confirm_time ?? paidAt) > ordinaryPromiseMs ? promise : null;
}

type Item = z.infer<typeof Item>;

const priceOf = ({ goods_price, goods_count }: Item): number => (goods_price ?? 0) * goods_count;

/** What was paid for goods is shared out by price; the last line takes what rounding leaves. */
function linesOf({ order_sn, item_list: items, postage }: Row, paidMinor: number): OrderLine[] {
  const whole = items.reduce((sum, item) => sum + priceOf(item), 0);
  const toShare = Math.max(0, paidMinor - (postage ?? 0));
  let left = toShare;
  return items.map((item, index) => {
    const share = whole === 0 ? 0 : Math.round((toShare * priceOf(item)) / whole);
    const paid = index === items.length - 1 ? left : Math.min(left, share);
    left -= paid;
    return {
      lineId: `${order_sn}-${index + 1}`,
      sku: item.outer_id || item.outer_goods_id || item.sku_id || item.goods_id,
      title: [item.goods_name, item.goods_spec].filter((part) => part !== '').join(' '),
      qty: item.goods_count,
      unitMinor: item.goods_price ?? 0,
      paidMinor: paid,
    };
  });
}

function shipmentsOf(row: Row, shippedAt: number | null): Shipment[] {
  const own = { tracking_number: row.tracking_number, logistics_id: row.logistics_id };
  const parcels = [own, ...row.extra_delivery_list, ...row.gift_delivery_list, ...row.resend_delivery_list];
  const known = new Map(parcels.map(({ tracking_number, logistics_id }) => [tracking_number, logistics_id]));
  known.delete('');
  return [...known].map(([waybill, logisticsId]) => ({
    carrier: courierOf(logisticsId),
    waybill,
    // The order tells of its first parcel alone when it was uploaded.
    shippedAt: waybill === row.tracking_number ? shippedAt : null,
  }));
}

/** What stands in `receiver_phone`: `$<index>$<cipher>$<version>$$` (channels.md §2.8). The index is equal for equal numbers. */
const phoneIndex = (text: string): string | undefined => /^\$([^$]+)\$[^$]*\$\d*\$\$$/.exec(text)?.[1];

function identitiesOf(row: Row, shopId: string, identifier: Identifier): IdentityKey[] {
  const scope = `pinduoduo/${shopId}`;
  const keys: IdentityKey[] = [];
  const phone = identifier.phone(row.receiver_phone, country);
  const index = phoneIndex(row.receiver_phone);
  if (phone !== undefined) keys.push(phone);
  else if (index !== undefined) keys.push(identifier.key('phone', index, scope));
  // The masks are no key: `1*********5` and a surname stand for a dozen people of every district.
  if (row.open_address_id !== '') keys.push(identifier.key('receiver', row.open_address_id, scope));
  else if (row.open_address_id_2 !== '') keys.push(identifier.key('receiver', row.open_address_id_2, `${scope}/2`));
  return keys;
}

const isEnciphered = (text: string): boolean => /^[$~].*[$~]$/.test(text);

/** The platform's own masks, or ours over what it shows in the clear. */
function maskOf(row: Row, identifier: Identifier): ReceiverMask {
  const region = { province: row.province, city: row.city, district: row.town };
  const shown = (mask: string, text: string): string => mask || (isEnciphered(text) ? '' : text);
  const phone = shown(row.receiver_phone_mask, row.receiver_phone);
  const ours = identifier.mask({ ...region, name: shown(row.receiver_name_mask, row.receiver_name), phone });
  // `1*********5` is masked as far as it can be; ours would hide its last digit.
  return /^\d{0,3}\*{4,}\d{0,4}$/.test(phone) ? { ...ours, phone } : ours;
}

function secretOf({
  receiver_name: name,
  receiver_phone: phone,
  receiver_address: address,
}: Row): ReceiverSecret | null {
  const isClear = [name, phone, address].every((text) => !isEnciphered(text)) && `${name}${phone}${address}` !== '';
  return isClear ? { name, phone, address } : null;
}
