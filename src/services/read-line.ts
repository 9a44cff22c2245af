import { setImmediate as breath } from 'node:timers/promises';
import { type Calendar, localDayOf, openBetween, parseHours } from '../domain/calendar.ts';
import {
  type Cohort,
  dueBy,
  forecastLine,
  headOf,
  type LineForecast,
  peopleFor,
  type Speed,
  speedOf,
  speedSince,
} from '../domain/forecast.ts';
import type { Warehouse } from '../domain/fulfillment.ts';
import type { Apart } from '../domain/line.ts';
import { nearestRank } from '../domain/percentiles.ts';
import type { Clock } from '../ports/clock.ts';
import type { LineCohort, LineStore } from '../ports/stores.ts';
import { type Directory, onlyWarehouseOf, placeOf } from './directory.ts';

export interface ShopDue {
  readonly shopId: string;
  readonly due: number;
  readonly done: number;
  readonly misses: number;
}

/** One warehouse against tonight's wall, and against every wall it has. */
export interface WarehouseLine {
  /** Configured id, or the system's own code; empty while no warehouse is known. */
  readonly id: string;
  readonly warehouse: Warehouse | undefined;
  /** Of tonight: `due` holds `done`. */
  readonly due: number;
  readonly done: number;
  readonly shops: readonly ShopDue[];
  /** Everybody in the line, whatever their wall. */
  readonly waiting: number;
  readonly speed: Speed | undefined;
  /** Undefined without a speed: then nothing is guessed. */
  readonly tonight: LineForecast | undefined;
  readonly ahead: LineForecast | undefined;
  /** Who is lacking to meet tonight's walls, and every wall; undefined = unknown. */
  readonly peopleTonight: number | undefined;
  readonly peopleAhead: number | undefined;
  /** Orders it can still sort and ship before tonight's wall. */
  readonly capacityTonight: number;
}

export interface LineReport {
  readonly at: number;
  /** Tonight's wall: the end of the local day. */
  readonly wall: number;
  /** Worst first. */
  readonly warehouses: readonly WarehouseLine[];
  /** Not counted, by kind; and in the line but without a deadline from their platform. */
  readonly apart: ReadonlyMap<Exclude<Apart, 'review'>, number>;
  readonly withoutWall: number;
}

export type ReadLine = () => Promise<LineReport>;

const usualPackMs = 90 * 60_000;
const packSample = 200;

