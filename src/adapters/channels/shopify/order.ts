import { parseMinor } from '../../../domain/money.ts';
import type { IdentityKey, OrderKind, OrderLine, OrderView } from '../../../domain/order.ts';
import type { ReceiverSecret, SkippedRow, SourceOrder } from '../../../ports/channel.ts';
import type { Identifier } from '../../../ports/identifier.ts';
import { type Progress, progressOf } from './progress.ts';
import { buyersWords } from './remark.ts';
import { type MoneyBag, Row } from './row.ts';

const ordinaryPromiseMs = 48 * 3_600_000;

export interface RowReader {
  readonly shopId: string;
  readonly identifier: Identifier;
}

/** Why a row cannot be kept: the field and what is wrong with it, never its value. */
class Unreadable extends Error {}

/** Reads one order of the answer (channels.md §4, §7), or names it and says which field could not be read. */
export function readOrder(raw: unknown, reader: RowReader): SourceOrder | SkippedRow {
  const parsed = Row.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ref: refOf(raw), reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}` };
  }
  try {
    return { view: viewOf(parsed.data, reader), receiver: secretOf(parsed.data), visibleAt: null };
  } catch (error) {
    if (error instanceof Unreadable) return { ref: parsed.data.id, reason: error.message };
    throw error;
  }
}

function refOf(raw: unknown): string {
  const id = typeof raw === 'object' && raw !== null ? (raw as { id?: unknown }).id : undefined;
  return (
    (typeof id === 'string' ? /^gid:\/\/shopify\/Order\/(\d{1,20})$/.exec(id)?.[1] : undefined) ?? 'row without id'
  );
}

function viewOf(row: Row, { shopId, identifier }: RowReader): OrderView {
  const progress = progressOf(row);
  const currency = currencyOf(row);
  const minor = (bag: MoneyBag | null, field: string): number | null =>
    bag === null ? null : minorOf(bag, currency, field);
  const paidAt = progress.isPaid ? paidAtOf(row, currency) : null;
  const lines = linesOf(row, currency);
  const { name, phone, province, city } = receiverOf(row);
  const promises = row.fulfillmentOrders.flatMap(({ status, fulfillBy }) => (isOpen(status) ? (fulfillBy ?? []) : []));
  const shipBy = promises.length === 0 ? null : Math.min(...promises);
  const refunds = row.refunds.flatMap(({ createdAt }) => createdAt ?? []);
  return {
    shopId,
    channelOrderNo: row.id,
    ...displayNoOf(row),
    status: progress.status,
    sourceStatus: progress.sourceStatus,
    sourceUpdatedAt: row.updatedAt,
    kind: kindOf(row),
    placedAt: row.createdAt,
    paidAt,
    sortedAt: null,
    shippedAt: progress.shippedAt,
    scannedAt: progress.scannedAt,
    deliveredAt: progress.deliveredAt,
    closedAt: progress.closedAt,
    shipBy,
    promisedAt: promiseOf(row, paidAt, shipBy),
    currency,
    goodsMinor:
      minor(row.subtotalPriceSet, 'subtotalPriceSet') ?? lines.reduce((sum, { paidMinor }) => sum + paidMinor, 0),
    freightMinor: minor(row.totalShippingPriceSet, 'totalShippingPriceSet') ?? 0,
    paidMinor: paidMinorOf(row, currency, progress),
    refund: progress.refund,
    refundAt: progress.refund === 'none' || refunds.length === 0 ? null : Math.max(...refunds),
    held: progress.held,
    // The shop shows the address as it is now, and not what it was (§4.2).
    addressChange: 'none',
    buyerNote: buyersWords(row.note),
    remark: row.note,
    flag: row.tags.join(', '),
    receiver: identifier.mask({ name, phone, province, city, district: '' }),
    lines,
    shipments: progress.shipments,
    identities: identitiesOf(row, shopId, identifier),
  };
}

/** `#1043` → 1043; shops may put their own letters before and behind (`EN1043-A`). */
function displayNoOf({ name }: Row): Pick<OrderView, 'displayNo'> {
  const displayNo = name.replace(/^#/, '').toUpperCase();
  return /^[A-Z0-9-]{1,30}$/.test(displayNo) ? { displayNo } : {};
}

/** The currency of the shop, in which all its amounts are; the buyer's own stands beside them and is not read. */
function currencyOf(row: Row): string {
  const told = [row.totalPriceSet, row.currentTotalPriceSet, row.totalReceivedSet, row.subtotalPriceSet];
  const currency = row.currencyCode ?? told.find((bag) => bag?.currency)?.currency ?? '';
  if (!/^[A-Z]{3}$/.test(currency)) throw new Unreadable('currencyCode: missing');
  return currency;
}

function minorOf({ amount, currency: own }: MoneyBag, currency: string, field: string): number {
  if (own !== null && own !== currency) throw new Unreadable(`${field}: another currency than the shop's`);
  const minor = parseMinor(amount, currency);
  if (minor === undefined) throw new Unreadable(`${field}: no amount of its currency`);
  return minor;
}

/** What was received, before refunds. A shop that tells no such sum received the price, once it is paid. */
function paidMinorOf(row: Row, currency: string, { isPaid }: Progress): number {
  if (row.totalReceivedSet !== null) return minorOf(row.totalReceivedSet, currency, 'totalReceivedSet');
  if (!isPaid) return 0;
  const price = row.totalPriceSet ?? row.currentTotalPriceSet;
  if (price === null) throw new Unreadable('totalReceivedSet: missing on a paid order');
  return minorOf(price, currency, 'totalPriceSet');
}

/**
 * When the payment that completes the price was made (§4.5). Edits move the price, and payments in another currency may not
 * add up to it to the cent: then it is the last one. Without payments (all of it was discounted) the order's own moment.
 */
function paidAtOf(row: Row, currency: string): number {
  const payments = row.transactions
    .filter(({ kind, status }) => status === 'SUCCESS' && (kind === 'SALE' || kind === 'CAPTURE'))
    .map(({ processedAt, createdAt, amountSet }) => ({
      at: processedAt ?? createdAt ?? row.processedAt ?? row.createdAt,
      minor: minorOf(amountSet, currency, 'transactions.amountSet'),
    }))
    .sort((a, b) => a.at - b.at);
  const prices = [row.totalPriceSet, row.currentTotalPriceSet].flatMap((bag) => bag ?? []);
  const price = Math.max(0, ...prices.map((bag) => minorOf(bag, currency, 'totalPriceSet')));
  let received = 0;
  const completing = payments.find(({ minor }) => {
    received += minor;
    return received >= price;
  });
  return (completing ?? payments.at(-1))?.at ?? row.processedAt ?? row.createdAt;
}

const isOpen = (status: string): boolean => status !== 'CLOSED' && status !== 'CANCELLED';

/** The day that was agreed on for goods sold ahead; a part that waits for its day tells it, too. */
function promiseOf(row: Row, paidAt: number | null, shipBy: number | null): number | null {
  const scheduled = row.fulfillmentOrders.flatMap(({ status, fulfillAt }) =>
    status === 'SCHEDULED' ? (fulfillAt ?? []) : [],
  );
  const promise = shipBy ?? (scheduled.length === 0 ? null : Math.max(...scheduled));
  return promise !== null && paidAt !== null && promise - paidAt > ordinaryPromiseMs ? promise : null;
}

/** Test orders and orders without goods to send are counted and wake nobody. */
function kindOf({ test, requiresShipping, displayFulfillmentStatus }: Row): OrderKind {
  if (test === true) return 'sample';
  return requiresShipping === false || displayFulfillmentStatus === 'FULFILLMENT_NOT_REQUIRED' ? 'postage' : 'sale';
}

/** What is still wanted of the order; all of it once nothing is, so that it can be told what it was. */
function linesOf({ lineItems }: Row, currency: string): OrderLine[] {
  const wanted = lineItems.filter(({ currentQuantity }) => currentQuantity > 0);
  return (wanted.length > 0 ? wanted : lineItems).map((line) => {
    const unitMinor =
      line.originalUnitPriceSet === null
        ? 0
        : minorOf(line.originalUnitPriceSet, currency, 'lineItems.originalUnitPriceSet');
    const { discountedTotalSet: total } = line;
    return {
      lineId: line.id,
      // Custom items and neglected variants have no code of the merchant's.
      sku: line.sku || (line.variant?.id ?? line.id),
      title: line.title,
      qty: wanted.length > 0 ? line.currentQuantity : line.quantity,
      unitMinor,
      paidMinor: total === null ? unitMinor * line.quantity : minorOf(total, currency, 'lineItems.discountedTotalSet'),
    };
  });
}

function receiverOf({ shippingAddress, customer, phone }: Row) {
  const to = shippingAddress;
  return {
    name: to?.name || [to?.firstName, to?.lastName].filter(Boolean).join(' '),
    phone: to?.phone || customer?.defaultPhoneNumber?.phoneNumber || phone,
    province: to?.provinceCode || (to?.province ?? ''),
    city: to?.city ?? '',
    address: [to?.address1, to?.address2, to?.city, to?.provinceCode || to?.province, to?.zip, to?.countryCodeV2]
      .filter(Boolean)
      .join(', '),
  };
}

function secretOf(row: Row): ReceiverSecret | null {
  const { name, phone, address } = receiverOf(row);
  return name === '' && phone === '' && address === '' ? null : { name, phone, address };
}

/** Who it is (channels.md §8): the phone, the customer or else the e-mail, and without a phone who lives where. */
function identitiesOf(row: Row, shopId: string, identifier: Identifier): IdentityKey[] {
  const scope = `shopify/${shopId}`;
  const { name, phone } = receiverOf(row);
  const { customer, email, shippingAddress: to } = row;
  const keys: IdentityKey[] = [];
  const number = identifier.phone(phone, to?.countryCodeV2 ?? '');
  if (number !== undefined) keys.push(number);
  else if (name !== '' && to !== null && to !== undefined && to.address1 !== '')
    keys.push(identifier.key('receiver', [name, to.zip, to.address1].join('\n').toLowerCase(), scope));
  if (customer?.id) keys.push(identifier.key('buyer', customer.id, scope));
  else if (email !== '') keys.push(identifier.key('buyer', email.toLowerCase(), `${scope}/email`));
  return keys;
}
