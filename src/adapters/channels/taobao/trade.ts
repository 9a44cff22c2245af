import type { z } from 'zod';
import type { IdentityKey, OrderLine, OrderView, Shipment } from '../../../domain/order.ts';
import type { ReceiverSecret, SkippedRow, SourceOrder } from '../../../ports/channel.ts';
import type { Identifier } from '../../../ports/identifier.ts';
import { own } from './own.ts';
import { ordinaryPromise, shipByOf } from './promise.ts';
import { currency, type Line, Trade, tidOf } from './row.ts';
import { isOpen, stateOf, type TradeState } from './state.ts';

/** Where phone numbers without a country code are from. */
const country = 'CN';

/** `seller_flag` (channels.md §7.2). Grey is what every trade begins with. */
export const flagColours: Readonly<Record<string, string>> = {
  '': '',
  0: '',
  1: 'red',
  2: 'yellow',
  3: 'green',
  4: 'blue',
  5: 'purple',
};

export interface TradeReader {
  readonly shopId: string;
  /** Where the platform's ids of buyers may be compared: one app, one scope. */
  readonly appScope: string;
  readonly identifier: Identifier;
}

/** A trade with the two times without which it has no place in a history. */
type Dated = Trade & { readonly created: number; readonly modified: number };

/** Reads a trade of channels.md §1.3, or names it and says which field could not be read (never its value). */
export function readTrade(raw: unknown, reader: TradeReader): SourceOrder | SkippedRow {
  const ref = tidOf(raw) ?? 'row without tid';
  const parsed = Trade.safeParse(raw);
  if (!parsed.success) return { ref, reason: reasonOf(parsed.error) };
  const trade = parsed.data;
  const channelOrderNo = tidOf(raw);
  if (channelOrderNo === undefined) return { ref, reason: 'tid: missing' };
  const state = stateOf(trade);
  const missing = (['created', 'modified'] as const).find((name) => trade[name] === null);
  if (missing !== undefined) return { ref, reason: `${missing}: missing` };
  // Unpaid is 0 by its nature; for a paid trade 0 would be a guess that rules on amounts act upon.
  if (state.isPaid && trade.pay_time !== null && trade.payment === null)
    return { ref, reason: 'payment: missing on a paid trade' };
  return {
    view: viewOf(channelOrderNo, trade as Dated, state, reader),
    receiver: secretOf(trade),
    visibleAt: null,
  };
}

