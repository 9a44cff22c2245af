import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { createLinkedClock } from '../adapters/clock/linked.ts';
import { createSystemClock } from '../adapters/clock/system.ts';
import { ConfigError, RetryableError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { type Company, checkCompany, readCompany } from './company.ts';
import { discover, type Plugs } from './discover.ts';
import { type Env, readEnv } from './env.ts';
import { type Keys, readKeys } from './keys.ts';
import { createLog } from './log.ts';
import { type SandboxProcess, startSandboxProcess } from './sandbox-process.ts';

/** What every CLI verb needs: environment, plugs, keys. */
export interface Runtime {
  readonly env: Env;
  readonly raw: Readonly<Record<string, string | undefined>>;
  readonly plugs: Plugs;
  readonly keys: Keys;
  readonly databaseFile: string;
  readonly log: ReturnType<typeof createLog>;
  /** Undefined = nothing is configured: the sandbox company it is. */
  readonly configFile: string | undefined;
}

export async function createRuntime(): Promise<Runtime> {
  const { env, raw } = readEnv();
  const databaseFile = resolve(env.DATABASE_URL.slice('file:'.length));
  const configFile = env.WARROOM_CONFIG ?? (existsSync('warroom.yaml') ? 'warroom.yaml' : undefined);
  return {
    env,
    raw,
    plugs: await discover(),
    keys: readKeys(env.WARROOM_SECRET, join(dirname(databaseFile), 'secret')),
    databaseFile,
    log: createLog(env.LOG_LEVEL),
    configFile,
  };
}

/** Throws ConfigError when the file cannot be read or is wrong. */
export function readConfigFile({ configFile, raw, plugs }: Runtime): Company {
  if (configFile === undefined) throw new ConfigError(['There is no warroom.yaml here']);
  let text: string;
  try {
    text = readFileSync(configFile, 'utf8');
  } catch {
    throw new ConfigError([`WARROOM_CONFIG: ${configFile} cannot be read`]);
  }
  // Keys may have been added to .env since the start; what the environment itself says wins.
  const added = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return readCompany(text, { ...added, ...raw }, plugs);
}

/** The world the bot lives in: its company, its clock, and what has to be stopped with it. */
export interface Surroundings {
  readonly world: 'real' | 'sandbox';
  readonly company: Company;
  readonly clock: Clock;
  readonly sandboxUrl: string | undefined;
  stop(): Promise<void>;
}

/** A configuration makes it real, unless it follows the clock of a sandbox. */
export const worldOf = ({ configFile, env }: Pick<Runtime, 'configFile' | 'env'>): 'real' | 'sandbox' =>
  configFile === undefined || env.WARROOM_CLOCK !== undefined ? 'sandbox' : 'real';

/** Throws ConfigError when there is no database yet: a look at one must not make an empty one and find it in order. */
export function demandDatabase({ databaseFile }: Pick<Runtime, 'databaseFile'>): void {
  if (!existsSync(databaseFile)) throw new ConfigError([`DATABASE_URL: there is no database at ${databaseFile}`]);
}

/** A warroom.yaml makes it real; nothing at all starts the sandbox company; WARROOM_CLOCK follows one that runs already. */
export async function findSurroundings(runtime: Runtime): Promise<Surroundings> {
  const { env, configFile, raw, plugs, databaseFile } = runtime;
  const company = configFile === undefined ? undefined : readConfigFile(runtime);
  if (worldOf(runtime) === 'real' && company !== undefined) {
    return { world: 'real', company, clock: createSystemClock(), sandboxUrl: undefined, stop: async () => {} };
  }
  let sandbox: SandboxProcess | undefined;
  if (env.WARROOM_CLOCK === undefined) {
    sandbox = await startSandboxProcess(raw, { port: 0, database: join(dirname(databaseFile), 'sandbox.db') });
  }
  const url = env.WARROOM_CLOCK ?? sandbox?.url ?? '';
  const clock = createLinkedClock(url);
  const stop = async (): Promise<void> => {
    clock.stop();
    await sandbox?.stop();
  };
  try {
    await clock.start();
    const known = company ?? checkCompany(await fetchCompany(url), plugs);
    return { world: 'sandbox', company: known, clock, sandboxUrl: url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export async function fetchCompany(url: string): Promise<unknown> {
  try {
    const answer = await fetch(`${url}/company`, { signal: AbortSignal.timeout(10_000) });
    if (answer.ok) return await answer.json();
  } catch (error) {
    throw new RetryableError('The sandbox does not answer', { cause: error });
  }
  throw new RetryableError('The sandbox does not tell its company');
}
