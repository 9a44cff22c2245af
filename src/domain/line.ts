import { momentsOf, ordinaryPromise } from './clock-rule.ts';
import type { FulfillmentView } from './fulfillment.ts';
import type { OrderKind, OrderView } from './order.ts';
import { hasReached } from './stage.ts';

/** Why an order is counted beside the line: nobody is late with it. `review` still has to leave by its wall. */
export type Apart = Exclude<OrderKind, 'sale'> | 'held' | 'refund' | 'review';

/** One paid order in the line of a warehouse. Times are unix ms. */
export interface LineEntry {
  /** `system/code`; empty while no warehouse is known to serve it. */
  readonly warehouse: string;
  readonly shopId: string;
  readonly phase: 'waiting' | 'sorted' | 'shipped';
  /** Its place: first come, first served by this moment. */
  readonly since: number;
  /** The platform's own deadline; null when it gives none. */
  readonly wall: number | null;
  readonly apart: Apart | null;
  /**
   * By when it was free to be sorted at the latest, as its sources tell: the place of one that was kept apart until then.
   * No other order's place, for a system's touch of a row moves it.
   */
  readonly freeAt: number;
  /** Null before it is sorted, and where a source tells that it is without telling when. */
  readonly sortedAt: number | null;
  readonly shippedAt: number | null;
}

const day = 24 * 3_600_000;

/**
 * The moment from which an order stands in the line: its payment. Where a later day was promised (presale, made to order,
 * supplier) it is the moment at which an ordinary order with that wall would have been paid: until then nobody waits for it.
 */
export const lineSince = (paidAt: number, promisedAt: number | null): number =>
  Math.max(paidAt, (promisedAt ?? 0) - ordinaryPromise);

/** What all views of an order say of its place; null before the payment and once it has been delivered or closed. */
export function lineEntryOf(order: OrderView, fulfillments: readonly FulfillmentView[]): LineEntry | null {
  if (order.paidAt === null) return null;
  const { sortedAt = null, shippedAt = null, ...moments } = momentsOf(order, fulfillments);
  if (moments.closedAt != null) return null;
  // What the neighbour gets the same day still counts among the day's work.
  if (shippedAt !== null && (moments.deliveredAt ?? shippedAt) - shippedAt > day) return null;
  const isSorted = sortedAt !== null;
  return {
    warehouse: warehouseOf(fulfillments),
    shopId: order.shopId,
    phase: shippedAt === null ? (isSorted ? 'sorted' : 'waiting') : 'shipped',
    since: lineSince(order.paidAt, order.promisedAt),
    wall: order.shipBy,
    apart: apartOf(order, moments),
    freeAt: Math.max(moments.queuedAt ?? 0, order.sourceUpdatedAt),
    sortedAt: sortedAt === order.sourceUpdatedAt ? toldSortedAt(order, fulfillments) : sortedAt,
    shippedAt,
  };
}

/** By the times that were told alone: the moment at which a state was seen is no work of that moment. */
const toldSortedAt = (order: OrderView, fulfillments: readonly FulfillmentView[]): number | null =>
  momentsOf({ ...order, status: 'unknown' }, fulfillments).sortedAt ?? null;

function apartOf(
  { kind }: OrderView,
  { refundAt, heldAt, reviewAt }: Pick<ReturnType<typeof momentsOf>, 'refundAt' | 'heldAt' | 'reviewAt'>,
): Apart | null {
  if (kind !== 'sale') return kind;
  if (refundAt != null) return 'refund';
  if (heldAt != null) return 'held';
  return reviewAt != null ? 'review' : null;
}

/** Of a split order, the warehouse that is furthest behind. */
function warehouseOf(fulfillments: readonly FulfillmentView[]): string {
  const open = fulfillments.filter((each) => !each.closed);
  const slowest = open.reduce<FulfillmentView | undefined>(
    (slow, each) => (slow === undefined || !hasReached(each.stage, slow.stage) ? each : slow),
    undefined,
  );
  const serving = slowest ?? fulfillments.find((each) => each.shippedAt !== null);
  return serving === undefined ? '' : `${serving.systemId}/${serving.warehouseCode}`;
}
