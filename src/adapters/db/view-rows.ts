import { hash } from 'node:crypto';
import type { FulfillmentView } from '../../domain/fulfillment.ts';
import type {
  AddressChange,
  ChannelStatus,
  Order,
  OrderKind,
  OrderLine,
  OrderView,
  RefundState,
} from '../../domain/order.ts';
import type { Parcel } from '../../domain/parcel.ts';
import type { Stage } from '../../domain/stage.ts';
import type { LockKind, StockLock } from '../../domain/stock.ts';

/**
 * The same order has the same id in every rebuild; it tells nothing of the number it was made from. Orders of one time,
 * whose numbers differ in their last digits, begin alike: what is written together lies together in every index.
 */
export const orderId = (shopId: string, channelOrderNo: string): string =>
  hash('sha256', `order/${shopId}/${channelOrderNo.slice(0, -sameTime)}`, 'base64url').slice(0, 4) +
  hash('sha256', `order/${shopId}/${channelOrderNo}`, 'base64url').slice(0, 12);

const sameTime = 3;

/** What is compared, hashed and kept in events: all that was told, in one order of fields whoever told it. */
export const orderText = (view: OrderView): string =>
  JSON.stringify({
    shopId: view.shopId,
    channelOrderNo: view.channelOrderNo,
    // Left out where a platform has none.
    ...(view.displayNo === undefined ? {} : { displayNo: view.displayNo }),
    status: view.status,
    sourceStatus: view.sourceStatus,
    sourceUpdatedAt: view.sourceUpdatedAt,
    kind: view.kind,
    placedAt: view.placedAt,
    paidAt: view.paidAt,
    sortedAt: view.sortedAt,
    shippedAt: view.shippedAt,
    scannedAt: view.scannedAt,
    deliveredAt: view.deliveredAt,
    closedAt: view.closedAt,
    shipBy: view.shipBy,
    promisedAt: view.promisedAt,
    currency: view.currency,
    goodsMinor: view.goodsMinor,
    freightMinor: view.freightMinor,
    paidMinor: view.paidMinor,
    refund: view.refund,
    refundAt: view.refundAt,
    held: view.held,
    addressChange: view.addressChange,
    ...(view.addressChangeAt == null ? {} : { addressChangeAt: view.addressChangeAt }),
    buyerNote: view.buyerNote,
    remark: view.remark,
    flag: view.flag,
    receiver: view.receiver,
    lines: view.lines,
    shipments: view.shipments,
    identities: view.identities,
  } satisfies OrderView);

export const hashOf = (text: string): string => hash('sha1', text, 'base64url');

export const orderHash = (view: OrderView): string => hashOf(orderText(view));

export const fulfillmentId = (systemId: string, systemOrderNo: string): string => `${systemId}/${systemOrderNo}`;

export const lockRowId = (systemId: string, lockId: string): string => `${systemId}/${lockId}`;

/** Of what is stored, not of what was sent: the same in live and rebuilt views, in whichever order a source names its fields. */
export const contentHash = (view: object): string =>
  hash('sha1', JSON.stringify(Object.entries(view).sort(([a], [b]) => (a < b ? -1 : 1))), 'base64url');

/** Backwards and in capitals: people type a tail in any case. */
export const reversed = (text: string): string => [...text.toUpperCase()].reverse().join('');

export interface OrderRow {
  id: string;
  shopId: string;
  channelOrderNo: string;
  displayNo: string | null;
  status: string;
  sourceStatus: string;
  sourceUpdatedAt: number;
  hash: string;
  kind: string;
  placedAt: number;
  paidAt: number | null;
  sortedAt: number | null;
  shippedAt: number | null;
  scannedAt: number | null;
  deliveredAt: number | null;
  closedAt: number | null;
  shipBy: number | null;
  promisedAt: number | null;
  currency: string;
  goodsMinor: number;
  freightMinor: number;
  paidMinor: number;
  refund: string;
  refundAt: number | null;
  held: number;
  addressChange: string;
  addressChangeAt: number | null;
  buyerNote: string;
  remark: string;
  flag: string;
  receiver: string;
  shipments: string;
  identities: string;
  stage: string;
  stageAt: number;
  firstSeenAt: number;
  source: string;
}

