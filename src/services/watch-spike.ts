import { setImmediate as breath } from 'node:timers/promises';
import { AppError } from '../domain/errors.ts';
import type { RuleOn } from '../domain/rule.ts';
import { type MinuteSales, type Spike, spikeOf, styleOf } from '../domain/spike.ts';
import { styleSubject } from '../domain/subject.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Sale, Storage } from '../ports/stores.ts';
import type { Detect } from './detect.ts';
import type { Directory } from './directory.ts';
import type { SystemSource } from './ingest.ts';
import type { ReadLine } from './read-line.ts';
import type { Rulebook } from './rulebook.ts';
import { sayAgain } from './say-again.ts';

export interface WatchSpikeDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly rulebook: () => Rulebook;
  readonly directory: Directory;
  readonly systems: () => readonly SystemSource[];
  readonly readLine: ReadLine;
  readonly detect: Pick<Detect, 'raise'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

const hour = 3_600_000;
const day = 24 * hour;
const daysBack = 7;
const justBefore = 2 * hour;

/**
 * Raises and ends `spike`: a style that sells far faster than it ever did at this hour; said again when it doubled. Cost
 * follows the last minutes.
 */
export function createWatchSpike(deps: WatchSpikeDeps): (signal: AbortSignal) => Promise<number> {
  const { storage, clock, rulebook, directory, systems, readLine, detect, metrics, log } = deps;

  /** Its own curve: the same minutes of the days before, or the hours just before, whichever is more. */
  async function usualOf(style: string, within: number, now: number): Promise<number> {
    const ofStyle = (sales: readonly Sale[]): number =>
      sales.reduce((sum, { sku, qty }) => sum + (styleOf(sku) === style ? qty : 0), 0);
    const before = ofStyle(await storage.lines.soldBetween(now - within - justBefore, now - within));
    let [total, known] = [0, 0];
    for (let back = 1; back <= daysBack; back += 1) {
      await breath();
      const sales = await storage.lines.soldBetween(now - back * day - within, now - back * day);
      // A day of which nothing at all is known tells nothing.
      if (sales.length === 0) continue;
      known += 1;
      total += ofStyle(sales);
    }
    return Math.max((before * within) / justBefore, known === 0 ? 0 : total / known);
  }

  /** Free pieces of these SKUs in all warehouses, asked now; null when somebody does not tell. */
  async function freeStock(skus: readonly string[], signal: AbortSignal): Promise<number | null> {
    try {
      const levels = await Promise.all(
        systems().map(({ id, system }) => {
          const codes = directory.warehouses().flatMap(({ systemId, code }) => (systemId === id ? [code] : []));
          return system.getStock(skus, codes, signal);
        }),
      );
      const free = levels.flat().map(({ available }) => available);
      if (free.length === 0 || free.includes(undefined)) return null;
      return free.reduce<number>((sum, pieces) => sum + Math.max(0, pieces ?? 0), 0);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ code: error.code }, 'No stock could be read for a spike');
      return null;
    }
  }

  async function factsOf(style: string, sales: readonly Sale[], spike: Spike, usual: number, signal: AbortSignal) {
    const free = await freeStock([...new Set(sales.map(({ sku }) => sku))], signal);
    const perHour = (await readLine()).warehouses.reduce((sum, { speed }) => sum + (speed?.perHour ?? 0), 0);
    return {
      sku: style,
      sampleOrderId: sales.at(-1)?.orderId ?? null,
      minutes: spike.minutes,
      qty: spike.qty,
      usual: Math.round(usual),
      stockMinutes: free === null ? null : Math.floor(free / spike.perMinute),
      workMinutes: perHour === 0 ? null : Math.round((spike.orders / perHour) * 60),
    };
  }

  async function watch(rule: RuleOn<'spike'>, signal: AbortSignal): Promise<number> {
    const now = clock.now();
    const open = await storage.alerts.list({ state: 'unresolved', ruleId: rule.id, limit: 100 });
    const sales = await storage.lines.soldBetween(now - rule.on.within, now + 1);
    const styles = groupByStyle(sales);
    let changed = 0;
    for (const [style, own] of styles) {
      const total = own.reduce((sum, { qty }) => sum + qty, 0);
      const alert = open.find(({ subject }) => subject === styleSubject(style));
      if (total < Math.max(rule.on.atLeast, 2 * Number(alert?.facts['qty'] ?? 0))) continue;
      const usual = Number(alert?.facts['usual'] ?? (await usualOf(style, rule.on.within, now)));
      const spike = spikeOf(byMinute(own), usual, rule.on, now);
      if (spike === undefined) continue;
      const facts = await factsOf(style, own, spike, usual, signal);
      if (alert === undefined)
        changed += (await detect.raise(rule, [{ subject: styleSubject(style), dueAt: now, facts }], signal)).length;
      else {
        await sayAgain(storage, alert, { severity: alert.severity, facts: { ...alert.facts, ...facts } });
        changed += 1;
      }
    }
    for (const alert of open) {
      const own = styles.get(String(alert.facts['sku'])) ?? [];
      const total = own.reduce((sum, { qty }) => sum + qty, 0);
      const calm = Math.max(rule.on.atLeast, rule.on.times * Number(alert.facts['usual'] ?? 0)) / 2;
      if (total >= calm || !(await storage.alerts.resolve(alert.id, now, 'cleared'))) continue;
      metrics.resolved(rule.id, 'cleared');
      changed += 1;
    }
    return changed;
  }

  return async (signal) => {
    let changed = 0;
    for (const rule of rulebook().rulesOn('spike')) changed += await watch(rule, signal);
    return changed;
  };
}

function groupByStyle(sales: readonly Sale[]): ReadonlyMap<string, readonly Sale[]> {
  const styles = new Map<string, Sale[]>();
  for (const sale of sales) {
    const style = styleOf(sale.sku);
    const own = styles.get(style);
    if (own === undefined) styles.set(style, [sale]);
    else own.push(sale);
  }
  return styles;
}

function byMinute(sales: readonly Sale[]): readonly MinuteSales[] {
  const minutes = new Map<number, MinuteSales>();
  for (const { minute, qty, orders } of sales) {
    const known = minutes.get(minute) ?? { minute, qty: 0, orders: 0 };
    minutes.set(minute, { minute, qty: known.qty + qty, orders: known.orders + orders });
  }
  return [...minutes.values()];
}
