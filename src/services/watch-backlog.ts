import type { AlertFacts } from '../domain/alert.ts';
import type { RuleOn, Severity } from '../domain/rule.ts';
import { warehouseSubject } from '../domain/subject.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Storage } from '../ports/stores.ts';
import type { Detect } from './detect.ts';
import type { ReadLine, WarehouseLine } from './read-line.ts';
import type { Rulebook } from './rulebook.ts';
import { sayAgain } from './say-again.ts';

export interface WatchBacklogDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly rulebook: () => Rulebook;
  readonly readLine: ReadLine;
  readonly detect: Pick<Detect, 'raise'>;
  readonly metrics: Metrics;
}

const minute = 60_000;
/** While every wall will be met, and no alert is open, the next look may wait. */
const calmMs = 5 * minute;
const nearMs = 4 * 60 * minute;

/**
 * Raises, renews and ends `backlog-over-capacity`: one alert per warehouse whose line will not be done in time. Said again
 * when twice as many will be late, or when the first of them is near. Answers how many alerts were said or ended.
 */
export function createWatchBacklog(deps: WatchBacklogDeps): (signal: AbortSignal) => Promise<number> {
  const { storage, clock, rulebook, readLine, detect, metrics } = deps;
  // Forgotten by a restart, which costs one look.
  let nextLook = Number.NEGATIVE_INFINITY;

  async function watch(
    rule: RuleOn<'forecast'>,
    lines: readonly WarehouseLine[],
    signal: AbortSignal,
  ): Promise<{ changed: number; open: number }> {
    const now = clock.now();
    let changed = 0;
    const unresolved = await storage.alerts.list({ state: 'unresolved', ruleId: rule.id, limit: 500 });
    for (const line of lines) {
      const alert = unresolved.find(({ subject }) => subject === warehouseSubject(line.id));
      const { misses = 0, firstMissAt = null } = line.ahead ?? {};
      if (alert === undefined && misses < rule.on.atLeast) continue;
      if (alert !== undefined && misses * 2 < rule.on.atLeast) continue;
      const severity: Severity = firstMissAt !== null && firstMissAt - now <= nearMs ? 'critical' : rule.severity;
      const facts = factsOf(line);
      if (alert === undefined) {
        changed += (
          await detect.raise(rule, [{ subject: warehouseSubject(line.id), dueAt: now, facts, severity }], signal)
        ).length;
        continue;
      }
      const isDoubled = misses >= 2 * Number(alert.facts['saidMisses'] ?? misses);
      const isLouder = severity !== alert.severity && severity === 'critical';
      const again = isDoubled || isLouder;
      if (again) await sayAgain(storage, alert, { severity, facts: { ...alert.facts, ...facts } });
      else {
        const saidMisses = alert.facts['saidMisses'] ?? misses;
        const present = { ...alert.facts, ...facts, saidMisses };
        await storage.alerts.renew(alert.id, { severity: alert.severity, facts: present, again: false });
      }
      if (again) changed += 1;
    }
    for (const alert of unresolved) {
      const line = lines.find(({ id }) => alert.subject === warehouseSubject(id));
      // Without a speed nobody knows: what was said stands.
      if (line !== undefined && (line.ahead === undefined || line.ahead.misses * 2 >= rule.on.atLeast)) continue;
      if (!(await storage.alerts.resolve(alert.id, now, 'cleared'))) continue;
      metrics.resolved(rule.id, 'cleared');
      changed += 1;
    }
    return { changed, open: unresolved.length };
  }

  return async (signal) => {
    const rules = rulebook().rulesOn('forecast');
    const now = clock.now();
    if (rules.length === 0 || now < nextLook) return 0;
    const { warehouses } = await readLine();
    let [changed, open] = [0, 0];
    for (const rule of rules) {
      const done = await watch(rule, warehouses, signal);
      changed += done.changed;
      open += done.open;
    }
    const isCalm = open === 0 && changed === 0 && warehouses.every(({ ahead }) => (ahead?.misses ?? 0) === 0);
    nextLook = now + (isCalm ? calmMs : minute);
    return changed;
  };
}

const factsOf = ({ id, ahead, waiting, speed, peopleAhead }: WarehouseLine): AlertFacts => ({
  warehouseId: id,
  misses: ahead?.misses ?? 0,
  saidMisses: ahead?.misses ?? 0,
  // Its first wall: claims and snoozes end before it.
  shipBy: ahead?.firstMissAt ?? null,
  finishAt: ahead?.finishAt ?? null,
  waiting,
  perHour: speed === undefined ? null : Math.round(speed.perHour),
  isMeasured: speed?.from === 'measured',
  people: peopleAhead ?? null,
});
