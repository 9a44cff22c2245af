import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { type Bot, build } from '../../src/app/build.ts';
import { type Company, checkCompany } from '../../src/app/company.ts';
import { discover, type Plugs } from '../../src/app/discover.ts';
import { readKeys } from '../../src/app/keys.ts';
import { markOf } from '../../src/domain/card.ts';
import type { Piece } from '../../src/domain/text.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { FulfillmentPlug, FulfillmentSystem } from '../../src/ports/fulfillment.ts';
import type { MessengerPlug, OutgoingCard } from '../../src/ports/messenger.ts';
import type { ActionRow, AuditRow, Storage, Stores } from '../../src/ports/stores.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts';
import { findOrder, payOrder, placeOrder } from '../../src/sandbox/world/orders.ts';
import type { Settings } from '../../src/sandbox/world/world.ts';
import { openTestDb } from './open-test-db.ts';

/** A Tuesday, 14:00 in Beijing: warehouses are open. */
const botStart = Date.UTC(2026, 10, 10, 6);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const testSecret = 'the secret of the tests, long enough for anybody';

export const writeRoutes = {
  move: '/open/orders/modifywms/upload',
  lock: '/open/webapi/itemapi/lockwarehouse/lwhoperationcreate',
  cancel: '/open/jushuitan/orderbyoid/cancel',
} as const;

/** The process is gone: nothing it begins from here on happens. */
class CrashError extends Error {}

// biome-ignore lint/suspicious/noExplicitAny: a configuration is changed freely by tests
type RawCompany = any;

export interface TestBotOptions {
  readonly seed?: string;
  readonly startAt?: number;
  readonly settings?: Partial<Settings>;
  /** Changes the company's configuration before it is checked. */
  readonly company?: (raw: RawCompany) => void;
  /** Its parcels are followed, too: the tracking service may push to the bot's own port. */
  readonly follows?: boolean;
  /** Stands between the bot and its warehouse system. */
  readonly system?: (system: FulfillmentSystem) => FulfillmentSystem;
  /** Errors in the log that the test brings about itself. */
  readonly expects?: (error: unknown) => boolean;
  /** Takes the place of the platform's own plug: the same with other timers. */
  readonly messenger?: { readonly platform: string; readonly plug: MessengerPlug };
}

/** A message as the room shows it. */
export interface Said {
  readonly id: number;
  readonly sender: string;
  readonly card: OutgoingCard;
  /** `🔴 first line`, one line each, then `[button → command]` and the link. */
  readonly text: string;
  readonly at: number;
}

export interface SeenCall {
  readonly id: number;
  readonly server: string;
  readonly route: string;
  readonly outcome: string;
  readonly applied: boolean;
  readonly body: string;
}

export interface ErpTruth {
  readonly oId: number;
  readonly status: string;
  readonly warehouse: number;
  readonly queue: string;
}
export interface OrderTruth {
  readonly orderNo: string;
  readonly status: string;
  readonly erpStatus: string | null;
  readonly stages: Readonly<Record<string, number | null>>;
  readonly erp: readonly ErpTruth[];
}
export interface StockTruth {
  readonly wms_co_id: number;
  readonly sku: string;
  readonly qty: number;
  readonly order_lock: number;
  readonly pick_lock: number;
  readonly lock_qty: number;
  readonly available: number;
}
export interface Made {
  readonly orderNo: string;
  readonly blockedBy: string;
  readonly sku: string;
  readonly warehouse: number;
  readonly oId: number;
  readonly ioId: number;
}

export interface SayOptions {
  readonly room?: string;
  readonly messageId?: string;
  readonly platform?: string;
  readonly isPrivate?: boolean;
}

