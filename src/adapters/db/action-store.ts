import type {
  ActionRow,
  ActionState,
  ActionStore,
  QuestionRow,
  QuestionState,
  QuestionStore,
} from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

export function createQuestionStore(sqlite: Sqlite, run: Run): QuestionStore {
  type Row = Omit<QuestionRow, 'proposal' | 'state'> & { proposal: string; state: string };
  const columns = 'id, words, roomId, actorId, proposal, state, createdAt, expiresAt, secondAskedAt, secondBy';
  const one = (where: string, ...values: unknown[]): QuestionRow | undefined => {
    const row = sqlite
      .prepare<Row>(`SELECT ${columns} FROM Question WHERE ${where} ORDER BY createdAt DESC LIMIT 1`)
      .get(...values);
    return row && { ...row, proposal: JSON.parse(row.proposal) as unknown, state: row.state as QuestionState };
  };
  const change = (sql: string, ...values: unknown[]): number => sqlite.prepare(sql).run(...values).changes;
  return {
    open: (question) =>
      run(() => {
        const openKey = `${question.actorId}|${question.roomId}`;
        change(`UPDATE Question SET state = 'cancelled', openKey = NULL WHERE openKey = ?`, openKey);
        change(
          `INSERT OR REPLACE INTO Question (id, openKey, words, roomId, actorId, proposal, state, createdAt, expiresAt)
           VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?)`,
          question.id,
          openKey,
          question.words,
          question.roomId,
          question.actorId,
          JSON.stringify(question.proposal),
          question.createdAt,
          question.expiresAt,
        );
      }, 'several'),
    find: (id) => run(() => one('id = ?', id)),
    findByWords: (words, roomId) =>
      run(() => one(`words = ? AND roomId = ? AND state IN ('open', 'second')`, words, roomId)),
    wasUsed: (words, roomId, since) =>
      run(
        () =>
          sqlite
            .prepare('SELECT 1 FROM Question WHERE words = ? AND roomId = ? AND createdAt > ? LIMIT 1')
            .get(words, roomId, since) !== undefined,
      ),
    findOpenOf: (actorId, roomId) => run(() => one(`openKey = ? AND state = 'open'`, `${actorId}|${roomId}`)),
    listWaitingOf: (actorId, now) =>
      run(() =>
        sqlite
          .prepare<{ id: string }>(
            `SELECT id FROM Question WHERE state IN ('open', 'second') AND actorId = ? AND expiresAt > ? ORDER BY createdAt`,
          )
          .all(actorId, now)
          .flatMap(({ id }) => one('id = ?', id) ?? []),
      ),
    askSecond: (id, at, expiresAt) =>
      run(
        () =>
          change(
            `UPDATE Question SET state = 'second', openKey = NULL, secondAskedAt = ?, expiresAt = ? WHERE id = ? AND state = 'open'`,
            at,
            expiresAt,
            id,
          ) === 1,
      ),
    settle: (id, from, to, secondBy) =>
      run(
        () =>
          change(
            `UPDATE Question SET state = ?, openKey = NULL, secondBy = ? WHERE id = ? AND state = ?`,
            to,
            secondBy ?? null,
            id,
            from,
          ) === 1,
      ),
    listExpired: (now, limit) =>
      run(() =>
        sqlite
          .prepare<{ id: string }>(
            `SELECT id FROM Question WHERE state IN ('open', 'second') AND expiresAt <= ? LIMIT ?`,
          )
          .all(now, limit)
          .flatMap(({ id }) => one('id = ?', id) ?? []),
      ),
  };
}

