import { createHash } from 'node:crypto';
import type { MessengerContext } from '../../../ports/messenger.ts';
import { type App, type AppCredentials, createApp } from './app.ts';
import { type Budget, createBudget } from './budget.ts';
import { type Connection, createConnection, type Timers } from './connection.ts';
import { createEars } from './inbound.ts';

export interface Credentials {
  readonly botId: string;
  readonly secret: string;
  /** What people mention; the platform sends no more of a mention than its characters. */
  readonly botName?: string | undefined;
  readonly app?: AppCredentials | undefined;
}

type Context = MessengerContext<Credentials>;

/** One bot on the platform, however many rooms it serves. */
export interface Bot {
  readonly connection: Connection;
  readonly budget: Budget;
  /** The company's own app, if one is configured. */
  readonly app: App | undefined;
  /** Connects with the first room and leaves with the last. */
  join(room: Context): void;
  leave(room: Context): void;
}

/** wecom.md §2.8: answers and pushes of one conversation together. */
const windows = [
  { ms: 60_000, most: 30 },
  { ms: 3_600_000, most: 1_000 },
];

const texts = {
  'wecom-refused': {
    zh: '企业微信不认机器人的 Bot ID 或 Secret，群里暂时听不到指令。请在管理后台核对后改配置。',
    en: 'WeCom refuses the bot id or secret: the group cannot be heard. Check them in the admin console and fix the configuration.',
  },
  'wecom-taken': {
    zh: '有别的程序用同一个机器人登录了企业微信，这边被挤下线。请停掉另一边；稍后会再试一次。',
    en: 'Another program signed in to WeCom as the same bot and took the connection. Stop it; this side tries again later.',
  },
} as const;

const bots = new Map<string, Bot>();

/** The bot of a room. Rooms of one bot share its connection: a second one would throw out the first (wecom.md §2.1). */
export function botOf(context: Context, timers: Timers): Bot {
  const { baseUrl, credentials } = context;
  const key = createHash('sha256')
    .update(JSON.stringify([baseUrl, credentials.botId, credentials.secret, credentials.app]))
    .digest('hex');
  const known = bots.get(key);
  if (known !== undefined) return known;
  const bot = createBot(context, timers, () => bots.delete(key));
  bots.set(key, bot);
  return bot;
}

function createBot({ baseUrl, credentials, log, clock, http }: Context, timers: Timers, onEmpty: () => void): Bot {
  const rooms = new Set<Context>();
  const first = (): Context | undefined => rooms.values().next().value;
  const budget = createBudget(() => clock.now(), windows);
  const app = credentials.app && createApp(credentials.app, { http, clock, log });
  const ears = createEars({
    log,
    botName: credentials.botName,
    http,
    async hear(heard) {
      const room = first();
      if (room === undefined) throw new Error('nobody listens any more');
      const senderId = (await app?.plainIdOf(heard.senderId)) ?? heard.senderId;
      return room.hear({ ...heard, senderId });
    },
    send: (frame) => connection.send(frame),
    spend(chat) {
      if (budget.waitFor(chat) > 0) return false;
      budget.spend(chat);
      return true;
    },
  });
  const connection = createConnection({
    url: baseUrl,
    botId: credentials.botId,
    secret: credentials.secret,
    timers,
    log,
    onMessage: (frame) => ears.onMessage(frame),
    onEvent: (frame) => ears.onEvent(frame),
    alarm: (cause) => first()?.alarm(cause, texts[cause]),
    clock,
    onMissed(from, to) {
      for (const room of rooms) room.missed(from, to);
    },
  });
  return {
    connection,
    budget,
    app,
    join(room) {
      rooms.add(room);
      connection.start();
    },
    leave(room) {
      if (!rooms.delete(room) || rooms.size > 0) return;
      connection.stop();
      onEmpty();
    },
  };
}
