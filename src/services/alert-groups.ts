import type { Alert } from '../domain/alert.ts';
import type { Severity } from '../domain/rule.ts';
import type { AlertTally } from '../ports/stores.ts';
import { type AlertLine, lineOf, worstFirst } from './alert-line.ts';
import { type Directory, warehouseName } from './directory.ts';

/** Findings of one rule in one warehouse. */
export interface BoardGroup {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly warehouse: string | null;
  readonly count: number;
  /** The earliest moment at which one of them was broken. */
  readonly oldestDueAt: number;
  readonly holders: readonly string[];
  readonly unclaimed: number;
  /** Worst first; fewer than `count` where not all were read. */
  readonly alerts: readonly AlertLine[];
}

/** Worst group first. Counts are of all there are (`tallies`), lines of those that were read (`alerts`). */
export function groupAlerts(
  tallies: readonly AlertTally[],
  alerts: readonly Alert[],
  directory: Directory,
): BoardGroup[] {
  const groups = new Map<string, { tallies: [AlertTally, ...AlertTally[]]; alerts: Alert[] }>();
  const worstTallyFirst = tallies.map((each) => ({ ...each, dueAt: each.oldestDueAt })).sort(worstFirst);
  for (const each of worstTallyFirst) {
    const key = keyOf(each.ruleId, each.warehouseId);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { tallies: [each], alerts: [] });
    else group.tallies.push(each);
  }
  for (const alert of [...alerts].sort(worstFirst))
    groups.get(keyOf(alert.ruleId, alert.facts.warehouseId ?? null))?.alerts.push(alert);
  return [...groups.values()].map((group) => groupOf(group.tallies, group.alerts, directory));
}

const keyOf = (ruleId: string, warehouseId: string | null): string => `${ruleId}|${warehouseId ?? ''}`;

function groupOf(
  tallies: readonly [AlertTally, ...AlertTally[]],
  alerts: readonly Alert[],
  directory: Directory,
): BoardGroup {
  const [worst] = tallies;
  const holders = tallies.flatMap(({ claimedBy }) => claimedBy ?? []);
  return {
    ruleId: worst.ruleId,
    severity: worst.severity,
    warehouse: warehouseName(worst.warehouseId ?? undefined, directory),
    count: sumOf(tallies),
    oldestDueAt: Math.min(...tallies.map(({ oldestDueAt }) => oldestDueAt)),
    holders: [...new Set(holders.map((holder) => directory.personName(holder)))],
    unclaimed: sumOf(tallies.filter(({ claimedBy }) => claimedBy === null)),
    alerts: alerts.map((alert) => lineOf(alert, directory)),
  };
}

export const sumOf = (tallies: readonly { readonly count: number }[]): number =>
  tallies.reduce((all, { count }) => all + count, 0);
