import type { FulfillmentView } from '../domain/fulfillment.ts';
import type { Order } from '../domain/order.ts';
import type { StockLock } from '../domain/stock.ts';
import type { Stores } from '../ports/stores.ts';

/** What most likely keeps an order from being sorted, with the evidence. Never a guess dressed as a fact. */
export type Cause =
  /** A virtual lock of an order that is closed holds its SKU in its warehouse. */
  | { readonly kind: 'dead-lock'; readonly lock: StockLock; readonly owner: Order }
  /** A closed order is still alive in the warehouse system and holds its SKU. */
  | {
      readonly kind: 'dead-order';
      readonly holder: FulfillmentView;
      readonly owner: Order;
      readonly sku: string;
      readonly qty: number;
    }
  /** `missing` pieces by the stock read last; 0 when only the system's own words say so. */
  | { readonly kind: 'short'; readonly reason: string; readonly missing: number }
  | { readonly kind: 'held'; readonly reason: string }
  | { readonly kind: 'review'; readonly reason: string }
  /** The channel has it, the warehouse system has never shown it. */
  | { readonly kind: 'not-arrived' }
  | { readonly kind: 'unclear' };

export interface Diagnosis {
  /** Likeliest first; never empty. */
  readonly causes: readonly Cause[];
  readonly fulfillment: FulfillmentView | undefined;
  /** All that the warehouses make of it. */
  readonly fulfillments: readonly FulfillmentView[];
}

/** Shops share warehouses: an order of another shop may hold the stock. */
async function ownerOf(stores: Stores, shopId: string, orderNo: string): Promise<Order | undefined> {
  const own = await stores.views.findOrderByNo(shopId, orderNo);
  return own ?? (await stores.views.listByNo(orderNo)).find((each) => each.channelOrderNo === orderNo);
}

/**
 * Reads stored views only; ask the sources afresh first when it has to be of this minute, and hand in what stock lacks.
 * A shop without a warehouse system (`hasSystem`) has none that could lack its order.
 */
export async function diagnose(
  stores: Stores,
  order: Order,
  shopOwnerOf: (lock: StockLock) => string,
  hasSystem: boolean,
  missing = 0,
): Promise<Diagnosis> {
  const fulfillments = await stores.views.fulfillmentsOf(order.id);
  const fulfillment = fulfillments.find((each) => !each.closed);
  if (fulfillment === undefined) {
    const isLacking = hasSystem && order.paidAt !== null && order.closedAt === null;
    return { fulfillments, fulfillment, causes: [{ kind: isLacking ? 'not-arrived' : 'unclear' }] };
  }
  const causes: Cause[] = [];
  const skus = order.lines.map((line) => line.sku);
  for (const lock of await stores.views.locksOn(skus)) {
    if (lock.warehouseCode !== fulfillment.warehouseCode || lock.channelOrderNo === null) continue;
    const owner = await ownerOf(stores, shopOwnerOf(lock), lock.channelOrderNo);
    if (owner?.closedAt != null) causes.push({ kind: 'dead-lock', lock, owner });
  }
  for (const holder of await stores.views.deadFulfillmentsOn(skus, fulfillment.warehouseCode)) {
    const owner = (await stores.views.ordersOf(holder.systemId, holder.systemOrderNo)).find(
      (each) => each.closedAt !== null,
    );
    const line = holder.lines.find((each) => skus.includes(each.sku));
    if (owner !== undefined && line !== undefined)
      causes.push({ kind: 'dead-order', holder, owner, sku: line.sku, qty: line.qty });
  }
  if (fulfillment.stage === 'review') causes.push({ kind: 'review', reason: fulfillment.reason });
  else if (fulfillment.held) causes.unshift({ kind: 'held', reason: fulfillment.reason });
  else if (missing > 0 || /缺货|库存不足/.test(fulfillment.reason))
    causes.push({ kind: 'short', reason: fulfillment.reason, missing });
  return { fulfillments, fulfillment, causes: causes.length === 0 ? [{ kind: 'unclear' }] : causes };
}
