import { z } from 'zod';
import type { IdentityKey, OrderLine, OrderView, Shipment } from '../../../domain/order.ts';
import type { ReceiverSecret, SkippedRow, SourceOrder } from '../../../ports/channel.ts';
import type { Identifier } from '../../../ports/identifier.ts';
import { stateOf } from './state.ts';

const country = 'CN';
const ordinaryPromiseMs = 48 * 3_600_000;

/** Whole numbers come as texts in places. */
const Whole = z
  .union([
    z.number().int(),
    z
      .string()
      .trim()
      .regex(/^(-?\d+)?$/),
  ])
  .nullish()
  .transform((value) => (value === null || value === undefined || value === '' ? undefined : Number(value)));
/** Epoch seconds; null, 0, "" and nothing mean "not yet" (channels.md §9.18). */
const Time = Whole.pipe(z.number().max(4_102_444_800).optional()).transform((seconds) =>
  seconds === undefined || seconds <= 0 ? null : seconds * 1_000,
);
const Words = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value).trim()));
const OrderNo = Words.pipe(z.string().min(1));

/** Absent or null when empty; one alone has been an object elsewhere. */
const listOf = <T extends z.ZodType>(row: T) =>
  z.preprocess(
    (value) => (Array.isArray(value) ? value : typeof value === 'object' && value !== null ? [value] : []),
    z.array(row),
  );
/** An object of which nothing is sure, not even that it is there. */
const part = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => (typeof value === 'object' && value !== null ? value : {}), z.object(shape));

const Product = z.object({
  product_id: Words,
  sku_id: Words,
  sku_code: Words,
  out_sku_id: Words,
  title: Words,
  sku_cnt: z.coerce.number().int().positive(),
  finish_aftersale_sku_cnt: Whole,
  sale_price: Whole,
  real_price: Whole,
  delivery_deadline: Time,
  sku_attrs: listOf(z.object({ attr_value: Words })),
});

const Parcel = z.object({ waybill_id: Words, delivery_id: Words, delivery_name: Words, delivery_time: Time });

const Row = z.object({
  order_id: OrderNo,
  status: Whole,
  create_time: Time,
  update_time: Time,
  openid: Words,
  order_detail: part({
    product_infos: listOf(Product),
    pay_info: part({ pay_time: Time, transaction_id: Words }),
    price_info: part({ product_price: Whole, order_price: Whole, freight: Whole }),
    delivery_info: part({
      address_info: part({
        user_name: Words,
        tel_number: Words,
        province_name: Words,
        city_name: Words,
        county_name: Words,
        detail_info: Words,
        hash_code: Words,
      }),
      delivery_product_info: listOf(Parcel),
      ship_done_time: Time,
      address_under_review: z.unknown().optional(),
    }),
    ext_info: part({ customer_notes: Words, merchant_notes: Words, confirm_receipt_time: Time }),
  }),
  aftersale_detail: part({
    aftersale_order_list: listOf(z.object({ status: z.union([z.string(), z.number()]).nullish() })),
    on_aftersale_order_cnt: Whole,
  }),
});
type Row = z.infer<typeof Row>;

export interface RowReader {
  readonly shopId: string;
  readonly identifier: Identifier;
}

