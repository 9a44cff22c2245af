import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { MigrationError, migrate } from '../../../src/adapters/db/migrate.ts';
import { openTestDb, tempDir } from '../../kit/open-test-db.ts';

const root = resolve(import.meta.dirname, '../../..');
const init = '20260101000000_init';
const addTag = '20260102000000_add_tag';

const initSql = `
CREATE TABLE "Order" ("id" TEXT NOT NULL PRIMARY KEY, "city" TEXT NOT NULL);
CREATE TABLE "OrderLine" (
    "orderId" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    CONSTRAINT "OrderLine_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
`;

// In the very form in which Prisma Migrate changes a table.
const addTagSql = `
-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Order" ("id" TEXT NOT NULL PRIMARY KEY, "city" TEXT NOT NULL, "tag" TEXT NOT NULL DEFAULT '');
INSERT INTO "new_Order" ("city", "id") SELECT "city", "id" FROM "Order";
DROP TABLE "Order";
ALTER TABLE "new_Order" RENAME TO "Order";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
`;

const anOrder = `INSERT INTO "Order" ("id", "city") VALUES ('a', '杭州'); INSERT INTO "OrderLine" VALUES ('a', 'sku');`;

function setup() {
  const { dir, cleanup } = tempDir();
  onTestFinished(cleanup);
  const file = join(dir, 'data', 'test.db');
  const migrations = join(dir, 'migrations');
  const write = (name: string, sql: string) => {
    mkdirSync(join(migrations, name), { recursive: true });
    writeFileSync(join(migrations, name, 'migration.sql'), sql);
  };
  const open = () => {
    const db = new Database(file);
    onTestFinished(() => void db.close());
    return db;
  };
  const backups = () => readdirSync(join(dir, 'data')).filter((name) => name.endsWith('.bak'));
  write(init, initSql);
  return { dir, file, migrations, write, open, backups };
}

function tables(db: Database.Database): unknown[] {
  return db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).pluck().all();
}

function lines(db: Database.Database): unknown {
  return db.prepare('SELECT count(*) FROM "OrderLine"').pluck().get();
}

it('makes a new database, then has nothing to do', async () => {
  const { file, migrations, open, backups } = setup();

  expect(await migrate(file, migrations)).toEqual([init]);
  expect(await migrate(file, migrations)).toEqual([]);

  expect(tables(open())).toEqual(['Order', 'OrderLine', '_prisma_migrations']);
  expect(backups()).toEqual([]);
});

it('keeps child rows when a table is redefined, which a transaction with foreign keys on deletes', async () => {
  const { file, migrations, write, open } = setup();
  await migrate(file, migrations);
  open().exec(anOrder);
  write(addTag, addTagSql);

  const naive = new Database(':memory:');
  naive.pragma('foreign_keys = ON');
  naive.exec(initSql + anOrder);
  naive.exec(`BEGIN; ${addTagSql} COMMIT;`);
  await migrate(file, migrations);

  expect(lines(naive)).toBe(0);
  expect(lines(open())).toBe(1);
});

it('saves the old state before it changes a database with content', async () => {
  const { dir, file, migrations, write, open, backups } = setup();
  await migrate(file, migrations);
  open().exec(anOrder);
  write(addTag, addTagSql);

  await migrate(file, migrations);

  const [backup = ''] = backups();
  expect(backups()).toHaveLength(1);
  const saved = new Database(join(dir, 'data', backup), { readonly: true });
  expect(saved.prepare('SELECT * FROM "Order"').all()).toEqual([{ id: 'a', city: '杭州' }]);
  saved.close();
});

it('tells what it is about to do, and does nothing when told not to', async () => {
  const { file, migrations, write, open, backups } = setup();
  await migrate(file, migrations);
  write(addTag, addTagSql);
  const heard: unknown[] = [];

  const refused = migrate(file, migrations, {
    before: (pending, backup) => {
      heard.push(pending, backup);
      throw new Error('not now');
    },
  });

  await expect(refused).rejects.toThrow('not now');
  expect(heard).toEqual([[addTag], `${file.slice(0, -'test.db'.length)}${backups()[0]}`]);
  expect(open().prepare('SELECT * FROM "Order"').columns()).toHaveLength(2);
});

