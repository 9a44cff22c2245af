import type { Asking } from '../domain/asking.ts';
import { type Card, line, notice } from '../domain/card.ts';
import { foreign } from '../domain/text.ts';
import type { Storage } from '../ports/stores.ts';
import { clockTime } from '../render/words.ts';
import type { Directory } from './directory.ts';
import type { SystemSource } from './ingest.ts';

const most = 8;

/** `/stock`: every SKU of a style by warehouse, asked of the systems now. An unknown number is said to be unknown. */
export function createReadStock({
  storage,
  directory,
  systems,
}: {
  storage: Storage;
  directory: Directory;
  systems: () => readonly SystemSource[];
}) {
  return async (asking: Asking, words: string): Promise<readonly Card[]> => {
    const zh = asking.language === 'zh';
    const skus = await storage.views.findSkus(words, most + 1);
    if (skus.length === 0) {
      return [
        notice(
          'refused',
          zh
            ? '没有找到这个款。写款名的几个字，或完整的 SKU：/库存 绣字卫衣'
            : 'No such style. Write part of its name, or the whole SKU: /stock 绣字卫衣',
        ),
      ];
    }
    const codes = skus.slice(0, most).map((each) => each.sku);
    const levels = (
      await Promise.all(
        systems().map(({ id, system }) => {
          const warehouses = directory.warehouses().filter((each) => each.systemId === id);
          return system
            .getStock(
              codes,
              warehouses.map((each) => each.code),
              AbortSignal.timeout(8_000),
            )
            .then((all) => all.map((level) => ({ level, systemId: id })));
        }),
      )
    ).flat();
    const oldest = levels.length === 0 ? undefined : Math.min(...levels.map(({ level }) => level.observedAt));
    const rows = skus.slice(0, most).map(({ sku, title }) => {
      const each = levels
        .filter(({ level }) => level.sku === sku)
        .map(({ level, systemId }) => {
          const warehouse = directory.warehouseOf(systemId, level.warehouseCode);
          const locked =
            (level.virtualLocked ?? 0) > 0
              ? zh
                ? `（锁 ${level.virtualLocked}）`
                : ` (locked ${level.virtualLocked})`
              : '';
          return `${warehouse?.name ?? level.warehouseCode} ${level.available ?? '?'}${locked}`;
        });
      return line(foreign(title), ` ${sku} · `, each.join(' · ') || (zh ? '没有库存数据' : 'no stock data'));
    });
    return [
      {
        tone: 'info',
        lines: [
          line(
            zh
              ? `可用库存${oldest === undefined ? '' : ` · 数据 ${clockTime(oldest, directory.timezone)}`}`
              : `Free stock${oldest === undefined ? '' : ` · data ${clockTime(oldest, directory.timezone)}`}`,
          ),
          ...rows,
          ...(skus.length > most ? [line(zh ? '还有更多，写得再具体一点' : 'There are more; be more specific')] : []),
        ],
        buttons: [],
        link: null,
      },
    ];
  };
}
