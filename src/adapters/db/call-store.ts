import type { CallState, Spoken, Step } from '../../domain/escalation.ts';
import type { CallRow, CallStore, EscalationRow } from '../../ports/stores.ts';
import { type AlertRow, alertFromRow } from './alert-store.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

/** As a range: SQLite would read all that ever ran for IS NOT NULL. */
const isUnderWay = `openKey >= ''`;

/** Policies under way, and every ring of a telephone. */
export function createCallStore(sqlite: Sqlite, run: Run): CallStore {
  type Kept = Omit<EscalationRow, 'steps' | 'outcome'> & { steps: string; outcome: string | null };
  type KeptCall = Omit<CallRow, 'spoken' | 'state'> & { spoken: string; state: string };
  const escalation = ({ id, alertId, groupKey, policy, steps, next, nextAt, startedAt, endedAt, outcome }: Kept) => ({
    id,
    alertId,
    groupKey,
    policy,
    steps: JSON.parse(steps) as readonly Step[],
    next,
    nextAt,
    startedAt,
    endedAt,
    outcome: outcome as EscalationRow['outcome'],
  });
  const callOf = (row: KeptCall): CallRow => ({
    ...row,
    spoken: JSON.parse(row.spoken) as Spoken,
    state: row.state as CallState,
  });
  const escalations = (where: string, ...values: unknown[]): EscalationRow[] =>
    sqlite
      .prepare<Kept>(`SELECT * FROM Escalation WHERE ${where}`)
      .all(...values)
      .map(escalation);
  const calls = (where: string, ...values: unknown[]): CallRow[] =>
    sqlite
      .prepare<KeptCall>(`SELECT * FROM Call WHERE ${where}`)
      .all(...values)
      .map(callOf);
  const firstSaid = sqlite.prepare<AlertRow>(
    `SELECT * FROM Alert a WHERE groupKey = ? AND state = 'open' AND severity = 'critical' AND snoozedUntil IS NULL
       AND EXISTS (SELECT 1 FROM Decision WHERE alertId = a.id AND verdict = 'said')
     ORDER BY dueAt, id LIMIT 1`,
  );
  return {
    toBegin: () =>
      run(() =>
        sqlite
          .prepare<{ groupKey: string }>(
            // Of what is open now, for rooms have heard of more and more groups: said since its last run began, or the
            // very alert of that run was taken and let go of again.
            `SELECT g.groupKey FROM (SELECT groupKey, max(saidAt) AS saidAt FROM GroupSaid WHERE groupKey IN
               (SELECT groupKey FROM Alert WHERE state = 'open' AND severity = 'critical' AND snoozedUntil IS NULL)
               GROUP BY groupKey) g
             WHERE NOT EXISTS (SELECT 1 FROM Escalation e WHERE e.openKey = g.groupKey)
               AND NOT EXISTS (SELECT 1 FROM Escalation e WHERE e.groupKey = g.groupKey AND e.startedAt >= g.saidAt
                 AND NOT (e.outcome = 'acknowledged' AND e.id = (SELECT max(id) FROM Escalation WHERE groupKey = g.groupKey)
                   AND EXISTS (SELECT 1 FROM Alert a WHERE a.id = e.alertId AND a.state = 'open' AND a.snoozedUntil IS NULL)))`,
          )
          .all()
          .flatMap(({ groupKey }) => firstSaid.all(groupKey).map(alertFromRow)),
      ),
    begin: ({ alertId, groupKey, policy, steps, nextAt, startedAt }) =>
      run(
        () =>
          sqlite
            .prepare(
              `INSERT OR IGNORE INTO Escalation (alertId, groupKey, openKey, policy, steps, next, nextAt, startedAt)
               VALUES (?, ?, ?, ?, ?, 0, ?, ?)`,
            )
            .run(alertId, groupKey, groupKey, policy, JSON.stringify(steps), nextAt, startedAt).changes === 1,
      ),
    underWay: () => run(() => escalations(`${isUnderWay} ORDER BY nextAt, id`)),
    ofRun: (id) => run(() => escalations('id = ?', id)[0]),
    anchor: (id, alertId) =>
      run(() => void sqlite.prepare('UPDATE Escalation SET alertId = ? WHERE id = ?').run(alertId, id)),
    advance: (id, from, nextAt) =>
      run(
        () =>
          sqlite
            .prepare('UPDATE Escalation SET next = next + 1, nextAt = ? WHERE id = ? AND next = ? AND endedAt IS NULL')
            .run(nextAt, id, from).changes === 1,
      ),
    end: (id, at, outcome) =>
      run(
        () =>
          sqlite
            .prepare('UPDATE Escalation SET openKey = NULL, endedAt = ?, outcome = ? WHERE id = ? AND endedAt IS NULL')
            .run(at, outcome, id).changes === 1,
      ),
    overdue: (at) =>
      run(() => ({
        steps: escalations(`${isUnderWay} AND nextAt <= ?`, at).length,
        calls: calls(`state = 'planned' AND plannedAt <= ?`, at).length,
      })),
    plan: (call) =>
      run(
        () =>
          sqlite
            .prepare(
              `INSERT OR IGNORE INTO Call (escalationId, alertId, cause, personId, provider, askedBy, roomId, spoken, state, why, plannedAt, endedAt)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
            )
            .run(
              call.escalationId,
              call.alertId,
              call.cause,
              call.personId,
              call.provider,
              call.askedBy,
              call.roomId,
              JSON.stringify(call.spoken),
              call.why === null ? 'planned' : 'refused',
              call.why,
              call.plannedAt,
              call.why === null ? null : call.plannedAt,
            ).changes === 1,
      ),
    move: (id, from, to, change) =>
      run(() => {
        const fields = Object.entries({ state: to, ...change });
        const sets = fields.map(([name]) => `${name} = ?`).join(', ');
        return (
          sqlite
            .prepare(`UPDATE Call SET ${sets} WHERE id = ? AND state IN (SELECT value FROM json_each(?))`)
            .run(...fields.map(([, value]) => value), id, JSON.stringify(from)).changes === 1
        );
      }),
    lookAgain: (id, lookAt, ref) =>
      run(
        () =>
          void sqlite.prepare('UPDATE Call SET lookAt = ?, ref = coalesce(ref, ?) WHERE id = ?').run(lookAt, ref, id),
      ),
    find: (id) => run(() => calls('id = ?', id)[0]),
    listIn: (state) => run(() => calls('state = ? ORDER BY plannedAt, id LIMIT 100', state)),
    toLookAt: (now) => run(() => calls('lookAt <= ? ORDER BY lookAt LIMIT 100', now)),
    ofEscalation: (escalationId) => run(() => calls('escalationId = ? ORDER BY id', escalationId)),
    ofCause: (start) => run(() => calls('cause >= ? AND cause < ? ORDER BY id', start, `${start}\u{10ffff}`)),
    ofAlert: (alertId) => run(() => calls('alertId = ? ORDER BY id', alertId)),
    ofPerson: (personId, since) => run(() => calls('personId = ? AND dialledAt > ? ORDER BY id', personId, since)),
    latest: (limit) => run(() => calls('1 ORDER BY id DESC LIMIT ?', limit)),
  };
}
