/** What was sold of one style in one minute. */
export interface MinuteSales {
  readonly minute: number;
  readonly qty: number;
  readonly orders: number;
}

export interface Spike {
  /** Since the first minute that was faster than usual. */
  readonly minutes: number;
  readonly qty: number;
  readonly orders: number;
  /** Pieces a minute since then. */
  readonly perMinute: number;
}

const aMinute = 60_000;

/**
 * Whether a style sells far faster than its own curve: `times` the usual pieces of such a window, and not a handful.
 * `usual` is its own number for a window of this length at this hour; 0 for a style that nobody knows.
 */
export function spikeOf(
  sales: readonly MinuteSales[],
  usual: number,
  rule: { readonly within: number; readonly times: number; readonly atLeast: number },
  now: number,
): Spike | undefined {
  const window = sales.filter(({ minute }) => minute > now - rule.within - aMinute && minute <= now);
  const total = window.reduce((sum, { qty }) => sum + qty, 0);
  if (total < rule.atLeast || total <= rule.times * usual) return undefined;
  const fast = Math.max(2, (rule.times * usual * aMinute) / rule.within);
  const starts = window.filter(({ qty }) => qty >= fast).map(({ minute }) => minute);
  const start = Math.min(...(starts.length === 0 ? window.map(({ minute }) => minute) : starts));
  const since = window.filter(({ minute }) => minute >= start);
  const qty = since.reduce((sum, each) => sum + each.qty, 0);
  const minutes = Math.max(1, Math.round((now - start) / aMinute));
  return { minutes, qty, orders: since.reduce((sum, each) => sum + each.orders, 0), perMinute: qty / minutes };
}

/** The style of a SKU such as XZ01-HE-L: what stands before its first dash; the whole SKU where there is none. */
export const styleOf = (sku: string): string => /^([^-_.]{3,})[-_.]./.exec(sku)?.[1] ?? sku;
