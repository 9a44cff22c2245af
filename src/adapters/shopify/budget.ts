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

/** Until the first answer: the smallest bucket there is, and a question of some size. */
const firstBucket: Cost['throttleStatus'] = { maximumAvailable: 1_000, currentlyAvailable: 1_000, restoreRate: 50 };
const firstPrice = 100;

export function createBudget(clock: Clock): Budget {
  const prices = new Map<string, number>();
  let bucket = { ...firstBucket, at: clock.now() };
  /** Points of the questions that are under way. */
  let reserved = 0;
  let paid = (): void => undefined;
  /** Questions wait in line, and the first of them for the bucket. */
  let line: Promise<void> = Promise.resolve();

  const priceOf = (name: string): number => Math.min(prices.get(name) ?? firstPrice, bucket.maximumAvailable);
  /** Ms until the bucket holds the price of `name`; not positive when it does. */
  const waitFor = (name: string): number => {
    const restored = ((clock.now() - bucket.at) / 1_000) * bucket.restoreRate;
    const free = Math.min(bucket.maximumAvailable, bucket.currentlyAvailable + restored) - reserved;
    return Math.ceil(((priceOf(name) - free) / bucket.restoreRate) * 1_000);
  };

  return async (name, signal) => {
    const before = line;
    const taken = (async (): Promise<number> => {
      await before;
      while (!signal.aborted) {
        const wait = waitFor(name);
        // Time fills no bucket of which all is promised to questions under way: one of them has to end.
        if (reserved > 0 && reserved + priceOf(name) > bucket.maximumAvailable)
          await new Promise<void>((go) => (paid = go));
        else if (wait > 0) await clock.sleep(wait, signal);
        else break;
      }
      const points = signal.aborted ? 0 : priceOf(name);
      reserved += points;
      return points;
    })();
    line = taken.then(() => undefined);
    const price = await unlessAborted(taken, signal);
    return (cost) => {
      reserved -= price;
      paid();
      if (cost === undefined) return;
      prices.set(name, cost.requestedQueryCost);
      bucket = { ...cost.throttleStatus, at: clock.now() };
    };
  };
}

/** The points that were taken; 0 at once when `signal` aborts, since then none are. */
async function unlessAborted(taken: Promise<number>, signal: AbortSignal): Promise<number> {
  let stop = (): void => undefined;
  const aborted = new Promise<number>((resolve) => {
    stop = () => resolve(0);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([taken, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
