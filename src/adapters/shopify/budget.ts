import type { Clock } from '../../ports/clock.ts';

/** What an answer says of its price and of the bucket of points (channels.md §4.6). */
export interface Cost {
  readonly requestedQueryCost: number;
  readonly throttleStatus: {
    readonly maximumAvailable: number;
    readonly currentlyAvailable: number;
    /** Points a second. */
    readonly restoreRate: number;
  };
}

/**
 * Keeps questions back until the shop's bucket holds what they cost, as far as earlier answers tell. Resolves when a
 * question of this name may be sent, or at once when `signal` aborts; what it resolves to takes the answer's cost, once,
 * undefined when no answer came or it told nothing.
 */
export type Budget = (name: string, signal: AbortSignal) => Promise<(cost: Cost | undefined) => void>;

export function createBudget(clock: Clock): Budget {
  const prices = new Map<string, number>();
  let bucket: (Cost['throttleStatus'] & { readonly at: number }) | undefined;
  /** Points of the questions that are under way. */
  let reserved = 0;

  const priceOf = (name: string): number => Math.min(prices.get(name) ?? 0, bucket?.maximumAvailable ?? 0);
  /** Ms until the bucket holds the price of `name`; not positive when it does. */
  const waitFor = (name: string): number => {
    if (bucket === undefined) return 0;
    const restored = ((clock.now() - bucket.at) / 1_000) * bucket.restoreRate;
    const free = Math.min(bucket.maximumAvailable, bucket.currentlyAvailable + restored) - reserved;
    return Math.ceil(((priceOf(name) - free) / bucket.restoreRate) * 1_000);
  };

  return async (name, signal) => {
    for (let wait = waitFor(name); wait > 0 && !signal.aborted; wait = waitFor(name)) await clock.sleep(wait, signal);
    const price = priceOf(name);
    reserved += price;
    return (cost) => {
      reserved -= price;
      if (cost === undefined) return;
      prices.set(name, cost.requestedQueryCost);
      bucket = { ...cost.throttleStatus, at: clock.now() };
    };
  };
}
