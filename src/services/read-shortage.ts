import { type Cover, coverOf, type Owed, type OwedPart, worstShortFirst } from '../domain/shortage.ts';
import type { StockLevel } from '../domain/stock.ts';
import type { LineStore } from '../ports/stores.ts';
import type { Directory } from './directory.ts';
import type { SystemSource } from './ingest.ts';

/** What open orders owe of each SKU; its warehouse systems can be asked for its stock, or nobody can. */
export interface OwedStock {
  readonly skus: ReadonlyMap<string, Owed & { readonly systemIds: ReadonlySet<string> }>;
  /** Pieces owed by shops without a warehouse system, by shop: their stock cannot be seen. */
  readonly blind: ReadonlyMap<string, number>;
}

export interface Covered {
  /** By SKU. Those whose stock nobody told are absent. */
  readonly covers: ReadonlyMap<string, Cover>;
  /** The oldest of the numbers, unix ms; null where there is none. */
  readonly observedAt: number | null;
}

export interface ReadShortage {
  /** Out of our own rows. */
  owed(): Promise<OwedStock>;
  /** Asks the systems now for these SKUs. Throws AppError where one does not answer. */
  cover(owed: OwedStock, skus: readonly string[], signal: AbortSignal): Promise<Covered>;
}

/** What is owed against what there is, of the SKUs that open orders owe: the same numbers for the command and for the rule. */
export function createReadShortage(deps: {
  lines: LineStore;
  directory: Directory;
  systems: () => readonly SystemSource[];
}): ReadShortage {
  const { lines, directory, systems } = deps;

  return {
    async owed() {
      const known = new Set(systems().map(({ id }) => id));
      const skus = new Map<string, Owed & { readonly parts: OwedPart[]; readonly systemIds: Set<string> }>();
      const blind = new Map<string, number>();
      for (const { shopId, sku, orderId, ...part } of await lines.owed()) {
        const systemId = directory.systemOf(shopId);
        if (systemId === undefined || !known.has(systemId)) {
          blind.set(shopId, (blind.get(shopId) ?? 0) + part.qty);
          continue;
        }
        const own = skus.get(sku) ?? { sku, orderId, parts: [], systemIds: new Set<string>() };
        own.parts.push(part);
        own.systemIds.add(systemId);
        skus.set(sku, own);
      }
      return { skus, blind };
    },

    async cover(owed, skus, signal) {
      const levels = await Promise.all(
        systems().map(async ({ id, system }) => {
          const own = skus.filter((sku) => owed.skus.get(sku)?.systemIds.has(id) === true);
          const codes = directory.warehouses().flatMap(({ systemId, code }) => (systemId === id ? [code] : []));
          return own.length === 0 ? [] : system.getStock(own, codes, signal);
        }),
      );
      const bySku = new Map<string, StockLevel[]>();
      for (const level of levels.flat()) {
        const known = bySku.get(level.sku);
        if (known === undefined) bySku.set(level.sku, [level]);
        else known.push(level);
      }
      const covers = new Map<string, Cover>();
      for (const sku of skus) {
        const row = owed.skus.get(sku);
        const cover = row && coverOf(row, bySku.get(sku) ?? []);
        if (cover !== undefined) covers.set(sku, cover);
      }
      const moments = levels.flat().map(({ observedAt }) => observedAt);
      return { covers, observedAt: moments.length === 0 ? null : Math.min(...moments) };
    },
  };
}

export const shortOf = ({ covers }: Covered): readonly Cover[] =>
  [...covers.values()].filter(({ short }) => short > 0).sort(worstShortFirst);
