import type { PushStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

interface Row {
  id: number;
  source: string;
  orderNos: string;
  receivedAt: number;
}

export function createPushStore(sqlite: Sqlite, run: Run): PushStore {
  return {
    add: ({ source, messageId, orderNos, receivedAt }) =>
      run(
        () =>
          sqlite
            .prepare('INSERT OR IGNORE INTO Push (source, messageId, orderNos, receivedAt) VALUES (?, ?, ?, ?)')
            .run(source, messageId, JSON.stringify(orderNos), receivedAt).changes === 1,
      ),
    listPending: (source, limit) =>
      run(() =>
        sqlite
          .prepare<Row>(
            'SELECT id, source, orderNos, receivedAt FROM Push WHERE doneAt IS NULL AND source = ? ORDER BY id LIMIT ?',
          )
          .all(source, limit)
          .map((row) => ({ ...row, orderNos: JSON.parse(row.orderNos) as string[] })),
      ),
    done: (ids, at) =>
      run(() => {
        sqlite
          .prepare('UPDATE Push SET doneAt = ? WHERE id IN (SELECT value FROM json_each(?))')
          .run(at, JSON.stringify(ids));
      }),
    forget: (at) => run(() => sqlite.prepare('DELETE FROM Push WHERE receivedAt < ?').run(at).changes),
  };
}
