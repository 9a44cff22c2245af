import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bot, build } from '../build.ts';
import { holdLease, type Lease } from '../lease.ts';
import { createRuntime, findSurroundings } from '../runtime.ts';

/** A whole bot that does nothing by itself, for a verb that uses a part of it. */
export interface IdleBot {
  readonly bot: Bot;
  /** Nobody else is at work on this database: what is asked for must be done here. */
  readonly isFree: () => boolean;
  readonly stop: () => Promise<void>;
}

/** `isDry`: leaves no trace, not even an empty database. */
export async function createBot({ isDry }: { readonly isDry: boolean } = { isDry: false }): Promise<IdleBot> {
  const runtime = await createRuntime();
  const surroundings = await findSurroundings(runtime);
  const scratch = isDry && !existsSync(runtime.databaseFile) ? mkdtempSync(join(tmpdir(), 'warroom-dry-')) : undefined;
  let lease: Lease | undefined;
  const bot = await build({
    company: surroundings.company,
    plugs: runtime.plugs,
    databaseFile: scratch === undefined ? runtime.databaseFile : join(scratch, 'dry-run.db'),
    keys: runtime.keys,
    clock: surroundings.clock,
    world: surroundings.world,
    publicUrl: 'http://localhost',
    allowedHosts: [],
    metricsToken: undefined,
    log: { ...runtime.log, warn() {}, error: runtime.log.error.bind(runtime.log), info() {}, debug() {} },
    mayRun: async (storage) => {
      const held = await holdLease(storage, { info() {}, warn() {}, error() {} });
      lease = held;
      // The verb does its part, and nothing else of the flow runs.
      return { isHeld: () => false, stop: () => held.stop() };
    },
  });
  return {
    bot,
    isFree: () => lease?.isHeld() === true,
    async stop() {
      await bot.stop();
      await surroundings.stop();
      if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
    },
  };
}
