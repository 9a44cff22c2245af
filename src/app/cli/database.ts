import { wallNow } from '../../adapters/clock/wall.ts';
import { openDatabase } from '../../adapters/db/database.ts';
import { migrate } from '../../adapters/db/migrate.ts';
import { migrationsDir } from '../paths.ts';
import { createRuntime, demandDatabase } from '../runtime.ts';
import { openBotBesides } from './besides.ts';
import { print } from './output.ts';

/** `warroom db migrate`: what start does by itself, alone. */
export async function migrateDatabase(json: boolean): Promise<number> {
  const { databaseFile } = await createRuntime();
  const applied = await migrate(databaseFile, migrationsDir);
  print(json, { applied }, [
    applied.length === 0 ? '已是最新 / up to date' : `已应用 / applied: ${applied.join(', ')}`,
  ]);
  return 0;
}

/** `warroom db backup`: a consistent copy beside the database, while the bot may be running. */
export async function backupDatabase(json: boolean): Promise<number> {
  const runtime = await createRuntime();
  const { databaseFile } = runtime;
  demandDatabase(runtime);
  const database = await openDatabase(databaseFile, migrationsDir);
  try {
    const file = `${databaseFile}.${new Date(wallNow()).toISOString().replace(/[:.]/g, '-')}.bak`;
    await database.sqlite.turn((raw) => raw.prepare('VACUUM INTO ?').run(file));
    print(json, { file }, [`已备份到 / saved as ${file}`]);
    return 0;
  } finally {
    await database.close();
  }
}

/** `warroom db rebuild`: throws the views away and derives them from the events again. Stop the bot first. */
export async function rebuildDatabase(json: boolean): Promise<number> {
  const besides = await openBotBesides();
  try {
    const { events } = await besides.bot.rebuild();
    print(json, { events }, [`从 ${events} 个事件重建了全部视图 / all views rebuilt from ${events} events`]);
    return 0;
  } finally {
    await besides.close();
  }
}
