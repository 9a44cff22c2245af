import type { Role } from '../../domain/actor.ts';
import type { Stint } from '../../domain/roster.ts';
import type { DutyOfferRow, DutyStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

/** Agreed time on duty, and what waits for a yes about it. */
export function createDutyStore(sqlite: Sqlite, run: Run): DutyStore {
  type Row = Omit<DutyOfferRow, 'detail' | 'kind' | 'state'> & { detail: string; kind: string; state: string };
  interface StintRow extends Omit<Stint, 'role' | 'who' | 'from' | 'to'> {
    readonly role: string;
    readonly personId: string;
    readonly startsAt: number;
    readonly endsAt: number;
  }
  const read = (row: Row): DutyOfferRow => ({
    ...row,
    kind: row.kind as DutyOfferRow['kind'],
    state: row.state as DutyOfferRow['state'],
    detail: JSON.parse(row.detail) as unknown,
  });
  const all = (rest: string, ...values: unknown[]): DutyOfferRow[] =>
    sqlite
      .prepare<Row>(`SELECT o.* FROM DutyOffer o ${rest}`)
      .all(...values)
      .map(read);
  return {
    listStints: (from) =>
      run(() =>
        sqlite
          .prepare<StintRow>(
            'SELECT role, warehouse, personId, startsAt, endsAt FROM DutyStint WHERE endsAt > ? AND endsAt > startsAt ORDER BY id',
          )
          .all(from)
          .map(({ role, warehouse, personId, startsAt, endsAt }) => ({
            role: role as Role,
            warehouse,
            who: personId,
            from: startsAt,
            to: endsAt,
          })),
      ),
    addStints: (offerId, stints) =>
      run(() => {
        const add = sqlite.prepare(
          'INSERT INTO DutyStint (offerId, role, warehouse, personId, startsAt, endsAt) VALUES (?, ?, ?, ?, ?, ?)',
        );
        for (const { role, warehouse, who, from, to } of stints) add.run(offerId, role, warehouse, who, from, to);
      }, 'several'),
    endStints: (offerId, at) =>
      run(
        () =>
          sqlite
            .prepare('UPDATE DutyStint SET endsAt = max(startsAt, ?) WHERE offerId = ? AND endsAt > ?')
            .run(at, offerId, at).changes > 0,
      ),
    findSwap: (askerId, personId, now) =>
      run(
        () =>
          all(
            `JOIN DutyStint s ON s.offerId = o.id WHERE o.kind = 'swap' AND o.state = 'accepted' AND o.askerId = ? AND o.personId = ? AND s.endsAt > ? AND s.endsAt > s.startsAt ORDER BY s.id DESC LIMIT 1`,
            askerId,
            personId,
            now,
          )[0],
      ),
    open: (offer) =>
      run(
        () =>
          void sqlite
            .prepare(
              `INSERT OR IGNORE INTO DutyOffer (id, kind, words, roomId, personId, askerId, askerRoomId, detail, state, createdAt, expiresAt)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)`,
            )
            .run(
              offer.id,
              offer.kind,
              offer.words,
              offer.roomId,
              offer.personId,
              offer.askerId,
              offer.askerRoomId,
              JSON.stringify(offer.detail),
              offer.createdAt,
              offer.expiresAt,
            ),
      ),
    find: (id) => run(() => all('WHERE o.id = ?', id)[0]),
    findByWords: (words, roomId) =>
      run(
        () =>
          all(
            `WHERE o.words = ? AND o.roomId = ? AND o.state = 'open' ORDER BY o.createdAt DESC LIMIT 1`,
            words,
            roomId,
          )[0],
      ),
    wasUsed: (words, roomId, since) =>
      run(() => all('WHERE o.words = ? AND o.roomId = ? AND o.createdAt > ? LIMIT 1', words, roomId, since).length > 0),
    settle: (id, to) =>
      run(
        () =>
          sqlite.prepare(`UPDATE DutyOffer SET state = ? WHERE id = ? AND state = 'open'`).run(to, id).changes === 1,
      ),
    listExpired: (now, limit) =>
      run(() => all(`WHERE o.state = 'open' AND o.expiresAt <= ? ORDER BY o.expiresAt LIMIT ?`, now, limit)),
  };
}
