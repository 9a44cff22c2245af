import { setImmediate } from 'node:timers/promises';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type { SqlDriverAdapter, SqlQuery, Transaction } from '@prisma/driver-adapter-utils';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Sqlite } from '../../../src/adapters/db/sqlite.ts';
import { tempDir } from '../../kit/open-test-db.ts';

const sql = (text: string): SqlQuery => ({ sql: text, args: [], argTypes: [] });
const addOrder = (id: string) => sql(`INSERT INTO orders (id) VALUES ('${id}')`);
const addOrphan = sql(`INSERT INTO lines (order_id) VALUES ('nobody')`);

function makeFile(): string {
  const { dir, cleanup } = tempDir();
  onTestFinished(cleanup);
  const file = `${dir}/test.db`;
  const db = new Database(file);
  db.exec(`
    CREATE TABLE orders (id TEXT PRIMARY KEY, paid_at BIGINT);
    CREATE TABLE lines (order_id TEXT NOT NULL REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED);
  `);
  db.close();
  return file;
}

async function connect(factory: PrismaBetterSqlite3): Promise<SqlDriverAdapter> {
  const adapter = await factory.connect();
  onTestFinished(() => adapter.dispose());
  return adapter;
}

async function setup(options: { maxWaitMs?: number } = {}) {
  const file = makeFile();
  const sqlite = new Sqlite({ url: file, ...options });
  const adapter = await connect(sqlite);
  return { file, sqlite, adapter };
}

/** What another process would see. */
function onDisk(file: string): string[] {
  const db = new Database(file, { readonly: true });
  const ids = db.prepare('SELECT id FROM orders ORDER BY rowid').pluck().all() as string[];
  db.close();
  return ids;
}

/** As Prisma's client ends its transactions. */
async function commit(transaction: Transaction): Promise<void> {
  await transaction.executeRaw(sql('COMMIT'));
  await transaction.commit();
}

async function rollback(transaction: Transaction): Promise<void> {
  await transaction.executeRaw(sql('ROLLBACK'));
  await transaction.rollback();
}

describe.each([
  { name: 'the stock adapter', create: (url: string) => new PrismaBetterSqlite3({ url }), loses: true },
  { name: 'Sqlite', create: (url: string) => new Sqlite({ url }), loses: false },
])('$name', ({ create, loses }) => {
  it(`${loses ? 'loses' : 'keeps'} a plain write that was answered while a transaction was open and rolled back`, async () => {
    const file = makeFile();
    const adapter = await connect(create(file));
    const transaction = await adapter.startTransaction();
    await transaction.executeRaw(addOrder('inside'));

    const answer = adapter.executeRaw(addOrder('outside'));
    await setImmediate();
    await rollback(transaction);

    expect(await answer).toBe(1);
    expect(onDisk(file)).toEqual(loses ? [] : ['outside']);
  });

  it(`${loses ? 'loses' : 'keeps'} every write after a COMMIT that failed`, async () => {
    const file = makeFile();
    const adapter = await connect(create(file));
    const transaction = await adapter.startTransaction();
    await transaction.executeRaw(addOrphan);
    await expect(commit(transaction)).rejects.toThrow();
    await transaction.rollback();

    expect(await adapter.executeRaw(addOrder('after'))).toBe(1);

    const next = adapter.startTransaction();
    if (loses) await expect(next).rejects.toThrow('cannot start a transaction within a transaction');
    else await rollback(await next);
    expect(onDisk(file)).toEqual(loses ? [] : ['after']);
  });
});

