#!/usr/bin/env node
// Stands in for the native `schema-engine` that the Prisma CLI would download: the same JSON-RPC lines on stdio, answered
// by the WASM build of the engine that comes from npm, over the SQLite driver adapter. A developer's tool: the product
// itself migrates with src/adapters/db/migrate.ts.
// Its version in package.json must be the one of @prisma/engines-version: change it together with prisma.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import Database from 'better-sqlite3';

const require = createRequire(import.meta.url);

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    version: { type: 'boolean', short: 'V' },
    datamodels: { type: 'string', multiple: true, default: [] },
    datasource: { type: 'string', default: '{}' },
    'enabled-preview-features': { type: 'string' },
    'extension-types': { type: 'string' },
  },
});
const datasource = JSON.parse(options.datasource);
const file = (datasource.url ?? ':memory:').replace(/^file:/, '');

if (options.version) {
  console.log(`schema-engine-wasm ${require('../package.json').devDependencies['@prisma/schema-engine-wasm']}`);
} else if (positionals[0] === 'cli') {
  runDatabaseCommand(positionals[1]);
} else {
  serve();
}

function runDatabaseCommand(command) {
  switch (command) {
    case 'can-connect-to-database':
      return existsSync(file) || fail('P1003', `Database ${file} does not exist`);
    case 'create-database':
      mkdirSync(dirname(file), { recursive: true });
      return new Database(file).close();
    case 'drop-database':
      return ['', '-wal', '-shm'].forEach((suffix) => {
        rmSync(file + suffix, { force: true });
      });
    default:
      return fail('P0000', `Unknown command ${command}`);
  }
}

function fail(code, message) {
  const line = { level: 'ERROR', target: 'schema_engine::logger', fields: { error_code: code, message } };
  process.stderr.write(`\n${JSON.stringify(line)}\n`);
  process.exitCode = 1;
}

function serve() {
  const factory = bindMigrationAwareSqlAdapterFactory(createFactory());
  let engine;
  let last = Promise.resolve();

  createInterface({ input: process.stdin }).on('line', (line) => {
    const request = JSON.parse(line);
    if (!request.method) return; // the CLI's answer to a `print`
    last = last.then(async () => {
      engine ??= loadEngine(factory);
      try {
        send({ id: request.id, result: (await answer(await engine, request)) ?? {} });
      } catch (error) {
        send({ id: request.id, error: describe(error, factory) });
      }
    });
  });
}

async function answer(engine, { id, method, params }) {
  // These two reach the shadow database only through the engine's schema cache: this fills it.
  if (method === 'evaluateDataLoss' || method === 'createMigration') {
    const { migrationsList, filters } = params;
    await engine.diagnoseMigrationHistory({ migrationsList, filters, optInToShadowDatabase: true });
  }
  const result = await engine[method === 'getDatabaseVersion' ? 'version' : method](params ?? {});
  if (method === 'diff' && result.stdout) {
    send({ id: 100_000 + id, method: 'print', params: { content: result.stdout } });
  }
  return result;
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function describe(error, factory) {
  let message = error?.message ?? String(error);
  const external = /External error id#(\d+)/.exec(message);
  const cause = external && factory.errorRegistry.consumeError(Number(external[1]))?.error;
  if (cause) message = message.replace(external[0], cause.stack ?? String(cause));
  return {
    code: 4466,
    message,
    data: { is_panic: false, message, error_code: error?.code, meta: error?.meta },
  };
}

async function loadEngine(factory) {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => fail('P0000', message) };
  const engine = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(readFileSync(wasm), { './schema_engine_bg.js': engine });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();

  const datamodels = options.datamodels.map((path) => [path, readFileSync(path, 'utf8')]);
  const log = (line) => process.env.DEBUG?.includes('schema-engine') && process.stderr.write(`${line}\n`);
  // An empty list is refused where "none" is meant.
  return engine.SchemaEngine.new({ datamodels: datamodels.length > 0 ? datamodels : undefined }, log, factory);
}

function createFactory() {
  const shadowDatabaseUrl = datasource.shadowDatabaseUrl ?? ':memory:';
  // The engine connects even when it only compares files: that must not make a database.
  const stock = new PrismaBetterSqlite3({ url: existsSync(file) ? file : ':memory:' }, { shadowDatabaseUrl });
  return {
    provider: stock.provider,
    adapterName: stock.adapterName,
    connect: async () => adapt(await stock.connect()),
    connectToShadowDb: async () => adapt(await stock.connectToShadowDb()),
  };
}

/** The adapter is made for queries; the engine also sends whole scripts and looks for tables that are not there yet. */
function adapt(adapter) {
  const executeRaw = adapter.executeRaw.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.executeRaw = async (query) => {
    if (query.args.length > 0) return executeRaw(query);
    await adapter.executeScript(query.sql);
    return 0;
  };
  adapter.queryRaw = async (query) => {
    try {
      return await queryRaw(query);
    } catch (error) {
      const noHistoryYet = error?.cause?.kind === 'TableDoesNotExist' && query.sql.includes('_prisma_migrations');
      if (!noHistoryYet) throw error;
      return { columnNames: [], columnTypes: [], rows: [] };
    }
  };
  return adapter;
}
