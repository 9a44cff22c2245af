import type { AlertFacts } from '../domain/alert.ts';
import type { Visibility } from '../domain/stage.ts';
import type { Judged } from './rulebook.ts';

/** Which of the sentences about a parcel is true. */
export type TrackingWhy = 'never-scanned' | 'stalled' | 'provider-stale';

/** What is said of a parcel that does not move: since when, out of how long, on which lane, and how surely. */
export function trackingFacts({ moments, verdict, on, lane }: Judged, visibility: Visibility): AlertFacts {
  const why: TrackingWhy =
    visibility === 'source-silent' ? 'provider-stale' : moments.trackedAt == null ? 'never-scanned' : 'stalled';
  return {
    why,
    since: verdict.state === 'not-started' ? null : verdict.startedAt,
    limitMs: on.after,
    aheadMs: on.ahead ?? null,
    laneZh: lane?.name.zh ?? null,
    laneEn: lane?.name.en ?? null,
    laneAsOf: lane?.asOf ?? null,
  };
}
