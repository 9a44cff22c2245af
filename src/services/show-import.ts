import type { Asking } from '../domain/asking.ts';
import { type Card, type Line, line, notice } from '../domain/card.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { clockTime, span } from '../render/words.ts';
import type { Directory } from './directory.ts';
import type { ImportShop } from './import-sheet.ts';

const shopsShown = 4;

/** `/import`, and the answer to a file: where sheets go, and how old the newest of each shop is. */
export function createShowImport({
  storage,
  clock,
  directory,
  shops,
}: {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly shops: () => readonly ImportShop[];
}): (asking: Asking) => Promise<readonly Card[]> {
  return async ({ language }) => {
    const zh = language === 'zh';
    const now = clock.now();
    const brought = new Map((await storage.imports.fileShops()).map((row) => [row.shopId, row.asOf]));
    const ages = shops()
      .filter(({ isFile }) => isFile)
      .slice(0, shopsShown)
      .map(({ id, name }): Line => {
        const asOf = brought.get(id);
        if (asOf === undefined) return line(zh ? `${name} · 还没有数据` : `${name} · no data yet`);
        const age = span(now - asOf, language);
        const time = clockTime(asOf, directory.timezone);
        return line(zh ? `${name} · 数据 ${time}（${age}前）` : `${name} · data ${time} (${age} ago)`);
      });
    const card = notice(
      'info',
      zh
        ? '订单表请传到导入页，聊天里的文件我打不开'
        : 'Send sheets of orders to the import page; files in the chat I cannot open',
      ...ages,
    );
    return [{ ...card, link: { label: zh ? '去导入' : 'Import', path: '/import' } }];
  };
}
