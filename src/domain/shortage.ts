import type { StockLevel } from './stock.ts';

/** Pieces of one SKU that are owed by orders which stand together. Times are unix ms. */
export interface OwedPart {
  /** Their place; what is sorted already lies on the packing tables and has its pieces. */
  readonly since: number;
  readonly isSorted: boolean;
  readonly qty: number;
  readonly orders: number;
  /** Their earliest ship-by; null where no platform gives one. */
  readonly wall: number | null;
}

/** What open orders still have to be sent of one SKU. */
export interface Owed {
  readonly sku: string;
  readonly parts: readonly OwedPart[];
  /** One of the orders, for its title. */
  readonly orderId: string;
}

/** One SKU against what there is of it, in all warehouses together. */
export interface Cover {
  readonly sku: string;
  readonly orderId: string;
  /** Pieces and orders that are owed. */
  readonly qty: number;
  readonly orders: number;
  /** Pieces on the shelves that nobody else holds. */
  readonly have: number;
  /** Bought and on the way; null = the system does not tell. */
  readonly arriving: number | null;
  /** Owed and neither there nor on the way; 0 = covered. */
  readonly short: number;
  /** The earliest ship-by of those for whom nothing is on the shelf, first come first served; null = none is given. */
  readonly shipBy: number | null;
}

/**
 * What there is of a SKU for the orders that owe it. Undefined while a number is missing: then nothing is guessed. Locks
 * beyond what we owe belong to orders that we do not see, or to closed ones: their pieces are not ours to send.
 */
export function coverOf(owed: Owed, levels: readonly StockLevel[]): Cover | undefined {
  if (levels.length === 0) return undefined;
  const onHand = sumOf(levels, 'onHand');
  const virtual = sumOf(levels, 'virtualLocked');
  const locked = sumOf(levels, 'orderLocked');
  if (onHand === null || virtual === null || locked === null) return undefined;
  const { sku, orderId, parts } = owed;
  const qty = parts.reduce((sum, part) => sum + part.qty, 0);
  const orders = parts.reduce((sum, part) => sum + part.orders, 0);
  const have = Math.max(0, onHand - virtual - Math.max(0, locked - qty));
  const arriving = sumOf(levels, 'inbound');
  const short = Math.max(0, qty - have - (arriving ?? 0));
  return { sku, orderId, qty, orders, have, arriving, short, shipBy: firstLacking(parts, have) };
}

function firstLacking(parts: readonly OwedPart[], have: number): number | null {
  let left = have;
  let first: number | null = null;
  const line = [...parts].sort((a, b) => Number(b.isSorted) - Number(a.isSorted) || a.since - b.since);
  for (const { qty, wall } of line) {
    left -= qty;
    if (left < 0 && wall !== null && (first === null || wall < first)) first = wall;
  }
  return first;
}

/** Null when one of them does not tell. */
function sumOf(
  levels: readonly StockLevel[],
  number: 'onHand' | 'virtualLocked' | 'orderLocked' | 'inbound',
): number | null {
  let sum = 0;
  for (const level of levels) {
    const told = level[number];
    if (told === undefined) return null;
    sum += told;
  }
  return sum;
}

/** The soonest ship-by first, then who lacks most. */
export const worstShortFirst = (a: Cover, b: Cover): number =>
  (a.shipBy ?? Number.POSITIVE_INFINITY) - (b.shipBy ?? Number.POSITIVE_INFINITY) || b.short - a.short;
