import type { EventKind } from './event.ts';
import { localDay, startOfDay } from './local-day.ts';
import type { OrderView } from './order.ts';
import type { Moments } from './rule.ts';

const hour = 3_600_000;

// ---- what an order tells ---------------------------------------------------------------------------------------

/** The moments of a paid sale that its times are measured between; unix ms. */
export interface Laps {
  /** Our warehouse, empty while none has it. */
  readonly warehouse: string;
  readonly paidAt: number;
  readonly sortedAt: number | null;
  readonly shippedAt: number | null;
  readonly scannedAt: number | null;
  readonly closedAt: number | null;
  /** When the buyer first urged, and when a wrong parcel was first known; null = never told. */
  readonly urgedAt: number | null;
  readonly misShippedAt: number | null;
}

/** What is told of an order beside its views. */
export type Mark = Extract<EventKind, 'urge' | 'mis-ship'>;

/** Undefined before payment, and for kinds that are no sale (postage links, samples, resends). */
export function lapsOf(order: OrderView, moments: Moments, warehouse: string): Laps | undefined {
  const { paidAt } = order;
  if (paidAt === null || order.kind !== 'sale') return undefined;
  const { sortedAt = null, shippedAt = null, scannedAt = null, closedAt = null } = moments;
  return { warehouse, paidAt, sortedAt, shippedAt, scannedAt, closedAt, urgedAt: null, misShippedAt: null };
}

/**
 * Times: `cycle` is paid → first carrier scan, apart for what was paid by day and by night; then its three stages.
 * Counts: orders paid, sent, urged, sent wrongly, and cycles that end before they begin. Delays of what we read: ours, and
 * the platform's own.
 */
export type Metric =
  | 'cycle-day'
  | 'cycle-night'
  | 'cycle-negative'
  | 'pay-to-sort'
  | 'sort-to-ship'
  | 'ship-to-scan'
  | 'paid'
  | 'sent'
  | 'urged'
  | 'mis-shipped'
  | 'ingest-delay'
  | 'platform-lag';

/** One count of a metric: a time in whole ms, or 0 where only the number counts. */
export interface Measure {
  /** The local day it belongs to: of the end of a time, of the payment or the sending of a count. */
  readonly day: string;
  /** Our warehouse; for delays the source. */
  readonly scope: string;
  readonly metric: Metric;
  readonly value: number;
}

const daytime = { from: 8 * hour, to: 20 * hour };

/** All that one order contributes. The same laps give the same measures, so that old ones can be taken back. */
export function measuresOf(laps: Laps, zone: string): readonly Measure[] {
  const { warehouse: scope, paidAt, sortedAt, shippedAt, scannedAt } = laps;
  const measures: Measure[] = [];
  const add = (metric: Metric, at: number, value = 0): void =>
    void measures.push({ day: localDay(at, zone), scope, metric, value });
  const time = (metric: Metric, from: number | null, to: number | null): void => {
    if (from !== null && to !== null && to >= from) add(metric, to, to - from);
  };
  add('paid', paidAt);
  if (laps.urgedAt !== null) add('urged', paidAt);
  if (shippedAt !== null) {
    add('sent', shippedAt);
    if (laps.misShippedAt !== null) add('mis-shipped', shippedAt);
  }
  if (scannedAt !== null && scannedAt < paidAt) add('cycle-negative', scannedAt);
  else time(isDaytime(paidAt, zone) ? 'cycle-day' : 'cycle-night', paidAt, scannedAt);
  time('pay-to-sort', paidAt, sortedAt);
  time('sort-to-ship', sortedAt, shippedAt);
  time('ship-to-scan', shippedAt, scannedAt);
  return measures;
}

/** Our own delay, from the first instant at which the platform showed it, and the platform's lag before that. */
export function delaysOf(
  source: string,
  told: { readonly occurredAt: number; readonly visibleAt: number; readonly receivedAt: number },
  zone: string,
): readonly Measure[] {
  const day = localDay(told.receivedAt, zone);
  return [
    { day, scope: source, metric: 'ingest-delay', value: Math.max(0, told.receivedAt - told.visibleAt) },
    { day, scope: source, metric: 'platform-lag', value: Math.max(0, told.visibleAt - told.occurredAt) },
  ];
}

function isDaytime(at: number, zone: string): boolean {
  const since = at - startOfDay(localDay(at, zone), zone);
  return since >= daytime.from && since < daytime.to;
}

// ---- sums and histograms ---------------------------------------------------------------------------------------

/** Neighbouring bounds; the middle of a bucket is within (γ−1)/(γ+1) = 1.5 % of all in it. */
const gamma = 1.03;
const logGamma = Math.log(gamma);

/** Bucket b holds times up to γ^(b−1) ms; 0 holds zero. Buckets of any two tallies are the same, so they add up. */
export const bucketOf = (ms: number): number => (ms < 1 ? 0 : 1 + Math.ceil(Math.log(ms) / logGamma));

const middleOf = (bucket: number): number => (bucket === 0 ? 0 : (2 * gamma ** (bucket - 1)) / (gamma + 1));

/** Counts and the exact sum of one bucket. */
export interface Bucket {
  readonly bucket: number;
  readonly n: number;
  readonly sum: number;
}

