import type { LabelRow, LabelStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

export function createLabelStore(sqlite: Sqlite, run: Run): LabelStore {
  return {
    keep: ({ id, orderId, carrierId, waybill, sealed, madeBy, madeAt }) =>
      run(
        () =>
          void sqlite
            .prepare(
              `INSERT INTO Label (id, orderId, carrierId, waybill, sealed, madeBy, madeAt) VALUES (?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (id) DO UPDATE SET sealed = coalesce(Label.sealed, excluded.sealed)`,
            )
            .run(id, orderId, carrierId, waybill, sealed, madeBy, madeAt),
      ),
    find: (id) => run(() => sqlite.prepare<LabelRow>('SELECT * FROM Label WHERE id = ?').get(id)),
    listFor: (orderIds) =>
      run(() =>
        sqlite
          .prepare<LabelRow>(
            'SELECT * FROM Label WHERE orderId IN (SELECT value FROM json_each(?)) ORDER BY madeAt, id',
          )
          .all(JSON.stringify(orderIds)),
      ),
    void: (id, at) =>
      run(() => void sqlite.prepare('UPDATE Label SET voidedAt = ? WHERE id = ? AND voidedAt IS NULL').run(at, id)),
  };
}
