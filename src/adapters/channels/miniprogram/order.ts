import { z } from 'zod';
import type { ChannelStatus, IdentityKey, OrderLine, OrderView, RefundState, Shipment } from '../../../domain/order.ts';
import type { ReceiverSecret, SkippedRow, SourceOrder } from '../../../ports/channel.ts';
import type { Identifier } from '../../../ports/identifier.ts';

/** Where phone numbers without a country code are from. */
const country = 'CN';
const ordinaryPromiseMs = 48 * 3_600_000;

const statuses: Readonly<Record<string, ChannelStatus>> = {
  created: 'created',
  paid: 'paid',
  allocated: 'allocated',
  picking: 'picking',
  shipped: 'shipped',
  in_transit: 'in_transit',
  delivered: 'delivered',
  closed: 'closed',
  refunding: 'refunding',
  refunded: 'refunded',
};

const refundStates: Readonly<Record<string, RefundState>> = {
  requested: 'requested',
  accepted: 'accepted',
  done: 'done',
  closed: 'closed',
};

const earliest = Date.UTC(2000, 0, 1);
const latest = Date.UTC(2100, 0, 1);
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** Epoch seconds or RFC 3339 with a zone → unix ms. Anything else would be a guess. */
function readTime(value: string | number): number | undefined {
  const isEpoch = typeof value === 'number' || /^\d{1,12}$/.test(value);
  if (!isEpoch && !rfc3339.test(value)) return undefined;
  const at = isEpoch ? Math.round(Number(value) * 1_000) : Date.parse(String(value).replace(' ', 'T'));
  return at >= earliest && at < latest ? at : undefined;
}

const Time = z.union([z.string(), z.number()]).transform((value, context) => {
  const at = readTime(value);
  if (at !== undefined) return at;
  context.addIssue({ code: 'custom', message: 'neither epoch seconds nor RFC 3339 with a zone' });
  return z.NEVER;
});

/** Null, absent, 0 and "" all mean "not yet" (channels.md §9.18). */
const MaybeTime = z.preprocess(
  (value) => (value === undefined || value === '' || value === 0 ? null : value),
  Time.nullable(),
);
const Id = z
  .union([z.string(), z.number().int()])
  .transform((value) => String(value).trim())
  .pipe(z.string().min(1));
const Words = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value).trim()));
const Minor = z.number().int();

const Item = z.object({
  line_id: Id,
  sku: Id,
  title: Words,
  qty: z.number().int().positive(),
  unit_price: Minor,
  paid: Minor.nullish(),
});

const Receiver = z.object({
  name: Words,
  phone: Words,
  phone_hash: Words,
  province: Words,
  city: Words,
  district: Words,
  address: Words,
});

