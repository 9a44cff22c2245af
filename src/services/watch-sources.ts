import type { Alert } from '../domain/alert.ts';
import type { RuleOn } from '../domain/rule.ts';
import { sourceSubject } from '../domain/subject.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Storage } from '../ports/stores.ts';
import type { Rulebook } from './rulebook.ts';

export interface WatchSourcesDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly rulebook: () => Rulebook;
  /** Ids of everything we read from: `shop:mini`, `system:wms`, `carrier:kd`. */
  readonly sources: () => readonly string[];
  readonly metrics: Metrics;
  /** When this process began: before that nobody could have listened. */
  readonly startedAt: number;
}

const week = 7 * 86_400_000;

/** Raises and ends `source-silent`: no answer for the rule's time, or far fewer facts than this hour ever had. */
export function createWatchSources({
  storage,
  clock,
  rulebook,
  sources,
  metrics,
  startedAt,
}: WatchSourcesDeps): () => Promise<void> {
  async function whySilent(
    sourceId: string,
    after: number,
    now: number,
  ): Promise<{ since: number; why: string } | undefined> {
    const row = await storage.sources.find(sourceId);
    const lastOkAt = Math.max(row?.lastOkAt ?? 0, startedAt);
    if (now - lastOkAt >= after) return { since: row?.lastOkAt ?? startedAt, why: 'no-answer' };
    // Nobody listened before the start: too little to compare.
    if (now - startedAt < after) return undefined;
    const seen = await storage.events.countSince(sourceId, now - after, now);
    const before = await Promise.all(
      [1, 2, 3, 4].map((weeks) => storage.events.countSince(sourceId, now - after - weeks * week, now - weeks * week)),
    );
    const known = before.filter((count) => count > 0);
    if (known.length === 0) return undefined; // no history to compare with
    const expected = before.reduce((sum, count) => sum + count, 0) / known.length;
    return poissonAtMost(seen, expected) < 0.01 ? { since: now - after, why: 'fewer-than-ever' } : undefined;
  }

  /** A source that is not configured, or not watched, any more: its alert ends. */
  async function endOfGone(unresolved: readonly Alert[], known: readonly string[]): Promise<void> {
    for (const alert of unresolved) {
      if (known.includes(String(alert.facts['source']))) continue;
      if (await storage.alerts.resolve(alert.id, clock.now(), 'cleared')) metrics.resolved(alert.ruleId, 'cleared');
    }
  }

  return async () => {
    for (const rule of rulebook().rulesOn('silence')) {
      const unresolved = await storage.alerts.list({ state: 'unresolved', ruleId: rule.id, limit: 100 });
      const watched = sources().filter((sourceId) => isOf(rule.on.source, sourceId));
      await endOfGone(unresolved, watched);
      for (const sourceId of watched) {
        const now = clock.now();
        const subject = sourceSubject(sourceId);
        const silent = await whySilent(sourceId, rule.on.after, now);
        const open = unresolved.find((alert) => alert.subject === subject);
        if (silent !== undefined && open === undefined) {
          const raised = await storage.alerts.raise({
            ruleId: rule.id,
            ruleVersion: rule.version,
            subject,
            severity: rule.severity,
            groupKey: `${rule.id}|source=${sourceId}`,
            dueAt: silent.since + rule.on.after,
            raisedAt: now,
            confirmedAt: null,
            facts: { source: sourceId, since: silent.since, why: silent.why },
            isLateFound: false,
          });
          if (raised !== undefined) metrics.raised(rule.id);
        }
        if (silent === undefined && open !== undefined && (await storage.alerts.resolve(open.id, now, 'cleared'))) {
          metrics.resolved(rule.id, 'cleared');
        }
      }
    }
  };
}

/** The kinds of a rule by the first word of a source's id. */
const kinds = { channel: 'shop:', system: 'system:', carrier: 'carrier:' } as const;

const isOf = (wanted: RuleOn<'silence'>['on']['source'], sourceId: string): boolean =>
  wanted === 'any' || sourceId.startsWith(kinds[wanted]);

/** P(X ≤ k) for a Poisson variable with that mean. */
export function poissonAtMost(k: number, mean: number): number {
  // In logarithms: e^-mean alone is 0 from a mean of 746 on, and a storm has more.
  let term = -mean;
  let sum = Math.exp(term);
  for (let i = 1; i <= k; i += 1) {
    term += Math.log(mean / i);
    sum += Math.exp(term);
  }
  return sum;
}
