import { addOpen, type Calendar, isOpen, openBefore, openBetween } from './calendar.ts';

const hour = 3_600_000;

/** Orders of one shop that stand together in the line and have one wall. */
export interface Cohort {
  readonly shopId: string;
  /** Their place: first come, first served. */
  readonly since: number;
  /** The platform's own deadline, never a guess; null when it gives none: they take their turn and cannot miss. */
  readonly wall: number | null;
  readonly count: number;
}

/** Orders sorted in one short piece of time. */
export interface Sorted {
  readonly at: number;
  readonly count: number;
}

export interface Speed {
  /** Orders sorted in an hour that the warehouse is open. */
  readonly perHour: number;
  /** Where the number comes from: seen in the last open hours, or written in the configuration. */
  readonly from: 'measured' | 'configured';
}

/** Seen over this much open time. */
const speedWindow = 2 * hour;
const leastSeen = hour / 2;
const farthestBack = 7 * 24 * hour;

/** Where the look back at the last open hours begins. */
export const speedSince = (calendar: Calendar, now: number): number =>
  openBefore(calendar, now, speedWindow, farthestBack);

/**
 * How fast a warehouse sorts. What was seen counts only while there was enough to do: a warehouse that waited for orders
 * is as fast as it is configured to be; unconfigured, as in its best half hour. Undefined when nothing was seen and nothing
 * is configured.
 */
export function speedOf(input: {
  readonly calendar: Calendar;
  readonly now: number;
  /** What was sorted since `speedSince`. */
  readonly sorted: readonly Sorted[];
  /** The first sorting ever seen; null = none. */
  readonly firstSortedAt: number | null;
  /** Whether some were sorted at moments that nobody told: then nothing seen is not nothing done. */
  readonly isUntimed: boolean;
  readonly waiting: number;
  /** The place near the head of the line (`headOf`): since then it was never empty. Null = nobody waits. */
  readonly waitingSince: number | null;
  readonly configured: number | null;
}): Speed | undefined {
  const { calendar, now, firstSortedAt, waiting, configured } = input;
  const fallback: Speed | undefined = configured === null ? undefined : { perHour: configured, from: 'configured' };
  if (firstSortedAt === null) return fallback;
  const start = Math.max(speedSince(calendar, now), firstSortedAt);
  const open = openBetween(calendar, start, now);
  if (open < leastSeen) return fallback;
  // Work after closing time says nothing of an hour that is open.
  const countFrom = (from: number): number =>
    input.sorted.reduce((sum, { at, count }) => sum + (at >= from && isOpen(calendar, at) ? count : 0), 0);
  if (countFrom(start) === 0 && input.isUntimed) return fallback;
  const busyFrom = Math.max(start, input.waitingSince ?? now);
  const busy = openBetween(calendar, busyFrom, now);
  const isSeenBusy = busy >= leastSeen;
  const count = countFrom(isSeenBusy ? busyFrom : start);
  // A rush after a quiet time: what it did then is no measure, what it can do in half an hour is.
  if (!isSeenBusy && waiting >= count) return fallback ?? atItsBest(input.sorted);
  const perHour = (count / (isSeenBusy ? busy : open)) * hour;
  const wasBusy = waiting >= count;
  if (!wasBusy && configured !== null && configured > perHour) return fallback;
  return { perHour, from: 'measured' };
}

/** By its best half hour; undefined where it sorted nothing. */
function atItsBest(sorted: readonly Sorted[]): Speed | undefined {
  const from = sorted.map(({ at }) =>
    sorted.reduce((sum, each) => sum + (each.at >= at && each.at < at + leastSeen ? each.count : 0), 0),
  );
  const most = Math.max(0, ...from);
  return most === 0 ? undefined : { perHour: (most / leastSeen) * hour, from: 'measured' };
}

