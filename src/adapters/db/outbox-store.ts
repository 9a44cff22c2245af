import type { Card } from '../../domain/card.ts';
import type { OutgoingCard } from '../../ports/messenger.ts';
import type {
  InboundRow,
  InboundStore,
  OutboxKind,
  OutboxRow,
  OutboxStore,
  RoomMessageRow,
  RoomMessageStore,
} from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

interface Row {
  id: number;
  key: string;
  roomId: string;
  kind: string;
  priority: number;
  alertId: string | null;
  card: string;
  dueAt: number;
  attempts: number;
  createdAt: number;
  maybeTwice: number;
}

const fromRow = (row: Row): OutboxRow => ({
  id: row.id,
  key: row.key,
  roomId: row.roomId,
  kind: row.kind as OutboxKind,
  priority: row.priority,
  alertId: row.alertId,
  card: JSON.parse(row.card) as Card,
  dueAt: row.dueAt,
  attempts: row.attempts,
  createdAt: row.createdAt,
  maybeTwice: row.maybeTwice === 1,
});

export function createOutboxStore(sqlite: Sqlite, run: Run): OutboxStore {
  const change = (sql: string, ...values: unknown[]): number => sqlite.prepare(sql).run(...values).changes;
  return {
    add: (row) =>
      run(
        () =>
          change(
            `INSERT OR IGNORE INTO Outbox (key, roomId, kind, priority, alertId, card, state, dueAt, attempts, createdAt, maybeTwice)
             VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, 0, ?, 0)`,
            row.key,
            row.roomId,
            row.kind,
            row.priority,
            row.alertId,
            JSON.stringify(row.card),
            row.dueAt,
            row.dueAt,
          ) === 1,
      ),
    claim: (roomId, limit, leaseMs, now, wallNow) =>
      run(() => {
        change(
          `UPDATE Outbox SET state = 'pending', maybeTwice = 1 WHERE state = 'sending' AND leaseUntil <= ? AND roomId = ?`,
          wallNow,
          roomId,
        );
        // The + leaves the due time out of the search: by the index that keeps the order, the first row ends it.
        const rows = sqlite
          .prepare<Row>(
            `SELECT * FROM Outbox WHERE roomId = ? AND state = 'pending' AND +dueAt <= ? ORDER BY priority, id LIMIT ?`,
          )
          .all(roomId, now, limit);
        for (const { id } of rows) {
          change(
            `UPDATE Outbox SET state = 'sending', leaseUntil = ?, attempts = attempts + 1 WHERE id = ?`,
            wallNow + leaseMs,
            id,
          );
        }
        return rows.map((row) => fromRow({ ...row, attempts: row.attempts + 1 }));
      }, 'several'),
    freeSending: () =>
      run(
        () =>
          void change(`UPDATE Outbox SET state = 'pending', maybeTwice = 1, leaseUntil = NULL WHERE state = 'sending'`),
      ),
    sent: (id, at, providerRef, parts = 1) =>
      run(
        () =>
          void change(
            `UPDATE Outbox SET state = 'sent', sentAt = ?, providerRef = ?, parts = ?, leaseUntil = NULL WHERE id = ?`,
            at,
            providerRef,
            parts,
            id,
          ),
      ),
    retry: (id, dueAt, error, maybeTwice) =>
      run(
        () =>
          void change(
            `UPDATE Outbox SET state = 'pending', dueAt = ?, error = ?, maybeTwice = max(maybeTwice, ?), leaseUntil = NULL WHERE id = ?`,
            dueAt,
            error,
            maybeTwice ? 1 : 0,
            id,
          ),
      ),
    postpone: (id, dueAt, error) =>
      run(
        () =>
          void change(
            `UPDATE Outbox SET state = 'pending', dueAt = ?, error = ?, attempts = attempts - 1, leaseUntil = NULL WHERE id = ?`,
            dueAt,
            error,
            id,
          ),
      ),
    dead: (id, at, error) =>
      run(
        () =>
          void change(
            `UPDATE Outbox SET state = 'dead', sentAt = NULL, error = ?, dueAt = ?, leaseUntil = NULL WHERE id = ?`,
            error,
            at,
            id,
          ),
      ),
    drop: (id, at, why) =>
      run(
        () =>
          void change(
            `UPDATE Outbox SET state = 'dropped', error = ?, dueAt = ?, leaseUntil = NULL WHERE id = ?`,
            why,
            at,
            id,
          ),
      ),
    sentSince: (roomId, from) =>
      run(
        () =>
          sqlite
            .prepare<{ count: number }>(
              `SELECT coalesce(sum(parts), 0) AS count FROM Outbox WHERE roomId = ? AND sentAt > ?`,
            )
            .get(roomId, from)?.count ?? 0,
      ),
    alertsSince: (roomId, from) =>
      run(
        () =>
          sqlite
            .prepare<{ count: number }>(
              `SELECT (SELECT count(*) FROM Outbox WHERE roomId = ? AND sentAt > ? AND kind IN ('alert', 'group')) +
                 (SELECT count(*) FROM Outbox WHERE state IN ('pending', 'sending') AND roomId = ? AND kind IN ('alert', 'group')) AS count`,
            )
            .get(roomId, from, roomId)?.count ?? 0,
      ),
    isHeard: (alertId, roomId) =>
      run(
        () =>
          sqlite
            .prepare(
              `SELECT 1 FROM Outbox WHERE alertId = ? AND roomId = ? AND kind = 'alert' AND (state IN ('sent', 'sending') OR maybeTwice = 1)`,
            )
            .get(alertId, roomId) !== undefined,
      ),
    count: () =>
      run(() => {
        const row = sqlite
          .prepare<{ pending: number; dead: number; maybeTwice: number; oldestDueAt: number | null }>(
            `SELECT (SELECT count(*) FROM Outbox WHERE state IN ('pending', 'sending')) AS pending,
                    (SELECT count(*) FROM Outbox WHERE state = 'dead') AS dead,
                    (SELECT count(*) FROM Outbox WHERE maybeTwice = 1 AND state = 'sent') AS maybeTwice,
                    (SELECT min(dueAt) FROM Outbox WHERE state IN ('pending', 'sending')) AS oldestDueAt`,
          )
          .get();
        return row ?? { pending: 0, dead: 0, maybeTwice: 0, oldestDueAt: null };
      }),
    callsSince: (roomIds, privately, from) =>
      run(() => {
        // One search by index for each room: an OR over patterns would read all that was ever said.
        const calls = (where: string, ...rooms: readonly string[]): number =>
          sqlite
            .prepare<{ calls: number }>(
              `SELECT (SELECT count(*) FROM Outbox WHERE ${where} AND sentAt >= ? AND providerRef NOT LIKE 'webhook%') +
                      (SELECT count(*) FROM Inbound WHERE ${where} AND receivedAt >= ?) AS calls`,
            )
            .get(...rooms, from, ...rooms, from)?.calls ?? 0;
        const inRooms = roomIds.reduce((sum, roomId) => sum + calls('roomId = ?', roomId), 0);
        if (privately === undefined) return inRooms;
        return inRooms + calls('roomId >= ? AND roomId < ?', `dm:${privately}:`, `dm:${privately};`);
      }),
    slices: (from, to, sliceMs, inTimeMs) =>
      run(() =>
        sqlite
          .prepare<{ from: number; wanted: number; inTime: number; late: number }>(
            `SELECT createdAt / CAST(? AS INTEGER) * CAST(? AS INTEGER) AS "from", count(*) AS wanted,
               sum(state = 'sent' AND providerRef <> '' AND sentAt - createdAt <= ?) AS inTime,
               sum(state = 'sent' AND (providerRef = '' OR sentAt - createdAt > ?)) AS late
             FROM Outbox WHERE createdAt >= ? AND createdAt < ? AND state <> 'dropped' GROUP BY 1 ORDER BY 1`,
          )
          .all(sliceMs, sliceMs, inTimeMs, inTimeMs, from, to),
      ),
    stalled: (now, forMs) =>
      run(() =>
        sqlite
          .prepare<{ roomId: string; since: number; waiting: number }>(
            `SELECT roomId, min(createdAt) AS since, count(*) AS waiting FROM Outbox o
             WHERE state IN ('pending', 'sending') AND createdAt <= ?
               AND NOT EXISTS (SELECT 1 FROM Outbox s WHERE s.roomId = o.roomId AND s.sentAt > ?)
             GROUP BY roomId ORDER BY roomId`,
          )
          .all(now - forMs, now - forMs),
      ),
    roomsWithDue: (now) =>
      run(() =>
        sqlite
          .prepare<{ roomId: string }>(
            `SELECT DISTINCT roomId FROM Outbox WHERE (state = 'pending' AND dueAt <= ?) OR state = 'sending' ORDER BY roomId`,
          )
          .all(now)
          .map(({ roomId }) => roomId),
      ),
  };
}