const Row = z.object({
  order_no: Id,
  status: z.string(),
  created_at: Time,
  updated_at: Time,
  paid_at: MaybeTime,
  closed_at: MaybeTime,
  ship_by: MaybeTime,
  visible_at: MaybeTime,
  amount: Minor,
  freight: Minor.nullish(),
  paid_amount: Minor.nullish(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  buyer_id: Words,
  buyer_note: Words,
  remark: Words,
  flag: Words,
  held: z.boolean().nullish(),
  refund: z.object({ status: z.string(), at: MaybeTime }).nullish(),
  items: z.array(Item).min(1),
  receiver: Receiver.nullish(),
  shipments: z.array(z.object({ carrier: Words, waybill: Words, shipped_at: MaybeTime })).nullish(),
});
type Row = z.infer<typeof Row>;

export interface RowReader {
  readonly shopId: string;
  readonly identifier: Identifier;
  /** Where hashes that the shop made itself may be compared: one salt, one scope. */
  readonly hashScope: string;
}

/** Reads one row of channels.md §6 "Exact fields", or names it and says which field could not be read (never its value). */
export function readOrder(raw: unknown, reader: RowReader): SourceOrder | SkippedRow {
  const parsed = Row.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ref: refOf(raw), reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}` };
  }
  const row = parsed.data;
  // Unpaid is 0 by its nature; for a paid order 0 would be a guess that rules on amounts act upon.
  if (row.paid_at !== null && typeof row.paid_amount !== 'number') {
    return { ref: row.order_no, reason: 'paid_amount: missing on a paid order' };
  }
  return { view: viewOf(row, reader), receiver: secretOf(row), visibleAt: row.visible_at };
}

function refOf(raw: unknown): string {
  const no = typeof raw === 'object' && raw !== null ? (raw as { order_no?: unknown }).order_no : undefined;
  return (typeof no === 'string' && no !== '') || typeof no === 'number'
    ? String(no).slice(0, 64)
    : 'row without order_no';
}

function viewOf(row: Row, { shopId, identifier, hashScope }: RowReader): OrderView {
  const { status, sourceStatus, refund } = stateOf(row);
  const shipments = shipmentsOf(row);
  const shipped = shipments.flatMap(({ shippedAt }) => shippedAt ?? []);
  const { name = '', phone = '', province = '', city = '', district = '' } = row.receiver ?? {};
  return {
    shopId,
    channelOrderNo: row.order_no,
    status,
    sourceStatus,
    sourceUpdatedAt: row.updated_at,
    kind: 'sale',
    placedAt: row.created_at,
    paidAt: row.paid_at,
    sortedAt: null,
    shippedAt: shipped.length === 0 ? null : Math.min(...shipped),
    scannedAt: null,
    deliveredAt: null,
    // A shop that tells the end without its time: the latest it can have been.
    closedAt: row.closed_at ?? (status === 'closed' || status === 'refunded' ? row.updated_at : null),
    shipBy: row.ship_by,
    promisedAt: promiseOf(row),
    currency: row.currency,
    goodsMinor: row.amount,
    freightMinor: row.freight ?? 0,
    paidMinor: row.paid_amount ?? 0,
    refund,
    refundAt: row.refund?.at ?? null,
    held: row.held ?? false,
    addressChange: 'none',
    buyerNote: row.buyer_note,
    remark: row.remark,
    flag: row.flag,
    receiver: identifier.mask({ name, phone, province, city, district }),
    lines: row.items.map(lineOf),
    shipments,
    identities: identitiesOf(row, shopId, identifier, hashScope),
  };
}

/** A word that is not in the contract makes the whole status `unknown`; clocks then still treat the order as wanting goods. */
function stateOf(row: Row): { status: ChannelStatus; sourceStatus: string; refund: RefundState } {
  const status = own(statuses, row.status) ?? 'unknown';
  if (row.refund !== null && row.refund !== undefined) {
    const refund = own(refundStates, row.refund.status);
    if (refund !== undefined) return { status, sourceStatus: row.status, refund };
    return { status: 'unknown', sourceStatus: `${row.status}, refund ${row.refund.status}`, refund: 'none' };
  }
  if (status === 'refunding') return { status, sourceStatus: row.status, refund: 'requested' };
  return { status, sourceStatus: row.status, refund: status === 'refunded' ? 'done' : 'none' };
}

const own = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

const promiseOf = ({ ship_by, paid_at }: Row): number | null =>
  ship_by !== null && paid_at !== null && ship_by - paid_at > ordinaryPromiseMs ? ship_by : null;

const lineOf = (item: z.infer<typeof Item>): OrderLine => ({
  lineId: item.line_id,
  sku: item.sku,
  title: item.title,
  qty: item.qty,
  unitMinor: item.unit_price,
  paidMinor: item.paid ?? item.unit_price * item.qty,
});

const shipmentsOf = (row: Row): Shipment[] =>
  (row.shipments ?? []).map(({ carrier, waybill, shipped_at }) => ({ carrier, waybill, shippedAt: shipped_at }));

function identitiesOf(row: Row, shopId: string, identifier: Identifier, hashScope: string): IdentityKey[] {
  const keys: IdentityKey[] = [];
  const phone = identifier.phone(row.receiver?.phone ?? '', country);
  const phoneHash = row.receiver?.phone_hash.toLowerCase() ?? '';
  if (phone !== undefined) keys.push(phone);
  else if (phoneHash !== '') keys.push(identifier.key('phone', phoneHash, hashScope));
  if (row.buyer_id !== '') keys.push(identifier.key('buyer', row.buyer_id, `miniprogram/${shopId}`));
  return keys;
}

function secretOf({ receiver }: Row): ReceiverSecret | null {
  if (receiver === null || receiver === undefined) return null;
  const { name, phone, address } = receiver;
  return name === '' && phone === '' && address === '' ? null : { name, phone, address };
}