export function createActionStore(sqlite: Sqlite, run: Run): ActionStore {
  type Row = Omit<ActionRow, 'state' | 'request' | 'before' | 'after'> & {
    state: string;
    request: string;
    before: string | null;
    after: string | null;
  };
  const columns =
    'id, kind, subject, target, actorId, approverId, roomId, state, request, "before", "after", undoOf, reason, startedAt, finishedAt, nextAt, probes';
  const all = (rest: string, ...values: unknown[]): ActionRow[] =>
    sqlite
      .prepare<Row>(`SELECT ${columns} FROM Action ${rest}`)
      .all(...values)
      .map((row) => ({
        ...row,
        state: row.state as ActionState,
        request: JSON.parse(row.request) as unknown,
        before: row.before === null ? null : (JSON.parse(row.before) as unknown),
        after: row.after === null ? null : (JSON.parse(row.after) as unknown),
      }));
  return {
    start: (action) =>
      run(
        () =>
          sqlite
            .prepare(
              `INSERT OR IGNORE INTO Action (id, kind, subject, target, runningKey, actorId, approverId, roomId, state, request, undoOf, reason, startedAt, nextAt, probes, undoKey)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?, ?, ?, ?, 0, ?)`,
            )
            .run(
              action.id,
              action.kind,
              action.subject,
              action.target,
              action.target,
              action.actorId,
              action.approverId,
              action.roomId,
              JSON.stringify(action.request),
              action.undoOf,
              action.reason,
              action.startedAt,
              action.startedAt,
              action.undoOf,
            ).changes === 1,
      ),
    find: (id) => run(() => all('WHERE id = ?', id)[0]),
    move: (id, from, to, { before, after, finishedAt, nextAt, probes }) =>
      run(
        () =>
          sqlite
            .prepare(
              `UPDATE Action SET state = ?, "before" = coalesce(?, "before"), "after" = coalesce(?, "after"), finishedAt = coalesce(?, finishedAt),
                 nextAt = CASE WHEN ? THEN ? ELSE nextAt END, probes = coalesce(?, probes), runningKey = CASE WHEN ? IS NULL THEN runningKey ELSE NULL END,
                 undoKey = CASE WHEN ? IN ('refused', 'failed') THEN NULL ELSE undoKey END
               WHERE id = ? AND state = ?`,
            )
            .run(
              to,
              before === undefined ? null : JSON.stringify(before),
              after === undefined ? null : JSON.stringify(after),
              finishedAt ?? null,
              nextAt === undefined ? 0 : 1,
              nextAt ?? null,
              probes ?? null,
              finishedAt ?? null,
              to,
              id,
              from,
            ).changes === 1,
      ),
    step: (id, step, at, detail) =>
      run(
        () =>
          void sqlite
            .prepare('INSERT INTO ActionStep (actionId, step, at, detail) VALUES (?, ?, ?, ?)')
            .run(id, step, at, JSON.stringify(detail ?? null)),
      ),
    steps: (id) =>
      run(() =>
        sqlite
          .prepare<{ step: string; at: number; detail: string }>(
            'SELECT step, at, detail FROM ActionStep WHERE actionId = ? ORDER BY id',
          )
          .all(id)
          .map((row) => ({ ...row, detail: JSON.parse(row.detail) as unknown })),
      ),
    listDue: (now, limit) =>
      run(() =>
        all(
          `WHERE state IN ('planned', 'writing', 'unknown', 'settling') AND nextAt <= ? ORDER BY nextAt LIMIT ?`,
          now,
          limit,
        ),
      ),
    listFor: (subject, limit) =>
      run(() => all('WHERE subject = ? ORDER BY startedAt DESC, rowid DESC LIMIT ?', subject, limit)),
    listUnfinishedOf: (actorId) =>
      run(() => all('WHERE actorId = ? AND finishedAt IS NULL ORDER BY startedAt', actorId)),
    lastBy: (actorId, roomId) =>
      run(
        () =>
          all(
            'WHERE actorId = ? AND roomId = ? AND undoOf IS NULL ORDER BY startedAt DESC, rowid DESC LIMIT 1',
            actorId,
            roomId,
          )[0],
      ),
    findUndoOf: (id) => run(() => all('WHERE undoKey = ?', id)[0]),
  };
}
