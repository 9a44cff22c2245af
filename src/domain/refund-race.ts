import { momentsOf } from './clock-rule.ts';
import type { FulfillmentView } from './fulfillment.ts';
import type { OrderView } from './order.ts';
import type { Parcel } from './parcel.ts';

/** The rule whose box a person has to catch. */
export const refundNotStopped = 'refund-not-stopped';

/** A refund asked for this long after the parcel was sent is after-sale: there is no box to catch any more. */
const raceMs = 24 * 3_600_000;

export const isRefunding = ({ refund }: Pick<OrderView, 'refund'>): boolean =>
  refund === 'requested' || refund === 'accepted' || refund === 'done';

/**
 * The buyer wants the money back, the label is printed, and the box may still be caught. Told by the moments alone, so that
 * rules, previews and lists mean the same by it.
 */
export function isRefundRace(order: OrderView, fulfillments: readonly FulfillmentView[]): boolean {
  if (!isRefunding(order)) return false;
  const { labelledAt, shippedAt, refundAt } = momentsOf(order, fulfillments);
  if (labelledAt == null || refundAt == null) return false;
  return shippedAt == null || refundAt - shippedAt < raceMs;
}

export type RaceEnd = 'left' | 'withdrawn' | 'stopped';

/** How it stands with such a box. `left`: a carrier has it, whoever was told what. */
export function raceEnd(
  order: OrderView,
  fulfillments: readonly FulfillmentView[],
  parcels: readonly Parcel[],
): RaceEnd {
  const { scannedAt, deliveredAt } = momentsOf(order, fulfillments, parcels);
  if (scannedAt != null || deliveredAt != null) return 'left';
  return isRefunding(order) ? 'stopped' : 'withdrawn';
}