export interface TestBot {
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  /** The one that runs now; another after `restart`. */
  readonly bot: Bot;
  readonly company: Company;
  readonly file: string;
  now(): number;
  /** Moves the world in steps, the bot's engine with it; answers what was said meanwhile in the war room. */
  advance(ms: number, stepMs?: number): Promise<readonly Said[]>;
  /** One person's words; answers what the room said then. */
  say(personId: string, text: string, options?: SayOptions): Promise<readonly Said[]>;
  /** The words reach the bot; nothing is answered yet. */
  hear(personId: string, text: string, options?: SayOptions): Promise<boolean>;
  /** One tick, and whatever it wakes. */
  tick(): Promise<void>;
  messages(room?: string): Promise<readonly Said[]>;
  /** What was said since the last look at that room. */
  news(room?: string): Promise<readonly Said[]>;
  readonly truth: {
    order(no: string): Promise<OrderTruth>;
    stock(sku?: string): Promise<readonly StockTruth[]>;
  };
  calls(): Promise<readonly SeenCall[]>;
  /** Writes to the warehouse system that changed it, token refreshes apart. */
  applied(): Promise<readonly SeenCall[]>;
  fault(kind: string, more?: { server?: string; route?: string; times?: number | null; ms?: number }): Promise<void>;
  clearFaults(): Promise<void>;
  scenario(name: string, body?: object): Promise<Made>;
  /** A paid order that is in the warehouse system and known to the bot. */
  order(options?: { sku?: string; qty?: number; note?: string }): Promise<Made>;
  actions(orderNo: string): Promise<readonly ActionRow[]>;
  audit(subject: string): Promise<readonly AuditRow[]>;
  /** Messages that are not delivered yet. */
  pending(): Promise<number>;
  subject(orderNo: string): string;
  /** Dies before or after the n-th call to storage or network, counted from now or from the next call of a name (`actions.start`). */
  crashAt(n: number, when?: 'before' | 'after', from?: string): void;
  readonly isCrashed: boolean;
  /** How many calls to storage and network the present bot has made. */
  readonly callsMade: number;
  restart(options?: { reauthorise?: boolean }): Promise<void>;
  stop(): Promise<void>;
}

let discovered: Promise<Plugs> | undefined;

