import type Database from 'better-sqlite3';

type Row = readonly unknown[];

/** What one message left behind. */
interface Left {
  readonly inbound: Row;
  readonly question: Row | undefined;
  readonly settled: string | undefined;
  readonly actions: readonly Row[];
  readonly audit: readonly Row[];
  readonly outbox: readonly Row[];
}

/**
 * Writes what our answers to all messages after `fromId` left, one transaction a message, with prepared statements and no
 * thought. Answers the wall ms of each.
 */
export function replayRows(ours: Database.Database, raw: Database.Database, fromId: number): readonly number[] {
  const left = read(ours, fromId);
  const insert = (table: string): Database.Statement => {
    const width = ours.prepare(`SELECT * FROM ${table} LIMIT 1`).columns().length;
    return raw.prepare(`INSERT INTO ${table} VALUES (${Array(width).fill('?').join(', ')})`);
  };
  const [inbound, question, action, audit, outbox] = ['Inbound', 'Question', 'Action', 'AuditEntry', 'Outbox'].map(
    insert,
  );
  const source = raw.prepare(
    'INSERT INTO Source (id, lastOkAt) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET lastOkAt = excluded.lastOkAt',
  );
  const settle = raw.prepare(`UPDATE Question SET state = 'confirmed', openKey = NULL WHERE id = ? AND state = 'open'`);
  const store = raw.transaction((each: Left) => {
    inbound?.run(each.inbound);
    if (each.question !== undefined) {
      source.run('system:wms', each.inbound.at(-1));
      question?.run(each.question);
    }
    if (each.settled !== undefined) settle.run(each.settled);
    for (const row of each.actions) action?.run(row);
    for (const row of each.audit) audit?.run(row);
    for (const row of each.outbox) outbox?.run(row);
  });
  return left.map((each) => {
    const startedAt = performance.now();
    store(each);
    return performance.now() - startedAt;
  });
}

function read(ours: Database.Database, fromId: number): readonly Left[] {
  const all = (sql: string, ...values: unknown[]): Row[] =>
    ours
      .prepare<unknown[], Row>(sql)
      .raw()
      .all(...values);
  let asked: string | undefined;
  return all('SELECT * FROM Inbound WHERE id > ? ORDER BY id', fromId).map((inbound): Left => {
    const id = Number(inbound[0]);
    const [stored] = all('SELECT * FROM Question WHERE id = ?', `inbound-${id}`);
    const question = stored?.map((value) => (value === 'confirmed' ? 'open' : value));
    const settled = question === undefined ? asked : undefined;
    asked = question === undefined ? undefined : String(question[0]);
    return {
      inbound,
      question,
      settled,
      actions: settled === undefined ? [] : all('SELECT * FROM Action WHERE id LIKE ?', `${settled}-%`),
      audit:
        settled === undefined
          ? []
          : all(`SELECT * FROM AuditEntry WHERE json_extract(detail, '$.question') = ?`, settled),
      outbox: all('SELECT * FROM Outbox WHERE key LIKE ?', `reply/${id}/%`),
    };
  });
}
