import type { Promo } from '../../domain/promo.ts';
import type { Silence, SilenceScope } from '../../domain/silence.ts';
import type { NoiseStore } from '../../ports/stores.ts';
import { type AlertRow, alertFromRow, worstFirst } from './alert-store.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

interface SilenceRow {
  id: number;
  roomId: string;
  scope: string;
  fromAt: number;
  untilAt: number;
  reason: string;
  byId: string;
}
interface PromoRow {
  id: number;
  roomId: string;
  fromAt: number;
  untilAt: number;
  factor: number;
  byId: string;
}

const silenceFrom = ({ id, roomId, scope, fromAt, untilAt, reason, byId }: SilenceRow): Silence => ({
  id,
  roomId,
  scope: JSON.parse(scope) as SilenceScope,
  from: fromAt,
  until: untilAt,
  reason,
  by: byId,
});
const promoFrom = ({ id, roomId, fromAt, untilAt, factor, byId }: PromoRow): Promo => ({
  id,
  roomId,
  from: fromAt,
  until: untilAt,
  factor,
  by: byId,
});

export function createNoiseStore(sqlite: Sqlite, run: Run): NoiseStore {
  const change = (sql: string, ...values: unknown[]): number => sqlite.prepare(sql).run(...values).changes;
  const added = (sql: string, ...values: unknown[]): number =>
    Number(sqlite.prepare(sql).run(...values).lastInsertRowid);
  const silences = (where: string, ...values: unknown[]): Silence[] =>
    sqlite
      .prepare<SilenceRow>(`SELECT * FROM Silence WHERE ${where} ORDER BY id`)
      .all(...values)
      .map(silenceFrom);
  const promos = (where: string, ...values: unknown[]): Promo[] =>
    sqlite
      .prepare<PromoRow>(`SELECT * FROM Promo WHERE ${where} ORDER BY fromAt, id`)
      .all(...values)
      .map(promoFrom);

  return {
    addSilence: ({ roomId, scope, from, until, reason, by }) =>
      run(() =>
        added(
          'INSERT INTO Silence (roomId, scope, fromAt, untilAt, reason, byId, endSaid) VALUES (?, ?, ?, ?, ?, ?, 0)',
          roomId,
          JSON.stringify(scope),
          from,
          until,
          reason,
          by,
        ),
      ),
    endSilence: (id, at) =>
      run(
        () =>
          change('UPDATE Silence SET endedAt = ? WHERE id = ? AND endedAt IS NULL AND untilAt > ?', at, id, at) === 1,
      ),
    findSilence: (id) => run(() => silences('id = ?', id)[0]),
    silencesInForce: (now) => run(() => silences('endSaid = 0 AND endedAt IS NULL AND untilAt > ?', now)),
    silencesOver: (now) => run(() => silences('endSaid = 0 AND (endedAt IS NOT NULL OR untilAt <= ?)', now)),
    silenceEndSaid: (id) => run(() => void change('UPDATE Silence SET endSaid = 1 WHERE id = ?', id)),

    hold: (roomId, alertId, cause, at) =>
      run(
        () =>
          void change(
            `INSERT INTO Held (roomId, cause, alertId, at) VALUES (?, ?, ?, ?)
             ON CONFLICT (roomId, cause, alertId) DO UPDATE SET at = excluded.at, saidAt = NULL WHERE saidAt IS NOT NULL`,
            roomId,
            cause,
            alertId,
            at,
          ),
      ),
    heldCauses: () =>
      run(() =>
        sqlite
          .prepare<{ roomId: string; cause: string }>('SELECT DISTINCT roomId, cause FROM Held WHERE saidAt IS NULL')
          .all(),
      ),
    heldIn: (roomId, cause) =>
      run(() =>
        sqlite
          .prepare<AlertRow>(
            `SELECT * FROM Alert WHERE id IN (SELECT alertId FROM Held WHERE roomId = ? AND cause = ? AND saidAt IS NULL)
             ORDER BY ${worstFirst}`,
          )
          .all(roomId, cause)
          .map(alertFromRow),
      ),
    heldSaid: (roomId, cause, at) =>
      run(
        () =>
          void change(
            'UPDATE Held SET saidAt = ? WHERE roomId = ? AND cause = ? AND saidAt IS NULL',
            at,
            roomId,
            cause,
          ),
      ),
    heldHeard: (roomId, groupKey, at) =>
      run(
        () =>
          void change(
            `UPDATE Held SET saidAt = ? WHERE roomId = ? AND saidAt IS NULL AND cause IN ('quiet-hours', 'month')
               AND alertId IN (SELECT id FROM Alert WHERE groupKey = ? AND state IN ('open', 'claimed'))`,
            at,
            roomId,
            groupKey,
          ),
      ),
    hasShadow: () => run(() => sqlite.prepare(`SELECT 1 FROM Held WHERE cause = 'shadow' LIMIT 1`).get() !== undefined),
    endShadow: () =>
      run(() => {
        change(
          `DELETE FROM GroupSaid WHERE EXISTS (SELECT 1 FROM Held h JOIN Alert a ON a.id = h.alertId
             WHERE h.cause = 'shadow' AND h.roomId = GroupSaid.roomId AND a.groupKey = GroupSaid.groupKey)`,
        );
        change(`DELETE FROM Held WHERE cause = 'shadow'`);
      }, 'several'),

    addPromo: ({ roomId, from, until, factor, by }) =>
      run(() =>
        added(
          'INSERT INTO Promo (roomId, fromAt, untilAt, factor, byId, beginSaid, endSaid) VALUES (?, ?, ?, ?, ?, 0, 0)',
          roomId,
          from,
          until,
          factor,
          by,
        ),
      ),
    endPromo: (id, at) =>
      run(
        () => change('UPDATE Promo SET endedAt = ? WHERE id = ? AND endedAt IS NULL AND untilAt > ?', at, id, at) === 1,
      ),
    promosAhead: (now) => run(() => promos('endSaid = 0 AND endedAt IS NULL AND untilAt > ?', now)),
    promosBegun: (now) =>
      run(() => promos('beginSaid = 0 AND endSaid = 0 AND endedAt IS NULL AND fromAt <= ? AND untilAt > ?', now, now)),
    promosOver: (now) => run(() => promos('endSaid = 0 AND (endedAt IS NOT NULL OR untilAt <= ?)', now)),
    promoBeginSaid: (id) => run(() => void change('UPDATE Promo SET beginSaid = 1 WHERE id = ?', id)),
    promoEndSaid: (id) => run(() => void change('UPDATE Promo SET endSaid = 1 WHERE id = ?', id)),

    callUseless: ({ id, ruleId }, personId, at) =>
      run(
        () =>
          change(
            'INSERT OR IGNORE INTO Useless (alertId, personId, ruleId, at) VALUES (?, ?, ?, ?)',
            id,
            personId,
            ruleId,
            at,
          ) === 1,
      ),
    usefulness: (from, to) =>
      run(() =>
        sqlite
          .prepare<{ ruleId: string; said: number; acted: number; useless: number }>(
            `SELECT a.ruleId, count(*) AS said,
               sum(a.claimedAt IS NOT NULL OR coalesce(a.resolution, '') = 'person'
                 OR EXISTS (SELECT 1 FROM Action x WHERE x.subject = a.subject AND x.startedAt >= a.raisedAt)) AS acted,
               sum(EXISTS (SELECT 1 FROM Useless u WHERE u.alertId = a.id)) AS useless
             FROM Alert a
             WHERE a.raisedAt >= ? AND a.raisedAt < ?
               AND EXISTS (SELECT 1 FROM Decision d WHERE d.alertId = a.id AND d.verdict = 'said')
             GROUP BY a.ruleId ORDER BY a.ruleId`,
          )
          .all(from, to),
      ),
  };
}