it('keeps everybody else from writing between the backup and the last migration', async () => {
  const { file, migrations, write, open } = setup();
  await migrate(file, migrations);
  write(addTag, addTagSql);
  const other = open();
  other.pragma('busy_timeout = 0');
  let tried = false;

  await migrate(file, migrations, {
    before: () => {
      expect(() => other.exec('BEGIN IMMEDIATE')).toThrow('database is locked');
      tried = true;
    },
  });

  expect(tried).toBe(true);
});

it('changes nothing when a migration fails, however far it came', async () => {
  const { file, migrations, write, open } = setup();
  await migrate(file, migrations);
  write(addTag, addTagSql);
  write('20260103000000_broken', 'CREATE TABLE half (a); nonsense;');
  const before = tables(open());

  const error = await migrate(file, migrations).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(MigrationError);
  expect(error).toMatchObject({
    code: 'MIGRATION_FAILED',
    message: 'Migration 20260103000000_broken failed, nothing was changed: near "nonsense": syntax error',
  });
  expect(tables(open())).toEqual(before);
  expect(open().prepare('SELECT * FROM "Order"').columns()).toHaveLength(2);
});

it('changes nothing when rows would point nowhere', async () => {
  const { file, migrations, write, open } = setup();
  await migrate(file, migrations);
  open().exec(anOrder);
  write('20260103000000_purge', 'DELETE FROM "Order";');

  await expect(migrate(file, migrations)).rejects.toMatchObject({
    code: 'FOREIGN_KEYS_BROKEN',
    message: expect.stringContaining('OrderLine row 1 has no Order'),
  });

  expect(open().prepare('SELECT count(*) FROM "Order"').pluck().get()).toBe(1);
});

it('refuses a migration that was changed after it was applied', async () => {
  const { file, migrations } = setup();
  await migrate(file, migrations);
  appendFileSync(join(migrations, init, 'migration.sql'), '-- afterthought');

  await expect(migrate(file, migrations)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
});

it('refuses a database that a newer version has migrated', async () => {
  const { dir, file, migrations, write } = setup();
  write(addTag, addTagSql);
  await migrate(file, migrations);
  renameSync(join(migrations, addTag), join(dir, addTag));

  await expect(migrate(file, migrations)).rejects.toMatchObject({ code: 'DATABASE_NEWER' });
});

it('refuses a database in which a migration has failed, until that is marked as rolled back', async () => {
  const { file, migrations, open } = setup();
  await migrate(file, migrations);
  open().exec('UPDATE _prisma_migrations SET finished_at = NULL');
  await expect(migrate(file, migrations)).rejects.toMatchObject({ code: 'MIGRATION_FAILED_BEFORE' });

  open().exec(
    `UPDATE _prisma_migrations SET rolled_back_at = current_timestamp; DROP TABLE "OrderLine"; DROP TABLE "Order";`,
  );

  expect(await migrate(file, migrations)).toEqual([init]);
});

it('lets two starts at the same time apply each migration once', async () => {
  const { file, migrations, open } = setup();
  const script = `
    const { migrate } = await import(${JSON.stringify(resolve(root, 'src/adapters/db/migrate.ts'))});
    console.log((await migrate(${JSON.stringify(file)}, ${JSON.stringify(migrations)})).length);
  `;
  const start = () => promisify(execFile)('npx', ['tsx', '--input-type=module', '-e', script], { cwd: root });

  const runs = await Promise.all([start(), start()]);

  expect(runs.map(({ stdout }) => stdout.trim()).sort()).toEqual(['0', '1']);
  expect(open().prepare('SELECT count(*) FROM _prisma_migrations').pluck().get()).toBe(1);
});

it('waits for another start that is writing the new file at this moment', async () => {
  const { file, migrations, open } = setup();
  mkdirSync(dirname(file), { recursive: true });
  const other = open();
  other.exec('BEGIN IMMEDIATE');
  setTimeout(() => other.exec('COMMIT'), 150);

  expect(await migrate(file, migrations)).toEqual([init]);
});

it("agrees with Prisma Migrate about the product's own migrations", async () => {
  const { file, cleanup } = await openTestDb();
  onTestFinished(cleanup);
  const env = { ...process.env, DATABASE_URL: `file:${file}` };

  const { stdout } = await promisify(execFile)('npx', ['prisma', 'migrate', 'status'], { cwd: root, env });

  expect(stdout).toContain('Database schema is up to date!');
});

it("has a migration for everything in the product's schema", async () => {
  const args = ['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema.prisma'];

  const { stdout } = await promisify(execFile)('npx', ['prisma', ...args], { cwd: root });

  expect(stdout).toContain('No difference detected');
});
