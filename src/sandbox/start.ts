import fastify from 'fastify';
import { type Context, mount, serveUnknown } from './servers/exchange.ts';
import { createServers } from './servers/routes.ts';
import { mountSockets } from './servers/sockets.ts';
import { bear, birthTime } from './world/birth.ts';
import { type ClockMode, createClock } from './world/clock.ts';
import { createEngine } from './world/engine.ts';
import { openStore } from './world/store.ts';
import { createWorld, defaultSettings, type Settings, type World } from './world/world.ts';

export interface SandboxOptions {
  host?: string;
  /** 0 takes any free port. */
  port?: number;
  /** Path of the database, or `:memory:`. */
  database?: string;
  seed?: string;
  /** World seconds per wall second; the saved rate when absent. */
  rate?: number;
  mode?: ClockMode;
  /** World time of a new world; 14:00 in Beijing today when absent. */
  startAt?: number;
  /** Whether a new world has a morning behind it. */
  history?: boolean;
  settings?: Partial<Settings>;
}

const ACT_MS = 250;

/** A running company. */
export interface Sandbox {
  url: string;
  world: World;
  /** Moves a manual world on. */
  advance(to: number): Promise<void>;
  /** Every route the server knows, as `METHOD /path`. */
  registered: readonly string[];
  stop(): Promise<void>;
}

/** Starts the simulated company on real sockets, going on with the world the database holds or bearing a new one. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, database = ':memory:', mode = 'running', history = true } = options;
  const store = openStore(database);
  const seed = options.seed ?? store.readMeta('seed') ?? '1';
  const rate = options.rate ?? Number(store.readMeta('rate') ?? 1);
  const settings: Settings = { ...defaultSettings, mischief: mode === 'running', ...options.settings };
  const clock = createClock(0, rate, mode);
  const world = createWorld(store, clock, settings, seed);
  const begin = async (): Promise<void> => {
    const at = options.startAt ?? birthTime(Date.now());
    store.clear();
    store.writeMeta('seed', seed);
    store.writeMeta('rate', clock.rate);
    await bear(world, at, history);
  };
  const comeToLife = (): void => {
    clock.set(Number(store.readMeta('worldNow')));
    if (mode === 'running') context.engine.start();
  };
  let acting: Promise<void> | undefined;
  const letServersAct = (): Promise<void> => {
    acting ??= (async () => {
      for (const server of servers) await server.afterTime?.(context);
    })().finally(() => {
      acting = undefined;
    });
    return acting;
  };

  let url = '';
  const context: Context = {
    world,
    engine: createEngine(world),
    url: () => url,
    async advance(to) {
      await context.engine.advance(to);
      await letServersAct();
    },
    async reset() {
      await context.engine.stop();
      await begin();
      context.engine = createEngine(world);
      comeToLife();
    },
  };
  if (store.readMeta('born') === undefined) await begin();

  const app = fastify({ forceCloseConnections: true, bodyLimit: 4_194_304, routerOptions: { maxParamLength: 200 } });
  const registered: string[] = [];
  app.addHook('onRoute', (route) => void registered.push(`${String(route.method)} ${route.url}`));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const servers = createServers();
  for (const server of servers) mount(app, server, context);
  const endSockets = mountSockets(app.server, servers, context);
  app.setNotFoundHandler((request, reply) => serveUnknown(servers, context, request, reply));
  await app.listen({ host, port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('no address to listen on');
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  url = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${address.port}`;
  comeToLife();
  const acts = mode === 'running' ? setInterval(() => void letServersAct(), ACT_MS) : undefined;

  return {
    url,
    world,
    advance: (to) => context.advance(to),
    registered,
    async stop() {
      clearInterval(acts);
      await acting;
      await context.engine.stop();
      endSockets();
      await app.close();
      store.writeMeta('worldNow', clock.now());
      store.close();
    },
  };
}