/** Reads the lines of all warehouses and says how they stand. Cheap enough to be asked every minute. */
export function createReadLine({
  lines,
  clock,
  directory,
  perPersonHour,
}: {
  lines: LineStore;
  clock: Clock;
  directory: Directory;
  /** Orders one person sorts in an hour. Read at each use. */
  perPersonHour: () => number;
}): ReadLine {
  /** A row without a warehouse belongs to the only one that can serve its shop. */
  const keyOf = ({ warehouse, shopId }: Pick<LineCohort, 'warehouse' | 'shopId'>): string => {
    if (warehouse !== '') return warehouse;
    const only = onlyWarehouseOf(shopId, directory);
    return only === undefined ? '' : `${only.systemId}/${only.code}`;
  };

  async function readSpeed(key: string, warehouse: Warehouse | undefined, cohorts: readonly LineCohort[], now: number) {
    const calendar = parseHours(warehouse?.hours ?? [], directory.timezone);
    const place = warehouse === undefined ? key : placeOf(warehouse, directory);
    const { sorted, first, isUntimed } = await lines.sortedSince(place, speedSince(calendar, now));
    const asked = speedOf({
      calendar,
      now,
      sorted,
      firstSortedAt: first,
      isUntimed,
      waiting: sum(cohorts),
      waitingSince: headOf(cohorts),
      configured: warehouse?.speedPerHour ?? null,
    });
    // Who has no warehouse yet is sorted by one of several: how fast, nobody knows.
    const speed = key === '' && directory.warehouses().length > 1 ? undefined : asked;
    const times = (await lines.packTimes(place, packSample)).filter((ms) => ms >= 0).sort((a, b) => a - b);
    return { calendar, speed, packMs: nearestRank(times, 50) ?? usualPackMs };
  }

  return async () => {
    const at = clock.now();
    const { from, to: wall } = localDayOf(directory.timezone, at);
    const waiting = await lines.cohorts('waiting');
    await breath();
    const sorted = await lines.cohorts('sorted');
    await breath();
    const shipped = await lines.shippedSince(from, wall);
    await breath();
    const inLine = (row: LineCohort): boolean => row.apart === null || row.apart === 'review';
    const line = waiting.filter(inLine);
    const packing = sorted.filter(inLine);
    // An idle warehouse belongs to the picture: it could help.
    const own = directory.warehouses().map(({ systemId, code }) => `${systemId}/${code}`);
    const keys = new Set([...own, ...[...line, ...packing, ...shipped].map(keyOf)]);
    const warehouses: WarehouseLine[] = [];
    for (const key of keys) {
      const ofKey = <Row extends Pick<LineCohort, 'warehouse' | 'shopId'>>(rows: readonly Row[]): Row[] =>
        rows.filter((row) => keyOf(row) === key);
      const [cohorts, tables, done] = [ofKey(line), ofKey(packing), ofKey(shipped)];
      const [systemId = '', code = ''] = key.split(/\/(.*)/s);
      const warehouse = directory.warehouseOf(systemId, code);
      const total = sum(cohorts);
      const { calendar, speed, packMs } = await readSpeed(key, warehouse, cohorts, at);
      const input = { now: at, calendar, packMs, perHour: speed?.perHour ?? 0 };
      const ask = (some: readonly Cohort[], onTables: readonly LineCohort[]): LineForecast | undefined => {
        if (speed === undefined) return undefined;
        const told = forecastLine({ ...input, cohorts: some, packing: sum(onTables) });
        const past = sum(onTables.filter((each) => each.wall !== null && each.wall <= at));
        return { ...told, overdue: told.overdue + past };
      };
      const dueOnTables = tables.filter((each) => each.wall !== null && each.wall <= wall);
      const tonight = ask(dueBy(cohorts, wall), dueOnTables);
      await breath();
      const ahead = ask(cohorts, tables);
      const shops = shopsOf([...cohorts, ...tables].filter(isDueBy(wall)), done, tonight);
      warehouses.push({
        id: warehouse?.id ?? code,
        warehouse,
        due: shops.reduce((all, shop) => all + shop.due, 0),
        done: sum(done),
        shops,
        waiting: total,
        speed,
        tonight,
        ahead,
        peopleTonight: tonight && peopleFor(tonight.lackingPerHour, perPersonHour()),
        peopleAhead: ahead && peopleFor(ahead.lackingPerHour, perPersonHour()),
        capacityTonight: capacity(calendar, input, wall),
      });
      await breath();
    }
    return {
      at,
      wall,
      warehouses: warehouses.sort((a, b) => lateOf(b) - lateOf(a) || b.due - a.due || b.waiting - a.waiting),
      apart: countApart([...waiting, ...sorted]),
      withoutWall: sum([...line, ...packing].filter((each) => each.wall === null)),
    };
  };
}

const isDueBy =
  (wall: number) =>
  (cohort: LineCohort): boolean =>
    cohort.wall !== null && cohort.wall <= wall;

const capacity = (
  calendar: Calendar,
  { now, perHour, packMs }: { now: number; perHour: number; packMs: number },
  wall: number,
): number => Math.floor((perHour * openBetween(calendar, now, wall - packMs)) / 3_600_000);

const lateOf = ({ tonight, ahead }: WarehouseLine): number =>
  (tonight?.misses ?? 0) + (tonight?.overdue ?? 0) + (ahead?.misses ?? 0);

function shopsOf(
  left: readonly LineCohort[],
  done: readonly Pick<LineCohort, 'shopId' | 'count'>[],
  tonight: LineForecast | undefined,
): ShopDue[] {
  const ids = [...new Set([...left, ...done].map(({ shopId }) => shopId))];
  return ids.map((shopId) => {
    const isOwn = (row: { readonly shopId: string }): boolean => row.shopId === shopId;
    const shipped = sum(done.filter(isOwn));
    return {
      shopId,
      due: sum(left.filter(isOwn)) + shipped,
      done: shipped,
      misses: tonight?.missesByShop.get(shopId) ?? 0,
    };
  });
}

function countApart(rows: readonly LineCohort[]): LineReport['apart'] {
  const counts = new Map<Exclude<Apart, 'review'>, number>();
  for (const { apart, count } of rows)
    if (apart !== null && apart !== 'review') counts.set(apart, (counts.get(apart) ?? 0) + count);
  return counts;
}

const sum = (rows: readonly { readonly count: number }[]): number => rows.reduce((all, { count }) => all + count, 0);
