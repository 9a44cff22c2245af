import type { RetentionStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

const year = 365 * 24 * 3_600_000;

/** Only what was once said; the platform's receipt and the times stay. */
const emptyCard = JSON.stringify({ tone: 'info', lines: [], buttons: [], link: null });

export function createRetentionStore(sqlite: Sqlite, run: Run): RetentionStore {
  const change = (sql: string, ...values: (string | number)[]): number => sqlite.prepare(sql).run(...values).changes;
  return {
    eraseReceivers: (at, now, limit) =>
      run(() => {
        const taken = change(
          `UPDATE Receiver SET sealed = NULL, erasedAt = ? WHERE orderId IN (
             SELECT r.orderId FROM Receiver AS r LEFT JOIN "Order" AS o ON o.id = r.orderId
             WHERE r.erasedAt IS NULL AND r.createdAt < ? AND (
               coalesce(o.closedAt, o.deliveredAt, CASE WHEN o.stage IN ('delivered', 'closed') THEN o.stageAt END) < ?
               OR coalesce(o.sourceUpdatedAt, 0) < ?)
             LIMIT ?)`,
          now,
          at,
          at,
          Math.min(at, now - year),
          limit,
        );
        // A label shows the same person: its file goes with the receiver.
        change(
          `UPDATE Label SET sealed = NULL WHERE sealed IS NOT NULL
             AND orderId IN (SELECT orderId FROM Receiver WHERE erasedAt IS NOT NULL)`,
        );
        return taken;
      }, 'several'),
    eraseMessages: (at, limit) =>
      run(
        () =>
          change(
            `UPDATE Inbound SET text = '' WHERE id IN (
               SELECT id FROM Inbound WHERE doneAt < ? AND text <> '' LIMIT ?)`,
            at,
            limit,
          ) +
          change(
            `UPDATE Outbox SET card = ? WHERE id IN (
               SELECT id FROM Outbox WHERE state IN ('sent', 'dead', 'dropped') AND createdAt < ? AND card <> ? LIMIT ?)`,
            emptyCard,
            at,
            emptyCard,
            limit,
          ) +
          change('DELETE FROM RoomMessage WHERE id IN (SELECT id FROM RoomMessage WHERE at < ? LIMIT ?)', at, limit),
        'several',
      ),
  };
}
