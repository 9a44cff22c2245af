import { setImmediate as breath } from 'node:timers/promises';
import {
  crossingAt,
  cycleLight,
  cycleLimits,
  type Light,
  type Metric,
  type OpenLaps,
  openAge,
  openAgeWindow,
  type Rate,
  type RateLimits,
  rateLight,
  type Tally,
  tally,
} from '../domain/health.ts';
import type { AlertNumbers, CycleLight, Health, Numbers, Period, RateReading } from '../domain/health-report.ts';
import { addDays, daysBetween, firstOfMonth, localDay, mondayOf, startOfDay } from '../domain/local-day.ts';
import { tailOf } from '../domain/order.ts';
import { nearestRank } from '../domain/percentiles.ts';
import { isRefunding, raceEnd, refundNotStopped } from '../domain/refund-race.ts';
import type { Clock } from '../ports/clock.ts';
import type { AlertTimes, Stores, TallyRow } from '../ports/stores.ts';
import { groupAlerts, sumOf } from './alert-groups.ts';
import { type Directory, sourceName } from './directory.ts';
import { inPieces } from './pieces.ts';

export interface HealthDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly directory: Directory;
  /** Percent. Read at each use: they come with a reload. */
  readonly limits: { readonly urge: RateLimits; readonly misShip: RateLimits };
}

/** Of the period that `lastDay` lies in, up to that day; today when it is not given. */
export type ReadHealth = (period: Period, lastDay?: string) => Promise<Health>;

const stuckShown = 2;
/** More races than any day has. */
const racesRead = 5_000;
const trendDays: Readonly<Record<Period, number>> = { day: 7, week: 14, month: 31 };
const counted: readonly Metric[] = ['cycle-day', 'cycle-night', 'paid', 'sent', 'urged', 'mis-shipped'];
const timed: readonly Metric[] = [
  'cycle-day',
  'cycle-night',
  'cycle-negative',
  'pay-to-sort',
  'sort-to-ship',
  'ship-to-scan',
  'ingest-delay',
  'platform-lag',
];

/** Board, `/health` and the morning card all say what this one answers. */
export function createReadHealth(deps: HealthDeps): ReadHealth {
  const { stores, clock, directory } = deps;
  const { timezone } = directory;

  async function numbersOf([from, to]: Span, told: { urge: boolean; misShip: boolean }): Promise<Numbers> {
    const rows = await stores.health.daily(counted, from, to);
    const total = (field: 'n' | 'sum', ...metrics: readonly Metric[]): number =>
      rows.filter(({ metric }) => metrics.includes(metric)).reduce((sum, row) => sum + row[field], 0);
    const n = total('n', 'cycle-day', 'cycle-night');
    const rate = (of: Metric, among: Metric): Rate => ({ of: total('n', of), n: total('n', among) });
    return {
      cycle: { n, mean: n === 0 ? null : total('sum', 'cycle-day', 'cycle-night') / n },
      urge: told.urge ? rate('urged', 'paid') : null,
      misShip: told.misShip ? rate('mis-shipped', 'sent') : null,
    };
  }

  /** Who said that it was done is believed as little as anybody: the carrier's scan counts. */
  async function notStoppedIn(raisedIn: readonly [number, number]): Promise<readonly string[]> {
    const alerts = await stores.alerts.list({ ruleId: refundNotStopped, raisedIn, limit: racesRead });
    const ids = alerts.flatMap(({ facts }) => facts.orderId ?? []);
    const lost: string[] = [];
    await inPieces([...new Set(ids)], async (some) => {
      for (const order of await stores.views.listOrders(some)) {
        const end = raceEnd(order, await stores.views.fulfillmentsOf(order.id), await stores.views.parcelsOf(order.id));
        if (end === 'left' && isRefunding(order)) lost.push(tailOf(order.channelOrderNo));
      }
    });
    return lost;
  }

  const reading = (rate: Rate, of: RateLimits): RateReading => ({ rate, limits: of, light: rateLight(rate, of) });

  async function trendOf(period: Period, to: string): Promise<Health['trend']> {
    const from = addDays(to, 1 - trendDays[period]);
    const rows = await stores.health.daily(['cycle-day', 'cycle-night'], from, to);
    return daysBetween(from, to).map((day) => {
      const of = rows.filter((row) => row.day === day);
      const n = of.reduce((sum, row) => sum + row.n, 0);
      return { day, n, mean: n === 0 ? null : of.reduce((sum, row) => sum + row.sum, 0) / n };
    });
  }

  return async (period, lastDay) => {
    const at = clock.now();
    const to = lastDay ?? localDay(at, timezone);
    const { from, before, weekBefore } = spansOf(period, to);
    const lights = await readLights(stores, directory, at);
    // A day of orders and a month of numbers each take their milliseconds: others get their turn between.
    await breath();
    const rows = await stores.health.tallies(timed, from, to);
    const of = (...metrics: readonly Metric[]): Tally => tally(rows.filter(({ metric }) => metrics.includes(metric)));
    const told = {
      urge: await stores.health.hasEver('urged'),
      misShip: await stores.health.hasEver('mis-shipped'),
    };
    const numbers = await numbersOf([from, to], told);
    const tallies = await stores.alerts.tally();
    const [begin, end] = [startOfDay(from, timezone), startOfDay(addDays(to, 1), timezone)];
    const times = await stores.health.alertTimes(begin, end);
    return {
      at,
      timezone,
      period,
      from,
      to,
      lights,
      numbers,
      before: await numbersOf(before, told),
      weekBefore: weekBefore === null ? null : await numbersOf([weekBefore, weekBefore], told),
      urge: reading(numbers.urge, deps.limits.urge),
      misShip: reading(numbers.misShip, deps.limits.misShip),
      cycle: {
        all: of('cycle-day', 'cycle-night'),
        day: of('cycle-day'),
        night: of('cycle-night'),
        negative: of('cycle-negative').n,
      },
      stages: { payToSort: of('pay-to-sort'), sortToShip: of('sort-to-ship'), shipToScan: of('ship-to-scan') },
      alerts: alertNumbers(times),
      delays: delaysIn(rows, directory),
      trend: await trendOf(period, to),
      stuck: groupAlerts(tallies, [], directory)
        .slice(0, stuckShown)
        .map(({ ruleId, severity, warehouse, count, oldestDueAt }) => ({
          ruleId,
          severity,
          warehouse,
          count,
          oldestDueAt,
        })),
      notStopped: await notStoppedIn([begin, end]),
      openAlerts: sumOf(tallies),
      openActions: await stores.health.openActions(),
      deducted: await stores.imports.deductedIn(begin, end),
      sources: (await stores.sources.list()).map(({ id, lastOkAt }) => ({
        name: sourceName(id, directory),
        lastOkAt,
        isFresh: lastOkAt !== null && at - lastOkAt <= directory.silentAfter(id),
      })),
      auditHead: await stores.audit.head(),
    };
  };
}

