import type { Event, EventKind, NewEvent } from '../../domain/event.ts';
import type { DeadlineStore, Due, EventStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

export interface EventRow {
  id: number;
  source: string;
  sourceId: string;
  subject: string;
  kind: string;
  occurredAt: number;
  receivedAt: number;
  facts: string;
}

export const eventFromRow = (row: EventRow): Event => ({
  ...row,
  kind: row.kind as EventKind,
  facts: JSON.parse(row.facts) as Record<string, unknown>,
});

/** False when the source has told this very fact before. `facts` is their JSON. */
export function insertEvent(sqlite: Sqlite, event: Omit<NewEvent, 'facts'>, facts: string): boolean {
  const { changes } = sqlite
    .prepare(
      'INSERT OR IGNORE INTO Event (source, sourceId, subject, kind, occurredAt, receivedAt, facts) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(event.source, event.sourceId, event.subject, event.kind, event.occurredAt, event.receivedAt, facts);
  return changes === 1;
}

export function createEventStore(sqlite: Sqlite, run: Run): EventStore {
  return {
    append: (event) => run(() => insertEvent(sqlite, event, JSON.stringify(event.facts))),
    listFor: (subjects, limit) =>
      run(() =>
        sqlite
          .prepare<EventRow>(
            `SELECT * FROM Event WHERE subject IN (${subjects.map(() => '?').join(', ')}) ORDER BY occurredAt, id LIMIT ?`,
          )
          .all(...subjects, limit)
          .map(eventFromRow),
      ),
    countSince: (source, from, to) =>
      run(
        () =>
          sqlite
            .prepare<{ count: number }>(
              'SELECT count(*) AS count FROM Event WHERE source = ? AND receivedAt >= ? AND receivedAt < ?',
            )
            .get(source, from, to)?.count ?? 0,
      ),
    listAfter: (id, limit) =>
      run(() =>
        sqlite
          .prepare<EventRow>('SELECT * FROM Event WHERE id > ? ORDER BY id LIMIT ?')
          .all(id, limit)
          .map(eventFromRow),
      ),
    lastId: () => run(() => sqlite.prepare<{ id: number | null }>('SELECT max(id) AS id FROM Event').get()?.id ?? 0),
  };
}

export function createDeadlineStore(sqlite: Sqlite, run: Run): DeadlineStore {
  return {
    listDue: (now, limit) =>
      run(() =>
        sqlite
          .prepare<Due>(
            'SELECT ruleId, subject, dueAt FROM Deadline WHERE firedAt IS NULL AND dueAt <= ? ORDER BY dueAt, subject, ruleId LIMIT ?',
          )
          .all(now, limit),
      ),
    nextDueAt: () =>
      run(
        () =>
          sqlite
            .prepare<{ dueAt: number }>('SELECT dueAt FROM Deadline WHERE firedAt IS NULL ORDER BY dueAt LIMIT 1')
            .get()?.dueAt,
      ),
    isCurrent: ({ ruleId, subject, dueAt }) =>
      run(
        () =>
          sqlite
            .prepare('SELECT 1 FROM Deadline WHERE ruleId = ? AND subject = ? AND dueAt = ? AND firedAt IS NULL')
            .get(ruleId, subject, dueAt) !== undefined,
      ),
    markFired: ({ ruleId, subject, dueAt }, at) =>
      run(() => {
        sqlite
          .prepare('UPDATE Deadline SET firedAt = ? WHERE ruleId = ? AND subject = ? AND dueAt = ?')
          .run(at, ruleId, subject, dueAt);
      }),
    set: (ruleId, subject, dueAt) =>
      run(() => {
        if (dueAt === undefined) {
          sqlite.prepare('DELETE FROM Deadline WHERE ruleId = ? AND subject = ?').run(ruleId, subject);
          return;
        }
        sqlite
          .prepare(
            `INSERT INTO Deadline (ruleId, subject, dueAt, firedAt) VALUES (?, ?, ?, NULL)
             ON CONFLICT (ruleId, subject) DO UPDATE SET dueAt = excluded.dueAt, firedAt = NULL WHERE dueAt <> excluded.dueAt`,
          )
          .run(ruleId, subject, dueAt);
      }),
  };
}
