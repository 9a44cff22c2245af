import type { FollowRow, FollowStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

const columns = 'carrier, waybill, followedBy, subscribedAt, askedAt, heardAt, createdAt, nextAt';

/** A parcel seen for the first time, due at once. One that a rebuild brings back keeps what was asked about it. */
export function insertFollow(sqlite: Sqlite, parcelId: string, carrier: string, waybill: string, at: number): void {
  sqlite
    .prepare('INSERT OR IGNORE INTO Follow (parcelId, carrier, waybill, createdAt, nextAt) VALUES (?, ?, ?, ?, ?)')
    .run(parcelId, carrier, waybill, at, at);
}

export function createFollowStore(sqlite: Sqlite, run: Run): FollowStore {
  return {
    listDue: (now, limit) =>
      run(() =>
        sqlite
          .prepare<FollowRow>(`SELECT ${columns} FROM Follow WHERE nextAt <= ? ORDER BY nextAt, parcelId LIMIT ?`)
          .all(now, limit),
      ),
    find: (waybill) =>
      run(() =>
        sqlite.prepare<FollowRow>(`SELECT ${columns} FROM Follow WHERE parcelId = ?`).get(waybill.toUpperCase()),
      ),
    ask: (waybill, at, againAfterMs) =>
      run(
        () =>
          sqlite
            .prepare('UPDATE Follow SET askedAt = ? WHERE parcelId = ? AND (askedAt IS NULL OR askedAt <= ?)')
            .run(at, waybill.toUpperCase(), at - againAfterMs).changes === 1,
      ),
    change: (waybill, change, ifNextAt) =>
      run(() => {
        const names = Object.keys(change);
        const guard = ifNextAt === undefined ? '' : ' AND nextAt IS ?';
        sqlite
          .prepare(`UPDATE Follow SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE parcelId = ?${guard}`)
          .run(...Object.values(change), waybill.toUpperCase(), ...(ifNextAt === undefined ? [] : [ifNextAt]));
      }),
  };
}
