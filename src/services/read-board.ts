import type { Health } from '../domain/health-report.ts';
import { type Stage, stages } from '../domain/stage.ts';
import type { Language } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { type BoardGroup, groupAlerts, sumOf } from './alert-groups.ts';
import { type Directory, sourceName } from './directory.ts';
import type { ReadHealth } from './read-health.ts';
import type { ReadLine } from './read-line.ts';
import type { ReadRisk } from './read-risk.ts';
import { type TonightNumbers, tonightNumbers } from './tonight-numbers.ts';

/** What a telephone shows at once; all of a storm when it is asked for. */
const alertsRead = 500;
const allAlerts = 20_000;

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
  readonly health: Health;
  readonly groups: readonly BoardGroup[];
  /** All unresolved alerts; more than the groups list when the list was cut. */
  readonly alertCount: number;
  /** Of all unresolved alerts, listed or not. */
  readonly tiles: { readonly critical: number; readonly warning: number; readonly unclaimed: number };
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

export type ReadBoard = (language: Language, asked?: { readonly isWhole: boolean }) => Promise<Board>;

/** What goes on now, without words: the page gives it a language. */
export function createReadBoard(deps: {
  stores: Storage;
  clock: Clock;
  directory: Directory;
  readHealth: ReadHealth;
  readLine: ReadLine;
  readRisk: ReadRisk;
}): ReadBoard {
  const { stores, clock, directory, readHealth, readLine, readRisk } = deps;

  return async (language, { isWhole } = { isWhole: false }) => {
    const at = clock.now();
    const alerts = await stores.alerts.list({ state: 'unresolved', limit: isWhole ? allAlerts : alertsRead });
    const tallies = await stores.alerts.tally();
    const sources = await stores.sources.list();
    const line = await readLine();
    return {
      at,
      timezone: directory.timezone,
      health: await readHealth('day'),
      tonight: tonightNumbers(line, await readRisk(line), directory, language),
      groups: groupAlerts(tallies, alerts, directory),
      alertCount: sumOf(tallies),
      tiles: {
        critical: sumOf(tallies.filter(({ severity }) => severity === 'critical')),
        warning: sumOf(tallies.filter(({ severity }) => severity === 'warning')),
        unclaimed: sumOf(tallies.filter(({ claimedBy }) => claimedBy === null)),
      },
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

const goingOn: readonly Stage[] = stages.filter((stage) => stage !== 'closed' && stage !== 'delivered');

function layOutStages(
  rows: readonly { stage: Stage; warehouseCode: string | null; count: number }[],
  directory: Directory,
): Board['stages'] {
  const open = rows.filter(({ stage }) => goingOn.includes(stage));
  const codes = [...new Set(open.map(({ warehouseCode }) => warehouseCode))];
  const warehouses = codes.map((code) => {
    const counts = goingOn.map((stage) =>
      sumOf(open.filter((row) => row.stage === stage && row.warehouseCode === code)),
    );
    const name = code === null ? null : (directory.warehouses().find((each) => each.code === code)?.name ?? code);
    return { name, counts, total: counts.reduce((all, count) => all + count, 0) };
  });
  return { names: goingOn, warehouses: warehouses.sort((a, b) => b.total - a.total) };
}
