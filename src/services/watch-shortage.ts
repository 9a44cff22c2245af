import type { Alert, AlertFacts } from '../domain/alert.ts';
import { AppError } from '../domain/errors.ts';
import type { RuleOn, Severity } from '../domain/rule.ts';
import type { Cover } from '../domain/shortage.ts';
import { skuSubject } from '../domain/subject.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Storage } from '../ports/stores.ts';
import type { Detect, Found } from './detect.ts';
import type { Directory } from './directory.ts';
import type { OwedStock, ReadShortage } from './read-shortage.ts';
import type { Rulebook } from './rulebook.ts';
import { sayAgain } from './say-again.ts';

export interface WatchShortageDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly rulebook: () => Rulebook;
  readonly directory: Directory;
  readonly readShortage: ReadShortage;
  readonly detect: Pick<Detect, 'raise'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

const minute = 60_000;
/** Every SKU that is owed is asked for about as often. */
const roundMs = 5 * minute;
/** Asked in one look: one call a warehouse, for others ask the same system. */
const lookSize = 100;
const nearMs = 4 * 60 * minute;
const mostOpen = 2_000;

/**
 * Raises, renews and ends `stock-short`: a SKU of which more is owed than there is and than comes. Said when two looks a
 * minute apart find it, for a parcel may leave the shelf before we hear of it. Answers how many alerts were said or ended.
 */
export function createWatchShortage(deps: WatchShortageDeps): (signal: AbortSignal) => Promise<number> {
  const { storage, clock, rulebook, directory, readShortage, detect, metrics, log } = deps;
  // Forgotten by a restart; whoever has just started has more urgent things to ask.
  let nextRound = clock.now() + minute;
  let nextSku = '';
  let suspects = new Map<string, number>();

  const isRipe = (since: number): boolean => clock.now() - since >= minute;

  /** The next SKUs in turn; none while the round is over and the next is not due. */
  function inTurn(owed: OwedStock): readonly string[] {
    const now = clock.now();
    if (nextSku === '' && now < nextRound) return [];
    if (nextSku === '') nextRound = now + roundMs;
    const rest = [...owed.skus.keys()].filter((sku) => sku >= nextSku).sort();
    nextSku = rest[lookSize] ?? '';
    return rest.slice(0, lookSize);
  }

  async function end(alerts: readonly Alert[]): Promise<number> {
    let ended = 0;
    for (const { id, ruleId } of alerts) {
      if (!(await storage.alerts.resolve(id, clock.now(), 'cleared'))) continue;
      metrics.resolved(ruleId, 'cleared');
      ended += 1;
    }
    return ended;
  }

  async function renew(rule: RuleOn<'stock'>, alert: Alert, cover: Cover): Promise<boolean> {
    const severity = severityOf(cover, rule.severity, clock.now());
    const saidShort = Number(alert.facts['saidShort']);
    if (cover.short >= 2 * saidShort) {
      await sayAgain(storage, alert, { severity, facts: { ...alert.facts, ...factsOf(cover) } });
      return true;
    }
    const facts = { ...alert.facts, ...factsOf(cover), saidShort };
    await storage.alerts.renew(alert.id, { severity, facts, again: false });
    return false;
  }

  async function look(rule: RuleOn<'stock'>, signal: AbortSignal): Promise<number> {
    const now = clock.now();
    const open = await storage.alerts.list({ state: 'unresolved', ruleId: rule.id, limit: mostOpen });
    const owed = await readShortage.owed();
    const ripe = [...suspects].flatMap(([sku, since]) => (isRipe(since) && owed.skus.has(sku) ? [sku] : []));
    const skus = [...new Set([...ripe, ...inTurn(owed)])];
    const { covers } = await readShortage.cover(owed, skus, signal);
    const bySku = new Map(open.map((alert) => [String(alert.facts['sku']), alert]));
    let changed = 0;
    const asked = new Set(skus);
    const seen = new Map([...suspects].filter(([sku]) => owed.skus.has(sku) && !asked.has(sku)));
    const found: Found[] = [];
    for (const cover of covers.values()) {
      if (cover.short === 0) continue;
      const alert = bySku.get(cover.sku);
      if (alert !== undefined) {
        if (await renew(rule, alert, cover)) changed += 1;
        continue;
      }
      const since = suspects.get(cover.sku);
      if (since === undefined || !isRipe(since)) seen.set(cover.sku, since ?? now);
      else {
        const severity = severityOf(cover, rule.severity, now);
        // The system that was asked: its silence explains what is found of it.
        const [systemId = null] = owed.skus.get(cover.sku)?.systemIds ?? [];
        const facts = { ...factsOf(cover), systemId };
        found.push({ subject: skuSubject(cover.sku), dueAt: now, facts, severity });
      }
    }
    changed += (await detect.raise(rule, found, signal)).length;
    // Nothing owed any more, or covered; what was not asked, or not answered, stands.
    const over = open.filter(({ facts }) => {
      const sku = String(facts['sku']);
      return !owed.skus.has(sku) || covers.get(sku)?.short === 0;
    });
    changed += await end(over);
    suspects = seen;
    return changed;
  }

  return async (signal) => {
    const [rule] = rulebook()
      .rulesOn('stock')
      .filter(({ on }) => on.state === 'short');
    const isDue = nextSku !== '' || clock.now() >= nextRound || [...suspects.values()].some(isRipe);
    if (rule === undefined || directory.warehouses().length === 0 || !isDue) return 0;
    try {
      return await look(rule, signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ code: error.code }, 'Stock could not be read: shortages stand as they were');
      return 0;
    }
  };
}

/** Louder once the first ship-by is near. */
function severityOf({ shipBy }: Cover, usual: Severity, now: number): Severity {
  return shipBy !== null && shipBy - now <= nearMs ? 'critical' : usual;
}

const factsOf = ({ qty, orders, have, arriving, short, shipBy, orderId }: Cover): AlertFacts => ({
  owed: qty,
  orders,
  have,
  arriving,
  short,
  saidShort: short,
  // Claims and snoozes end before it.
  shipBy,
  sampleOrderId: orderId,
});
