import { randomInt } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ConfigError } from '../../domain/errors.ts';
import { bindCode } from '../../services/bind.ts';
import { createSessions } from '../../services/sessions.ts';
import { type Bot, build } from '../build.ts';
import { notYet } from '../company.ts';
import { holdLease } from '../lease.ts';
import {
  createRuntime,
  findSurroundings,
  type Runtime,
  readConfigFile,
  type Surroundings,
  worldOf,
} from '../runtime.ts';
import { print } from './output.ts';
import { whenToldToStop } from './told-to-stop.ts';

const loopback = ['127.0.0.1', 'localhost', '::1'];

/** `warroom start`: runs until a signal. Resolves with the exit code. */
export async function start(json: boolean): Promise<number> {
  const runtime = await createRuntime();
  const isOpen = !loopback.includes(runtime.env.HOST);
  if (isOpen && worldOf(runtime) === 'sandbox')
    throw new ConfigError(['HOST: the sandbox lets anybody in and stays on this machine; set HOST=127.0.0.1']);
  const surroundings = await findSurroundings(runtime);
  try {
    if (isOpen && surroundings.company.staff.length === 0)
      throw new ConfigError([
        'HOST: listening beyond this machine needs people who can log in; add staff to warroom.yaml',
      ]);
    await serve(runtime, surroundings, { isOpen, json });
  } finally {
    await surroundings.stop();
  }
  return 0;
}

interface Serving {
  /** Others than this machine reach it. */
  readonly isOpen: boolean;
  readonly json: boolean;
}

async function serve(runtime: Runtime, surroundings: Surroundings, { isOpen, json }: Serving): Promise<void> {
  const { env, log } = runtime;
  const { world, company, clock } = surroundings;
  const stopped = whenToldToStop();
  // Known before anything is said: links name it.
  const port = env.PORT === 0 ? await freePort(env.HOST) : env.PORT;
  const publicUrl = env.PUBLIC_URL ?? `http://${isOpen ? firstAddress() : 'localhost'}:${port}`;
  const bot = await build({
    company,
    plugs: runtime.plugs,
    databaseFile: runtime.databaseFile,
    keys: runtime.keys,
    clock,
    world,
    publicUrl,
    allowedHosts: [...loopback, ...(isOpen ? [firstAddress()] : [])],
    metricsToken: env.METRICS_TOKEN,
    log,
    mayRun: (storage) => holdLease(storage, log),
  });
  try {
    await bot.web.listen({ host: env.HOST, port });
    const ignored = notYet(company);
    if (ignored.length > 0) log.warn({ keys: ignored }, 'These keys of warroom.yaml do nothing in this version yet');
    bot.start();
    greet(runtime, surroundings, publicUrl, bot.rooms, await firstLogin(surroundings, bot, publicUrl), json);
    const stopWatching = watchConfig(runtime, (next) => bot.reload(next));
    await stopped;
    process.stderr.write('\n正在停止… / stopping …\n');
    stopWatching();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new ConfigError([`PORT: ${port} is taken by another program; set PORT to a free one`]);
  } finally {
    await bot.stop();
  }
}

/** Outside the range that the system gives away by itself: nobody gets it between this look and our own. */
async function freePort(host: string): Promise<number> {
  const port = randomInt(15_000, 30_000);
  const server = createServer();
  const isFree = await new Promise<boolean>((done) => {
    server.once('error', () => done(false));
    server.listen(port, host, () => done(true));
  });
  await new Promise((done) => server.close(done));
  return isFree ? port : freePort(host);
}

function greet(
  { keys, configFile }: Runtime,
  { world }: Surroundings,
  publicUrl: string,
  rooms: readonly { id: string; name: string; chatId: string }[],
  logins: readonly string[],
  json: boolean,
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
    `  导入 import   ${publicUrl}/import`,
    ...logins,
    '',
    ...unbound.map(({ id, name }) => `  绑定「${name}」：在群里 @机器人 发 /绑定 ${bindCode(keys.bind, id)}`),
    'Ctrl-C 停止 / to stop',
    '',
  ];
  print(
    json,
    {
      world,
      url: publicUrl,
      bind: unbound.map(({ id, name }) => ({ room: id, name, code: bindCode(keys.bind, id) })),
      logins: logins.map((words) => words.trim()),
    },
    lines,
  );
}

/** Where no chat can give the first login code, whoever starts the bot is told one. */
async function firstLogin({ world, company, clock }: Surroundings, bot: Bot, publicUrl: string): Promise<string[]> {
  const [first] = company.staff.filter(({ role }) => role === 'ops-lead');
  const hasChat = company.rooms.some(({ platform }) => platform !== 'web');
  if (world === 'sandbox' || hasChat || first === undefined) return [];
  await bot.storage.audit.add({
    at: clock.now(),
    actor: { type: 'automation', name: 'start' },
    action: 'login.code',
    subject: `person:${first.id}`,
  });
  const { code } = await createSessions({ storage: bot.storage, clock }).issueCode(first.id);
  return [`  登录 login    ${publicUrl}/login  ${first.name} 的登录码 / code: ${code}（5 分钟内 / within 5 minutes）`];
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
