import type { SmsKind, SmsState } from '../../domain/sms.ts';
import type { Text } from '../../domain/text.ts';
import type { SmsRow, SmsStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

interface Row {
  id: string;
  orderId: string;
  kind: string;
  state: string;
  reason: string | null;
  ref: string | null;
  phoneMask: string | null;
  dueAt: number | null;
  plannedAt: number;
  sentAt: number | null;
}

const fromRow = (row: Row): SmsRow => ({
  ...row,
  kind: row.kind as SmsKind,
  state: row.state as SmsState,
  reason: row.reason === null ? null : (JSON.parse(row.reason) as Text),
});

export function createSmsStore(sqlite: Sqlite, run: Run): SmsStore {
  return {
    plan: (rows) =>
      run(() => {
        const insert = sqlite.prepare(
          `INSERT OR IGNORE INTO Sms (id, orderId, kind, state, dueAt, plannedAt) VALUES (?, ?, ?, 'waiting', ?, ?)`,
        );
        return rows.reduce(
          (sum, { orderId, kind, dueAt, plannedAt }) =>
            sum + insert.run(`${orderId}.${kind}`, orderId, kind, dueAt, plannedAt).changes,
          0,
        );
      }, 'several'),
    listDue: (now, limit) =>
      run(() =>
        sqlite
          .prepare<Row>('SELECT * FROM Sms WHERE dueAt <= ? ORDER BY dueAt, id LIMIT ?')
          .all(now, limit)
          .map(fromRow),
      ),
    listFor: (orderId) =>
      run(() =>
        sqlite.prepare<Row>('SELECT * FROM Sms WHERE orderId = ? ORDER BY plannedAt, id').all(orderId).map(fromRow),
      ),
    move: ({ id, state }, to) =>
      run(() => {
        const { changes } = sqlite
          .prepare(
            `UPDATE Sms SET state = ?, dueAt = ?, reason = coalesce(?, reason), ref = coalesce(?, ref),
               phoneMask = coalesce(?, phoneMask), sentAt = coalesce(?, sentAt) WHERE id = ? AND state = ?`,
          )
          .run(
            to.state,
            to.dueAt,
            to.reason == null ? null : JSON.stringify(to.reason),
            to.ref ?? null,
            to.phoneMask ?? null,
            to.sentAt ?? null,
            id,
            state,
          );
        return changes === 1;
      }),
    nudge: (id, now) =>
      run(() => void sqlite.prepare('UPDATE Sms SET dueAt = ? WHERE id = ? AND dueAt > ?').run(now, id, now)),
  };
}