/** The simulated company in manual mode on real sockets, and the bot over a real database, on one clock. */
export async function startTestBot(options: TestBotOptions = {}): Promise<TestBot> {
  const sandbox = await startSandbox({
    mode: 'manual',
    startAt: options.startAt ?? botStart,
    history: false,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    settings: {
      ordersPerDay: 0,
      jushuitanPerSecond: 10_000,
      jushuitanPerMinute: 100_000,
      miniPerSecond: 10_000,
      ...options.settings,
    },
  });
  const { file, cleanup } = await openTestDb();
  discovered ??= discover();
  const plugs = withMessenger(await discovered, options.messenger);
  const keys = readKeys(testSecret, '');
  let gate = createGate();
  const clock: Clock = {
    now: () => sandbox.world.clock.now(),
    // To sleep is to move the world on.
    sleep: (ms) => gate.watch(() => sandbox.advance(sandbox.world.clock.now() + Math.ceil(ms))),
    every: () => () => undefined,
  };
  const ask = async (path: string, body?: object, method = body === undefined ? 'GET' : 'POST'): Promise<unknown> => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(sandbox.url + path, init);
    if (!answer.ok) throw new Error(`sandbox ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const readCompany = async (): Promise<Company> => {
    const raw = (await ask('/company')) as RawCompany;
    if (options.follows !== true) raw.carriers = [];
    options.company?.(raw);
    return checkCompany(raw, plugs);
  };
  let company = await readCompany();

  const port = options.follows === true ? await freePort() : 3000;
  let looks: Looks;
  const begin = async (): Promise<Bot> => {
    gate = createGate();
    const own = gate;
    const made = await build({
      company,
      plugs: gatedPlugs(plugs, own, options.system),
      databaseFile: file,
      keys,
      clock,
      world: 'sandbox',
      publicUrl: `http://localhost:${port}`,
      allowedHosts: ['localhost'],
      metricsToken: undefined,
      log: { debug() {}, info() {}, warn() {}, error: noteError },
      mayRun: async () => ({ isHeld: () => true, stop: async () => {} }),
    });
    if (options.follows === true) await made.web.listen({ host: 'localhost', port });
    looks = looksOf(made.storage);
    guardStorage(made.storage, own);
    return made;
  };
  const errors: unknown[] = [];
  const noteError = (facts: object): void => {
    const { error } = facts as { error?: unknown };
    if (!(error instanceof CrashError) && options.expects?.(error ?? facts) !== true) errors.push(error ?? facts);
  };
  let bot = await begin();
  let isStopped = false;
  let messageNo = 0;
  const seen = new Map<string, number>();

  const listMessages = async (room: string, after: number): Promise<readonly Said[]> => {
    const rows = await looks.room.list(room, after, 1_000);
    return rows.map(({ id, sender, card, at }) => ({ id, sender, card, at, text: textOf(card) }));
  };
  const news = async (room = 'war'): Promise<readonly Said[]> => {
    const found = await listMessages(room, seen.get(room) ?? 0);
    seen.set(room, found.at(-1)?.id ?? seen.get(room) ?? 0);
    return found;
  };
  const tick = async (): Promise<void> => {
    await bot.engine.tick(clock.now());
    await gate.quiet();
  };
  const hear = (personId: string, text: string, more: SayOptions = {}): Promise<boolean> => {
    messageNo += 1;
    const isPrivate = more.isPrivate ?? false;
    return bot.run.receive({
      platform: more.platform ?? 'web',
      messageId: more.messageId ?? `${personId}:m${messageNo}`,
      roomId: more.room ?? (isPrivate ? `dm:web:${personId}` : 'war'),
      isPrivate,
      senderId: personId,
      text,
    });
  };

  const self: TestBot = {
    sandbox,
    clock,
    file,
    get bot() {
      return bot;
    },
    get company() {
      return company;
    },
    now: () => clock.now(),
    tick,
    hear,
    news,
    messages: (room = 'war') => listMessages(room, 0),
    async advance(ms, stepMs = SECOND) {
      const to = clock.now() + ms;
      while (clock.now() < to) {
        await sandbox.advance(Math.min(to, clock.now() + stepMs));
        await tick();
      }
      return await news();
    },
    async say(personId, text, more = {}) {
      const room = more.room ?? (more.isPrivate === true ? `dm:web:${personId}` : 'war');
      await news(room);
      try {
        await hear(personId, text, more);
      } catch (error) {
        if (!(error instanceof CrashError)) throw error;
      }
      await gate.quiet();
      await tick();
      return await news(room);
    },
    truth: {
      order: async (no) => (await ask(`/world/orders/${no}`)) as OrderTruth,
      async stock(sku) {
        const { stock } = (await ask(`/world/stock${sku === undefined ? '' : `?sku=${sku}`}`)) as {
          stock: StockTruth[];
        };
        return stock.map(({ wms_co_id, sku, qty, order_lock, pick_lock, lock_qty, available }) => ({
          wms_co_id,
          sku,
          qty,
          order_lock,
          pick_lock,
          lock_qty,
          available,
        }));
      },
    },
    calls: async () => ((await ask('/world/calls')) as { calls: SeenCall[] }).calls,
    applied: async () =>
      (await self.calls()).filter(({ applied, route }) => applied && route !== '/openWeb/auth/refreshToken'),
    fault: async (kind, more = {}) => void (await ask('/world/faults', { server: 'jst', kind, ...more })),
    clearFaults: async () => void (await ask('/world/faults', undefined, 'DELETE')),
    scenario: async (name, body = {}) => (await ask(`/world/scenarios/${name}`, body)) as Made,
    async order(more = {}) {
      const { world } = sandbox;
      const at = clock.now();
      const sku = more.sku ?? 'TX01-HE-M';
      const no = placeOrder(world, {
        at,
        random: world.random('test', world.store.next('test')),
        lines: [{ sku, qty: more.qty ?? 1 }],
        note: more.note ?? '',
      });
      payOrder(world, no, at);
      world.schedule(at + 3 * SECOND, 'push', no);
      await self.advance(10 * SECOND, 5 * SECOND);
      const erp = world.store.get<{ o_id: number; wms_co_id: number }>(
        'SELECT o_id, wms_co_id FROM erp_orders WHERE so_id = ?',
        no,
      );
      if (erp === undefined) throw new Error(`${no} did not reach the ERP: ${findOrder(world, no)?.status}`);
      return { orderNo: no, blockedBy: '', sku, warehouse: erp.wms_co_id, oId: erp.o_id, ioId: 0 };
    },
    subject: (no) => `order:mini/${no}`,
    actions: (no) => looks.actions.listFor(`order:mini/${no}`, 100),
    audit: (subject) => looks.audit.listFor(subject, 1_000),
    pending: async () => (await looks.outbox.count()).pending,
    crashAt: (n, when = 'before', from) => gate.arm(n, when, from),
    get isCrashed() {
      return gate.isDown;
    },
    get callsMade() {
      return gate.made;
    },
    async restart(more = {}) {
      await bot.stop();
      // What a dead process held: its leases run out in wall time, which nobody here waits for.
      const raw = new Database(file);
      raw.prepare(`UPDATE Outbox SET leaseUntil = 0 WHERE state = 'sending'`).run();
      raw.close();
      if (more.reauthorise === true) company = await readCompany();
      bot = await begin();
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      await bot.stop();
      await sandbox.stop();
      cleanup();
    },
  };
  onTestFinished(async () => {
    await self.stop();
    if (errors.length > 0)
      throw new Error(
        `A module broke: ${errors.map((each) => (each instanceof Error ? String(each) : JSON.stringify(each))).join('; ')}`,
        { cause: errors[0] },
      );
  });
  await tick();
  return self;
}

