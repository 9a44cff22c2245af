import type { Stage } from './stage.ts';

/** What the channel says of an order, in neutral words. `unknown` keeps `sourceStatus` for people to look at. */
export const channelStatuses = [
  'created',
  'paid',
  'allocated',
  'picking',
  'shipped',
  'in_transit',
  'delivered',
  'closed',
  'refunding',
  'refunded',
  'unknown',
] as const;
export type ChannelStatus = (typeof channelStatuses)[number];

export type RefundState = 'none' | 'requested' | 'accepted' | 'done' | 'closed';

/** What became of the receiver's address since the order was placed: the buyer asked for another one, or it is another one by now. */
export type AddressChange = 'none' | 'requested' | 'changed';

/** Kinds that no clock alarms: counted only. */
export type OrderKind = 'sale' | 'postage' | 'sample' | 'resend';

export interface OrderLine {
  readonly lineId: string;
  readonly sku: string;
  readonly title: string;
  readonly qty: number;
  readonly unitMinor: number;
  readonly paidMinor: number;
}

export interface Shipment {
  readonly carrier: string;
  readonly waybill: string;
  /** Unix ms of the upload, when the channel tells. */
  readonly shippedAt: number | null;
}

/** A key that may tell that two orders are one person's: already hashed, compared only inside `scope`. */
export interface IdentityKey {
  readonly kind: 'phone' | 'receiver' | 'buyer' | 'mask';
  readonly value: string;
  readonly scope: string;
}

/** What may be shown of the receiver: "张*", "138****8000", a region. Never the street. */
export interface ReceiverMask {
  readonly name: string;
  readonly phone: string;
  readonly province: string;
  readonly city: string;
  readonly district: string;
}

/** The channel's view of one order. Times are unix ms; null = not yet, or not told. */
export interface OrderView {
  readonly shopId: string;
  readonly channelOrderNo: string;
  /** What shop and buyer call it where that is not the order number: `1043` for Shopify's #1043, `EN1043` with a prefix. */
  readonly displayNo?: string;
  readonly status: ChannelStatus;
  readonly sourceStatus: string;
  readonly sourceUpdatedAt: number;
  readonly kind: OrderKind;
  readonly placedAt: number;
  readonly paidAt: number | null;
  /** Warehouse moments, where the channel or a file tells them. */
  readonly sortedAt: number | null;
  readonly shippedAt: number | null;
  readonly scannedAt: number | null;
  readonly deliveredAt: number | null;
  readonly closedAt: number | null;
  readonly shipBy: number | null;
  /** Promised ship date beyond the ordinary 48 h: presale, made to order, supplier. */
  readonly promisedAt: number | null;
  readonly currency: string;
  readonly goodsMinor: number;
  readonly freightMinor: number;
  readonly paidMinor: number;
  readonly refund: RefundState;
  readonly refundAt: number | null;
  readonly held: boolean;
  readonly addressChange: AddressChange;
  /** Since when, unix ms: as the channel tells, or when it was first seen so; null = never, or it was so at first sight. */
  readonly addressChangeAt?: number | null;
  readonly buyerNote: string;
  readonly remark: string;
  readonly flag: string;
  readonly receiver: ReceiverMask;
  readonly lines: readonly OrderLine[];
  readonly shipments: readonly Shipment[];
  readonly identities: readonly IdentityKey[];
}

/** The one row people ask about: the channel's view with what the warehouses say of it. */
export interface Order extends OrderView {
  /** Short opaque id: stands in links and subjects. */
  readonly id: string;
  readonly stage: Stage;
  /** When the current stage began, by the sources' own clocks. */
  readonly stageAt: number;
  readonly firstSeenAt: number;
}

/** `order:<shop>/<no>`: the subject of events, deadlines and alerts about one order. */
export const orderSubject = (shopId: string, channelOrderNo: string): string => `order:${shopId}/${channelOrderNo}`;

/** The last six digits people say: `018842`. */
export const tailOf = (orderNo: string): string => orderNo.slice(-6);
