import type { PushStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

interface Row {
  id: number;
  source: string;
  orderNos: string;
  receivedAt: number;
}

type NewPush = Parameters<PushStore['add']>[0];

interface Waiting {
  readonly push: NewPush;
  readonly done: (isNew: boolean) => void;
  readonly fail: (error: unknown) => void;
}

export function createPushStore(sqlite: Sqlite, run: Run): PushStore {
  let waiting: Waiting[] = [];

  const insert = ({ source, messageId, orderNos, receivedAt }: NewPush): boolean =>
    sqlite
      .prepare('INSERT OR IGNORE INTO Push (source, messageId, orderNos, receivedAt) VALUES (?, ?, ?, ?)')
      .run(source, messageId, JSON.stringify(orderNos), receivedAt).changes === 1;

  /** A burst of pushes costs a commit for each turn of the event loop, not for each of them. */
  async function flush(): Promise<void> {
    const batch = waiting;
    waiting = [];
    try {
      const stored = await run(() => batch.map(({ push }) => insert(push)), 'several');
      for (const [index, { done }] of batch.entries()) done(stored[index] === true);
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
  }

  return {
    add: (push) =>
      new Promise((done, fail) => {
        if (waiting.push({ push, done, fail }) === 1) setImmediate(() => void flush());
      }),
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
