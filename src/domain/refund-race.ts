import { momentsOf } from './clock-rule.ts';
import type { FulfillmentView } from './fulfillment.ts';
import type { Order, OrderView } from './order.ts';
import { hasReached } from './stage.ts';

/** A refund asked for this long after the parcel was sent is after-sale: there is no box to catch any more. */
const raceMs = 24 * 3_600_000;

export const isRefunding = ({ refund }: Pick<OrderView, 'refund'>): boolean =>
  refund === 'requested' || refund === 'accepted' || refund === 'done';

/**
 * The buyer wants the money back, the label is printed, and the box may still be caught. Told by the moments alone, so that
 * rules, previews and lists mean the same by it.
 */
export function isRefundRace(order: OrderView, fulfillments: readonly FulfillmentView[]): boolean {
  const { labelledAt, shippedAt, refundAt } = momentsOf(order, fulfillments);
  if (!isRefunding(order) || labelledAt == null || refundAt == null) return false;
  return shippedAt == null || refundAt - shippedAt < raceMs;
}

/** How a race ended. `left`: a carrier has it, whoever was told what. */
export const raceEnd = (order: Order): 'left' | 'withdrawn' | 'stopped' => {
  if (
    order.scannedAt !== null ||
    order.deliveredAt !== null ||
    (order.stage !== 'closed' && hasReached(order.stage, 'scanned'))
  )
    return 'left';
  return isRefunding(order) ? 'stopped' : 'withdrawn';
};
