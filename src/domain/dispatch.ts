import type { Alert } from './alert.ts';
import { type Hears, isForRoom } from './hears.ts';
import { type Severity, severityRank } from './rule.ts';
import { covers, quietUntil, type Silence } from './silence.ts';

/** Why an alert was said or not: kept with the decision, so that "why did nobody hear?" has an answer. */
export type Verdict =
  | {
      readonly verdict: 'said';
      readonly reason: 'first-of-group' | 'doubled' | 'nearer-wall' | 'snooze-over' | 'claim-expired';
    }
  | { readonly verdict: 'grouped'; readonly reason: 'said-already' | 'one-a-minute' }
  | {
      readonly verdict: 'listed';
      readonly reason:
        | 'found-late'
        | 'not-for-this-room'
        | 'below-hearing'
        | 'in-its-turn'
        | 'said-otherwise'
        | 'silence-over'
        | 'quiet-hours-over'
        | 'month-over';
    }
  | {
      readonly verdict: 'held-back';
      readonly reason:
        | 'source-silent'
        | 'snoozed'
        | 'silenced'
        | 'quiet-hours'
        | 'month-is-tight'
        | 'hour-is-full'
        | 'shadow';
    };

export interface GroupMemory {
  readonly saidAt: number;
  readonly count: number;
  readonly band: number;
}

/** Hours to the ship-by wall, in the steps at which a group is worth saying again: >12, ≤12, ≤4, ≤1, past. */
export function bandOf(shipBy: number | null, now: number): number {
  if (shipBy === null) return 0;
  const hours = (shipBy - now) / 3_600_000;
  if (hours <= 0) return 4;
  if (hours <= 1) return 3;
  if (hours <= 4) return 2;
  return hours <= 12 ? 1 : 0;
}

export interface GroupState {
  /** What a message would be about. */
  readonly open: readonly Alert[];
  readonly worst: Severity;
  /** The nearest wall still ahead; when all are past, the last one. */
  readonly nearestShipBy: number | null;
}

export interface RoomState {
  readonly hears: Hears;
  /** What depends on a source that is silent. */
  readonly isExplained: (alert: Alert) => boolean;
  /** Why it needs no words of its own; undefined when it does. */
  readonly whyUnsaid: (alert: Alert) => 'in-its-turn' | 'said-otherwise' | undefined;
  /** The room's own, in force. */
  readonly silences: readonly Silence[];
  /** SKUs that an alert is about; asked only while a silence is about some. */
  readonly skusOf: (alert: Alert) => readonly string[];
  /** Quiet hours: only criticals go out. */
  readonly isQuiet: boolean;
  /** The month's calls run short: only criticals go out. */
  readonly isTight: boolean;
  /** The first days: nothing goes to the room, all is decided as if it did. */
  readonly isShadow: boolean;
  /** 1; in a planned promotion the factor by which digests are wider. */
  readonly wide: number;
  /** Alert messages of the last hour. */
  readonly saidThisHour: number;
  readonly perHour: number;
}

/** One that is kept out of its group's message; `silence` is the id of the silence that does. */
export interface Apart {
  readonly alert: Alert;
  readonly verdict: Verdict;
  readonly silence: number | null;
}

export interface GroupDecision {
  readonly apart: readonly Apart[];
  /** The others, and what becomes of them; undefined when there is no other. */
  readonly state: GroupState;
  readonly verdict: Verdict | undefined;
}

const aMinute = 60_000;

/**
 * What a room hears of a group now. Pure: key → group → inhibit → hears → silence → quiet hours → month → digest → shadow.
 * `hears` stands before the silence, so that the line at its end names nothing the room would never have heard.
 */
