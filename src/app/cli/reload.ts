import { wallNow } from '../../adapters/clock/wall.ts';
import { ConfigError } from '../../domain/errors.ts';
import { isAlive } from '../lease.ts';
import { createRuntime, demandDatabase, readConfigFile, worldOf } from '../runtime.ts';
import { print } from './output.ts';
import { withStorage } from './with-storage.ts';

/** `warroom reload`: checks the file here, then tells the running bot to take it. */
export async function reload(json: boolean): Promise<number> {
  const runtime = await createRuntime();
  readConfigFile(runtime);
  demandDatabase(runtime);
  return withStorage(runtime, async (storage) => {
    const holder = await storage.leases.holder('engine');
    const pid = Number(holder?.split('/')[1]);
    const isRunning = holder !== undefined && Number.isInteger(pid) && isAlive(holder);
    if (isRunning) {
      const world = worldOf(runtime);
      // Without a configuration it follows none: a SIGHUP would end it.
      const stamped = await storage.world(world, wallNow());
      if (stamped !== world)
        throw new ConfigError([`The bot that runs here lives in a ${stamped} world: stop it, then start it anew`]);
      process.kill(pid, 'SIGHUP');
    }
    print(json, { ok: isRunning }, [
      isRunning
        ? '配置没问题，已通知机器人重新读取 / the file is fine; the bot was told to take it'
        : '配置没问题，但机器人没有在运行 / the file is fine, but no bot is running',
    ]);
    return isRunning ? 0 : 1;
  });
}
