import { setImmediate as breath } from 'node:timers/promises';
import type { Alert } from '../domain/alert.ts';
import { addOpen, parseHours } from '../domain/calendar.ts';
import type { Warehouse } from '../domain/fulfillment.ts';
import { labelSilence } from '../domain/label-silence.ts';
import type { RuleOn } from '../domain/rule.ts';
import { warehouseSubject } from '../domain/subject.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Storage } from '../ports/stores.ts';
import type { Detect } from './detect.ts';
import type { Directory } from './directory.ts';
import type { SystemSource } from './ingest.ts';
import type { Rulebook } from './rulebook.ts';

export interface WatchLabelsDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly rulebook: () => Rulebook;
  readonly directory: Directory;
  readonly systems: () => readonly SystemSource[];
  readonly detect: Pick<Detect, 'raise'>;
  readonly metrics: Metrics;
}

const minute = 60_000;
const anHour = 60 * minute;
/** Its rate is that of these hours: what a warehouse did yesterday is no measure. */
const lookBack = 180 * minute;
/** Events read in one go. */
const pieceMs = 10 * minute;
/** A system that was not heard for so long may have labels to tell. */
const freshMs = 2 * minute;

/**
 * Raises and ends `labels-stopped`: a warehouse that is open, has orders waiting and prints no label. Only warehouses whose
 * system tells of labels are watched. Answers how many alerts were said or ended.
 */
export function createWatchLabels(deps: WatchLabelsDeps): (signal: AbortSignal) => Promise<number> {
  const { storage, clock, rulebook, directory, systems, detect, metrics } = deps;
  /** By `system/code` and order. Forgotten by a restart, which reads them again. */
  const moments = new Map<string, Map<string, number>>();
  const readTo = new Map<string, number>();

  async function read(systemId: string, now: number): Promise<void> {
    // What was being stored at the last look is read by this one.
    const since = (readTo.get(systemId) ?? 0) - freshMs;
    for (let from = Math.max(since, now - lookBack); from <= now; from += pieceMs) {
      for (const { subject, warehouseCode, at } of await storage.lines.labelled(systemId, from, from + pieceMs)) {
        const key = `${systemId}/${warehouseCode}`;
        const known = moments.get(key) ?? new Map<string, number>();
        moments.set(key, known.set(subject, at));
      }
      await breath();
    }
    readTo.set(systemId, now);
    for (const known of moments.values())
      for (const [subject, at] of known) if (at < now - lookBack) known.delete(subject);
  }

  async function lookAt(
    rule: RuleOn<'labels'>,
    { id, systemId, code, hours }: Warehouse,
    open: Alert | undefined,
    signal: AbortSignal,
  ): Promise<number> {
    const now = clock.now();
    const labelled = [...(moments.get(`${systemId}/${code}`)?.values() ?? [])];
    if (open !== undefined) return labelled.some((at) => at > Number(open.facts['lastAt'])) ? end(open) : 0;
    const heard = (await storage.sources.find(`system:${systemId}`))?.lastOkAt ?? 0;
    if (now - heard > freshMs) return 0;
    const calendar = parseHours(hours, directory.timezone);
    const silence = labelSilence(labelled, now - lookBack, now, calendar, rule.on.after);
    if (silence === undefined) return 0;
    const { lastAt, perHour } = silence;
    const waiting = await storage.lines.countUnlabelled(systemId, code);
    if (waiting < (perHour * rule.on.after) / anHour) return 0; // it has caught up
    const facts = { lastAt, perHour: Math.round(perHour), waiting };
    const found = { subject: warehouseSubject(id), dueAt: addOpen(calendar, lastAt, rule.on.after), facts };
    return (await detect.raise(rule, [found], signal)).length;
  }

  async function end(alert: Alert): Promise<number> {
    if (!(await storage.alerts.resolve(alert.id, clock.now(), 'cleared'))) return 0;
    metrics.resolved(alert.ruleId, 'cleared');
    return 1;
  }

  return async (signal) => {
    const [rule] = rulebook().rulesOn('labels');
    if (rule === undefined) return 0;
    const open = await storage.alerts.list({ state: 'unresolved', ruleId: rule.id, limit: 100 });
    const isKnown = ({ facts }: Alert): boolean => directory.warehouses().some(({ id }) => id === facts.warehouseId);
    let changed = 0;
    for (const alert of open) if (!isKnown(alert)) changed += await end(alert);
    for (const { id } of systems()) {
      await read(id, clock.now());
      for (const warehouse of directory.warehouses()) {
        const own = open.find(({ facts }) => facts.warehouseId === warehouse.id);
        if (warehouse.systemId === id) changed += await lookAt(rule, warehouse, own, signal);
      }
    }
    return changed;
  };
}