/** From one local day to another, both included. */
type Span = readonly [string, string];

/** The span itself, the one before, and the same day a week before. A week begins on Monday. */
function spansOf(period: Period, to: string): { from: string; before: Span; weekBefore: string | null } {
  if (period === 'day') {
    const yesterday = addDays(to, -1);
    return { from: to, before: [yesterday, yesterday], weekBefore: addDays(to, -7) };
  }
  const from = period === 'week' ? mondayOf(to) : firstOfMonth(to);
  const lastBefore = addDays(from, -1);
  const firstBefore = period === 'week' ? mondayOf(lastBefore) : firstOfMonth(lastBefore);
  return { from, before: [firstBefore, lastBefore], weekBefore: null };
}

/** The scope of the whole company; warehouses have their ids. */
const company = '';

/** Every light at this instant, from the rows themselves; what was red before stays so until it is clear. */
export async function readLights(
  stores: Pick<Stores, 'health'>,
  directory: Directory,
  now: number,
): Promise<[CycleLight & { scope: string }, ...(CycleLight & { scope: string })[]]> {
  const laps = await stores.health.openLaps(now - openAgeWindow, now);
  const shown = new Map((await stores.health.lights()).map((row) => [row.scope, row]));
  const lightOf = async (
    scope: string,
    warehouse: string | null,
    of: readonly OpenLaps[],
  ): Promise<CycleLight & { scope: string }> => {
    await breath(); // a day of orders takes its milliseconds
    const { scanned, open, mean } = openAge(of, now);
    const before = shown.get(scope);
    const light = cycleLight(mean, before?.light);
    const since = before?.light === light ? before.since : null;
    return { scope, warehouse, light, since, mean, scanned, open, next: nextOf(of, now, light) };
  };
  const whole = await lightOf(company, null, laps);
  const warehouses: (typeof whole)[] = [];
  for (const { id, name } of directory.warehouses())
    warehouses.push(
      await lightOf(
        id,
        name,
        laps.filter(({ warehouse }) => warehouse === id),
      ),
    );
  return [whole, ...warehouses];
}

function nextOf(laps: readonly OpenLaps[], now: number, light: Light): CycleLight['next'] {
  const next = { green: 'yellow', yellow: 'red' } as const;
  if (light !== 'green' && light !== 'yellow') return null;
  const worse = next[light];
  const at = crossingAt(laps, now, cycleLimits[worse]);
  return at === undefined ? null : { light: worse, at };
}

function alertNumbers(times: readonly AlertTimes[]): AlertNumbers {
  const mean = (all: readonly number[]): number | null =>
    all.length === 0 ? null : all.reduce((sum, ms) => sum + ms, 0) / all.length;
  const acted = times.flatMap(({ saidAt, actedAt }) => (actedAt === null ? [] : Math.max(0, actedAt - saidAt)));
  const solved = times.flatMap(({ saidAt, resolvedAt }) =>
    resolvedAt === null ? [] : Math.max(0, resolvedAt - saidAt),
  );
  const alone = times.filter(({ actedAt }) => actedAt === null);
  const byThemselves = alone.filter(({ resolvedAt }) => resolvedAt !== null).length;
  const sorted = acted.toSorted((a, b) => a - b);
  return {
    said: times.length,
    acted: { n: acted.length, mean: mean(acted), p90: nearestRank(sorted, 90) ?? null },
    solved: { n: solved.length, mean: mean(solved) },
    byThemselves,
    nobody: alone.length - byThemselves,
  };
}

function delaysIn(rows: readonly TallyRow[], directory: Directory): Health['delays'] {
  const sources = [...new Set(rows.filter(({ metric }) => metric === 'ingest-delay').map(({ scope }) => scope))];
  return sources.map((source) => {
    const of = (metric: Metric): Tally => tally(rows.filter((row) => row.metric === metric && row.scope === source));
    return { source: sourceName(source, directory), ours: of('ingest-delay'), lag: of('platform-lag') };
  });
}
