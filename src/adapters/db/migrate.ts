import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { AppError } from '../../domain/errors.ts';

type MigrationErrorCode =
  | 'MIGRATION_CHANGED'
  | 'MIGRATION_FAILED'
  | 'MIGRATION_FAILED_BEFORE'
  | 'DATABASE_NEWER'
  | 'FOREIGN_KEYS_BROKEN';

export class MigrationError extends AppError {
  readonly code: MigrationErrorCode;
  readonly retry = 'never';

  constructor(code: MigrationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

type Migration = { name: string; sql: string; checksum: string };
type Applied = { name: string; checksum: string; finished: 0 | 1 };

// As Prisma Migrate makes it, so that either can go on where the other stopped.
const historyTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;
const now = `strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')`;

/**
 * Brings the database in `file` (made when missing) to the newest migration in `dir` and returns the names of those it
 * applied. All or nothing; other processes wait. A database with content is copied to `<file>.<time>.bak` first. `before`
 * hears what is about to happen and may still throw.
 */
export async function migrate(
  file: string,
  dir: string,
  { before }: { before?: (pending: readonly string[], backup: string | undefined) => void | Promise<void> } = {},
): Promise<string[]> {
  mkdirSync(dirname(file), { recursive: true });
  const db = new Database(file, { timeout: 10_000 });
  try {
    await switchToWal(db);
    // Only works outside a transaction. With it on, the DROP TABLE in Prisma's RedefineTables deletes all child rows.
    db.pragma('foreign_keys = OFF');
    db.exec('BEGIN IMMEDIATE');
    db.exec(historyTable);
    const pending = pendingOf(readMigrations(dir), readHistory(db));
    if (pending.length > 0) {
      const backup = hasContent(db) ? await backUp(db, file) : undefined;
      const names = pending.map(({ name }) => name);
      await before?.(names, backup);
      for (const migration of pending) apply(db, migration);
      checkForeignKeys(db);
    }
    db.exec('COMMIT');
    return pending.map(({ name }) => name);
  } finally {
    db.close();
  }
}

/** The one lock SQLite does not wait for by itself: two that switch a new file at the same moment both hear "busy". */
async function switchToWal(db: Database.Database): Promise<void> {
  for (let left = 100; ; left -= 1) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (left === 0 || (error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
      await sleep(50 + Math.random() * 50);
    }
  }
}

function readMigrations(dir: string): Migration[] {
  return readdirSync(dir)
    .filter((name) => existsSync(join(dir, name, 'migration.sql')))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(dir, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

function readHistory(db: Database.Database): Applied[] {
  return db
    .prepare<[], Applied>(
      `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
    )
    .all();
}

function pendingOf(known: readonly Migration[], history: readonly Applied[]): Migration[] {
  const checksums = new Map(known.map(({ name, checksum }) => [name, checksum]));
  for (const { name, checksum, finished } of history) {
    if (!finished) {
      const advice = 'repair the database, then run "prisma migrate resolve"';
      throw new MigrationError('MIGRATION_FAILED_BEFORE', `Migration ${name} has failed before: ${advice}`);
    }
    const expected = checksums.get(name);
    if (expected === undefined) {
      const reason = 'which this version does not know: a newer version has used it';
      throw new MigrationError('DATABASE_NEWER', `The database has migration ${name}, ${reason}`);
    }
    if (checksum !== expected) {
      throw new MigrationError('MIGRATION_CHANGED', `Migration ${name} was changed after it was applied`);
    }
  }
  const applied = new Set(history.map(({ name }) => name));
  return known.filter(({ name }) => !applied.has(name));
}

function hasContent(db: Database.Database): boolean {
  const tables = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> '_prisma_migrations'`;
  return db.prepare(tables).get() !== undefined;
}

// Through a second connection, while the first holds the write lock: exactly what the migrations will find.
async function backUp(db: Database.Database, file: string): Promise<string> {
  const time = db.prepare<[], string>(`SELECT strftime('%Y%m%dT%H%M%f', 'now')`).pluck().get();
  const backup = `${file}.${time}.bak`;
  const reader = new Database(file, { readonly: true });
  try {
    await reader.backup(backup);
  } finally {
    reader.close();
  }
  return backup;
}

function apply(db: Database.Database, { name, sql, checksum }: Migration): void {
  const startedAt = db.prepare(`SELECT ${now}`).pluck().get();
  try {
    db.exec(sql);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError('MIGRATION_FAILED', `Migration ${name} failed, nothing was changed: ${reason}`, {
      cause: error,
    });
  }
  db.prepare(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES (?, ?, ?, ?, ${now}, 1)`,
  ).run(randomUUID(), checksum, name, startedAt);
}

function checkForeignKeys(db: Database.Database): void {
  const broken = db.pragma('foreign_key_check') as { table: string; rowid: number; parent: string }[];
  const [first] = broken;
  if (first === undefined) return;
  const example = `${first.table} row ${first.rowid} has no ${first.parent}`;
  throw new MigrationError(
    'FOREIGN_KEYS_BROKEN',
    `After the migration ${broken.length} rows point nowhere, so nothing was changed (${example})`,
  );
}
