import { randomUUID } from 'node:crypto';
import { type Alert, type AlertFacts, type AlertState, alertKey, type Resolution } from '../../domain/alert.ts';
import type { Severity } from '../../domain/rule.ts';
import type { AlertFilter, AlertStore, AlertTally, GroupSaid } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

export interface AlertRow {
  id: string;
  ruleId: string;
  ruleVersion: number;
  subject: string;
  number: number | null;
  day: string | null;
  severity: string;
  state: string;
  groupKey: string;
  dueAt: number;
  raisedAt: number;
  confirmedAt: number | null;
  facts: string;
  claimedBy: string | null;
  claimedAt: number | null;
  claimUntil: number | null;
  snoozedUntil: number | null;
  resolvedAt: number | null;
  resolution: string | null;
  isLateFound: number;
}

export const alertFromRow = (row: AlertRow): Alert => ({
  id: row.id,
  ruleId: row.ruleId,
  ruleVersion: row.ruleVersion,
  subject: row.subject,
  number: row.number,
  day: row.day,
  severity: row.severity as Severity,
  state: row.state as AlertState,
  groupKey: row.groupKey,
  dueAt: row.dueAt,
  raisedAt: row.raisedAt,
  confirmedAt: row.confirmedAt,
  facts: JSON.parse(row.facts) as AlertFacts,
  claimedBy: row.claimedBy,
  claimedAt: row.claimedAt,
  claimUntil: row.claimUntil,
  snoozedUntil: row.snoozedUntil,
  resolvedAt: row.resolvedAt,
  resolution: row.resolution as Resolution | null,
  isLateFound: row.isLateFound === 1,
});

export const worstFirst = `CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, dueAt, id`;

