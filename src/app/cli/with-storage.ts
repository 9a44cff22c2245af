import { openDatabase } from '../../adapters/db/database.ts';
import { createStorage } from '../../adapters/db/storage.ts';
import type { Storage } from '../../ports/stores.ts';
import { migrationsDir } from '../paths.ts';
import type { Runtime } from '../runtime.ts';

/** The stores of the configured database, open while `work` runs: for verbs that need no wired bot. */
export async function withStorage<T>(
  { databaseFile, keys }: Pick<Runtime, 'databaseFile' | 'keys'>,
  work: (storage: Storage) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(databaseFile, migrationsDir);
  try {
    return await work(createStorage(database, { audit: keys.audit }));
  } finally {
    await database.close();
  }
}
