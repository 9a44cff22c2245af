import { createHttp } from '../../../../src/adapters/http.ts';
import type { Credentials } from '../../../../src/adapters/messengers/wecom/bot.ts';
import { type Timers, timers } from '../../../../src/adapters/messengers/wecom/connection.ts';
import { createWecomMessenger } from '../../../../src/adapters/messengers/wecom/messenger.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { Log } from '../../../../src/ports/log.ts';
import type { Heard, Messenger, MessengerContext, OutgoingCard, Target } from '../../../../src/ports/messenger.ts';
import { tenant, warRoom } from '../../../../src/sandbox/servers/wecom/tenant.ts';
import type { Sandbox } from '../../../../src/sandbox/start.ts';
import { control, quiet } from '../../../sandbox/kit.ts';

export { tenant, warRoom } from '../../../../src/sandbox/servers/wecom/tenant.ts';

export const never = new AbortController().signal;
export const toRoom: Target = { roomId: 'war', chatId: warRoom, isPrivate: false };
export const toWang: Target = { roomId: 'dm:wecom:wangmin', chatId: 'wangmin', isPrivate: true };

export const card = (change: Partial<OutgoingCard> = {}): OutgoingCard => ({
  tone: 'critical',
  lines: [['12号 · 先发这单 · 剩 2时10分'], [{ foreign: '绣字卫衣 黑L' }, ' ×1 · 杭州仓 · 尾号 018842']],
  buttons: [
    { label: '解锁并发', command: '/release 018842', style: 'primary' },
    { label: '我来', command: '/ack 12', style: 'plain' },
  ],
  link: { label: '更多', path: '/o/x' },
  url: 'https://war.example/o/x?e=1&s=abc',
  ...change,
});

/** What people see of a message, as the stand-in tells it. */
export interface Seen {
  readonly id: number;
  readonly at: number;
  readonly chat: string;
  readonly via: string;
  readonly msgtype: string;
  readonly bytes: number;
  readonly text: string;
  readonly links: readonly { label: string; url: string }[];
  readonly images: readonly string[];
  readonly mentions: readonly string[];
  readonly marks: readonly string[];
  readonly rung: readonly string[];
  readonly overlong: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: cards are looked into freely by tests
  readonly card: any;
}

/** The simulated WeCom, and whoever plays its people. */
export interface Office {
  readonly sandbox: Sandbox;
  readonly url: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
  post(path: string, body: object): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
  state(): Promise<any>;
  seen(query?: Record<string, string | number>): Promise<readonly Seen[]>;
  /** What the bot and the webhook said. */
  posted(): Promise<readonly Seen[]>;
  say(text: string, more?: object): Promise<{ msgid: string | null; reqId: string | null }>;
  click(message: number, label: string, user?: string): Promise<{ msgid: string | null; key: string }>;
}

export async function openOffice(settings: object = {}): Promise<Office> {
  const sandbox = await quiet();
  const post: Office['post'] = async (path, body) => {
    const reply = await control(sandbox, `/world/wecom${path}`, body);
    if (reply.status !== 200) throw new Error(`stand-in ${path}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const seen: Office['seen'] = async (query = {}) => {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return (await control(sandbox, `/world/wecom/messages?${search}`)).body.messages;
  };
  await post('/settings', settings);
  return {
    sandbox,
    url: sandbox.url,
    post,
    seen,
    state: async () => (await control(sandbox, '/world/wecom/state')).body,
    posted: async () => (await seen()).filter(({ via }) => via !== 'person'),
    say: (text, more = {}) => post('/say', { chat: warRoom, user: 'wangmin', text, ...more }),
    click: (message, label, user = 'wangmin') => post('/click', { message, label, user }),
  };
}

/** Short where tests wait for it as a matter of course; a busy machine must not look like a broken line. */
const shortTimers: Timers = {
  ...timers,
  subscribe: 3_000,
  send: 5_000,
  backoff: 20,
  mostBackoff: 80,
  steady: 5_000,
  slow: 60_000,
  taken: 60_000,
};

export interface Room {
  readonly messenger: Messenger;
  readonly heard: Heard[];
  readonly alarms: string[];
  /** Everything that was logged, as text. */
  readonly logged: string[];
  failToHear(times: number): void;
}

export interface RoomOptions {
  readonly timers?: Partial<Timers>;
  readonly webhook?: boolean;
  readonly secret?: string;
  readonly botId?: string;
  readonly botName?: string;
  readonly app?: boolean;
  readonly roomId?: string;
  readonly baseUrl?: string;
  readonly hear?: (heard: Heard) => Promise<boolean>;
}

/** A room's messenger in front of the stand-in. */
export function openRoom(office: Office, options: RoomOptions = {}): Room {
  const heard: Heard[] = [];
  const alarms: string[] = [];
  const logged: string[] = [];
  let failing = 0;
  const note = (level: string) => (facts: object, sentence: string) =>
    void logged.push(`${level} ${sentence} ${JSON.stringify(facts)}`);
  const log: Log = { info: note('info'), warn: note('warn'), error: note('error') };
  const context: MessengerContext<Credentials> = {
    roomId: options.roomId ?? 'war',
    baseUrl: options.baseUrl ?? `${office.url.replace('http', 'ws')}/wecom`,
    webhook: options.webhook === true ? `${office.url}/wecom/cgi-bin/webhook/send?key=${tenant.webhookKey}` : null,
    credentials: {
      botId: options.botId ?? tenant.botId,
      secret: options.secret ?? tenant.botSecret,
      botName: options.botName,
      app:
        options.app === true
          ? { corpId: tenant.corpId, agentId: tenant.agentId, secret: tenant.appSecret, baseUrl: `${office.url}/wecom` }
          : undefined,
    },
    http: createHttp(),
    clock: clockOf(office),
    log,
    roomLog: { add: async () => 1 },
    async hear(each) {
      if (failing > 0) {
        failing -= 1;
        throw new Error('disk full');
      }
      heard.push(each);
      return options.hear?.(each) ?? true;
    },
    alarm: (cause) => void alarms.push(cause),
  };
  const messenger = createWecomMessenger(context, { ...shortTimers, ...options.timers });
  const failToHear = (times: number): void => {
    failing = times;
  };
  return { messenger, heard, alarms, logged, failToHear };
}

const clockOf = (office: Office): Clock => ({
  now: () => office.sandbox.world.clock.now(),
  sleep: (ms) => office.sandbox.advance(office.sandbox.world.clock.now() + ms),
  every: () => () => undefined,
});

export async function until(isTrue: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Connects a room and has somebody speak in it first, as the platform demands. */
export async function connect(office: Office, room: Room): Promise<void> {
  room.messenger.start?.();
  await until(() => room.messenger.connection?.().isUp === true);
  await office.say('你好');
  await office.say('你好', { chat: undefined });
  await until(() => room.heard.length >= 2);
  room.heard.length = 0;
}