export function decideGroup(
  alerts: readonly Alert[],
  memory: GroupMemory | undefined,
  room: RoomState,
  now: number,
): GroupDecision {
  const apart = alerts.flatMap((alert) => keptApart(alert, room, now) ?? []);
  const kept = new Set(apart.map(({ alert }) => alert));
  const state = stateOf(
    alerts.filter((alert) => !kept.has(alert)),
    now,
  );
  if (state.open.length === 0) return { apart, state, verdict: undefined };
  const verdict = decideMessage(state, memory, room, now);
  return {
    apart,
    state,
    verdict: verdict.verdict === 'said' && room.isShadow ? { verdict: 'held-back', reason: 'shadow' } : verdict,
  };
}

function keptApart(alert: Alert, room: RoomState, now: number): Apart | undefined {
  const because = (verdict: Verdict, silence: number | null = null): Apart => ({ alert, verdict, silence });
  if (alert.snoozedUntil !== null && alert.snoozedUntil > now)
    return because({ verdict: 'held-back', reason: 'snoozed' });
  if (room.isExplained(alert)) return because({ verdict: 'held-back', reason: 'source-silent' });
  if (!isForRoom(room.hears, alert)) return because({ verdict: 'listed', reason: 'not-for-this-room' });
  const unsaid = room.whyUnsaid(alert);
  if (unsaid !== undefined) return because({ verdict: 'listed', reason: unsaid });
  const silence = room.silences.find(
    (each) => now < quietUntil(each, alert) && covers(each.scope, alert, room.skusOf(alert)),
  );
  if (silence === undefined) return undefined;
  return severityRank(alert.severity) < severityRank(room.hears.severity)
    ? because({ verdict: 'listed', reason: 'below-hearing' })
    : because({ verdict: 'held-back', reason: 'silenced' }, silence.id);
}

function decideMessage(group: GroupState, memory: GroupMemory | undefined, room: RoomState, now: number): Verdict {
  if (severityRank(group.worst) < severityRank(room.hears.severity))
    return { verdict: 'listed', reason: 'below-hearing' };
  const isCritical = group.worst === 'critical';
  if (room.isQuiet && !isCritical) return { verdict: 'held-back', reason: 'quiet-hours' };
  if (room.isTight && !isCritical) return { verdict: 'held-back', reason: 'month-is-tight' };
  const isFull = room.saidThisHour >= room.perHour && !isCritical;
  if (memory === undefined) {
    return isFull ? { verdict: 'held-back', reason: 'hour-is-full' } : { verdict: 'said', reason: 'first-of-group' };
  }
  const doubled = group.open.length >= memory.count * Math.max(2, room.wide);
  const isNearer = bandOf(group.nearestShipBy, now) > memory.band;
  if (!doubled && !isNearer) return { verdict: 'grouped', reason: 'said-already' };
  if (now - memory.saidAt < pauseOf(room.wide)) return { verdict: 'grouped', reason: 'one-a-minute' };
  if (isFull) return { verdict: 'held-back', reason: 'hour-is-full' };
  return { verdict: 'said', reason: doubled ? 'doubled' : 'nearer-wall' };
}

/** Between two messages about one group. */
export const pauseOf = (wide: number): number => aMinute * Math.max(1, wide);

export const shipBysOf = (alerts: readonly Alert[]): readonly number[] =>
  alerts.flatMap((alert) => (typeof alert.facts['shipBy'] === 'number' ? [alert.facts['shipBy']] : []));

export function stateOf(open: readonly Alert[], now: number): GroupState {
  return {
    open,
    worst: worstOf(open),
    // One that is past already must not hide those that can still be saved.
    nearestShipBy: nearestWall(shipBysOf(open), now),
  };
}

export const worstOf = (alerts: readonly Alert[]): Severity =>
  alerts.reduce<Severity>(
    (worst, { severity }) => (severityRank(severity) > severityRank(worst) ? severity : worst),
    'info',
  );

/** The nearest ship-by still ahead; when all are past, the one past last. */
function nearestWall(shipBys: readonly number[], now: number): number | null {
  if (shipBys.length === 0) return null;
  const ahead = shipBys.filter((at) => at > now);
  return ahead.length === 0 ? Math.max(...shipBys) : Math.min(...ahead);
}