describe("Sqlite and Prisma's transactions", () => {
  it('keeps what was committed and nothing of what was rolled back', async () => {
    const { file, adapter } = await setup();

    const kept = await adapter.startTransaction();
    await kept.executeRaw(addOrder('kept'));
    await commit(kept);
    const undone = await adapter.startTransaction();
    await undone.executeRaw(addOrder('undone'));
    await rollback(undone);

    expect(onDisk(file)).toEqual(['kept']);
  });

  it('goes on after a BEGIN that failed', async () => {
    const { file, sqlite, adapter } = await setup();
    await sqlite.turn((raw) => raw.pragma('busy_timeout = 0'));
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');

    await expect(adapter.startTransaction()).rejects.toThrow();
    other.close();
    const transaction = await adapter.startTransaction();
    await transaction.executeRaw(addOrder('a'));
    await commit(transaction);

    expect(onDisk(file)).toEqual(['a']);
  });

  it('refuses work in a transaction that is over', async () => {
    const { file, adapter } = await setup();
    const transaction = await adapter.startTransaction();
    await rollback(transaction);

    await expect(transaction.executeRaw(addOrder('late'))).rejects.toMatchObject({
      cause: { kind: 'TransactionAlreadyClosed' },
    });

    expect(onDisk(file)).toEqual([]);
  });

  it('refuses to COMMIT what was rolled back', async () => {
    const { adapter } = await setup();
    const transaction = await adapter.startTransaction();
    await rollback(transaction);

    await expect(commit(transaction)).rejects.toMatchObject({ cause: { kind: 'TransactionAlreadyClosed' } });
  });

  it('writes nothing more once SQLite itself has ended the transaction', async () => {
    const { file, adapter } = await setup();
    await adapter.executeRaw(addOrder('a'));
    const transaction = await adapter.startTransaction();
    await transaction.executeRaw(addOrder('b'));

    await expect(transaction.executeRaw(sql(`INSERT OR ROLLBACK INTO orders (id) VALUES ('a')`))).rejects.toThrow();
    await expect(transaction.executeRaw(addOrder('c'))).rejects.toThrow();
    await rollback(transaction);

    expect(onDisk(file)).toEqual(['a']);
  });

  it('lets a second ROLLBACK pass without ending the next transaction', async () => {
    const { file, adapter } = await setup();
    const first = await adapter.startTransaction();
    await commit(first);
    const second = await adapter.startTransaction();

    await rollback(first);
    await second.executeRaw(addOrder('second'));
    await commit(second);

    expect(onDisk(file)).toEqual(['second']);
  });
});

describe('Sqlite.transaction', () => {
  it('commits when its function is done and hands on the result', async () => {
    const { file, sqlite } = await setup();

    const result = await sqlite.transaction(async (raw) => {
      raw.exec(`INSERT INTO orders (id) VALUES ('a')`);
      await setImmediate();
      return 'done';
    });

    expect(result).toBe('done');
    expect(onDisk(file)).toEqual(['a']);
  });

  it('holds the write lock from the start, so that what it reads stays true', async () => {
    const { file, sqlite } = await setup();
    const other = new Database(file, { timeout: 0 });
    onTestFinished(() => void other.close());

    await sqlite.transaction(async () => {
      expect(() => other.exec('BEGIN IMMEDIATE')).toThrow('database is locked');
    });
  });

  it('leaves nothing behind when its function throws', async () => {
    const { file, sqlite, adapter } = await setup();

    const failing = sqlite.transaction(async (raw) => {
      raw.exec(`INSERT INTO orders (id) VALUES ('a')`);
      await setImmediate();
      throw new Error('changed my mind');
    });

    await expect(failing).rejects.toThrow('changed my mind');
    await adapter.executeRaw(addOrder('b'));
    expect(onDisk(file)).toEqual(['b']);
  });

  it('leaves nothing behind when the COMMIT fails', async () => {
    const { file, sqlite, adapter } = await setup();

    const failing = sqlite.transaction(async (raw) => {
      raw.exec(`INSERT INTO orders (id) VALUES ('a')`);
      raw.exec(addOrphan.sql);
    });

    await expect(failing).rejects.toThrow('FOREIGN KEY constraint failed');
    await adapter.executeRaw(addOrder('b'));
    expect(onDisk(file)).toEqual(['b']);
  });

  it('makes plain queries, turns and other transactions wait', async () => {
    const { sqlite, adapter } = await setup();
    const log: string[] = [];
    const orders = sqlite.prepare<{ n: number }>('SELECT count(*) AS n FROM orders');
    const note = (what: string) => log.push(`${what}: ${orders.get()?.n} orders`);

    await Promise.all([
      sqlite.transaction(async () => {
        note('begin');
        await setImmediate();
        await setImmediate();
        note('end');
      }),
      adapter.executeRaw(addOrder('a')),
      sqlite.turn(() => note('turn')),
      adapter.executeRaw(addOrder('b')),
      sqlite.transaction(async () => note('transaction')),
    ]);

    expect(log).toEqual(['begin: 0 orders', 'end: 0 orders', 'turn: 1 orders', 'transaction: 2 orders']);
  });

  it('ends with an error, and undone, when it waits for itself', async () => {
    const { file, sqlite, adapter } = await setup({ maxWaitMs: 50 });

    const stuck = sqlite.transaction(async (raw) => {
      raw.exec(`INSERT INTO orders (id) VALUES ('a')`);
      await adapter.executeRaw(addOrder('b'));
    });

    await expect(stuck).rejects.toMatchObject({ code: 'TURN_TIMEOUT', retry: 'backoff' });
    await adapter.executeRaw(addOrder('c'));
    expect(onDisk(file)).toEqual(['c']);
  });
});

