import { join } from 'node:path';
import { openDatabase } from '../../adapters/db/database.ts';
import { createStorage } from '../../adapters/db/storage.ts';
import { isAlive } from '../lease.ts';
import { packageDir } from '../paths.ts';
import { createRuntime, readConfigFile } from '../runtime.ts';
import { print } from './output.ts';

/** `warroom reload`: checks the file here, then tells the running bot to take it. */
export async function reload(json: boolean): Promise<number> {
  const runtime = await createRuntime();
  readConfigFile(runtime);
  const database = await openDatabase(runtime.databaseFile, join(packageDir, 'prisma/migrations'));
  try {
    const holder = await createStorage(database, { audit: runtime.keys.audit }).leases.holder('engine');
    const pid = Number(holder?.split('/')[1]);
    const isRunning = holder !== undefined && Number.isInteger(pid) && isAlive(holder);
    if (isRunning) process.kill(pid, 'SIGHUP');
    print(json, { ok: isRunning }, [
      isRunning
        ? '配置没问题，已通知机器人重新读取 / the file is fine; the bot was told to take it'
        : '配置没问题，但机器人没有在运行 / the file is fine, but no bot is running',
    ]);
    return isRunning ? 0 : 1;
  } finally {
    await database.close();
  }
}
