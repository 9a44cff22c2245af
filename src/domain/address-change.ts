import { momentsOf } from './clock-rule.ts';
import type { FulfillmentView } from './fulfillment.ts';
import type { OrderView } from './order.ts';

/** The rule about a buyer's other address. */
export const addressChangeRequested = 'address-change-requested';

/**
 * What somebody has to do about a buyer's other address. `decide`: the buyer waits for a yes or no. `stop`: the address became
 * another one after the label was printed with the old one, and nothing stops the parcel yet. Undefined: nothing, or too late.
 */
export function addressDuty(order: OrderView, fulfillments: readonly FulfillmentView[]): 'decide' | 'stop' | undefined {
  const { labelledAt, shippedAt, closedAt, addressAt } = momentsOf(order, fulfillments);
  if (shippedAt != null || closedAt != null) return undefined;
  if (order.addressChange === 'requested') return 'decide';
  if (order.addressChange !== 'changed' || addressAt == null || labelledAt == null) return undefined;
  const isStopped = fulfillments.some(({ held, closed }) => held && !closed);
  return addressAt > labelledAt && !isStopped ? 'stop' : undefined;
}
