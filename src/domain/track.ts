/** What a carrier says happened to a parcel, in neutral words. `unknown` keeps `rawState` for people to look at. */
export const trackKinds = [
  'collected',
  'in-transit',
  'out-for-delivery',
  'delivered',
  'returned',
  'problem',
  'customs',
  'unknown',
] as const;
export type TrackKind = (typeof trackKinds)[number];

/** One thing that happened to a parcel, as its carrier told it. Free of places and names: those stay with the carrier. */
export interface TrackEvent {
  /** Our neutral id of the carrier: `zto`, `sf`. */
  readonly carrier: string;
  readonly waybill: string;
  /** When it happened by the carrier's clock; unix ms. */
  readonly occurredAt: number;
  readonly kind: TrackKind;
  /** The provider's own code. */
  readonly rawState: string;
  /** Only the day is known, or the zone is not told: `occurredAt` is good to a day. Missing: it is the moment itself. */
  readonly precision?: 'day';
}