/** The place of the tenth in the line: a few that are stuck at its head do not make it a long one. Null = nobody waits. */
export function headOf(cohorts: readonly Pick<Cohort, 'since' | 'count'>[]): number | null {
  let place = 0;
  let head: number | null = null;
  for (const { since, count } of [...cohorts].sort((a, b) => a.since - b.since)) {
    head = since;
    place += count;
    if (place >= 10) break;
  }
  return head;
}

export interface LineInput {
  readonly now: number;
  readonly calendar: Calendar;
  readonly perHour: number;
  /** From sorted to shipped, ms. */
  readonly packMs: number;
  /** Everybody who waits, in any order. */
  readonly cohorts: readonly Cohort[];
  /** Sorted and on the packing tables. */
  readonly packing: number;
}

export interface LineForecast {
  /** When the last of them is shipped; null = never at this speed. */
  readonly finishAt: number | null;
  /** Walls ahead that will be missed, and walls that are past already. */
  readonly misses: number;
  readonly overdue: number;
  /** The nearest wall that will be missed. */
  readonly firstMissAt: number | null;
  readonly missesByShop: ReadonlyMap<string, number>;
  /** Orders an hour that are lacking to have as many more done by the last wall that will be missed; 0 = too late. */
  readonly lackingPerHour: number;
}

/**
 * First come, first served over the hours the warehouse is open: who will be shipped after the platform's deadline, on the
 * orders known now. Later orders stand behind them and change nothing.
 */
export function forecastLine({ now, calendar, perHour, packMs, cohorts, packing }: LineInput): LineForecast {
  const line = [...cohorts].sort((a, b) => a.since - b.since || (a.wall ?? Infinity) - (b.wall ?? Infinity));
  const missesByShop = new Map<string, number>();
  // Many have the same wall: the calendar is asked once for each.
  const hoursBefore = new Map<number, number>();
  const hoursTo = (wall: number): number => {
    const known = hoursBefore.get(wall) ?? openBetween(calendar, now, wall - packMs) / hour;
    hoursBefore.set(wall, known);
    return known;
  };
  let [place, misses, overdue] = [0, 0, 0];
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { shopId, wall, count } of line) {
    const before = place;
    place += count;
    if (wall === null) continue;
    if (wall <= now) {
      overdue += count;
      continue;
    }
    const late = count - Math.min(count, Math.max(0, Math.floor(perHour * hoursTo(wall)) - before));
    if (late === 0) continue;
    misses += late;
    first = Math.min(first, wall);
    last = Math.max(last, wall);
    missesByShop.set(shopId, (missesByShop.get(shopId) ?? 0) + late);
  }
  const hoursLeft = misses === 0 ? 0 : hoursTo(last);
  return {
    finishAt: finishOf(calendar, now, place, perHour, packMs, packing),
    misses,
    overdue,
    firstMissAt: misses === 0 ? null : first,
    missesByShop,
    lackingPerHour: hoursLeft === 0 ? 0 : misses / hoursLeft,
  };
}

function finishOf(
  calendar: Calendar,
  now: number,
  waiting: number,
  perHour: number,
  packMs: number,
  packing: number,
): number | null {
  if (waiting === 0) return packing === 0 ? now : now + packMs;
  return perHour > 0 ? addOpen(calendar, now, Math.ceil((waiting / perHour) * hour)) + packMs : null;
}

/** Before one wall: the part of the line that is due by then, with everybody who stands in front of it. */
export function dueBy(cohorts: readonly Cohort[], wall: number): readonly Cohort[] {
  const isDue = (each: Cohort): boolean => each.wall !== null && each.wall <= wall;
  const last = cohorts.reduce((latest, each) => (isDue(each) ? Math.max(latest, each.since) : latest), -Infinity);
  return cohorts.filter(({ since }) => since <= last).map((each) => (isDue(each) ? each : { ...each, wall: null }));
}

/** People who are lacking for so many orders an hour. */
export const peopleFor = (lackingPerHour: number, perPersonHour: number): number =>
  Math.ceil(lackingPerHour / perPersonHour);
