import { exponentOf } from './money.ts';

/** What a platform takes for one order that is late, as somebody of the company looked it up on a day. */
export interface Penalty {
  /** All shops of a channel, or the one shop that is named; exactly one of both. */
  readonly channel: string | null;
  readonly shop: string | null;
  /** In the currency's own unit; null where it is a share. */
  readonly each: number | null;
  /** Of what was paid; null where it is a fixed amount. */
  readonly percent: number | null;
  /** Bounds of a share, in the currency's own unit; null = none. */
  readonly least: number | null;
  readonly most: number | null;
  /** The day of the look: `2026-11-01`. */
  readonly asOf: string;
}

/** Of one order, in minor units. */
export function penaltyOf(
  { each, percent, least, most }: Pick<Penalty, 'each' | 'percent' | 'least' | 'most'>,
  paidMinor: number,
  currency: string,
): number {
  const unit = 10 ** exponentOf(currency);
  if (each !== null) return Math.round(each * unit);
  const share = (paidMinor * (percent ?? 0)) / 100;
  return Math.round(Math.min((most ?? Number.POSITIVE_INFINITY) * unit, Math.max((least ?? 0) * unit, share)));
}

/** Orders of one shop that were paid alike. */
export interface Paid {
  readonly shopId: string;
  readonly currency: string;
  readonly paidMinor: number;
  readonly count: number;
}

/** What will be taken, on the table of the company alone. */
export interface Risk {
  readonly minor: number;
  readonly currency: string;
  /** Orders that will be late and are counted here. */
  readonly orders: number;
  /** Those of platforms that are not in the table: nothing is made up for them. */
  readonly unknown: number;
  /** The oldest day of what was used. */
  readonly asOf: string;
}

/**
 * What the orders that will be late cost: which of those that are due they are nobody knows yet, so each counts as the
 * shop's due orders do on average. Null where the table has nothing on any of them, or currencies would have to be added up.
 */
export function riskOf(
  late: readonly { readonly shopId: string; readonly misses: number }[],
  due: readonly Paid[],
  penaltyFor: (shopId: string) => Penalty | undefined,
): Risk | null {
  let [minor, orders, unknown] = [0, 0, 0];
  const used: Penalty[] = [];
  const currencies = new Set<string>();
  for (const { shopId, misses } of late) {
    if (misses === 0) continue;
    const own = due.filter((each) => each.shopId === shopId);
    const known = own.reduce((sum, { count }) => sum + count, 0);
    const penalty = penaltyFor(shopId);
    if (penalty === undefined || known === 0) {
      unknown += misses;
      continue;
    }
    const total = own.reduce((sum, each) => sum + penaltyOf(penalty, each.paidMinor, each.currency) * each.count, 0);
    minor += (total / known) * misses;
    orders += misses;
    used.push(penalty);
    for (const { currency } of own) currencies.add(currency);
  }
  const [currency, another] = currencies;
  if (currency === undefined || another !== undefined) return null;
  const asOf = used.map((each) => each.asOf).sort()[0] ?? '';
  return { minor: Math.round(minor), currency, orders, unknown, asOf };
}
