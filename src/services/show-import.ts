import type { Asking } from '../domain/asking.ts';
import { type Card, type Line, line, notice } from '../domain/card.ts';
import { foreign, type Language } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { clockTime, span } from '../render/words.ts';
import type { Directory } from './directory.ts';
import type { ImportShop } from './import-sheet.ts';

const shopsShown = 4;

const takenCard = (fileName: string, language: Language): Card => ({
  ...notice(
    'waiting',
    line(language === 'zh' ? '收到，在读：' : 'Taken, reading it: ', foreign(fileName)),
    language === 'zh' ? '读完在这里说' : 'The result comes here',
  ),
  link: { label: language === 'zh' ? '看进度' : 'Progress', path: '/import' },
});

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
}): (asking: Asking, id: string | undefined) => Promise<readonly Card[]> {
  return async ({ language, roomId }, id) => {
    const zh = language === 'zh';
    const taken = id === undefined ? undefined : await storage.imports.find(id);
    if (taken !== undefined && taken.roomId === roomId) return [takenCard(taken.fileName, language)];
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
      zh ? '订单表传到导入页，或私聊发给我' : 'Drop sheets of orders on the import page, or send them to me in private',
      ...ages,
    );
    return [{ ...card, link: { label: zh ? '去导入' : 'Import', path: '/import' } }];
  };
}
