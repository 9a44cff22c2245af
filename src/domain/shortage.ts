import type { StockLevel } from './stock.ts';

/** What open orders still have to be sent of one SKU. */
export interface Owed {
  readonly sku: string;
  /** Pieces, of orders that wait or lie on the packing tables. */
  readonly qty: number;
  readonly orders: number;
  /** The earliest ship-by of them, unix ms; null where no platform gives one. */
  readonly shipBy: number | null;
  /** One of the orders, for its title. */
  readonly orderId: string;
}

/** One SKU against what there is of it, in all warehouses together. */
export interface Cover extends Owed {
  /** Pieces on the shelves that nobody else holds. */
  readonly have: number;
  /** Bought and on the way; null = the system does not tell. */
  readonly arriving: number | null;
  /** Owed and neither there nor on the way; 0 = covered. */
  readonly short: number;
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
  const have = Math.max(0, onHand - virtual - Math.max(0, locked - owed.qty));
  const arriving = sumOf(levels, 'inbound');
  return { ...owed, have, arriving, short: Math.max(0, owed.qty - have - (arriving ?? 0)) };
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