export function createAlertStore(sqlite: Sqlite, run: Run): AlertStore {
  const all = (sql: string, ...values: unknown[]): Alert[] =>
    sqlite
      .prepare<AlertRow>(sql)
      .all(...values)
      .map(alertFromRow);
  const one = (sql: string, ...values: unknown[]): Alert | undefined => all(sql, ...values)[0];
  const change = (sql: string, ...values: unknown[]): number => sqlite.prepare(sql).run(...values).changes;

  return {
    raise: (alert) =>
      run(() => {
        const id = randomUUID();
        const inserted = change(
          `INSERT OR IGNORE INTO Alert (id, ruleId, ruleVersion, subject, openKey, severity, state, groupKey, dueAt, raisedAt,
             confirmedAt, facts, isLateFound, recheck, endSaid) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, 0, 0)`,
          id,
          alert.ruleId,
          alert.ruleVersion,
          alert.subject,
          alertKey(alert.ruleId, alert.subject),
          alert.severity,
          alert.groupKey,
          alert.dueAt,
          alert.raisedAt,
          alert.confirmedAt,
          JSON.stringify(alert.facts),
          alert.isLateFound ? 1 : 0,
        );
        return inserted === 0 ? undefined : one('SELECT * FROM Alert WHERE id = ?', id);
      }),
    refresh: ({ ruleId, subject, severity, facts, dueAt, confirmedAt }) =>
      run(
        () =>
          void change(
            'UPDATE Alert SET severity = ?, facts = ?, dueAt = ?, confirmedAt = ? WHERE openKey = ?',
            severity,
            JSON.stringify(facts),
            dueAt,
            confirmedAt,
            alertKey(ruleId, subject),
          ),
      ),
    find: (id) => run(() => one('SELECT * FROM Alert WHERE id = ?', id)),
    findOpen: (ruleId, subject) => run(() => one('SELECT * FROM Alert WHERE openKey = ?', alertKey(ruleId, subject))),
    renew: (id, { severity, facts, again }) =>
      run(
        () =>
          void change(
            `UPDATE Alert SET severity = ?, facts = ?, dispatchedAt = CASE WHEN ? THEN NULL ELSE dispatchedAt END,
               isLateFound = CASE WHEN ? THEN 0 ELSE isLateFound END WHERE id = ? AND state <> 'resolved'`,
            severity,
            JSON.stringify(facts),
            again ? 1 : 0,
            again ? 1 : 0,
            id,
          ),
      ),
    findByNumber: (number, day, isExact = false) =>
      run(() =>
        one(
          `SELECT * FROM Alert WHERE number = ? AND day <= ? AND day >= date(?, ?) ORDER BY day DESC LIMIT 1`,
          number,
          day,
          day,
          isExact ? '0 day' : '-1 day',
        ),
      ),
    listRaisedSince: (from, limit) =>
      run(() => all('SELECT * FROM Alert WHERE raisedAt >= ? ORDER BY raisedAt DESC LIMIT ?', from, limit)),
    listFor: (subjects) =>
      run(() =>
        all(
          `SELECT * FROM Alert WHERE subject IN (${subjects.map(() => '?').join(', ')}) ORDER BY raisedAt DESC LIMIT 50`,
          ...subjects,
        ),
      ),
    list: (filter) =>
      run(() => {
        const { where, values } = whereOf(filter);
        return all(`SELECT * FROM Alert WHERE ${where} ORDER BY ${worstFirst} LIMIT ?`, ...values, filter.limit);
      }),
    listIds: (filter) =>
      run(() => {
        const { where, values } = whereOf(filter);
        return sqlite
          .prepare<{ id: string }>(`SELECT id FROM Alert WHERE ${where} ORDER BY ${worstFirst} LIMIT ?`)
          .all(...values, filter.limit)
          .map(({ id }) => id);
      }),
    listByIds: (ids) =>
      run(() =>
        all(
          `SELECT * FROM Alert WHERE id IN (SELECT value FROM json_each(?)) ORDER BY ${worstFirst}`,
          JSON.stringify(ids),
        ),
      ),
    openGroups: () =>
      run(() =>
        sqlite
          .prepare<{ groupKey: string }>(`SELECT DISTINCT groupKey FROM Alert WHERE state IN ('open', 'claimed')`)
          .all()
          .map(({ groupKey }) => groupKey),
      ),
    count: (filter) =>
      run(() => {
        const { where, values } = whereOf(filter);
        return (
          sqlite.prepare<{ count: number }>(`SELECT count(*) AS count FROM Alert WHERE ${where}`).get(...values)
            ?.count ?? 0
        );
      }),
    tally: () =>
      run(() =>
        sqlite
          .prepare<AlertTally>(
            `SELECT ruleId, json_extract(facts, '$.warehouseId') AS warehouseId, severity, claimedBy, count(*) AS count,
               min(dueAt) AS oldestDueAt
             FROM Alert WHERE state IN ('open', 'claimed') GROUP BY 1, 2, 3, 4`,
          )
          .all(),
      ),
    listUndispatched: (limit) =>
      run(() =>
        all(
          `SELECT * FROM Alert WHERE dispatchedAt IS NULL AND state IN ('open', 'claimed') ORDER BY ${worstFirst} LIMIT ?`,
          limit,
        ),
      ),
    listResolvedUnsaid: (limit) =>
      run(() => all(`SELECT * FROM Alert WHERE endSaid = 0 AND state = 'resolved' ORDER BY resolvedAt LIMIT ?`, limit)),
    number: (id, day) =>
      run(() => {
        change(
          `UPDATE Alert SET day = ?, number = (SELECT coalesce(max(number), 0) + 1 FROM Alert WHERE day = ?) WHERE id = ? AND (number IS NULL OR day <> ?)`,
          day,
          day,
          id,
          day,
        );
        return one('SELECT * FROM Alert WHERE id = ?', id)?.number ?? 0;
      }),
    markDispatched: (ids, at) =>
      run(() => {
        // The first time counts: whether a room's last message covered an alert is told by it.
        change(
          'UPDATE Alert SET dispatchedAt = ? WHERE id IN (SELECT value FROM json_each(?)) AND dispatchedAt IS NULL',
          at,
          JSON.stringify(ids),
        );
      }),
    markResolvedSaid: (ids) =>
      run(() => {
        for (const id of ids) change('UPDATE Alert SET endSaid = 1 WHERE id = ?', id);
      }, 'several'),
    listToRecheck: (limit) =>
      run(() =>
        all(`SELECT * FROM Alert WHERE recheck = 1 AND state IN ('open', 'claimed') ORDER BY dueAt LIMIT ?`, limit),
      ),
    recheckOthers: (ruleIds) =>
      run(
        () =>
          void change(
            `UPDATE Alert SET recheck = 1 WHERE state IN ('open', 'claimed')
               AND ruleId NOT IN (SELECT value FROM json_each(?))`,
            JSON.stringify(ruleIds),
          ),
      ),
    clearRecheck: (id) => run(() => void change('UPDATE Alert SET recheck = 0 WHERE id = ? AND recheck = 1', id)),
    claim: (id, by, at, until) =>
      run(
        () =>
          change(
            `UPDATE Alert SET state = 'claimed', claimedBy = ?, claimedAt = coalesce(claimedAt, ?), claimUntil = ?, snoozedUntil = NULL
             WHERE id = ? AND (state = 'open' OR (state = 'claimed' AND claimedBy = ?))`,
            by,
            at,
            until,
            id,
            by,
          ) === 1,
      ),
    handOver: (id, from, to, at, until) =>
      run(
        () =>
          change(
            `UPDATE Alert SET state = 'claimed', claimedBy = ?, claimedAt = coalesce(claimedAt, ?), claimUntil = ?
             WHERE id = ? AND (state = 'open' OR (state = 'claimed' AND claimedBy = ?))`,
            to,
            at,
            until,
            id,
            from,
          ) === 1,
      ),
    snooze: (id, until) =>
      run(() => change(`UPDATE Alert SET snoozedUntil = ? WHERE id = ? AND state <> 'resolved'`, until, id) === 1),
    resolve: (id, at, resolution) =>
      run(
        () =>
          change(
            `UPDATE Alert SET state = 'resolved', openKey = NULL, resolvedAt = ?, resolution = ?, recheck = 0, snoozedUntil = NULL,
               endSaid = CASE WHEN number IS NULL THEN 1 ELSE 0 END
             WHERE id = ? AND state <> 'resolved'`,
            at,
            resolution,
            id,
          ) === 1,
      ),
    expireClaims: (now) =>
      run(() => {
        const over = all(`SELECT * FROM Alert WHERE state = 'claimed' AND claimUntil <= ?`, now);
        for (const { id } of over)
          change(`UPDATE Alert SET state = 'open', claimedBy = NULL, claimUntil = NULL WHERE id = ?`, id);
        return over;
      }, 'several'),
    listSnoozeEnded: (now, limit) =>
      run(() => {
        const over = all(`SELECT * FROM Alert WHERE snoozedUntil <= ? LIMIT ?`, now, limit);
        for (const { id } of over) change('UPDATE Alert SET snoozedUntil = NULL WHERE id = ?', id);
        return over;
      }, 'several'),
    decide: (alertIds, roomId, at, verdict, reason) =>
      run(() =>
        change(
          `INSERT INTO Decision (alertId, roomId, at, verdict, reason)
           SELECT one.value, ?, ?, ?, ? FROM json_each(?) one
           WHERE (SELECT verdict || '/' || reason FROM Decision WHERE alertId = one.value AND roomId = ? ORDER BY id DESC LIMIT 1)
             IS NOT ? || '/' || ?`,
          roomId,
          at,
          verdict,
          reason,
          JSON.stringify(alertIds),
          roomId,
          verdict,
          reason,
        ),
      ),
    decisionsFor: (alertId) =>
      run(() =>
        sqlite
          .prepare<{ roomId: string; at: number; verdict: string; reason: string }>(
            'SELECT roomId, at, verdict, reason FROM Decision WHERE alertId = ? ORDER BY id',
          )
          .all(alertId),
      ),
    groupSaid: (roomId, groupKey) =>
      run(() =>
        sqlite
          .prepare<GroupSaid>(
            'SELECT startedAt, saidAt, count, band, number FROM GroupSaid WHERE roomId = ? AND groupKey = ?',
          )
          .get(roomId, groupKey),
      ),
    groupNumber: (groupKey) =>
      run(
        () =>
          sqlite
            .prepare<{ number: number }>('SELECT number FROM GroupSaid WHERE groupKey = ? ORDER BY roomId LIMIT 1')
            .get(groupKey)?.number,
      ),
    setGroupSaid: (roomId, groupKey, said) =>
      run(() => {
        if (said === undefined) {
          change('DELETE FROM GroupSaid WHERE roomId = ? AND groupKey = ?', roomId, groupKey);
          return;
        }
        change(
          `INSERT INTO GroupSaid (roomId, groupKey, startedAt, saidAt, count, band, number) VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (roomId, groupKey) DO UPDATE SET startedAt = excluded.startedAt, saidAt = excluded.saidAt,
             count = excluded.count, band = excluded.band, number = excluded.number`,
          roomId,
          groupKey,
          said.startedAt,
          said.saidAt,
          said.count,
          said.band,
          said.number,
        );
      }),
    listSaid: (ruleId) =>
      run(() =>
        sqlite
          .prepare<{ subject: string; severity: Severity }>(
            `SELECT subject, severity FROM Alert a WHERE openKey >= ? AND openKey < ?
               AND EXISTS (SELECT 1 FROM Decision d WHERE d.alertId = a.id AND d.verdict = 'said')`,
          )
          .all(alertKey(ruleId, ''), `${alertKey(ruleId, '')}\u{10ffff}`),
      ),
    forgetGroupSaid: (groupKey) => run(() => void change('DELETE FROM GroupSaid WHERE groupKey = ?', groupKey)),
    listClearedGroups: () =>
      run(() =>
        sqlite
          .prepare<GroupSaid & { roomId: string; groupKey: string }>(
            `SELECT * FROM GroupSaid g WHERE NOT EXISTS
               (SELECT 1 FROM Alert a WHERE a.groupKey = g.groupKey AND a.state IN ('open', 'claimed') AND a.isLateFound = 0 AND a.dispatchedAt <= g.saidAt)`,
          )
          .all()
          .map(({ roomId, groupKey, startedAt, saidAt, count, band, number }) => ({
            roomId,
            groupKey,
            said: { startedAt, saidAt, count, band, number },
          })),
      ),
  };
}

