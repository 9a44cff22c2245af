import { setImmediate as breath } from 'node:timers/promises';
import type { RuleOn } from '../domain/rule.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import type { Detect, Found } from './detect.ts';
import type { Directory } from './directory.ts';
import type { Rulebook } from './rulebook.ts';

export interface WatchOvertakenDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly rulebook: () => Rulebook;
  readonly directory: Directory;
  readonly detect: Pick<Detect, 'raise'>;
}

/** As many as one look raises: more have a cause of their own, and the next look is soon. */
const atOnce = 200;
/** Looked at without a pause. */
const breathEvery = 10;

/**
 * Raises `overtaken`: orders that still wait though so many later ones of their warehouse have been sorted. One place in the
 * line tells them all, so that the cost follows what is found. They end by themselves as soon as they move.
 */
export function createWatchOvertaken(deps: WatchOvertakenDeps): (signal: AbortSignal) => Promise<number> {
  const { storage, clock, rulebook, directory, detect } = deps;

  async function watch(rule: RuleOn<'overtaken'>, signal: AbortSignal): Promise<number> {
    let raised = 0;
    for (const { systemId, code } of directory.warehouses()) {
      const key = `${systemId}/${code}`;
      const mark = await storage.lines.sortedMark(key, rule.on.byAtLeast);
      if (mark === undefined) continue;
      const found: Found[] = [];
      for (const { orderId, subject, since } of await storage.lines.waitingBefore(key, mark, rule.id, atOnce)) {
        if (found.length % breathEvery === 0) await breath();
        const order = await storage.views.findOrder(orderId);
        if (order === undefined) continue;
        const facts = rulebook().facts(order, await storage.views.fulfillmentsOf(orderId));
        if (rulebook().condition(rule.id).test(facts) !== 'yes') continue;
        const later = await storage.lines.sortedAfter(key, since);
        found.push({ subject, dueAt: clock.now(), facts: { later } });
      }
      if (found.length > 0) raised += (await detect.raise(rule, found, signal)).length;
    }
    return raised;
  }

  return async (signal) => {
    let raised = 0;
    for (const rule of rulebook().rulesOn('overtaken')) raised += await watch(rule, signal);
    return raised;
  };
}
