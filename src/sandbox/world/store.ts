import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { schema, tables } from './schema.ts';

type Value = string | number | null;

const WAIT_FOR_OTHER_MS = 4_000;

/** The sandbox's database: prepared statements by their text, named counters, and one flat key/value table. */
export interface Store {
  run(sql: string, ...values: Value[]): number;
  get<Row>(sql: string, ...values: Value[]): Row | undefined;
  all<Row>(sql: string, ...values: Value[]): Row[];
  transaction<T>(work: () => T): T;
  /** The next number of a counter that starts after `start`. */
  next(counter: string, start?: number): number;
  readMeta(key: string): string | undefined;
  writeMeta(key: string, value: string | number): void;
  clear(): void;
  close(): void;
}

/** Opens the database at `path` (`:memory:` for none on disk) and makes the tables that are missing. */
export function openStore(path: string): Store {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const db = new Database(path, { timeout: WAIT_FOR_OTHER_MS });
  // Two processes must not run one world: the second waits for the first to end, then fails.
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(schema);
  const prepared = new Map<string, Database.Statement<Value[]>>();
  const statement = (sql: string): Database.Statement<Value[]> => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare<Value[]>(sql);
    prepared.set(sql, made);
    return made;
  };
  const store: Store = {
    run: (sql, ...values) => statement(sql).run(...values).changes,
    get: <Row>(sql: string, ...values: Value[]) => statement(sql).get(...values) as Row | undefined,
    all: <Row>(sql: string, ...values: Value[]) => statement(sql).all(...values) as Row[],
    transaction: (work) => (db.inTransaction ? work() : db.transaction(work).immediate()),
    next(counter, start = 0) {
      const row = store.get<{ value: string }>(
        `INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1
         RETURNING value`,
        `counter:${counter}`,
        String(start + 1),
      );
      return Number(row?.value);
    },
    readMeta: (key) => store.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value,
    writeMeta(key, value) {
      store.run(
        'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        key,
        String(value),
      );
    },
    clear: () => store.transaction(() => tables.forEach((table) => void db.exec(`DELETE FROM ${table}`))),
    close: () => void db.close(),
  };
  return store;
}
