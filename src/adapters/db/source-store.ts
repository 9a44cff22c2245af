import type { CursorRow, LeaseStore, SourceRow, SourceStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

export function createSourceStore(sqlite: Sqlite, run: Run): SourceStore {
  return {
    cursor: (stream) =>
      run(() =>
        sqlite.prepare<CursorRow>('SELECT stream, watermark, windowTo, page FROM Cursor WHERE stream = ?').get(stream),
      ),
    saveCursor: ({ stream, watermark, windowTo, page }, at) =>
      run(
        () =>
          void sqlite
            .prepare(
              `INSERT INTO Cursor (stream, watermark, windowTo, page, updatedAt) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT (stream) DO UPDATE SET watermark = excluded.watermark, windowTo = excluded.windowTo, page = excluded.page,
                 updatedAt = excluded.updatedAt`,
            )
            .run(stream, watermark, windowTo, page, at),
      ),
    ok: (id, at) =>
      run(
        () =>
          void sqlite
            .prepare(
              'INSERT INTO Source (id, lastOkAt) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET lastOkAt = excluded.lastOkAt',
            )
            .run(id, at),
      ),
    failed: (id, at, error) =>
      run(
        () =>
          void sqlite
            .prepare(
              `INSERT INTO Source (id, lastErrorAt, lastError) VALUES (?, ?, ?)
               ON CONFLICT (id) DO UPDATE SET lastErrorAt = excluded.lastErrorAt, lastError = excluded.lastError`,
            )
            .run(id, at, error),
      ),
    find: (id) =>
      run(() =>
        sqlite.prepare<SourceRow>('SELECT id, lastOkAt, lastErrorAt, lastError FROM Source WHERE id = ?').get(id),
      ),
    list: () =>
      run(() => sqlite.prepare<SourceRow>('SELECT id, lastOkAt, lastErrorAt, lastError FROM Source ORDER BY id').all()),
  };
}

export function createLeaseStore(sqlite: Sqlite, run: Run): LeaseStore {
  return {
    take: (name, holder, until, wallNow, isAlive) =>
      run(() => {
        const current = sqlite
          .prepare<{ holder: string; until: number }>('SELECT holder, until FROM Lease WHERE name = ?')
          .get(name);
        const isFree =
          current === undefined || current.holder === holder || current.until <= wallNow || !isAlive(current.holder);
        if (!isFree) return false;
        sqlite
          .prepare(
            'INSERT INTO Lease (name, holder, until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until',
          )
          .run(name, holder, until);
        return true;
      }, 'several'),
    holder: (name) =>
      run(() => sqlite.prepare<{ holder: string }>('SELECT holder FROM Lease WHERE name = ?').get(name)?.holder),
    release: (name, holder) =>
      run(() => void sqlite.prepare('DELETE FROM Lease WHERE name = ? AND holder = ?').run(name, holder)),
  };
}
