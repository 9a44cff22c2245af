import type {
  ChannelStatus,
  IdentityKey,
  OrderKind,
  OrderLine,
  OrderView,
  ReceiverMask,
  RefundState,
} from './order.ts';

/** Those of the fields below that are moments. */
export const timeFields = [
  'placedAt',
  'paidAt',
  'sortedAt',
  'shippedAt',
  'carrierAt',
  'deliveredAt',
  'closedAt',
  'shipBy',
] as const;

/** What a sheet can tell of an order or of one of its lines; also the names by which people point at columns. */
export const sheetFields = [
  'order',
  'part',
  'shop',
  'status',
  'delivery',
  'refund',
  'held',
  'kind',
  ...timeFields,
  'currency',
  'paid',
  'goods',
  'freight',
  'buyer',
  'name',
  'phone',
  'region',
  'province',
  'city',
  'district',
  'address',
  'buyerNote',
  'remark',
  'flag',
  'line',
  'sku',
  'title',
  'spec',
  'qty',
  'unitPrice',
  'linePaid',
  'gift',
  'carrier',
  'waybill',
] as const;
export type SheetField = (typeof sheetFields)[number];

/** Where each field stands: the heading as it is written. */
export type SheetMapping = Readonly<Partial<Record<SheetField, string>>>;

/** One order as a sheet tells it, in neutral words. Times are unix ms, amounts minor units; null = not told. */
export interface SheetOrder {
  /** Its first row in the sheet; the first row of all is 1. */
  readonly row: number;
  readonly order: string;
  /** The shop's name as the sheet writes it; empty when it names none. */
  readonly shop: string;
  readonly status: ChannelStatus;
  readonly sourceStatus: string;
  readonly kind: OrderKind;
  readonly placedAt: number;
  readonly paidAt: number | null;
  readonly sortedAt: number | null;
  readonly shippedAt: number | null;
  readonly carrierAt: number | null;
  readonly deliveredAt: number | null;
  readonly closedAt: number | null;
  readonly shipBy: number | null;
  readonly currency: string;
  readonly paidMinor: number;
  readonly goodsMinor: number;
  readonly freightMinor: number;
  readonly refund: RefundState;
  readonly held: boolean;
  readonly buyerNote: string;
  readonly remark: string;
  readonly flag: string;
  readonly lines: readonly OrderLine[];
  readonly parcels: readonly { readonly carrier: string; readonly waybill: string }[];
  /** In the clear, for as long as the sheet is in memory: only masks, hashes and seals leave it. */
  readonly person: SheetPerson;
}

export interface SheetPerson {
  readonly buyer: string;
  readonly name: string;
  readonly phone: string;
  readonly province: string;
  readonly city: string;
  readonly district: string;
  readonly address: string;
}

const ordinaryPromise = 48 * 3_600_000;
const ended: readonly ChannelStatus[] = ['closed', 'refunded'];

/** The order as a channel would have told it at `asOf`, the moment that the sheet shows. */
export function viewOfSheetOrder(
  told: SheetOrder,
  shopId: string,
  asOf: number,
  person: { readonly receiver: ReceiverMask; readonly identities: readonly IdentityKey[] },
): OrderView {
  const { paidAt, shipBy, status, shippedAt } = told;
  return {
    shopId,
    channelOrderNo: told.order,
    status,
    sourceStatus: told.sourceStatus,
    sourceUpdatedAt: asOf,
    kind: told.kind,
    placedAt: told.placedAt,
    paidAt,
    sortedAt: told.sortedAt,
    shippedAt,
    scannedAt: told.carrierAt,
    deliveredAt: told.deliveredAt,
    // An end without its time: the latest it can have been.
    closedAt: told.closedAt ?? (ended.includes(status) ? asOf : null),
    shipBy,
    promisedAt: shipBy !== null && paidAt !== null && shipBy - paidAt > ordinaryPromise ? shipBy : null,
    currency: told.currency,
    goodsMinor: told.goodsMinor,
    freightMinor: told.freightMinor,
    paidMinor: told.paidMinor,
    refund: told.refund,
    refundAt: null,
    held: told.held,
    addressChange: 'none',
    buyerNote: told.buyerNote,
    remark: told.remark,
    flag: told.flag,
    receiver: person.receiver,
    lines: told.lines,
    shipments: told.parcels.map((parcel) => ({ ...parcel, shippedAt })),
    identities: person.identities,
  };
}