/** The bot has to name its port before it listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const textOf = (card: OutgoingCard): string =>
  [
    ...card.lines.map((line, index) => `${index === 0 ? `${markOf[card.tone]} ` : ''}${line.map(wordsOf).join('')}`),
    ...card.buttons.map(({ label, command }) => `[${label} → ${command.replace(/@\d{4}$/, '')}]`),
    ...(card.link === null ? [] : [`<${card.link.label}>`]),
  ].join('\n');

const wordsOf = (piece: Piece): string => (typeof piece === 'string' ? piece : piece.foreign);

export const tail = (orderNo: string): string => orderNo.slice(-6);
export const texts = (said: readonly Said[]): string => said.map(({ text }) => text).join('\n');

/** Asks for a change, says yes to its preview, and waits; answers everything the room said after the yes. */
export async function carryOut(bot: TestBot, by: string, what: string, waitMs = 15 * SECOND): Promise<string> {
  const words = wordsIn(await bot.say(by, what));
  const replies = await bot.say(by, `确认 ${words}`);
  return texts([...replies, ...(await bot.advance(waitMs))]);
}

/** Nothing is picked anywhere, so that orders stay where they are. */
export async function stopWarehouses(bot: TestBot, forMs = 180 * MINUTE): Promise<void> {
  for (const warehouse of ['hz', 'gz', 'xa']) await bot.scenario('warehouse-stops', { warehouse, forMs });
}

/** The words that say yes, as the newest preview prints them. */
export function wordsIn(said: readonly Said[]): string {
  const found = said
    .flatMap(({ card }) => card.buttons)
    .map(({ command }) => /^(?:确认|yes) (\w+)$/.exec(command)?.[1])
    .findLast((words) => words !== undefined);
  if (found === undefined) throw new Error(`no question in:\n${said.map(({ text }) => text).join('\n---\n')}`);
  return found;
}

interface Gate {
  readonly isDown: boolean;
  readonly made: number;
  arm(n: number, when: 'before' | 'after', from: string | undefined): void;
  pass<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Not stopped by a crash, only waited for. */
  watch<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way any more. */
  quiet(): Promise<void>;
}