/** Reads one order of channels.md §5.2, or names it and the field that could not be read (never its value). */
export function readOrder(raw: unknown, reader: RowReader): SourceOrder | SkippedRow {
  const parsed = Row.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ref: refOf(raw), reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}` };
  }
  const row = parsed.data;
  if (row.create_time === null) return { ref: row.order_id, reason: 'create_time: missing' };
  const view = viewOf(row, row.create_time, reader);
  // For a paid order 0 would be a guess that rules on amounts act upon.
  if (view.paidAt !== null && row.order_detail.price_info.order_price === undefined)
    return { ref: row.order_id, reason: 'order_price: missing on a paid order' };
  return { view, receiver: secretOf(row), visibleAt: null };
}

/** The seller's remark of an order; undefined when it cannot be read. */
export function readNotes(raw: unknown): string | undefined {
  return Row.shape.order_detail.safeParse((raw as { order_detail?: unknown } | null)?.order_detail).data?.ext_info
    .merchant_notes;
}

/** Whether the buyer waits for a decision about another address; undefined when it cannot be read. */
export function isAddressAsked(raw: unknown): boolean | undefined {
  const detail = Row.shape.order_detail.safeParse((raw as { order_detail?: unknown } | null)?.order_detail).data;
  return detail && isUnderReview(detail.delivery_info);
}

const isUnderReview = ({ address_under_review: told }: { readonly address_under_review?: unknown }): boolean =>
  told === true || told === 1 || told === '1';

function refOf(raw: unknown): string {
  const no = OrderNo.safeParse(
    typeof raw === 'object' && raw !== null ? (raw as { order_id?: unknown }).order_id : undefined,
  );
  return no.success ? no.data.slice(0, 64) : 'row without order_id';
}

function viewOf(row: Row, placedAt: number, { shopId, identifier }: RowReader): OrderView {
  const { product_infos: products, pay_info, price_info, delivery_info, ext_info } = row.order_detail;
  const { address_info: address } = delivery_info;
  const state = stateOf({
    status: row.status,
    hasPayment: pay_info.pay_time !== null,
    cases: row.aftersale_detail.aftersale_order_list.flatMap(({ status }) => status || []),
    openCases: row.aftersale_detail.on_aftersale_order_cnt ?? 0,
    isAllReturned:
      products.length > 0 &&
      products.every(({ sku_cnt, finish_aftersale_sku_cnt = 0 }) => finish_aftersale_sku_cnt >= sku_cnt),
  });
  const updatedAt = row.update_time ?? placedAt;
  // What is paid later or won in a raffle has no time of payment: it is to be sent from the moment it was placed.
  const paidAt = state.isPaid ? (pay_info.pay_time ?? placedAt) : null;
  const deadlines = products.flatMap(({ delivery_deadline }) => delivery_deadline ?? []);
  const shipBy = deadlines.length === 0 ? null : Math.min(...deadlines);
  const shipments = delivery_info.delivery_product_info.flatMap(shipmentOf);
  const isAsked = isUnderReview(delivery_info);
  return {
    shopId,
    channelOrderNo: row.order_id,
    status: state.status,
    sourceStatus: state.sourceStatus,
    sourceUpdatedAt: updatedAt,
    kind: 'sale',
    placedAt,
    paidAt,
    sortedAt: null,
    shippedAt: state.isOut ? shippedAtOf(shipments, delivery_info.ship_done_time, updatedAt) : null,
    scannedAt: null,
    deliveredAt: row.status === 100 ? (ext_info.confirm_receipt_time ?? updatedAt) : null,
    closedAt: state.status === 'closed' || state.status === 'refunded' ? updatedAt : null,
    shipBy,
    promisedAt: shipBy !== null && paidAt !== null && shipBy - paidAt > ordinaryPromiseMs ? shipBy : null,
    currency: 'CNY',
    goodsMinor: price_info.product_price ?? products.reduce((sum, product) => sum + priceOf(product), 0),
    freightMinor: price_info.freight ?? 0,
    paidMinor: paidAt === null ? 0 : (price_info.order_price ?? 0),
    refund: state.refund,
    refundAt: null,
    held: isAsked || row.status === 12,
    addressChange: isAsked ? 'requested' : 'none',
    buyerNote: ext_info.customer_notes,
    remark: ext_info.merchant_notes,
    flag: '',
    receiver: identifier.mask({
      name: address.user_name,
      phone: address.tel_number,
      province: address.province_name,
      city: address.city_name,
      district: address.county_name,
    }),
    lines: products.map((product, index) => lineOf(row.order_id, product, index)),
    shipments,
    identities: identitiesOf(row, shopId, identifier),
  };
}

const shippedAtOf = (shipments: readonly Shipment[], doneAt: number | null, updatedAt: number): number => {
  const uploads = shipments.flatMap(({ shippedAt }) => shippedAt ?? []);
  return doneAt ?? (uploads.length === 0 ? updatedAt : Math.max(...uploads));
};

type Product = z.infer<typeof Product>;

const priceOf = ({ sale_price = 0, sku_cnt }: Product): number => sale_price * sku_cnt;

const lineOf = (orderNo: string, product: Product, index: number): OrderLine => ({
  lineId: `${orderNo}-${index + 1}`,
  sku: product.sku_code || product.out_sku_id || product.sku_id || product.product_id,
  title: [product.title, ...product.sku_attrs.map(({ attr_value }) => attr_value)]
    .filter((text) => text !== '')
    .join(' '),
  qty: product.sku_cnt,
  unitMinor: product.sale_price ?? 0,
  paidMinor: product.real_price ?? priceOf(product),
});

/** What goes without a parcel has no waybill. */
const shipmentOf = ({ waybill_id, delivery_id, delivery_name, delivery_time }: z.infer<typeof Parcel>): Shipment[] =>
  waybill_id === '' ? [] : [{ carrier: delivery_id || delivery_name, waybill: waybill_id, shippedAt: delivery_time }];

function identitiesOf(row: Row, shopId: string, identifier: Identifier): IdentityKey[] {
  const scope = `wechat/${shopId}`;
  const { tel_number, hash_code } = row.order_detail.delivery_info.address_info;
  const phone = identifier.phone(tel_number, country);
  return [
    ...(phone === undefined ? [] : [phone]),
    ...(hash_code === '' ? [] : [identifier.key('receiver', hash_code, scope)]),
    ...(row.openid === '' ? [] : [identifier.key('buyer', row.openid, scope)]),
  ];
}

/** Shops that may see their buyers' data get it in the clear; all others get masks, which are nothing to seal. */
function secretOf({ order_detail: { delivery_info } }: Row): ReceiverSecret | null {
  const { user_name: name, tel_number: phone, detail_info: address } = delivery_info.address_info;
  const all = `${name}${phone}${address}`;
  return all === '' || all.includes('*') ? null : { name, phone, address };
}
