import type { Alert } from '../domain/alert.ts';
import type { Severity } from '../domain/rule.ts';
import { type Stage, stages } from '../domain/stage.ts';
import type { Language } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { type AlertLine, lineOf, worstFirst } from './alert-line.ts';
import { type Directory, sourceName, warehouseName } from './directory.ts';
import type { ReadLine } from './read-line.ts';
import { type TonightNumbers, tonightNumbers } from './tonight-numbers.ts';

const alertsRead = 500;

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

export interface BoardSource {
  readonly id: string;
  readonly name: string;
  readonly lastOkAt: number | null;
  readonly state: 'fresh' | 'silent' | 'never';
  readonly lastError: string | null;
}

/** The wall, without the words of one language but names. */
export type BoardTonight = TonightNumbers;

export interface Board {
  readonly at: number;
  readonly tonight: BoardTonight;
  readonly timezone: string;
  readonly groups: readonly BoardGroup[];
  /** All unresolved alerts; more than the groups hold when the list was cut. */
  readonly alertCount: number;
  readonly listed: number;
  readonly stages: {
    readonly names: readonly Stage[];
    readonly warehouses: readonly {
      readonly name: string | null;
      readonly counts: readonly number[];
      readonly total: number;
    }[];
  };
  readonly sources: readonly BoardSource[];
  readonly messages: {
    readonly pending: number;
    readonly dead: number;
    readonly maybeTwice: number;
    readonly oldestDueAt: number | null;
  };
}

export type ReadBoard = (language: Language) => Promise<Board>;

/** What goes on now, without words: the page gives it a language. */
export function createReadBoard(deps: {
  stores: Storage;
  clock: Clock;
  directory: Directory;
  readLine: ReadLine;
}): ReadBoard {
  const { stores, clock, directory, readLine } = deps;

  return async (language) => {
    const at = clock.now();
    const alerts = await stores.alerts.list({ state: 'unresolved', limit: alertsRead });
    const sources = await stores.sources.list();
    return {
      at,
      timezone: directory.timezone,
      tonight: tonightNumbers(await readLine(), directory, language),
      groups: groupAlerts(alerts, directory),
      alertCount: await stores.alerts.count({ state: 'unresolved' }),
      listed: alerts.length,
      stages: layOutStages(await stores.views.countByStage(), directory),
      sources: sources.map((row) => ({
        id: row.id,
        name: sourceName(row.id, directory),
        lastOkAt: row.lastOkAt,
        state: stateOf(row.lastOkAt, at, directory.silentAfter(row.id)),
        lastError: row.lastError,
      })),
      messages: await stores.outbox.count(),
    };
  };
}

/** Nothing heard ever is not the same as nothing heard for long. */
export function stateOf(lastOkAt: number | null, now: number, silentAfter: number): BoardSource['state'] {
  if (lastOkAt === null) return 'never';
  return now - lastOkAt > silentAfter ? 'silent' : 'fresh';
}

function groupAlerts(alerts: readonly Alert[], directory: Directory): BoardGroup[] {
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

const goingOn: readonly Stage[] = stages.filter((stage) => stage !== 'closed' && stage !== 'delivered');

function layOutStages(
  rows: readonly { stage: Stage; warehouseCode: string | null; count: number }[],
  directory: Directory,
): Board['stages'] {
  const open = rows.filter(({ stage }) => goingOn.includes(stage));
  const codes = [...new Set(open.map(({ warehouseCode }) => warehouseCode))];
  const warehouses = codes.map((code) => {
    const counts = goingOn.map((stage) => sum(open.filter((row) => row.stage === stage && row.warehouseCode === code)));
    const name = code === null ? null : (directory.warehouses().find((each) => each.code === code)?.name ?? code);
    return { name, counts, total: counts.reduce((all, count) => all + count, 0) };
  });
  return { names: goingOn, warehouses: warehouses.sort((a, b) => b.total - a.total) };
}

const sum = (rows: readonly { count: number }[]): number => rows.reduce((all, { count }) => all + count, 0);