export function createRoomMessageStore(sqlite: Sqlite, run: Run): RoomMessageStore {
  interface MessageRow {
    id: number;
    roomId: string;
    sender: string;
    card: string;
    at: number;
  }
  const read = (row: MessageRow): RoomMessageRow => ({ ...row, card: JSON.parse(row.card) as OutgoingCard });
  return {
    add: ({ roomId, key, sender, card, at }) =>
      run(() => {
        sqlite
          .prepare('INSERT OR IGNORE INTO RoomMessage (roomId, key, sender, card, at) VALUES (?, ?, ?, ?, ?)')
          .run(roomId, key, sender, JSON.stringify(card), at);
        return sqlite.prepare<{ id: number }>('SELECT id FROM RoomMessage WHERE key = ?').get(key)?.id ?? 0;
      }),
    list: (roomId, afterId, limit) =>
      run(() =>
        sqlite
          .prepare<MessageRow>(
            'SELECT id, roomId, sender, card, at FROM RoomMessage WHERE roomId = ? AND id > ? ORDER BY id LIMIT ?',
          )
          .all(roomId, afterId, limit)
          .map(read),
      ),
    latest: (roomId, limit) =>
      run(() =>
        sqlite
          .prepare<MessageRow>(
            'SELECT id, roomId, sender, card, at FROM RoomMessage WHERE roomId = ? ORDER BY id DESC LIMIT ?',
          )
          .all(roomId, limit)
          .map(read)
          .reverse(),
      ),
  };
}