export const orderFromRow = (row: OrderRow, lines: readonly OrderLine[]): Order => ({
  id: row.id,
  shopId: row.shopId,
  channelOrderNo: row.channelOrderNo,
  ...(row.displayNo === null ? {} : { displayNo: row.displayNo }),
  status: row.status as ChannelStatus,
  sourceStatus: row.sourceStatus,
  sourceUpdatedAt: row.sourceUpdatedAt,
  kind: row.kind as OrderKind,
  placedAt: row.placedAt,
  paidAt: row.paidAt,
  sortedAt: row.sortedAt,
  shippedAt: row.shippedAt,
  scannedAt: row.scannedAt,
  deliveredAt: row.deliveredAt,
  closedAt: row.closedAt,
  shipBy: row.shipBy,
  promisedAt: row.promisedAt,
  currency: row.currency,
  goodsMinor: row.goodsMinor,
  freightMinor: row.freightMinor,
  paidMinor: row.paidMinor,
  refund: row.refund as RefundState,
  refundAt: row.refundAt,
  held: row.held === 1,
  addressChange: row.addressChange as AddressChange,
  ...(row.addressChangeAt === null ? {} : { addressChangeAt: row.addressChangeAt }),
  buyerNote: row.buyerNote,
  remark: row.remark,
  flag: row.flag,
  receiver: JSON.parse(row.receiver) as OrderView['receiver'],
  shipments: JSON.parse(row.shipments) as OrderView['shipments'],
  identities: JSON.parse(row.identities) as OrderView['identities'],
  lines,
  stage: row.stage as Stage,
  stageAt: row.stageAt,
  firstSeenAt: row.firstSeenAt,
});

/** Only what the channel said, in the order of OrderView: what is compared, hashed and kept in events. */
export function viewOf(order: Order): OrderView {
  const { id: _id, stage: _stage, stageAt: _stageAt, firstSeenAt: _firstSeenAt, ...view } = order;
  return view;
}

export interface FulfillmentRow {
  id: string;
  systemId: string;
  systemOrderNo: string;
  systemShopId: string;
  sourceStatus: string;
  sourceUpdatedAt: number;
  hash: string;
  stage: string;
  stageAt: number;
  sortedAt: number | null;
  shippedAt: number | null;
  warehouseCode: string;
  held: number;
  reason: string;
  carrier: string;
  waybill: string;
  closed: number;
  channelOrderNos: string;
  lines: string;
  firstSeenAt: number;
}

export const fulfillmentFromRow = (row: FulfillmentRow): FulfillmentView => ({
  systemId: row.systemId,
  systemOrderNo: row.systemOrderNo,
  channelOrderNos: JSON.parse(row.channelOrderNos) as string[],
  systemShopId: row.systemShopId,
  sourceStatus: row.sourceStatus,
  sourceUpdatedAt: row.sourceUpdatedAt,
  stage: row.stage as Stage,
  stageAt: row.stageAt,
  sortedAt: row.sortedAt,
  shippedAt: row.shippedAt,
  warehouseCode: row.warehouseCode,
  held: row.held === 1,
  reason: row.reason,
  carrier: row.carrier,
  waybill: row.waybill,
  closed: row.closed === 1,
  lines: JSON.parse(row.lines) as FulfillmentView['lines'],
});

export interface LockRow {
  id: string;
  systemId: string;
  lockId: string;
  kind: string;
  sku: string;
  qty: number;
  warehouseCode: string;
  channelOrderNo: string | null;
  systemShopId: string;
  orderId: string | null;
  takenBy: string;
  createdAt: number;
  goneAt: number | null;
}

export const lockFromRow = (row: LockRow): StockLock => ({
  systemId: row.systemId,
  lockId: row.lockId,
  kind: row.kind as LockKind,
  sku: row.sku,
  qty: row.qty,
  warehouseCode: row.warehouseCode,
  channelOrderNo: row.channelOrderNo,
  systemShopId: row.systemShopId,
  by: row.takenBy,
  createdAt: row.createdAt,
});

export interface ParcelRow {
  id: string;
  carrier: string;
  waybill: string;
  firstScanAt: number | null;
  firstScanIsDay: number;
  lastEventAt: number | null;
  lastKind: string | null;
  lastState: string | null;
  deliveredAt: number | null;
  endedAt: number | null;
}

export const parcelFromRow = ({ id: _id, ...row }: ParcelRow): Parcel => ({
  ...row,
  firstScanIsDay: row.firstScanIsDay === 1,
  lastKind: row.lastKind as Parcel['lastKind'],
  lastState: row.lastState ?? '',
});