function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`;
}

function viewOf(channelOrderNo: string, trade: Dated, state: TradeState, reader: TradeReader): OrderView {
  const { modified, payment, post_fee, total_fee } = trade;
  const { status, sourceStatus, refund, isPaid, isShipped, mayHaveLeft, isOver } = state;
  const paidAt = isPaid ? trade.pay_time : null;
  const shipped = [trade.consign_time, ...trade.lines.map(({ consign_time }) => consign_time)].filter(isKnown);
  const shipBy = paidAt === null ? null : tradeShipBy(trade.lines, paidAt);
  return {
    shopId: reader.shopId,
    channelOrderNo,
    status,
    sourceStatus,
    sourceUpdatedAt: modified,
    kind: 'sale',
    placedAt: trade.created,
    paidAt,
    sortedAt: null,
    // A refund hides that it was sent: the latest it can have been.
    shippedAt: shipped.length > 0 ? Math.min(...shipped) : isShipped && status === 'refunding' ? modified : null,
    scannedAt: mayHaveLeft ? trade.collect_time : null,
    deliveredAt: mayHaveLeft ? deliveredAtOf(trade) : null,
    // An end without its time: the latest it can have been.
    closedAt: isOver ? (trade.end_time ?? modified) : null,
    shipBy,
    promisedAt: shipBy !== null && paidAt !== null && shipBy - paidAt > ordinaryPromise ? shipBy : null,
    currency,
    goodsMinor: total_fee ?? Math.max(0, (payment ?? 0) - (post_fee ?? 0)),
    freightMinor: post_fee ?? 0,
    paidMinor: paidAt === null ? 0 : (payment ?? 0),
    refund,
    refundAt: refund === 'done' ? trade.end_time : null,
    held: trade.status === 'PAID_FORBID_CONSIGN' || trade.top_hold || trade.forbid_consign,
    addressChange:
      trade.lm === '1' || trade.lines.some(({ modify_address }) => modify_address === '1') ? 'changed' : 'none',
    buyerNote: trade.buyer_message,
    remark: trade.seller_memo,
    flag: own(flagColours, trade.seller_flag) ?? trade.seller_flag,
    receiver: reader.identifier.mask(receiverOf(trade)),
    lines: trade.lines.map((line, index) => lineOf(line, index, channelOrderNo, trade)),
    shipments: shipmentsOf(trade),
    identities: identitiesOf(trade, reader),
  };
}

/** What is finished was delivered, at the latest then. */
const deliveredAtOf = ({ sign_time, status, end_time, modified }: Dated): number | null =>
  sign_time ?? (status === 'TRADE_FINISHED' ? (end_time ?? modified) : null);

const isKnown = (at: number | null): at is number => at !== null;

/** The first wall among the lines that somebody still waits for. */
function tradeShipBy(lines: readonly Line[], paidAt: number): number | null {
  const open = lines.filter(isOpen);
  const walls = (open.length > 0 ? open.map((line) => line.estimate_con_time) : [''])
    .map((text) => shipByOf(text, paidAt))
    .filter(isKnown);
  return walls.length === 0 ? null : Math.min(...walls);
}

function lineOf(line: Line, index: number, tid: string, { lines, post_fee }: Trade): OrderLine {
  // The payment of a trade's only line has the postage in it.
  const share =
    lines.length === 1 && line.payment !== null ? Math.max(0, line.payment - (post_fee ?? 0)) : line.payment;
  const paidMinor = line.divide_order_fee ?? share ?? (line.price ?? 0) * line.num;
  const variant = line.sku_properties_name.split(';').map((part) => part.slice(part.lastIndexOf(':') + 1).trim());
  return {
    lineId: line.oid_str || line.oid || `${tid}-${index + 1}`,
    sku: line.outer_sku_id || line.outer_iid || line.sku_id || line.num_iid,
    title: [line.title, ...variant].filter((part) => part !== '').join(' '),
    qty: line.num,
    unitMinor: line.price ?? Math.floor(paidMinor / line.num),
    paidMinor,
  };
}

/** One parcel each, however many lines travel in it. */
function shipmentsOf({ lines, consign_time }: Trade): Shipment[] {
  const parcels = new Map<string, Shipment>();
  for (const line of lines) {
    for (const waybill of line.invoice_no.split(/[,，;；\s]+/)) {
      if (waybill === '' || parcels.has(waybill.toUpperCase())) continue;
      const shippedAt = line.consign_time ?? consign_time;
      parcels.set(waybill.toUpperCase(), { carrier: line.logistics_company, waybill, shippedAt });
    }
  }
  return [...parcels.values()];
}

const receiverOf = (trade: Trade) => ({
  name: trade.receiver_name,
  phone: trade.receiver_mobile || trade.receiver_phone,
  province: trade.receiver_state,
  city: trade.receiver_city,
  district: trade.receiver_district,
});

/** Of one person as the platform tells persons apart (channels.md §8): surest first. */
function identitiesOf(trade: Trade, { shopId, appScope, identifier }: TradeReader): IdentityKey[] {
  const { name, phone, district } = receiverOf(trade);
  const shopScope = `taobao/${shopId}`;
  const plain = identifier.phone(phone, country);
  return [
    ...(plain === undefined ? [] : [plain]),
    // The same receiver has another one each week, so it says nothing across Mondays.
    ...(trade.oaid === '' ? [] : [identifier.key('receiver', trade.oaid, shopScope)]),
    ...(trade.buyer_open_uid === '' ? [] : [identifier.key('buyer', trade.buyer_open_uid, appScope)]),
    ...(plain === undefined && /\d{4}$/.test(phone)
      ? [identifier.key('mask', JSON.stringify([phone, name, district]), shopScope)]
      : []),
  ];
}

/** Since 2021 the platform masks receivers: then there is nothing to seal. */
function secretOf({ receiver_name: name, receiver_address: address, ...trade }: Trade): ReceiverSecret | null {
  const phone = trade.receiver_mobile || trade.receiver_phone;
  return phone === '' || name.includes('*') || phone.includes('*') ? null : { name, phone, address };
}
