import { createHash } from 'node:crypto';
import type { Deduction, DeductionSum } from '../../domain/deduction.ts';
import type { SheetMapping } from '../../domain/sheet-order.ts';
import type { FileShopRow, ImportRow, ImportState, ImportStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';
import { orderId } from './view-rows.ts';

type Stored = Omit<ImportRow, 'state' | 'result'> & { state: string; result: string | null };

const columns =
  'id, shopId, fileName, hash, bytes, actorId, roomId, state, asOf, createdAt, finishedAt, done, total, result';
/** Their pages are written anew when they go: a few at a time, or everybody waits. */
const droppedAtOnce = 4;

const read = (row: Stored): ImportRow => ({
  ...row,
  state: row.state as ImportState,
  result: row.result === null ? null : (JSON.parse(row.result) as unknown),
});

/** The same row, in whichever copy of a bill. */
const deductionId = ({ shopId, orderNo, minor, currency, cause, at, nth }: Deduction): string =>
  createHash('sha256')
    .update(JSON.stringify([shopId, orderNo, minor, currency, cause, at, nth]))
    .digest('base64url')
    .slice(0, 22);

const sums = 'cause, currency, sum(minor) AS minor, count(DISTINCT orderNo) AS orders';

export function createImportStore(sqlite: Sqlite, run: Run): ImportStore {
  return {
    add: ({ id, shopId, fileName, hash, bytes, actorId, roomId, asOf, createdAt }) =>
      run(
        () =>
          void sqlite
            .prepare(
              `INSERT OR IGNORE INTO Import (id, shopId, fileName, hash, bytes, actorId, roomId, state, asOf, createdAt, done, total)
               VALUES (?, ?, ?, ?, ?, ?, ?, 'arriving', ?, ?, 0, 0)`,
            )
            .run(id, shopId, fileName, hash, bytes, actorId, roomId, asOf, createdAt),
      ),
    addDeductions: (deductions) =>
      run(() => {
        let added = 0;
        for (const each of deductions) {
          const { shopId, orderNo, minor, currency, cause, at } = each;
          added += sqlite
            .prepare(
              'INSERT OR IGNORE INTO Deduction (id, shopId, orderNo, minor, currency, cause, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
            )
            .run(deductionId(each), shopId, orderNo, minor, currency, cause, at).changes;
        }
        return added;
      }, 'several'),
    deductionsOf: (shopId, orderNo) =>
      run(() =>
        sqlite
          .prepare<DeductionSum>(
            `SELECT ${sums} FROM Deduction WHERE shopId = ? AND orderNo = ? GROUP BY cause, currency ORDER BY minor DESC`,
          )
          .all(shopId, orderNo),
      ),
    deductedIn: (from, to) =>
      run(() => {
        if (sqlite.prepare('SELECT 1 FROM Deduction LIMIT 1').get() === undefined) return null;
        return sqlite
          .prepare<DeductionSum>(
            `SELECT ${sums} FROM Deduction WHERE at >= ? AND at < ? GROUP BY cause, currency ORDER BY minor DESC`,
          )
          .all(from, to);
      }),
    addChunk: (id, seq, sealed) =>
      run(
        () =>
          void sqlite
            .prepare('INSERT OR REPLACE INTO ImportChunk (importId, seq, sealed) VALUES (?, ?, ?)')
            .run(id, seq, sealed),
      ),
    chunk: (id, seq) =>
      run(
        () =>
          sqlite
            .prepare<{ sealed: string }>('SELECT sealed FROM ImportChunk WHERE importId = ? AND seq = ?')
            .get(id, seq)?.sealed,
      ),
    dropChunks: (id) =>
      run(
        () =>
          sqlite
            .prepare(
              'DELETE FROM ImportChunk WHERE rowid IN (SELECT rowid FROM ImportChunk WHERE importId = ? LIMIT ?)',
            )
            .run(id, droppedAtOnce).changes > 0,
      ),
    change: (id, { result, ...change }) =>
      run(() => {
        const values = Object.entries(result === undefined ? change : { ...change, result: JSON.stringify(result) });
        sqlite
          .prepare(`UPDATE Import SET ${values.map(([name]) => `${name} = ?`).join(', ')} WHERE id = ?`)
          .run(...values.map(([, value]) => value), id);
      }),
    find: (id) =>
      run(() => {
        const row = sqlite.prepare<Stored>(`SELECT ${columns} FROM Import WHERE id = ?`).get(id);
        return row && read(row);
      }),
    list: (limit) =>
      run(() =>
        sqlite
          .prepare<Stored>(
            `SELECT ${columns} FROM Import WHERE state <> 'arriving' ORDER BY createdAt DESC, id LIMIT ?`,
          )
          .all(limit)
          .map(read),
      ),
    next: () =>
      run(() => {
        const row = sqlite
          .prepare<Stored>(
            `SELECT ${columns} FROM Import WHERE state IN ('waiting', 'storing') ORDER BY createdAt, id LIMIT 1`,
          )
          .get();
        return row && read(row);
      }),
    listForgotten: (at) =>
      run(() =>
        sqlite
          .prepare<Stored>(
            `SELECT ${columns} FROM Import WHERE state IN ('arriving', 'unexplained') AND createdAt < ? ORDER BY createdAt`,
          )
          .all(at)
          .map(read),
      ),
    fileShops: () =>
      run(() =>
        sqlite
          .prepare<Omit<FileShopRow, 'tellsStage'> & { tellsStage: number }>(
            'SELECT shopId, asOf, tellsStage FROM FileShop',
          )
          .all()
          .map((row) => ({ ...row, tellsStage: row.tellsStage === 1 })),
      ),
    saveFileShop: ({ shopId, asOf, tellsStage }) =>
      run(
        () =>
          void sqlite
            .prepare(
              `INSERT INTO FileShop (shopId, asOf, tellsStage) VALUES (?, ?, ?)
               ON CONFLICT (shopId) DO UPDATE SET asOf = excluded.asOf, tellsStage = excluded.tellsStage
               WHERE excluded.asOf >= asOf`,
            )
            .run(shopId, asOf, tellsStage ? 1 : 0),
      ),
    noteSeen: (shopId, orderNos, asOf) =>
      run(() => {
        const note = sqlite.prepare(
          'INSERT INTO SheetSight (orderId, asOf) VALUES (?, ?) ON CONFLICT (orderId) DO UPDATE SET asOf = excluded.asOf WHERE excluded.asOf > asOf',
        );
        for (const no of orderNos) note.run(orderId(shopId, no), asOf);
      }, 'several'),
    lastSeen: (shopId, orderNos) =>
      run(() => {
        const find = sqlite.prepare<{ asOf: number }>('SELECT asOf FROM SheetSight WHERE orderId = ?');
        return new Map(
          orderNos.flatMap((no): [string, number][] => {
            const row = find.get(orderId(shopId, no));
            return row === undefined ? [] : [[no, row.asOf]];
          }),
        );
      }),
    mappings: () =>
      run(
        () =>
          new Map(
            sqlite
              .prepare<{ headingKey: string; mapping: string }>('SELECT headingKey, mapping FROM SheetMapping')
              .all()
              .map(({ headingKey, mapping }) => [headingKey, JSON.parse(mapping) as SheetMapping]),
          ),
      ),
    saveMapping: (headingKey, mapping, actorId, at) =>
      run(
        () =>
          void sqlite
            .prepare('INSERT OR REPLACE INTO SheetMapping (headingKey, mapping, actorId, at) VALUES (?, ?, ?, ?)')
            .run(headingKey, JSON.stringify(mapping), actorId, at),
      ),
  };
}
