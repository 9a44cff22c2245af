import { unwatchFile, watchFile } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { ConfigError } from '../../domain/errors.ts';
import { bindCode } from '../../services/bind.ts';
import { build } from '../build.ts';
import { holdLease } from '../lease.ts';
import { createRuntime, findSurroundings, type Runtime, readConfigFile, type Surroundings } from '../runtime.ts';

const loopback = ['127.0.0.1', 'localhost', '::1'];

/** `warroom start`: runs until a signal. Resolves with the exit code. */
export async function start(): Promise<number> {
  const runtime = await createRuntime();
  const { env, log } = runtime;
  const surroundings = await findSurroundings(runtime);
  const { world, company, clock } = surroundings;
  const isOpen = !loopback.includes(env.HOST);
  if (isOpen && (world === 'sandbox' || company.staff.length === 0)) {
    await surroundings.stop();
    throw new ConfigError([
      world === 'sandbox'
        ? `HOST: the sandbox lets anybody in and stays on this machine; set HOST=127.0.0.1`
        : 'HOST: listening beyond this machine needs people who can log in; add staff to warroom.yaml',
    ]);
  }

  const stopped = whenToldToStop();
  let publicUrl = env.PUBLIC_URL ?? `http://${isOpen ? firstAddress() : 'localhost'}:${env.PORT}`;
  const bot = await build({
    company,
    plugs: runtime.plugs,
    databaseFile: runtime.databaseFile,
    keys: runtime.keys,
    clock,
    world,
    publicUrl,
    allowedHosts: [...loopback, 'localhost', ...(isOpen ? [firstAddress()] : [])],
    metricsToken: env.METRICS_TOKEN,
    log,
    mayRun: (storage) => holdLease(storage, log),
  });
  try {
    await bot.web.listen({ host: env.HOST, port: env.PORT });
  } catch (error) {
    await bot.stop();
    await surroundings.stop();
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE')
      throw new ConfigError([`PORT: ${env.PORT} is taken by another program; set PORT to a free one`]);
    throw error;
  }
  const address = bot.web.server.address();
  if (env.PORT === 0 && typeof address === 'object' && address !== null) publicUrl = `http://localhost:${address.port}`;
  bot.engine.start();
  greet(runtime, surroundings, publicUrl, bot.rooms);
  const stopWatching = watchConfig(runtime, (next) => bot.reload(next));
  await stopped;
  process.stdout.write('\n正在停止… / stopping …\n');
  stopWatching();
  await bot.stop();
  await surroundings.stop();
  return 0;
}

function greet(
  { keys, configFile }: Runtime,
  { world }: Surroundings,
  publicUrl: string,
  rooms: readonly { id: string; name: string; chatId: string }[],
): void {
  const unbound = rooms.filter(({ chatId }) => chatId === '');
  const lines = [
    '',
    world === 'sandbox'
      ? '订单作战群 · 演示公司（模拟数据，随便点）/ a simulated company: try anything'
      : `订单作战群 · ${configFile ?? ''}`,
    '',
    `  作战群 room   ${publicUrl}/room`,
    `  看板 board    ${publicUrl}/`,
    '',
    ...unbound.map(({ id, name }) => `  绑定「${name}」：在群里 @机器人 发 /绑定 ${bindCode(keys.bind, id)}`),
    'Ctrl-C 停止 / to stop',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function whenToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** A changed file or SIGHUP reloads. A bad file is refused whole: the old configuration goes on. */
function watchConfig(runtime: Runtime, reload: (next: ReturnType<typeof readConfigFile>) => Promise<void>): () => void {
  const { configFile, log } = runtime;
  if (configFile === undefined) return () => {};
  const take = (): void => {
    try {
      reload(readConfigFile(runtime)).catch((error: unknown) =>
        log.error({ error }, 'The new configuration could not be taken'),
      );
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      log.error({ problems: error.problems }, 'The new configuration is wrong; the old one goes on');
    }
  };
  process.on('SIGHUP', take);
  watchFile(configFile, { interval: 2_000 }, take);
  return () => {
    unwatchFile(configFile);
    process.off('SIGHUP', take);
  };
}

const firstAddress = (): string =>
  Object.values(networkInterfaces())
    .flat()
    .find((each) => each !== undefined && !each.internal && each.family === 'IPv4')?.address ?? 'localhost';
