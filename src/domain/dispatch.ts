import type { Alert } from './alert.ts';
import { type Severity, severityRank } from './rule.ts';

/** Why an alert was said or not: kept with the decision, so that "why did nobody hear?" has an answer. */
export type Verdict =
  | {
      readonly verdict: 'said';
      readonly reason: 'first-of-group' | 'doubled' | 'nearer-wall' | 'snooze-over' | 'claim-expired';
    }
  | { readonly verdict: 'grouped'; readonly reason: 'said-already' | 'one-a-minute' }
  | {
      readonly verdict: 'listed';
      readonly reason: 'found-late' | 'below-hearing' | 'claimed-already' | 'in-its-turn' | 'said-otherwise';
    }
  | { readonly verdict: 'held-back'; readonly reason: 'source-silent' | 'snoozed' | 'hour-is-full' };

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
  /** Unresolved and not snoozed. */
  readonly open: readonly Alert[];
  readonly worst: Severity;
  /** The nearest wall still ahead; when all are past, the last one. */
  readonly nearestShipBy: number | null;
}

export interface RoomState {
  readonly hears: Severity;
  /** Alert messages of the last hour. */
  readonly saidThisHour: number;
  readonly perHour: number;
}

const aMinute = 60_000;

/** Whether a room hears of a group now. Pure: key → group → hears → digest. */
export function decideGroup(group: GroupState, memory: GroupMemory | undefined, room: RoomState, now: number): Verdict {
  if (severityRank(group.worst) < severityRank(room.hears)) return { verdict: 'listed', reason: 'below-hearing' };
  const isFull = room.saidThisHour >= room.perHour && group.worst !== 'critical';
  if (memory === undefined) {
    return isFull ? { verdict: 'held-back', reason: 'hour-is-full' } : { verdict: 'said', reason: 'first-of-group' };
  }
  const doubled = group.open.length >= memory.count * 2;
  const isNearer = bandOf(group.nearestShipBy, now) > memory.band;
  if (!doubled && !isNearer) return { verdict: 'grouped', reason: 'said-already' };
  if (now - memory.saidAt < aMinute) return { verdict: 'grouped', reason: 'one-a-minute' };
  if (isFull) return { verdict: 'held-back', reason: 'hour-is-full' };
  return { verdict: 'said', reason: doubled ? 'doubled' : 'nearer-wall' };
}

export const shipBysOf = (alerts: readonly Alert[]): readonly number[] =>
  alerts.flatMap((alert) => (typeof alert.facts['shipBy'] === 'number' ? [alert.facts['shipBy']] : []));

export function stateOf(open: readonly Alert[], now: number): GroupState {
  return {
    open,
    worst: open.reduce<Severity>(
      (worst, alert) => (severityRank(alert.severity) > severityRank(worst) ? alert.severity : worst),
      'info',
    ),
    // One that is past already must not hide those that can still be saved.
    nearestShipBy: nearestWall(shipBysOf(open), now),
  };
}

/** The nearest ship-by still ahead; when all are past, the one past last. */
function nearestWall(shipBys: readonly number[], now: number): number | null {
  if (shipBys.length === 0) return null;
  const ahead = shipBys.filter((at) => at > now);
  return ahead.length === 0 ? Math.max(...shipBys) : Math.min(...ahead);
}