/** Everything the bot asks of storage and network goes through here. */
function createGate(): Gate {
  let underWay = 0;
  let made = 0;
  let left = Number.POSITIVE_INFINITY;
  let when: 'before' | 'after' = 'before';
  let waitsFor: string | undefined;
  let isDown = false;
  const watch = async <T>(work: () => Promise<T>): Promise<T> => {
    underWay += 1;
    try {
      return await work();
    } finally {
      underWay -= 1;
    }
  };
  return {
    get isDown() {
      return isDown;
    },
    get made() {
      return made;
    },
    arm(n, moment, from) {
      left = n;
      when = moment;
      waitsFor = from;
    },
    watch,
    async pass(name, work) {
      if (isDown) throw new CrashError('crashed');
      made += 1;
      if (waitsFor === name) waitsFor = undefined;
      if (waitsFor === undefined) left -= 1;
      const isIt = left === 0;
      if (isIt && when === 'before') {
        isDown = true;
        throw new CrashError('crashed');
      }
      const result = await watch(work);
      if (isIt) isDown = true;
      if (isDown) throw new CrashError('crashed');
      return result;
    },
    async quiet() {
      for (let calm = 0, turns = 0; calm < 5; turns += 1) {
        if (underWay > 0 && turns > 50) await sleep(1);
        else await new Promise((resolve) => setImmediate(resolve));
        calm = underWay === 0 ? calm + 1 : 0;
      }
    },
  };
}

/** The stores as the test looks at them: not counted, not crashed. */
type Looks = Pick<Storage, 'room' | 'actions' | 'audit' | 'outbox'>;
const looksOf = ({ room, actions, audit, outbox }: Storage): Looks => ({
  room: { ...room },
  actions: { ...actions },
  audit: { ...audit },
  outbox: { ...outbox },
});

/** In place, because every part of the bot holds this very object. */
function guardStorage(storage: Storage, gate: Gate): void {
  const target = storage as unknown as Record<string, unknown>;
  for (const [name, part] of Object.entries(target)) {
    if (typeof part === 'object' && part !== null) guardStore(name, part as Record<string, unknown>, gate);
    else if (name !== 'transaction' && typeof part === 'function')
      target[name] = guarded(name, part as (...args: unknown[]) => Promise<unknown>, gate);
  }
  const transaction = storage.transaction.bind(storage);
  target.transaction = <T>(work: (tx: Stores) => Promise<T>) =>
    gate.pass('transaction', () => transaction((tx) => work(guardedStores(tx, gate))));
}

const guarded =
  (name: string, method: (...args: unknown[]) => Promise<unknown>, gate: Gate) =>
  (...args: unknown[]) =>
    gate.pass(name, () => method(...args));

function guardStore(part: string, store: Record<string, unknown>, gate: Gate): void {
  for (const [name, method] of Object.entries(store))
    if (typeof method === 'function')
      store[name] = guarded(`${part}.${name}`, method as (...args: unknown[]) => Promise<unknown>, gate);
}

function guardedStores(tx: Stores, gate: Gate): Stores {
  return Object.fromEntries(
    Object.entries(tx).map(([name, store]) => {
      const copy: Record<string, unknown> = { ...store };
      guardStore(name, copy, gate);
      return [name, copy];
    }),
  ) as unknown as Stores;
}

const withMessenger = (plugs: Plugs, own: TestBotOptions['messenger']): Plugs =>
  own === undefined ? plugs : { ...plugs, messengers: new Map([...plugs.messengers, [own.platform, own.plug]]) };

function gatedPlugs(
  plugs: Plugs,
  gate: Gate,
  change: (system: FulfillmentSystem) => FulfillmentSystem = (system) => system,
): Plugs {
  const gated = <Context extends { http: { send(request: never): Promise<unknown> } }>(context: Context): Context => ({
    ...context,
    http: { send: (request: never) => gate.pass('http', () => context.http.send(request)) },
  });
  return {
    ...plugs,
    channels: new Map(
      [...plugs.channels].map(([id, plug]) => [id, { ...plug, create: (context) => plug.create(gated(context)) }]),
    ),
    voices: new Map(
      [...plugs.voices].map(([id, plug]) => [id, { ...plug, create: (context) => plug.create(gated(context)) }]),
    ),
    fulfillment: new Map(
      [...plugs.fulfillment].map(([id, plug]): [string, FulfillmentPlug] => [
        id,
        { ...plug, create: (context) => change(plug.create(gated(context))) },
      ]),
    ),
  };
}
