import type { Risk } from '../domain/penalty.ts';
import type { Language } from '../domain/text.ts';
import type { TonightPart, TonightWarehouse } from '../render/tonight-card.ts';
import { type Directory, lineName } from './directory.ts';
import type { LineReport, WarehouseLine } from './read-line.ts';

/** Tonight's wall with names, for the card and for the board. */
export interface TonightNumbers {
  readonly due: number;
  readonly done: number;
  readonly misses: number;
  readonly overdue: number;
  /** Null = unknown. */
  readonly people: number | null;
  /** Worst first. */
  readonly warehouses: readonly TonightWarehouse[];
  readonly shops: readonly TonightPart[];
  /** Walls after tonight that will be missed. */
  readonly later: { readonly misses: number; readonly firstAt: number } | null;
  readonly apart: LineReport['apart'];
  readonly withoutWall: number;
  /** What those that will be late cost; null = nobody looked it up. */
  readonly risk: Risk | null;
}

export function tonightNumbers(
  report: LineReport,
  risk: Risk | null,
  directory: Directory,
  language: Language,
): TonightNumbers {
  const { wall, apart, withoutWall } = report;
  const warehouses = report.warehouses.filter(({ due, waiting }) => due > 0 || waiting > 0);
  const total = (of: (each: WarehouseLine) => number): number => warehouses.reduce((sum, each) => sum + of(each), 0);
  const isBlind = warehouses.some(({ due, done, tonight }) => due > done && tonight === undefined);
  const laterMisses = total(({ ahead, tonight }) => (ahead?.misses ?? 0) - (tonight?.misses ?? 0));
  const firsts = warehouses.flatMap(({ ahead }) => ahead?.firstMissAt ?? []);
  return {
    due: total(({ due }) => due),
    done: total(({ done }) => done),
    misses: total(({ tonight }) => tonight?.misses ?? 0),
    overdue: total(({ tonight }) => tonight?.overdue ?? 0),
    people: isBlind ? null : total(({ peopleTonight }) => peopleTonight ?? 0),
    warehouses: warehouses.map(({ id, due, done, speed, tonight, peopleTonight }) => ({
      name: lineName(id, directory, language),
      due,
      done,
      speed,
      misses: tonight?.misses ?? 0,
      overdue: tonight?.overdue ?? 0,
      finishAt: tonight?.finishAt,
      people: peopleTonight,
    })),
    shops: shopsOf(warehouses, directory),
    later:
      laterMisses > 0 && firsts.length > 0
        ? { misses: laterMisses, firstAt: Math.max(wall, Math.min(...firsts)) }
        : null,
    apart,
    withoutWall,
    risk,
  };
}

function shopsOf(warehouses: readonly WarehouseLine[], directory: Directory): TonightPart[] {
  const ids = [...new Set(warehouses.flatMap(({ shops }) => shops.map(({ shopId }) => shopId)))];
  const parts = ids.map((shopId) => {
    const all = warehouses.flatMap(({ shops }) => shops.filter((shop) => shop.shopId === shopId));
    const total = (of: 'due' | 'done' | 'misses'): number => all.reduce((sum, shop) => sum + shop[of], 0);
    return { name: directory.shopName(shopId), due: total('due'), done: total('done'), misses: total('misses') };
  });
  return parts.sort((a, b) => b.misses - a.misses || b.due - a.due);
}