export function createInboundStore(sqlite: Sqlite, run: Run): InboundStore {
  type Stored = Omit<InboundRow, 'isPrivate'> & { isPrivate: number };
  const read = (row: Stored): InboundRow => ({ ...row, isPrivate: row.isPrivate === 1 });
  const columns = 'id, platform, messageId, roomId, isPrivate, senderId, text, receivedAt';
  return {
    receive: (message) =>
      run(() => {
        const { changes, lastInsertRowid } = sqlite
          .prepare(
            `INSERT OR IGNORE INTO Inbound (platform, messageId, roomId, isPrivate, senderId, text, receivedAt) VALUES (?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(
            message.platform,
            message.messageId,
            message.roomId,
            message.isPrivate ? 1 : 0,
            message.senderId,
            message.text,
            message.receivedAt,
          );
        return changes === 0 ? undefined : { ...message, id: Number(lastInsertRowid) };
      }),
    done: (id, at) =>
      run(() => void sqlite.prepare('UPDATE Inbound SET doneAt = ? WHERE id = ? AND doneAt IS NULL').run(at, id)),
    countAfter: (roomId, at, exceptId) =>
      run(
        () =>
          sqlite
            .prepare<{ count: number }>(
              'SELECT count(*) AS count FROM Inbound WHERE roomId = ? AND receivedAt > ? AND id <> ?',
            )
            .get(roomId, at, exceptId)?.count ?? 0,
      ),
    lastHeard: (roomIds) =>
      run(
        () =>
          sqlite
            .prepare<{ roomId: string }>(
              `SELECT roomId FROM Inbound WHERE roomId IN (${roomIds.map(() => '?').join(', ')}) ORDER BY receivedAt DESC, id DESC LIMIT 1`,
            )
            .get(...roomIds)?.roomId,
      ),
    listPending: (limit) =>
      run(() =>
        sqlite
          .prepare<Stored>(`SELECT ${columns} FROM Inbound WHERE doneAt IS NULL ORDER BY id LIMIT ?`)
          .all(limit)
          .map(read),
      ),
  };
}
