import type { Alert } from '../domain/alert.ts';
import type { Severity } from '../domain/rule.ts';
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
  /** Worst first. */
  readonly alerts: readonly AlertLine[];
}

/** Worst group first, in it the worst alert. */
export function groupAlerts(alerts: readonly Alert[], directory: Directory): BoardGroup[] {
  const groups = new Map<string, [Alert, ...Alert[]]>();
  for (const alert of [...alerts].sort(worstFirst)) {
    const key = `${alert.ruleId}|${alert.facts.warehouseId ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [alert]);
    else group.push(alert);
  }
  return [...groups.values()].map((members) => groupOf(members, directory));
}

function groupOf(members: readonly [Alert, ...Alert[]], directory: Directory): BoardGroup {
  const [worst] = members;
  const held = members.filter((alert) => alert.claimedBy !== null);
  return {
    ruleId: worst.ruleId,
    severity: worst.severity,
    warehouse: warehouseName(worst.facts.warehouseId, directory),
    count: members.length,
    oldestDueAt: Math.min(...members.map((alert) => alert.dueAt)),
    holders: [...new Set(held.map((alert) => directory.personName(alert.claimedBy ?? '')))],
    unclaimed: members.length - held.length,
    alerts: members.map((alert) => lineOf(alert, directory)),
  };
}
