import { isOpen, parseHours } from '../domain/calendar.ts';
import { type Card, line, notice } from '../domain/card.ts';
import type { Language } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { clockTime, span } from '../render/words.ts';
import type { Directory } from './directory.ts';
import type { ImportShop } from './import-sheet.ts';

/** So old may the newest sheet be before somebody is asked for another. */
const patienceMs = 90 * 60_000;

/** Asks the rooms once for a newer sheet, while a warehouse is open. Answers how many messages it put out. */
export function createRemindSheets({
  storage,
  clock,
  directory,
  shops,
}: {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly shops: () => readonly ImportShop[];
}): () => Promise<number> {
  function isWorking(shopId: string, now: number): boolean {
    const own = directory.warehouses().filter(({ systemId }) => systemId === (directory.systemOf(shopId) ?? ''));
    const some = own.length > 0 ? own : directory.warehouses();
    return some.length === 0 || some.some(({ hours }) => isOpen(parseHours(hours, directory.timezone), now));
  }

  return async () => {
    const now = clock.now();
    const brought = new Map((await storage.imports.fileShops()).map((row) => [row.shopId, row.asOf]));
    const rooms = await storage.rooms.list();
    let said = 0;
    for (const { id, isFile } of shops()) {
      const asOf = brought.get(id);
      if (!isFile || asOf === undefined || now - asOf < patienceMs || !isWorking(id, now)) continue;
      for (const room of rooms) {
        const isNew = await storage.outbox.add({
          key: `sheet-old/${id}/${asOf}/${room.id}`,
          roomId: room.id,
          kind: 'notice',
          priority: 3,
          alertId: null,
          card: reminder(directory.shopName(id), asOf, now, directory.timezone, room.language),
          dueAt: now,
        });
        if (isNew) said += 1;
      }
    }
    return said;
  };
}

function reminder(shop: string, asOf: number, now: number, timezone: string, language: Language): Card {
  const zh = language === 'zh';
  const time = clockTime(asOf, timezone);
  const age = span(now - asOf, language);
  return {
    ...notice(
      'warning',
      line(
        zh
          ? `该传新表了 · ${shop} · 数据 ${time}（${age}前）`
          : `A newer sheet is due · ${shop} · data ${time} (${age} ago)`,
      ),
      zh
        ? '这之后的付款和发货我还看不到，超时只能按旧数据算'
        : 'What was paid or sent since cannot be seen; lateness is judged on old data',
    ),
    link: { label: zh ? '导入表格' : 'Import a sheet', path: '/import' },
  };
}
