import type { WalkRow, WalkStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

const columns = ['id', 'fromAt', 'toAt', 'reachedAt', 'page', 'orders', 'differed', 'startedAt', 'finishedAt'] as const;

export function createWalkStore(sqlite: Sqlite, run: Run): WalkStore {
  return {
    find: (id) => run(() => sqlite.prepare<WalkRow>(`SELECT ${columns.join(', ')} FROM Walk WHERE id = ?`).get(id)),
    save: (row) =>
      run(() => {
        sqlite
          .prepare(`INSERT OR REPLACE INTO Walk (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
          .run(...columns.map((name) => row[name]));
      }),
  };
}
