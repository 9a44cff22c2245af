import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { migrate } from '../../src/adapters/db/migrate.ts';

const migrations = resolve(import.meta.dirname, '../../prisma/migrations');
let template: Promise<Buffer> | undefined;

export type TestDb = { file: string; cleanup: () => void };

/** A fresh file with the product's schema: migrated once per worker, copied from then on. */
export async function openTestDb(): Promise<TestDb> {
  template ??= makeTemplate();
  const content = await template;
  const { dir, cleanup } = tempDir();
  const file = join(dir, 'test.db');
  writeFileSync(file, content);
  return { file, cleanup };
}

async function makeTemplate(): Promise<Buffer> {
  const { dir, cleanup } = tempDir();
  try {
    const file = join(dir, 'template.db');
    await migrate(file, migrations);
    return readFileSync(file);
  } finally {
    cleanup();
  }
}

export function tempDir(): { dir: string; cleanup: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'warroom-test-'));
  return { dir, cleanup: () => rmSync(dir, { recursive: true, force: true }) };
}
