import { bucketOf, type Laps, type Measure, type Metric } from '../../domain/health.ts';
import type { Sqlite } from './sqlite.ts';

/** What a rebuild cannot make again: when a platform showed something stands in no event. */
const notRebuilt: readonly Metric[] = ['ingest-delay', 'platform-lag'];

const columns = 'warehouse, paidAt, sortedAt, shippedAt, scannedAt, closedAt, urgedAt, misShippedAt';
const valuesOf = (laps: Laps): readonly unknown[] => [
  laps.warehouse,
  laps.paidAt,
  laps.sortedAt,
  laps.shippedAt,
  laps.scannedAt,
  laps.closedAt,
  laps.urgedAt,
  laps.misShippedAt,
];

export const findLaps = (sqlite: Sqlite, orderId: string): Laps | undefined =>
  sqlite.prepare<Laps>(`SELECT ${columns} FROM OrderLap WHERE orderId = ?`).get(orderId);

/** False when nothing changed. */
export function saveLaps(sqlite: Sqlite, orderId: string, before: Laps | undefined, laps: Laps | undefined): boolean {
  if (laps === undefined) {
    if (before !== undefined) sqlite.prepare('DELETE FROM OrderLap WHERE orderId = ?').run(orderId);
    return before !== undefined;
  }
  const values = valuesOf(laps);
  const old = before === undefined ? undefined : valuesOf(before);
  if (old !== undefined && values.every((value, index) => value === old[index])) return false;
  sqlite
    .prepare(`INSERT OR REPLACE INTO OrderLap (orderId, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(orderId, ...values);
  return true;
}

/** Adds them, or takes them back. A bucket that holds nothing any more is none. */
export function addMeasures(sqlite: Sqlite, measures: readonly Measure[], sign: 1 | -1): void {
  for (const { day, metric, scope, value } of measures) {
    const key = [day, metric, scope, bucketOf(value)] as const;
    sqlite
      .prepare(
        `INSERT INTO HealthTally (day, metric, scope, bucket, n, sum) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (metric, day, scope, bucket) DO UPDATE SET n = n + excluded.n, sum = sum + excluded.sum`,
      )
      .run(...key, sign, sign * value);
    if (sign < 0)
      sqlite
        .prepare('DELETE FROM HealthTally WHERE day = ? AND metric = ? AND scope = ? AND bucket = ? AND n = 0')
        .run(...key);
  }
}

/** All that the events will add again. */
export function forgetMeasures(sqlite: Sqlite): void {
  sqlite
    .prepare(`DELETE FROM HealthTally WHERE metric NOT IN (${notRebuilt.map(() => '?').join(', ')})`)
    .run(...notRebuilt);
}
