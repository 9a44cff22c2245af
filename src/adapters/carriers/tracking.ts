import type { TrackEvent, TrackKind } from '../../domain/track.ts';
import type { Tracking } from '../../ports/carrier.ts';
import type { SkippedRow } from '../../ports/channel.ts';

/** When something happened; `day` where only that much is told. */
export interface Moment {
  readonly at: number;
  readonly precision?: 'day';
}

/** One row of a carrier's list: its own code, and when; undefined when that cannot be read. */
export interface TrackRow {
  readonly code: string;
  readonly moment: Moment | undefined;
}

/** A parcel that its carrier has nothing of, or will not tell of. */
export const nothingOf = (waybill: string, refusal: string | null = null): Tracking => ({
  waybill,
  events: [],
  skipped: [],
  unknownStates: [],
  state: 'going-on',
  refusal,
});

export const kindsOf = (kinds: Readonly<Record<string, TrackKind>>): ReadonlyMap<string, TrackKind> =>
  new Map(Object.entries(kinds));

/**
 * A carrier's rows in neutral words and in order of time, whatever order they came in. An `undefined` row could not be
 * read. Its way has ended when the newest thing known is that the buyer or the sender has it.
 */
export function trackingOf(
  carrier: string,
  waybill: string,
  rows: readonly (TrackRow | undefined)[],
  kinds: ReadonlyMap<string, TrackKind>,
): Tracking {
  const events: TrackEvent[] = [];
  const skipped: SkippedRow[] = [];
  const unknownStates: string[] = [];
  for (const row of rows) {
    if (row?.moment === undefined) {
      skipped.push({ ref: waybill, reason: row === undefined ? 'no row of tracking' : 'no readable time' });
      continue;
    }
    const { code, moment } = row;
    const kind = kinds.get(code);
    if (kind === undefined) unknownStates.push(code);
    const precision = moment.precision === undefined ? {} : { precision: moment.precision };
    events.push({ carrier, waybill, occurredAt: moment.at, kind: kind ?? 'unknown', rawState: code, ...precision });
  }
  events.sort((a, b) => a.occurredAt - b.occurredAt);
  const last = events.findLast(({ kind }) => kind !== 'unknown')?.kind;
  const state = last === 'delivered' || last === 'returned' ? 'finished' : 'going-on';
  return { waybill, events, skipped, unknownStates, state, refusal: null };
}