export interface Tally {
  readonly n: number;
  /** Exact, ms; null when there are none. */
  readonly mean: number | null;
  /** Nearest rank, within 2 %: to be marked ≈. Ms. */
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
}

/** Any buckets together: of days, of warehouses, of metrics of one kind. */
export function tally(buckets: readonly Bucket[]): Tally {
  const counts = new Map<number, number>();
  let n = 0;
  let sum = 0;
  for (const each of buckets) {
    counts.set(each.bucket, (counts.get(each.bucket) ?? 0) + each.n);
    n += each.n;
    sum += each.sum;
  }
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const at = (percent: number): number | null => {
    let left = Math.max(1, Math.ceil((percent * n) / 100));
    for (const [bucket, count] of sorted) {
      left -= count;
      if (left <= 0) return middleOf(bucket);
    }
    return null;
  };
  return { n, mean: n === 0 ? null : sum / n, p50: at(50), p90: at(90), p99: at(99) };
}

// ---- the cycle with open age -----------------------------------------------------------------------------------

/** Orders paid in the last so many ms are looked at. */
export const openAgeWindow = 24 * hour;

export interface OpenAge {
  /** Scanned, and not yet. */
  readonly scanned: number;
  readonly open: number;
  /** (Σ cycles + n_open·now − Σ paidAt_open) ÷ (n + n_open), ms; null when nothing was paid. */
  readonly mean: number | null;
}

/** Of an order that is not closed. */
export type OpenLaps = Pick<Laps, 'warehouse' | 'paidAt' | 'scannedAt'>;

/** Paid in (now − 24 h, now], no scan before the payment. */
const isIn = ({ paidAt, scannedAt }: OpenLaps, now: number): boolean =>
  paidAt > now - openAgeWindow && paidAt <= now && (scannedAt === null || scannedAt >= paidAt);

/** The mean over what has been scanned, at its cycle, and over what has not, at its age: nothing open is dropped. */
export function openAge(laps: readonly OpenLaps[], now: number): OpenAge {
  let scanned = 0;
  let open = 0;
  let sum = 0;
  for (const each of laps) {
    if (!isIn(each, now)) continue;
    if (each.scannedAt === null) open += 1;
    else scanned += 1;
    sum += (each.scannedAt ?? now) - each.paidAt;
  }
  const n = scanned + open;
  return { scanned, open, mean: n === 0 ? null : sum / n };
}

/**
 * The first ms from `now` on at which the mean is above `limit` when nothing else happens: what is open grows older, and
 * what was paid 24 h ago leaves. Undefined when it never is.
 */
export function crossingAt(laps: readonly OpenLaps[], now: number, limit: number): number | undefined {
  const left = laps.filter((each) => isIn(each, now)).sort((a, b) => a.paidAt - b.paidAt);
  // Counted from the start of the window: sums of unix ms would not stay exact.
  const base = now - openAgeWindow;
  let n = left.length;
  let open = 0;
  let cycles = 0;
  let paid = 0;
  const count = ({ paidAt, scannedAt }: OpenLaps, sign: 1 | -1): void => {
    if (scannedAt === null) {
      open += sign;
      paid += sign * (paidAt - base);
    } else cycles += sign * (scannedAt - paidAt);
  };
  for (const each of left) count(each, 1);
  let from = now;
  for (const each of left) {
    const until = each.paidAt + openAgeWindow;
    const reached = open === 0 ? now : base + Math.floor((limit * n - cycles + paid) / open) + 1;
    const isAbove = open > 0 || cycles > limit * n;
    const at = Math.max(from, reached);
    if (isAbove && at < until) return at;
    count(each, -1);
    n -= 1;
    from = until;
  }
  return undefined;
}

// ---- lights ----------------------------------------------------------------------------------------------------

/** `none`: no source tells it. Never green. */
export type Light = 'green' | 'yellow' | 'red' | 'none';

export const cycleLimits = { yellow: 6 * hour, red: 8 * hour, clear: 7.75 * hour } as const;

/** Yellow above 6:00:00, red above 8:00:00. What was red stays so until the value is below 7:45:00. */
export function cycleLight(mean: number | null, before: Light | undefined): Light {
  if (mean === null) return 'none';
  if (mean > cycleLimits.red || (before === 'red' && mean >= cycleLimits.clear)) return 'red';
  return mean > cycleLimits.yellow ? 'yellow' : 'green';
}

/** Percent: green up to the first, yellow up to the second, red above. */
export interface RateLimits {
  readonly green: number;
  readonly yellow: number;
}

/** Orders of which it is true, of how many; null = no source tells. */
export type Rate = { readonly of: number; readonly n: number } | null;

export function rateLight(rate: Rate, { green, yellow }: RateLimits): Light {
  if (rate === null || rate.n === 0) return 'none';
  // Whole thousandths of a percent: 0.3 % of 1,000 is 3, not 2.9999….
  const isUpTo = (limit: number): boolean => rate.of * 100_000 <= Math.round(limit * 1_000) * rate.n;
  if (isUpTo(green)) return 'green';
  return isUpTo(yellow) ? 'yellow' : 'red';
}

const rank: Readonly<Record<Light, number>> = { none: 0, green: 1, yellow: 2, red: 3 };

export const worstLight = (lights: readonly Light[]): Light =>
  lights.reduce<Light>((worst, each) => (rank[each] > rank[worst] ? each : worst), 'none');
