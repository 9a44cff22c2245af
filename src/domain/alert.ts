import type { Severity } from './rule.ts';

export type AlertState = 'open' | 'claimed' | 'resolved';

/**
 * Why an alert ended. `cleared`: the condition went away. `in-time-learned-late`: it had been met before it was due,
 * and we only learned later. `person`: somebody said done and the state agreed.
 */
export type Resolution = 'cleared' | 'in-time-learned-late' | 'person' | 'rule-off';

/** A finding kept open: one open alert per (rule, subject). */
export interface Alert {
  readonly id: string;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly subject: string;
  /** "12号": given to alerts that got a card, counted anew each local day; null while only listed. */
  readonly number: number | null;
  readonly day: string | null;
  readonly severity: Severity;
  readonly state: AlertState;
  readonly groupKey: string;
  /** The instant at which the rule was broken. */
  readonly dueAt: number;
  readonly raisedAt: number;
  /** When the source that could have stopped it last confirmed; null = it could not be asked. */
  readonly confirmedAt: number | null;
  readonly facts: AlertFacts;
  readonly claimedBy: string | null;
  readonly claimedAt: number | null;
  readonly claimUntil: number | null;
  readonly snoozedUntil: number | null;
  readonly resolvedAt: number | null;
  readonly resolution: Resolution | null;
  /** Seen first when already long late: listed, never announced. */
  readonly isLateFound: boolean;
}

/** What the sentence and the card are made from. Ids and numbers; foreign words stay in the order row. */
export interface AlertFacts {
  readonly shopId?: string;
  readonly warehouseId?: string;
  readonly orderId?: string;
  readonly orderNo?: string;
  readonly visibility?: string;
  readonly [key: string]: string | number | boolean | null | undefined;
}

/**
 * `12@1124`: how a button names an alert, by number and local day, so that yesterday's button never acts on today's
 * number 12. People say `12号`.
 */
export const datedNumber = (number: number, localDay: string): string =>
  `${number}@${localDay.slice(5).replace('-', '')}`;

export const alertKey = (ruleId: string, subject: string): string => `${ruleId}|${subject}`;

/** A claim lasts 30 minutes, or a third of the time left to the ship-by wall when that is shorter. */
export function claimEnds(now: number, shipBy: number | null): number {
  const longest = 30 * 60_000;
  if (shipBy === null || shipBy <= now) return now + longest;
  return now + Math.min(longest, Math.floor((shipBy - now) / 3));
}

/** A snooze never runs past the ship-by moment. */
export const snoozeEnds = (now: number, ms: number, shipBy: number | null): number =>
  shipBy !== null && shipBy > now ? Math.min(now + ms, shipBy) : now + ms;
