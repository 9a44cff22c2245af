import type { Alert } from '../domain/alert.ts';
import type { RuleOn } from '../domain/rule.ts';
import { warehouseSubject } from '../domain/subject.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Storage } from '../ports/stores.ts';
import type { Detect } from './detect.ts';
import type { Directory } from './directory.ts';
import { readLights } from './read-health.ts';
import type { Rulebook } from './rulebook.ts';

export interface KeepLightsDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly rulebook: () => Rulebook;
  readonly detect: Pick<Detect, 'raise'>;
  readonly metrics: Metrics;
}

/** What happens between two looks can only make a crossing later, or a light better. */
const lookEveryMs = 15_000;

type Lit = Awaited<ReturnType<typeof readLights>>[number];

/**
 * Remembers which light each scope shows: a red one clears at another value than it came. Raises and ends `cycle-red` of
 * each warehouse. The instant at which a light turns worse is computed, and looked at when it comes. Answers how many
 * lights and alerts changed.
 */
export function createKeepLights(deps: KeepLightsDeps): (signal: AbortSignal) => Promise<number> {
  const { storage, clock, directory, rulebook, detect, metrics } = deps;
  // Forgotten by a restart, which costs one look.
  let nextLook = Number.NEGATIVE_INFINITY;

  async function judge(
    rule: RuleOn<'metric'>,
    lit: Lit,
    open: Alert | undefined,
    signal: AbortSignal,
  ): Promise<number> {
    const { mean, scanned, open: waiting, scope } = lit;
    const facts = { warehouseId: scope, mean, scanned, waiting };
    if (open !== undefined && (mean === null || mean < rule.on.clearBelow)) {
      if (!(await storage.alerts.resolve(open.id, clock.now(), 'cleared'))) return 0;
      metrics.resolved(rule.id, 'cleared');
      return 1;
    }
    if (mean === null) return 0;
    if (open !== undefined) {
      const present = { severity: open.severity, facts: { ...open.facts, ...facts }, again: false };
      await storage.alerts.renew(open.id, present);
      return 0;
    }
    if (mean <= rule.on.above) return 0;
    const found = { subject: warehouseSubject(scope), dueAt: clock.now(), facts };
    return (await detect.raise(rule, [found], signal)).length;
  }

  return async (signal) => {
    const now = clock.now();
    if (now < nextLook) return 0;
    const shown = new Map((await storage.health.lights()).map(({ scope, light }) => [scope, light]));
    const lights = await readLights(storage, directory, now);
    const [, ...warehouses] = lights;
    let changed = 0;
    for (const rule of rulebook().rulesOn('metric')) {
      const open = await storage.alerts.list({ state: 'unresolved', ruleId: rule.id, limit: 500 });
      for (const lit of warehouses) {
        const own = open.find(({ subject }) => subject === warehouseSubject(lit.scope));
        changed += await judge(rule, lit, own, signal);
      }
    }
    for (const { scope, light } of lights) {
      if (shown.get(scope) === light) continue;
      await storage.health.setLight(scope, light, now);
      changed += 1;
    }
    const crossings = lights.flatMap(({ next }) => next?.at ?? []).filter((at) => at > now);
    nextLook = Math.min(now + lookEveryMs, ...crossings);
    return changed;
  };
}