function whereOf({
  state,
  ruleId,
  groupKey,
  claimedBy,
  resolvedSince,
  raisedIn,
  isAnnounced,
}: Omit<AlertFilter, 'limit'>): {
  where: string;
  values: unknown[];
} {
  const parts: [string, ...unknown[]][] = [];
  // An open alert has a key that begins with its rule, a resolved one has none.
  if (state === 'unresolved' && ruleId !== undefined)
    parts.push(['openKey >= ? AND openKey < ?', alertKey(ruleId, ''), `${alertKey(ruleId, '')}\u{10ffff}`]);
  else if (state === 'unresolved') parts.push(["state IN ('open', 'claimed')"]);
  else if (state !== undefined) parts.push(['state = ?', state]);
  if (ruleId !== undefined) parts.push(['ruleId = ?', ruleId]);
  if (groupKey !== undefined) parts.push(['groupKey = ?', groupKey]);
  if (resolvedSince !== undefined) parts.push(["state = 'resolved' AND resolvedAt >= ?", resolvedSince]);
  if (raisedIn !== undefined) parts.push(['raisedAt >= ? AND raisedAt < ?', ...raisedIn]);
  if (claimedBy !== undefined) parts.push(['claimedBy = ?', claimedBy]);
  if (isAnnounced === true) parts.push(['isLateFound = 0 AND dispatchedAt IS NOT NULL']);
  return { where: parts.map(([sql]) => sql).join(' AND ') || '1', values: parts.flatMap(([, ...values]) => values) };
}
