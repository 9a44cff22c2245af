import type { FulfillmentView } from '../domain/fulfillment.ts';
import type { Order } from '../domain/order.ts';
import type { StockLock } from '../domain/stock.ts';
import type { Stores } from '../ports/stores.ts';

/** What most likely keeps an order from being sorted, with the evidence. Never a guess dressed as a fact. */
export type Cause =
  /** The warehouse system does not answer; what it last said may be old. `since`: when it answered last, unix ms. */
  | { readonly kind: 'silent'; readonly since: number | null }
  /** The channel has it, the warehouse system has never shown it. */
  | { readonly kind: 'not-arrived' }
  /** Alive in the channel, closed in the warehouse system. */
  | { readonly kind: 'closed-there' }
  /** The warehouse stopped it for a refund that the buyer has taken back since. */
  | { readonly kind: 'stale-hold' }
  | { readonly kind: 'refunding' }
  /** The buyer asked for another address, and nobody decided. */
  | { readonly kind: 'address' }
  | { readonly kind: 'held'; readonly reason: string }
  | { readonly kind: 'review'; readonly reason: string }
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
  /** The system says that stock lacks, and the stock just read does not. */
  | { readonly kind: 'not-allocated' }
  /** `missing` pieces by the stock read last; 0 when only the system's own words say so. */
  | { readonly kind: 'short'; readonly reason: string; readonly missing: number }
  | { readonly kind: 'unclear' };

export interface Diagnosis {
  /** What has to be mended first stands first: an interface, then whoever stopped it, then stock. Never empty. */
  readonly causes: readonly Cause[];
  readonly fulfillment: FulfillmentView | undefined;
  /** All that the warehouses make of it. */
  readonly fulfillments: readonly FulfillmentView[];
}

/** What a read of this very minute told; nothing where none was made. */
export interface Fresh {
  /** Pieces that its warehouse lacks; undefined: the stock was not read. */
  readonly missing?: number | undefined;
  /** The warehouse system did not answer, and when it last did. */
  readonly silent?: { readonly since: number | null } | undefined;
}

const saysShort = (reason: string): boolean => /缺货|库存不足/.test(reason);
const isOverRefund = (reason: string): boolean => /退款/.test(reason);

/** Shops share warehouses: an order of another shop may hold the stock. */
async function ownerOf(stores: Stores, shopId: string, orderNo: string): Promise<Order | undefined> {
  const own = await stores.views.findOrderByNo(shopId, orderNo);
  return own ?? (await stores.views.listByNo(orderNo)).find((each) => each.channelOrderNo === orderNo);
}

type Holder = Extract<Cause, { kind: 'dead-lock' | 'dead-order' }>;

/** What closed orders hold of its goods in its warehouse. */
async function deadHolders(
  stores: Stores,
  order: Order,
  { warehouseCode }: FulfillmentView,
  shopOwnerOf: (lock: StockLock) => string,
): Promise<readonly Holder[]> {
  const found: Holder[] = [];
  const skus = order.lines.map((line) => line.sku);
  for (const lock of await stores.views.locksOn(skus)) {
    if (lock.warehouseCode !== warehouseCode || lock.channelOrderNo === null) continue;
    const owner = await ownerOf(stores, shopOwnerOf(lock), lock.channelOrderNo);
    if (owner?.closedAt != null) found.push({ kind: 'dead-lock', lock, owner });
  }
  for (const holder of await stores.views.deadFulfillmentsOn(skus, warehouseCode)) {
    const owner = (await stores.views.ordersOf(holder.systemId, holder.systemOrderNo)).find(
      (each) => each.closedAt !== null,
    );
    const line = holder.lines.find((each) => skus.includes(each.sku));
    if (owner !== undefined && line !== undefined)
      found.push({ kind: 'dead-order', holder, owner, sku: line.sku, qty: line.qty });
  }
  return found;
}

/** Who stopped it: the buyer, or somebody at the warehouse's screen. */
function stopsOf(order: Order, { stage, held, reason }: FulfillmentView): readonly Cause[] {
  const stops: Cause[] = [];
  const isRefunding = order.refund === 'requested' || order.refund === 'accepted';
  if (isRefunding) stops.push({ kind: 'refunding' });
  if (order.addressChange === 'requested') stops.push({ kind: 'address' });
  if (stage === 'review') stops.push({ kind: 'review', reason });
  else if (held && isOverRefund(reason) && order.refund === 'closed') stops.push({ kind: 'stale-hold' });
  else if (held && !(isRefunding && isOverRefund(reason))) stops.push({ kind: 'held', reason });
  return stops;
}

/** What stock lacks. A lock of a closed order explains nothing where there is enough for everybody. */
function stockCauses(holders: readonly Holder[], reason: string, missing: number | undefined): readonly Cause[] {
  if (missing === 0 && !saysShort(reason)) return [];
  if (missing === undefined || missing === 0) {
    if (holders.length > 0) return holders;
    if (!saysShort(reason)) return [];
    return [missing === 0 ? { kind: 'not-allocated' } : { kind: 'short', reason, missing: 0 }];
  }
  const freed = holders.reduce((sum, each) => sum + (each.kind === 'dead-lock' ? each.lock.qty : each.qty), 0);
  return missing > freed ? [...holders, { kind: 'short', reason, missing: missing - freed }] : holders;
}

/**
 * Reads stored views only; ask the sources afresh first when it has to be of this minute, and hand in what they told.
 * A shop without a warehouse system (`hasSystem`) has none that could lack its order.
 */
export async function diagnose(
  stores: Stores,
  order: Order,
  shopOwnerOf: (lock: StockLock) => string,
  hasSystem: boolean,
  { missing, silent }: Fresh = {},
): Promise<Diagnosis> {
  const fulfillments = await stores.views.fulfillmentsOf(order.id);
  const fulfillment = fulfillments.find((each) => !each.closed);
  const causes: Cause[] = silent === undefined ? [] : [{ kind: 'silent', since: silent.since }];
  if (fulfillment !== undefined) {
    causes.push(...stopsOf(order, fulfillment));
    const holders = await deadHolders(stores, order, fulfillment, shopOwnerOf);
    causes.push(...stockCauses(holders, fulfillment.reason, missing));
  } else if (silent === undefined && hasSystem && order.paidAt !== null && order.closedAt === null)
    causes.push({ kind: fulfillments.length === 0 ? 'not-arrived' : 'closed-there' });
  return { fulfillments, fulfillment, causes: causes.length === 0 ? [{ kind: 'unclear' }] : causes };
}
