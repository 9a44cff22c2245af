import { type Calendar, isOpen, openBetween } from './calendar.ts';

/** A warehouse whose labels have stopped coming. Times are unix ms. */
export interface LabelSilence {
  readonly lastAt: number;
  /** Labels an hour that it was open, before they stopped. */
  readonly perHour: number;
}

const hour = 3_600_000;
/** Seen over at least this much open time: before that nobody knows its rate. */
const leastSeen = hour / 2;
/** So many would have come meanwhile: that none did has a chance of less than one in a hundred (e^-4.6). */
const leastMissing = 4.6;

/**
 * Whether a warehouse that labels has stopped: open, nothing labelled for `after` of its open time and longer than it ever
 * paused since `from` (some print in waves), and at its own rate some would have been. Undefined while it goes on, is
 * closed, or its rate is not known.
 */
export function labelSilence(
  labelled: readonly number[],
  from: number,
  now: number,
  calendar: Calendar,
  after: number,
): LabelSilence | undefined {
  const seen = labelled.filter((at) => at >= from && at <= now).sort((a, b) => a - b);
  const [first, lastAt] = [seen[0], seen.at(-1)];
  if (first === undefined || lastAt === undefined || !isOpen(calendar, now)) return undefined;
  const quiet = openBetween(calendar, lastAt, now);
  const watched = openBetween(calendar, first, lastAt);
  if (quiet < after || watched < leastSeen) return undefined;
  if (seen.some((at, index) => openBetween(calendar, at, seen[index + 1] ?? at) >= quiet)) return undefined;
  const perHour = (seen.length / watched) * hour;
  return (perHour * quiet) / hour < leastMissing ? undefined : { lastAt, perHour };
}
