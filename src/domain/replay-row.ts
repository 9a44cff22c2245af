import type { ChannelStatus, IdentityKey, OrderView, ReceiverMask } from './order.ts';

/** The shop that every order of a sheet belongs to. */
export const fileShopId = 'file';

/** One order of a sheet, as it stands there. Times are unix ms; null = not told. */
export interface ReplayRow {
  readonly order: string;
  readonly status: string;
  readonly placedAt: number | null;
  readonly paidAt: number | null;
  readonly sortedAt: number | null;
  readonly shippedAt: number | null;
  readonly carrierAt: number | null;
  readonly deliveredAt: number | null;
  readonly closedAt: number | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly channel: string;
  /** In the clear, for as long as the sheet is in memory: only its mask and its hash go into views. */
  readonly phone: string;
  readonly province: string;
  readonly lines: readonly { readonly sku: string; readonly qty: number }[];
  readonly waybills: readonly string[];
}

/** What may be kept of the person who ordered. */
export interface ReplayPerson {
  readonly receiver: ReceiverMask;
  readonly identities: readonly IdentityKey[];
}

/** Moments of a row after the rules of sheets: a later stage implies the earlier ones. */
export interface RowMoments {
  readonly placedAt: number;
  readonly paidAt: number | null;
  readonly sortedAt: number | null;
  readonly shippedAt: number | null;
  readonly scannedAt: number | null;
  readonly deliveredAt: number | null;
  readonly closedAt: number | null;
}

const closingStatuses = ['canceled', 'cancelled', 'closed', 'unavailable'];

/** Undefined when nothing tells when the order began. What is told stays, odd or not: a scan before the payment, say. */
export function momentsOfRow(row: ReplayRow): RowMoments | undefined {
  const { paidAt, deliveredAt } = row;
  // A sheet of parcels need not tell when they were ordered: they were there when the first thing happened to them.
  const placedAt =
    row.placedAt ?? paidAt ?? earliest(row.sortedAt, row.shippedAt, row.carrierAt, deliveredAt, row.closedAt);
  if (placedAt === null) return undefined;
  const scannedAt = row.carrierAt ?? deliveredAt;
  const shippedAt = row.shippedAt ?? earliest(row.carrierAt, deliveredAt);
  const sortedAt = row.sortedAt ?? earliest(row.shippedAt, row.carrierAt, deliveredAt);
  const told = { placedAt, paidAt, sortedAt, shippedAt, scannedAt, deliveredAt };
  const isClosed = closingStatuses.includes(row.status.trim().toLowerCase());
  const lastAt = Math.max(...Object.values(told).filter((at) => at !== null));
  return { ...told, closedAt: row.closedAt ?? (isClosed ? lastAt : null) };
}

/** Payment to first scan in ms; undefined when an end is missing. Negative when the sheet says so. */
export function cycleOfRow(row: ReplayRow): number | undefined {
  const { paidAt, scannedAt } = momentsOfRow(row) ?? { paidAt: null, scannedAt: null };
  return paidAt === null || scannedAt === null ? undefined : scannedAt - paidAt;
}

/** The order as it could be read at each of its moments: one view per distinct instant, oldest first. */
export function viewsOfRow(row: ReplayRow, person: ReplayPerson): OrderView[] {
  const moments = momentsOfRow(row);
  if (moments === undefined) return [];
  const instants = [...new Set(Object.values(moments).filter((at) => at !== null))].sort((a, b) => a - b);
  return instants.map((at, index) => viewAt(row, person, moments, at, index === instants.length - 1));
}

function viewAt(row: ReplayRow, person: ReplayPerson, moments: RowMoments, at: number, isLast: boolean): OrderView {
  const known = (moment: number | null): number | null => (moment !== null && moment <= at ? moment : null);
  const paidAt = known(moments.paidAt);
  const past = {
    paidAt,
    sortedAt: known(moments.sortedAt),
    shippedAt: known(moments.shippedAt),
    scannedAt: known(moments.scannedAt),
    deliveredAt: known(moments.deliveredAt),
    closedAt: known(moments.closedAt),
  };
  const status = statusOf(past);
  return {
    shopId: fileShopId,
    channelOrderNo: row.order,
    status,
    // The sheet tells how the order stood at the end, which nobody could know before.
    sourceStatus: isLast ? row.status : status,
    sourceUpdatedAt: at,
    kind: 'sale',
    placedAt: moments.placedAt,
    ...past,
    shipBy: null,
    promisedAt: null,
    currency: row.currency,
    goodsMinor: row.amountMinor,
    freightMinor: 0,
    paidMinor: paidAt === null ? 0 : row.amountMinor,
    refund: 'none',
    refundAt: null,
    held: false,
    addressChange: 'none',
    buyerNote: '',
    remark: '',
    flag: '',
    receiver: person.receiver,
    lines: row.lines.map(({ sku, qty }, index) => ({
      lineId: String(index + 1),
      sku,
      title: '',
      qty,
      unitMinor: 0,
      paidMinor: 0,
    })),
    shipments:
      past.shippedAt === null
        ? []
        : // Whatever left was given a number, though the sheet may not name it.
          (row.waybills.length === 0 ? [''] : row.waybills).map((waybill) => ({
            carrier: '',
            waybill,
            shippedAt: past.shippedAt,
          })),
    identities: person.identities,
  };
}

/** A status never says more than the moments: clocks read a time out of a status that has none. */
function statusOf(past: Omit<RowMoments, 'placedAt'>): ChannelStatus {
  if (past.closedAt !== null) return 'closed';
  if (past.deliveredAt !== null) return 'delivered';
  if (past.scannedAt !== null) return 'in_transit';
  if (past.shippedAt !== null) return 'shipped';
  if (past.sortedAt !== null) return 'picking';
  return past.paidAt === null ? 'created' : 'paid';
}

function earliest(...moments: readonly (number | null)[]): number | null {
  const told = moments.filter((at) => at !== null);
  return told.length === 0 ? null : Math.min(...told);
}
