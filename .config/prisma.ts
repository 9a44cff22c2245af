import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import { defineConfig } from 'prisma/config';

const root = resolve(import.meta.dirname, '..');
const dotEnv = resolve(root, '.env');
if (existsSync(dotEnv)) loadEnvFile(dotEnv);

// The CLI downloads a native schema engine; ours runs the WASM build of the same engine that comes from npm.
// PRISMA_NATIVE_ENGINE=1 goes back to the download.
if (!process.env.PRISMA_NATIVE_ENGINE) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= resolve(root, 'prisma/schema-engine.mjs');
}

const database = (process.env.DATABASE_URL ?? 'file:./data/warroom.db').replace(/^file:/, '');

export default defineConfig({
  schema: resolve(root, 'prisma/schema.prisma'),
  migrations: { path: resolve(root, 'prisma/migrations') },
  datasource: { url: `file:${resolve(root, database)}` },
});
