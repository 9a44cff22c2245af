import type { DeductionSum } from './deduction.ts';
import type { Light, Rate, RateLimits, Tally } from './health.ts';
import type { Severity } from './rule.ts';

export const periods = ['day', 'week', 'month'] as const;
export type Period = (typeof periods)[number];

/** The three numbers of a span of days; the cycle's mean in ms. */
export interface Numbers {
  readonly cycle: { readonly n: number; readonly mean: number | null };
  readonly urge: Rate;
  readonly misShip: Rate;
}

/** The cycle with open age of the company or of one warehouse, now. */
export interface CycleLight {
  /** Null = the company. */
  readonly warehouse: string | null;
  readonly light: Light;
  /** Since when it shows; unix ms, null when it has just changed. */
  readonly since: number | null;
  /** Ms; null when nothing was paid in the last 24 h. */
  readonly mean: number | null;
  readonly scanned: number;
  readonly open: number;
  /** The light it turns to when nothing else happens, and when. */
  readonly next: { readonly light: Light; readonly at: number } | null;
}

export interface RateReading {
  readonly rate: Rate;
  readonly light: Light;
  readonly limits: RateLimits;
}

/** What became of the alerts that were said; times in ms from the message. */
export interface AlertNumbers {
  readonly said: number;
  readonly acted: { readonly n: number; readonly mean: number | null; readonly p90: number | null };
  readonly solved: { readonly n: number; readonly mean: number | null };
  /** Ended before anybody did anything. */
  readonly byThemselves: number;
  /** Nobody did anything, and they are open. */
  readonly nobody: number;
}

export interface StuckGroup {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly warehouse: string | null;
  readonly count: number;
  readonly oldestDueAt: number;
}

/** Everything that the board, `/health` and the morning card say of health. Names are resolved, words are not chosen. */
export interface Health {
  readonly at: number;
  readonly timezone: string;
  readonly period: Period;
  /** Local days, both included. */
  readonly from: string;
  readonly to: string;
  /** The company first. */
  readonly lights: readonly [CycleLight, ...CycleLight[]];
  readonly numbers: Numbers;
  /** The span before of the same length, and the same day a week before (days only). */
  readonly before: Numbers;
  readonly weekBefore: Numbers | null;
  readonly urge: RateReading;
  readonly misShip: RateReading;
  readonly cycle: { readonly all: Tally; readonly day: Tally; readonly night: Tally; readonly negative: number };
  readonly stages: { readonly payToSort: Tally; readonly sortToShip: Tally; readonly shipToScan: Tally };
  readonly alerts: AlertNumbers;
  /** Reading what is new: our own delay, and the platform's lag before it. */
  readonly delays: readonly { readonly source: string; readonly ours: Tally; readonly lag: Tally }[];
  readonly trend: readonly { readonly day: string; readonly n: number; readonly mean: number | null }[];
  readonly stuck: readonly StuckGroup[];
  /** Tails of refunded orders that carriers took all the same, of those that were called out in the period. */
  readonly notStopped: readonly string[];
  readonly openAlerts: number;
  readonly openActions: number;
  /** What platforms took in the period, by the bills that were brought; null while there was none ever. */
  readonly deducted: readonly DeductionSum[] | null;
  readonly sources: readonly { readonly name: string; readonly lastOkAt: number | null; readonly isFresh: boolean }[];
  readonly auditHead: string;
}
