import { setImmediate as breath } from 'node:timers/promises';
import { alertKey } from '../../domain/alert.ts';
import { orderSubject } from '../../domain/order.ts';
import type { Paid } from '../../domain/penalty.ts';
import type { OwedPart } from '../../domain/shortage.ts';
import type { LineCohort, LineStore, Sale } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

/** Whoever came within the same ten minutes stands together. */
const together = 600_000;
/** In the line itself; what is in review still has to leave by its wall. */
const inLine = `(apart IS NULL OR apart = 'review')`;

/** Orders that one piece of the line takes: a few milliseconds. */
const pieceSize = 3_000;
/** The same where their lines are read, too. */
const joinedPiece = 600;

type OwedRow = Omit<OwedPart, 'isSorted'> & { readonly shopId: string; readonly sku: string; readonly orderId: string };

export function createLineStore(sqlite: Sqlite, run: Run): LineStore {
  /** Where a piece ends: cut where ten minutes begin, so that nobody who stands together is torn apart. */
  function endOfPiece(phase: string, warehouse: string, from: number, size: number): number | undefined {
    const after = sqlite
      .prepare<{ since: number }>(
        'SELECT since FROM LineEntry WHERE phase = ? AND warehouse = ? AND since >= ? ORDER BY since LIMIT 1 OFFSET ?',
      )
      .get(phase, warehouse, from, size);
    return after && (Math.floor(after.since / together) + 1) * together;
  }

  /** Reads a phase warehouse by warehouse, piece by piece; others get their turn in between. */
  async function inPieces<Row>(
    phase: string,
    size: number,
    read: (warehouse: string, from: number, to: number) => Row[],
  ): Promise<Row[]> {
    const warehouses = await run(() =>
      sqlite.prepare<{ warehouse: string }>('SELECT DISTINCT warehouse FROM LineEntry WHERE phase = ?').all(phase),
    );
    const rows: Row[] = [];
    for (const { warehouse } of warehouses) {
      let from: number | undefined = 0;
      while (from !== undefined) {
        const start: number = from;
        from = await run(() => {
          const end = endOfPiece(phase, warehouse, start, size);
          rows.push(...read(warehouse, start, end ?? Number.MAX_SAFE_INTEGER));
          return end;
        });
        await breath();
      }
    }
    return rows;
  }

  return {
    cohorts: (phase) =>
      inPieces(phase, pieceSize, (warehouse, from, to) =>
        sqlite
          .prepare<LineCohort>(
            `SELECT warehouse, shopId, apart, min(since) AS since, min(wall) AS wall, count(*) AS count FROM LineEntry
             WHERE phase = ? AND warehouse = ? AND since >= ? AND since < ?
             GROUP BY shopId, apart, since / ${together}, wall / ${together}`,
          )
          .all(phase, warehouse, from, to),
      ),
    async paidDue(wall) {
      const read =
        (phase: string) =>
        (warehouse: string, from: number, to: number): Paid[] =>
          sqlite
            .prepare<Paid>(
              `SELECT e.shopId, o.currency, o.paidMinor, count(*) AS count
               FROM LineEntry e JOIN "Order" o ON o.id = e.orderId
               WHERE e.phase = ? AND e.warehouse = ? AND e.since >= ? AND e.since < ? AND e.wall <= ? AND ${inLine}
               GROUP BY e.shopId, o.currency, o.paidMinor`,
            )
            .all(phase, warehouse, from, to, wall);
      const waiting = await inPieces('waiting', joinedPiece, read('waiting'));
      return [...waiting, ...(await inPieces('sorted', joinedPiece, read('sorted')))];
    },
    labelled: (systemId, from, to) =>
      run(() =>
        sqlite
          .prepare<{ subject: string; warehouseCode: string; at: number }>(
            `SELECT e.subject, f.warehouseCode, coalesce(json_extract(e.facts, '$.stageAt'), e.occurredAt) AS at
             FROM Event e JOIN FulfillmentOrder f ON f.id = substr(e.subject, length('fulfillment:') + 1)
             WHERE e.source = ? AND e.receivedAt >= ? AND e.receivedAt < ? AND e.kind = 'fulfillment'
               AND json_extract(e.facts, '$.stage') = 'labelled'`,
          )
          .all(`system:${systemId}`, from, to),
      ),
    countUnlabelled: (systemId, warehouseCode) =>
      run(
        () =>
          sqlite
            .prepare<{ count: number }>(
              `SELECT count(*) AS count FROM LineEntry WHERE warehouse = ? AND ${inLine} AND (phase = 'waiting'
                 OR (phase = 'sorted' AND orderId IN (SELECT l.orderId FROM OrderFulfillment l JOIN FulfillmentOrder f
                   ON f.id = l.fulfillmentId WHERE l.orderId = LineEntry.orderId AND f.closed = 0 AND f.waybill = '')))`,
            )
            .get(`${systemId}/${warehouseCode}`)?.count ?? 0,
      ),
    async owed() {
      const read =
        (phase: string) =>
        (warehouse: string, from: number, to: number): OwedRow[] =>
          sqlite
            .prepare<OwedRow>(
              `SELECT e.shopId, l.sku, min(e.since) AS since, sum(l.qty) AS qty, count(DISTINCT l.orderId) AS orders,
                 min(e.wall) AS wall, max(l.orderId) AS orderId
               FROM LineEntry e JOIN OrderLine l ON l.orderId = e.orderId
               WHERE e.phase = ? AND e.warehouse = ? AND e.since >= ? AND e.since < ? AND ${inLine}
               GROUP BY e.shopId, l.sku, e.since / ${together}`,
            )
            .all(phase, warehouse, from, to);
      const waiting = await inPieces('waiting', joinedPiece, read('waiting'));
      const sorted = await inPieces('sorted', joinedPiece, read('sorted'));
      return [
        ...waiting.map((row) => ({ ...row, isSorted: false })),
        ...sorted.map((row) => ({ ...row, isSorted: true })),
      ];
    },
    shippedSince: (from, wall) =>
      run(() =>
        sqlite
          .prepare<Pick<LineCohort, 'warehouse' | 'shopId' | 'count'>>(
            `SELECT warehouse, shopId, count(*) AS count FROM LineEntry
             WHERE shippedAt >= ? AND wall <= ? AND ${inLine} GROUP BY warehouse, shopId`,
          )
          .all(from, wall),
      ),
    sortedSince: (warehouse, from) =>
      run(() => {
        const sorted = sqlite
          .prepare<{ at: number; count: number }>(
            `SELECT min(sortedAt) AS at, count(*) AS count FROM LineEntry
             WHERE warehouse = ? AND sortedAt >= ? GROUP BY sortedAt / 60000`,
          )
          .all(warehouse, from);
        const ends = sqlite
          .prepare<{ first: number | null }>(
            'SELECT min(sortedAt) AS first FROM LineEntry WHERE warehouse = ? AND sortedAt IS NOT NULL',
          )
          .get(warehouse);
        const untimed = sqlite.prepare(
          "SELECT 1 FROM LineEntry WHERE warehouse = ? AND sortedAt IS NULL AND phase <> 'waiting' LIMIT 1",
        );
        const isUntimed = sorted.length === 0 && untimed.get(warehouse) !== undefined;
        return { sorted, first: ends?.first ?? null, isUntimed };
      }),
    lastSortedAt: (warehouse) =>
      run(
        () =>
          sqlite
            .prepare<{ last: number | null }>('SELECT max(sortedAt) AS last FROM LineEntry WHERE warehouse = ?')
            .get(warehouse)?.last ?? undefined,
      ),
    placeOf: (orderId) =>
      run(() => sqlite.prepare<{ since: number }>('SELECT since FROM LineEntry WHERE orderId = ?').get(orderId)?.since),
    packTimes: (warehouse, limit) =>
      run(() =>
        sqlite
          .prepare<{ ms: number }>(
            `SELECT shippedAt - sortedAt AS ms FROM LineEntry
             WHERE warehouse = ? AND sortedAt IS NOT NULL AND shippedAt IS NOT NULL ORDER BY sortedAt DESC LIMIT ?`,
          )
          .all(warehouse, limit)
          .map(({ ms }) => ms),
      ),
    sortedMark: (warehouse, count) =>
      run(() => {
        const newest = sqlite.prepare<{ since: number }>(
          'SELECT since FROM LineEntry WHERE phase = ? AND warehouse = ? ORDER BY since DESC LIMIT ?',
        );
        const both = [...newest.all('sorted', warehouse, count), ...newest.all('shipped', warehouse, count)];
        return both.map(({ since }) => since).sort((a, b) => b - a)[count - 1];
      }),
    waitingBefore: (warehouse, mark, ruleId, limit) =>
      run(() =>
        sqlite
          .prepare<{ orderId: string; shopId: string; channelOrderNo: string; since: number }>(
            `SELECT l.orderId, o.shopId, o.channelOrderNo, l.since FROM LineEntry l JOIN "Order" o ON o.id = l.orderId
             WHERE l.phase = 'waiting' AND l.warehouse = ? AND l.since < ? AND l.apart IS NULL
               AND NOT EXISTS (SELECT 1 FROM Alert WHERE openKey = ? || o.shopId || '/' || o.channelOrderNo)
             ORDER BY l.since LIMIT ?`,
          )
          .all(warehouse, mark, alertKey(ruleId, 'order:'), limit)
          .map(({ orderId, shopId, channelOrderNo, since }) => ({
            orderId,
            subject: orderSubject(shopId, channelOrderNo),
            since,
          })),
      ),
    sortedAfter: (warehouse, since) =>
      run(
        () =>
          sqlite
            .prepare<{ count: number }>(
              `SELECT count(*) AS count FROM LineEntry WHERE phase IN ('sorted', 'shipped') AND warehouse = ? AND since > ?`,
            )
            .get(warehouse, since)?.count ?? 0,
      ),
    waitingBehind: (warehouse, skip, wall, limit) =>
      run(() =>
        sqlite
          .prepare<{ orderId: string }>(
            `SELECT orderId FROM (SELECT orderId, wall FROM LineEntry
               WHERE phase = 'waiting' AND warehouse = ? AND ${inLine} ORDER BY since, wall LIMIT -1 OFFSET ?)
             WHERE wall <= ? LIMIT ?`,
          )
          .all(warehouse, skip, wall, limit)
          .map(({ orderId }) => orderId),
      ),
    soldBetween: (from, to) =>
      run(() =>
        sqlite
          .prepare<Sale>(
            `SELECT o.paidAt / 60000 * 60000 AS minute, l.sku, max(o.id) AS orderId, sum(l.qty) AS qty, count(*) AS orders
             FROM "Order" o JOIN OrderLine l ON l.orderId = o.id
             WHERE o.paidAt >= ? AND o.paidAt < ? AND o.kind = 'sale' GROUP BY o.paidAt / 60000, l.sku`,
          )
          .all(from, to),
      ),
  };
}
