import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import {
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlQuery,
  type Transaction,
} from '@prisma/driver-adapter-utils';
import type Database from 'better-sqlite3';
import { RetryableError } from '../../domain/errors.ts';

type Raw = Database.Database;

/**
 * Indexes are written all over: a cache that holds the hot ones saves reads, and a log that may grow to 16 MB before it is
 * folded into the file writes each of their pages once for many commits.
 */
export const settings: readonly string[] = [
  'busy_timeout = 5000',
  'journal_mode = WAL',
  'synchronous = NORMAL',
  'foreign_keys = ON',
  'cache_size = -32768',
  'wal_autocheckpoint = 4000',
];

/**
 * The one SQLite connection, shared by Prisma and by hand-written SQL.
 *
 * The stock adapter only keeps transactions apart from each other: a plain query issued while one is open joins it and is
 * undone with it though it was answered as done, and a BEGIN or COMMIT that fails leaves its lock or its transaction
 * behind for good (prisma/orm#29933). Here everything takes turns in order of arrival, a transaction is one turn, takes
 * the write lock at once, and always ends.
 */
export class Sqlite extends PrismaBetterSqlite3 {
  readonly #turns: Turns;
  readonly #statements = new Map<string, Database.Statement>();
  #raw: Raw | undefined;

  /** Whoever waits longer than `maxWaitMs` gets a TURN_TIMEOUT error: a transaction that waits for itself ends, too. */
  constructor({ url, maxWaitMs = 30_000 }: { url: string; maxWaitMs?: number }) {
    super({ url });
    this.#turns = new Turns(maxWaitMs);
  }

  override async connect(): Promise<SqlDriverAdapter> {
    if (this.#raw?.open) throw new Error('Already connected: one Sqlite is one connection');
    const adapter = await super.connect();
    const { client: raw } = adapter as unknown as { client: Raw };
    for (const setting of settings) raw.pragma(setting);
    this.#raw = raw;
    this.#statements.clear();
    this.#takeTurns(adapter, raw);
    return adapter;
  }

  /** Runs synchronous work while no transaction is open. */
  turn<T>(fn: (raw: Raw) => T): Promise<T> {
    return this.#turns.run(() => {
      const result = fn(this.#connected());
      if (result instanceof Promise) throw new TypeError('A turn ends when its function returns: use transaction()');
      return result;
    });
  }

  /**
   * Runs `fn` between BEGIN IMMEDIATE and COMMIT while everybody else waits, so it must use nothing but `raw` and
   * `prepare`, and never await the network. If `fn` or the COMMIT fails, nothing of it stays.
   */
  async transaction<T>(fn: (raw: Raw) => Promise<T>): Promise<T> {
    await this.#turns.take();
    try {
      const raw = this.#connected();
      this.prepare('BEGIN IMMEDIATE').run();
      const result = await fn(raw);
      this.prepare('COMMIT').run();
      return result;
    } finally {
      this.#end();
    }
  }

  /**
   * A statement kept for the life of the connection, to be run inside `turn` or `transaction`. Integers come back as
   * numbers. Numbers go in as REAL: columns of INTEGER affinity mend that, an expression needs CAST(? AS INTEGER).
   * Callers share it: do not change its mode (`pluck`, `raw`, `expand`, `safeIntegers`).
   */
  prepare<Row = unknown, Params extends unknown[] = unknown[]>(sql: string): Database.Statement<Params, Row> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connected().prepare(sql).safeIntegers(false);
      this.#statements.set(sql, statement);
    }
    return statement as Database.Statement<Params, Row>;
  }

  #connected(): Raw {
    if (this.#raw === undefined) throw new Error('Not connected yet');
    return this.#raw;
  }

  #end(): void {
    try {
      if (this.#raw?.open && this.#raw.inTransaction) this.#raw.exec('ROLLBACK');
    } finally {
      this.#turns.leave();
    }
  }

  // The stock methods do their work before they return, so a turn that ends when they return is long enough.
  #takeTurns(adapter: SqlDriverAdapter, raw: Raw): void {
    const queryRaw = adapter.queryRaw.bind(adapter);
    const executeRaw = adapter.executeRaw.bind(adapter);
    const executeScript = adapter.executeScript.bind(adapter);
    const run = (sql: string) => executeRaw({ sql, args: [], argTypes: [] });

    adapter.queryRaw = (query) => this.#turns.run(() => queryRaw(query));
    adapter.executeRaw = (query) => this.#turns.run(() => executeRaw(query));
    adapter.executeScript = (script) => this.#turns.run(() => executeScript(script));
    adapter.startTransaction = async (level) => {
      if (level !== undefined && level !== 'SERIALIZABLE') {
        throw new DriverAdapterError({ kind: 'InvalidIsolationLevel', level });
      }
      await this.#turns.take();
      let over = false;
      const end = async () => {
        if (over) return;
        over = true;
        this.#end();
      };
      const whileOpen = <A, R>(fn: (arg: A) => Promise<R>) => {
        return async (arg: A): Promise<R> => {
          // Some errors (a full disk) end a transaction inside SQLite.
          if (over || !raw.inTransaction) {
            throw new DriverAdapterError({ kind: 'TransactionAlreadyClosed', cause: 'it has ended' });
          }
          return fn(arg);
        };
      };
      const execute = whileOpen(executeRaw);
      const commit = async (query: SqlQuery) => {
        try {
          return await execute(query);
        } finally {
          await end();
        }
      };
      const rollback = async () => {
        await end();
        return 0;
      };
      try {
        await run('BEGIN IMMEDIATE');
      } catch (error) {
        await end();
        throw error;
      }
      return {
        provider: adapter.provider,
        adapterName: adapter.adapterName,
        options: { usePhantomQuery: false },
        queryRaw: whileOpen(queryRaw),
        executeRaw: (query) => {
          if (query.sql === 'ROLLBACK') return rollback();
          return query.sql === 'COMMIT' ? commit(query) : execute(query);
        },
        commit: end,
        rollback: end,
        createSavepoint: whileOpen(async (name: string) => void (await run(`SAVEPOINT ${name}`))),
        rollbackToSavepoint: whileOpen(async (name: string) => void (await run(`ROLLBACK TO ${name}`))),
        releaseSavepoint: whileOpen(async (name: string) => void (await run(`RELEASE SAVEPOINT ${name}`))),
      } satisfies Transaction;
    };
  }
}

/** One at a time, in order of arrival. */
class Turns {
  readonly #maxWaitMs: number;
  readonly #waiting: (() => void)[] = [];
  #taken = false;

  constructor(maxWaitMs: number) {
    this.#maxWaitMs = maxWaitMs;
  }

  async run<T>(fn: () => T | Promise<T>): Promise<T> {
    if (this.#taken) await this.#wait();
    this.#taken = true;
    let result: T | Promise<T>;
    try {
      result = fn();
    } finally {
      this.leave();
    }
    return result;
  }

  async take(): Promise<void> {
    if (this.#taken) await this.#wait();
    this.#taken = true;
  }

  /** Hands the turn straight to whoever waits longest, so that nobody slips in between. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        const message = `Waited ${this.#maxWaitMs} ms for the open transaction: does it wait for itself?`;
        reject(new RetryableError(message, { code: 'TURN_TIMEOUT' }));
      }, this.#maxWaitMs);
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.push(start);
    });
  }
}
