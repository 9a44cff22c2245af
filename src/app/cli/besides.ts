import { ConfigError } from '../../domain/errors.ts';
import type { Storage } from '../../ports/stores.ts';
import { type Bot, build } from '../build.ts';
import { holdLease } from '../lease.ts';
import { createRuntime, demandDatabase, findSurroundings } from '../runtime.ts';

/** The wired bot without its engine, for verbs that must not run beside a bot at work. */
export async function openBotBesides(): Promise<{ bot: Bot; readonly close: () => Promise<void> }> {
  const runtime = await createRuntime();
  demandDatabase(runtime);
  const surroundings = await findSurroundings(runtime);
  const bot = await build({
    company: surroundings.company,
    plugs: runtime.plugs,
    databaseFile: runtime.databaseFile,
    keys: runtime.keys,
    clock: surroundings.clock,
    world: surroundings.world,
    publicUrl: 'http://localhost',
    allowedHosts: [],
    metricsToken: undefined,
    log: runtime.log,
    mayRun: async (storage: Storage) => {
      const lease = await holdLease(storage, runtime.log);
      if (lease.isHeld()) return lease;
      await lease.stop();
      throw new ConfigError(['The bot is running on this database: stop it first']);
    },
  }).catch(async (error: unknown) => {
    await surroundings.stop();
    throw error;
  });
  return {
    bot,
    async close() {
      await bot.stop();
      await surroundings.stop();
    },
  };
}
