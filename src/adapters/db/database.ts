import { PrismaClient } from './generated/client.ts';
import { migrate } from './migrate.ts';
import { Sqlite } from './sqlite.ts';

/**
 * How a store runs its SQL: by turns on the shared connection, or inside the open transaction. Work of several changes
 * says so, and is all or nothing either way.
 */
export type Run = <T>(work: () => T, changes?: 'several') => Promise<T>;

export interface Database {
  readonly sqlite: Sqlite;
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

/** Opens (and first migrates) the database file. One process opens it once. Throws what `migrate` throws. */
export async function openDatabase(file: string, migrations: string): Promise<Database> {
  await migrate(file, migrations);
  const sqlite = new Sqlite({ url: `file:${file}` });
  const prisma = new PrismaClient({ adapter: sqlite });
  await prisma.$connect();
  return { sqlite, prisma, close: () => prisma.$disconnect() };
}