describe('Sqlite.turn', () => {
  it('serves everybody in order of arrival, newcomers last', async () => {
    const { sqlite, adapter } = await setup();
    const log: string[] = [];
    const ownTransaction = (name: string) =>
      sqlite.transaction(async () => {
        await setImmediate();
        log.push(name);
      });
    const prismaTransaction = async () => {
      const transaction = await adapter.startTransaction();
      log.push("Prisma's transaction");
      await rollback(transaction);
    };
    const waiting: Promise<unknown>[] = [];

    waiting.push(ownTransaction('transaction 1'));
    waiting.push(
      sqlite.turn(() => {
        log.push('turn 1');
        queueMicrotask(() => waiting.push(sqlite.turn(() => log.push('newcomer'))));
      }),
    );
    waiting.push(ownTransaction('transaction 2'));
    waiting.push(prismaTransaction());
    waiting.push(sqlite.turn(() => log.push('turn 2')));
    await Promise.all(waiting);
    await waiting.at(-1);

    expect(log).toEqual(['transaction 1', 'turn 1', 'transaction 2', "Prisma's transaction", 'turn 2', 'newcomer']);
  });

  it('runs at once when nobody is before it', async () => {
    const { sqlite } = await setup();
    let ran = false;

    const turn = sqlite.turn(() => {
      ran = true;
    });

    expect(ran).toBe(true);
    await turn;
  });

  it('goes on after one that throws', async () => {
    const { sqlite } = await setup();
    const failing = sqlite.turn(() => {
      throw new Error('no');
    });

    const following = sqlite.turn(() => 'yes');

    await expect(failing).rejects.toThrow('no');
    expect(await following).toBe('yes');
  });

  it('loses no update of many that run at the same time, plain, raw and in transactions', async () => {
    const { sqlite, adapter } = await setup();
    await adapter.executeRaw(sql(`INSERT INTO orders (id, paid_at) VALUES ('a', 0)`));
    const bump = `UPDATE orders SET paid_at = paid_at + 1 WHERE id = 'a'`;
    const read = sqlite.prepare<{ paid_at: number }>('SELECT paid_at FROM orders');
    const write = sqlite.prepare('UPDATE orders SET paid_at = ?');

    await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        if (i % 3 === 0) await adapter.executeRaw(sql(bump));
        else if (i % 3 === 1) await sqlite.turn((raw) => raw.exec(bump));
        else {
          await sqlite.transaction(async () => {
            const before = read.get()?.paid_at ?? Number.NaN;
            await setImmediate();
            write.run(before + 1);
          });
        }
      }),
    );

    expect(read.get()).toEqual({ paid_at: 300 });
  });

  it('refuses a function that goes on after its turn', async () => {
    const { sqlite } = await setup();

    await expect(sqlite.turn(async () => 1)).rejects.toThrow(TypeError);
  });
});

describe('Sqlite.prepare', () => {
  it('makes each statement once per connection', async () => {
    const { sqlite, adapter } = await setup();
    const first = sqlite.prepare('SELECT 1');

    expect(sqlite.prepare('SELECT 1')).toBe(first);
    await adapter.dispose();
    await connect(sqlite);

    expect(sqlite.prepare('SELECT 1')).not.toBe(first);
  });

  it('reads and writes milliseconds as numbers, stored as integers', async () => {
    const { sqlite } = await setup();
    const now = 1_795_500_000_123;

    sqlite.prepare('INSERT INTO orders (id, paid_at) VALUES (?, ?)').run('a', now);

    const row = sqlite.prepare('SELECT paid_at, typeof(paid_at) AS type FROM orders').get();
    expect(row).toEqual({ paid_at: now, type: 'integer' });
  });

  it('says when there is no connection yet', () => {
    expect(() => new Sqlite({ url: ':memory:' }).prepare('SELECT 1')).toThrow('Not connected yet');
  });
});

it('sets up the connection for many readers and safe writes', async () => {
  const { sqlite } = await setup();

  const settings = await sqlite.turn((raw) =>
    ['journal_mode', 'synchronous', 'busy_timeout', 'foreign_keys'].map((name) => raw.pragma(name, { simple: true })),
  );

  expect(settings.map(String)).toEqual(['wal', '1', '5000', '1']);
});
