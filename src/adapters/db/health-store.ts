import { setImmediate as breath } from 'node:timers/promises';
import type { Light, Metric, OpenLaps } from '../../domain/health.ts';
import type { AlertTimes, HealthStore, TallyRow } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

/** Orders that one piece of a day takes: a few milliseconds. */
const pieceSize = 5_000;

const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

export function createHealthStore(sqlite: Sqlite, run: Run): HealthStore {
  /** Cut between two payments, so that none is torn apart from those of its ms. */
  function readPiece(from: number, until: number): { laps: OpenLaps[]; next: number } {
    const cut = sqlite
      .prepare<{ paidAt: number }>(
        'SELECT paidAt FROM OrderLap WHERE paidAt > ? AND paidAt <= ? ORDER BY paidAt LIMIT 1 OFFSET ?',
      )
      .get(from, until, pieceSize);
    const next = cut?.paidAt ?? until;
    const laps = sqlite
      .prepare<OpenLaps>(
        'SELECT warehouse, paidAt, scannedAt FROM OrderLap WHERE paidAt > ? AND paidAt <= ? AND closedAt IS NULL ORDER BY paidAt',
      )
      .all(from, next);
    return { laps, next };
  }

  return {
    tallies: (metrics, fromDay, toDay) =>
      run(() =>
        sqlite
          .prepare<TallyRow>(
            `SELECT metric, scope, bucket, sum(n) AS n, sum(sum) AS sum FROM HealthTally
             WHERE metric IN (${marks(metrics)}) AND day >= ? AND day <= ? GROUP BY metric, scope, bucket`,
          )
          .all(...metrics, fromDay, toDay),
      ),
    daily: (metrics, fromDay, toDay) =>
      run(() =>
        sqlite
          .prepare<{ day: string; metric: Metric; n: number; sum: number }>(
            `SELECT day, metric, sum(n) AS n, sum(sum) AS sum FROM HealthTally
             WHERE metric IN (${marks(metrics)}) AND day >= ? AND day <= ? GROUP BY day, metric ORDER BY day`,
          )
          .all(...metrics, fromDay, toDay),
      ),
    hasEver: (metric) =>
      run(() => sqlite.prepare('SELECT 1 FROM HealthTally WHERE metric = ? LIMIT 1').get(metric) !== undefined),
    async openLaps(paidAfter, paidUntil) {
      const laps: OpenLaps[] = [];
      let from = paidAfter;
      while (from < paidUntil) {
        const start = from;
        const piece = await run(() => readPiece(start, paidUntil));
        laps.push(...piece.laps);
        from = piece.next;
        await breath();
      }
      return laps;
    },
    alertTimes: (from, to) =>
      run(() =>
        sqlite
          .prepare<AlertTimes>(
            `WITH said AS (
               SELECT id, subject, claimedAt, resolvedAt, resolution,
                 coalesce((SELECT min(sentAt) FROM Outbox WHERE alertId = a.id AND state = 'sent'), dispatchedAt) AS saidAt
               FROM Alert a WHERE dispatchedAt >= ? AND dispatchedAt < ?
                 AND EXISTS (SELECT 1 FROM Decision WHERE alertId = a.id AND verdict IN ('said', 'grouped')))
             SELECT saidAt, resolvedAt,
               (SELECT min(at) FROM (
                  SELECT claimedAt AS at
                  UNION ALL SELECT CASE WHEN resolution = 'person' THEN resolvedAt END
                  UNION ALL SELECT min(startedAt) FROM Action
                    WHERE Action.subject = said.subject AND startedAt >= said.saidAt AND actorId LIKE 'person:%')) AS actedAt
             FROM said ORDER BY saidAt, id`,
          )
          .all(from, to),
      ),
    openActions: () =>
      run(
        () =>
          sqlite
            .prepare<{ count: number }>(
              `SELECT count(*) AS count FROM Action WHERE state IN ('planned', 'writing', 'unknown', 'settling')`,
            )
            .get()?.count ?? 0,
      ),
    lights: () =>
      run(() =>
        sqlite
          .prepare<{ scope: string; light: Light; since: number }>('SELECT scope, light, since FROM HealthLight')
          .all(),
      ),
    setLight: (scope, light, since) =>
      run(
        () =>
          void sqlite
            .prepare(
              `INSERT INTO HealthLight (scope, light, since) VALUES (?, ?, ?)
               ON CONFLICT (scope) DO UPDATE SET light = excluded.light, since = excluded.since`,
            )
            .run(scope, light, since),
      ),
  };
}
