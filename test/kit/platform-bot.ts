import dingtalkPlug, { createDingTalk } from '../../src/adapters/messengers/dingtalk/index.ts';
import { usualTimings } from '../../src/adapters/messengers/dingtalk/supervisor.ts';
import { timers } from '../../src/adapters/messengers/wecom/connection.ts';
import wecomPlug from '../../src/adapters/messengers/wecom/index.ts';
import { createWecomMessenger } from '../../src/adapters/messengers/wecom/messenger.ts';
import type { Messenger, MessengerPlug } from '../../src/ports/messenger.ts';
import { app, group } from '../../src/sandbox/servers/dingtalk/tenant.ts';
import { tenant, warRoom } from '../../src/sandbox/servers/wecom/tenant.ts';
import { startTestBot, type TestBot } from './test-bot.ts';

/** What the platform did with somebody's words. */
export interface Spoken {
  /** False when nobody was connected: such words are lost, and the platform says so here. */
  readonly isDelivered: boolean;
}

/** The whole bot in front of one platform's stand-in, by the official SDK. */
export interface PlatformBot {
  readonly bot: TestBot;
  say(text: string): Promise<Spoken>;
  /** 李建国 sends the robot a file in private. */
  sendFile(file: { readonly name: string; readonly bytes: Uint8Array }): Promise<Spoken>;
  /** What he read there. */
  privately(): Promise<readonly string[]>;
  /** What the bot said in the group. */
  shown(): Promise<readonly { readonly text: string }[]>;
  isUp(): boolean;
  /** What can go wrong with the connection, by name; each answers what ends it. */
  readonly faults: Readonly<Record<string, () => Promise<() => Promise<unknown>>>>;
  heal(): Promise<void>;
}

export interface PlatformOptions {
  /** All times of the SDK and of the supervisors are divided by this. */
  readonly hurry: number;
  /** Changes the configuration. */
  // biome-ignore lint/suspicious/noExplicitAny: a configuration is changed freely by tests
  readonly company?: (raw: any) => void;
}

const scaled = <T extends object>(times: T, keep: readonly string[], by: number): T =>
  Object.fromEntries(
    Object.entries(times).map(([name, ms]) => [name, keep.includes(name) ? ms : Math.max(20, Number(ms) / by)]),
  ) as T;

/** The messenger that runs now: a restart makes another. */
function keeper() {
  let made: Messenger | undefined;
  return {
    keep: (messenger: Messenger): Messenger => {
      made = messenger;
      return messenger;
    },
    isUp: (): boolean => made?.connection?.().isUp === true,
  };
}

const caller =
  (bot: () => TestBot, prefix: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: answers of the stand-in are looked into freely by tests
  async (path: string, body?: object): Promise<any> => {
    const answer = await fetch(`${bot().sandbox.url}${prefix}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };

// biome-ignore lint/suspicious/noExplicitAny: a configuration is changed freely by tests
const originOf = (raw: any): string => new URL(raw.systems[0].baseUrl).origin;

export async function startWecomBot({ hurry, company = () => undefined }: PlatformOptions): Promise<PlatformBot> {
  // The client gives an answer up after five seconds whatever it is told.
  const { keep, isUp } = keeper();
  const own = { ...scaled(timers, ['refusals'], hurry), subscribe: 2_000, send: Math.max(300, timers.send / hurry) };
  const plug = {
    ...wecomPlug,
    create: (context) => keep(createWecomMessenger(context, own)),
  } as MessengerPlug;
  const bot = await startTestBot({
    messenger: { platform: 'wecom', plug },
    company(raw) {
      const baseUrl = `${originOf(raw).replace('http', 'ws')}/wecom`;
      const credentials = { botId: tenant.botId, secret: tenant.botSecret, botName: tenant.botName };
      raw.rooms = [
        { id: 'war', platform: 'wecom', name: tenant.botName, language: 'zh', chatId: warRoom, baseUrl, credentials },
      ];
      for (const person of raw.staff) person.wecom = { wang: 'wangmin', li: 'lijg' }[person.id as string];
      company(raw);
    },
  });
  const ask = caller(() => bot, '/world/wecom');
  const set = (settings: object) => ask('/settings', settings);
  await set({ subscribesPerMinute: 100_000 });
  bot.bot.start();
  return {
    bot,
    isUp,
    say: async (text) => ({
      isDelivered: (await ask('/say', { chat: warRoom, user: 'wangmin', text })).msgid !== null,
    }),
    sendFile: async ({ name, bytes }) => {
      const file = { name, bytes: Buffer.from(bytes).toString('base64') };
      return { isDelivered: (await ask('/say', { user: 'lijg', msgtype: 'file', file })).msgid !== null };
    },
    privately: async () =>
      ((await ask('/messages')).messages as { via: string; chat: string; text: string }[])
        .filter(({ via, chat }) => via === 'bot' && chat === 'lijg')
        .map(({ text }) => text),
    shown: async () =>
      ((await ask('/messages')).messages as { via: string; text: string }[]).filter(({ via }) => via === 'bot'),
    faults: {
      async gone() {
        await set({ refuseUpgrade: 503 });
        await ask('/connection', { do: 'drop' });
        return () => set({ refuseUpgrade: 0 });
      },
      async forbidden() {
        await set({ refuseUpgrade: 403 });
        await ask('/connection', { do: 'drop' });
        return () => set({ refuseUpgrade: 0 });
      },
      async cut() {
        await ask('/connection', { do: 'drop' });
        return async () => undefined;
      },
      async 'half open'() {
        await set({ isSilent: true });
        return () => set({ isSilent: false });
      },
      async 'never subscribed'() {
        await set({ subscribe: 'never' });
        await ask('/connection', { do: 'drop' });
        return () => set({ subscribe: 'answer' });
      },
      async busy() {
        await set({ subscribe: 'busy' });
        await ask('/connection', { do: 'drop' });
        return () => set({ subscribe: 'answer' });
      },
      async 'answers lost'() {
        await ask('/acks', { kind: 'drop', times: 3 });
        return async () => undefined;
      },
      async 'cut before the answer'() {
        await ask('/acks', { kind: 'cut', times: 2 });
        return async () => undefined;
      },
      async 'answers twice'() {
        await ask('/acks', { kind: 'twice', times: 5 });
        return async () => undefined;
      },
      async doubled() {
        await set({ copies: 3 });
        return () => set({ copies: 1 });
      },
      async 'bad frame'() {
        await ask('/connection', { do: 'write', text: '{"cmd": this is no JSON' });
        return async () => undefined;
      },
    },
    heal: async () => void (await set({ refuseUpgrade: 0, isSilent: false, subscribe: 'answer', copies: 1 })),
  };
}

export async function startDingTalkBot({ hurry, company = () => undefined }: PlatformOptions): Promise<PlatformBot> {
  const { keep, isUp } = keeper();
  const own = { ...scaled(usualTimings, [], hurry), handshakeMs: 1_000, drainMs: 500 };
  const plug = { ...dingtalkPlug, create: (context) => keep(createDingTalk(context, own)) } as MessengerPlug;
  const bot = await startTestBot({
    messenger: { platform: 'dingtalk', plug },
    // A frame that is no JSON, and the alarm about a gateway that refuses the app.
    expects: (error) => error === 'SyntaxError' || (error as { cause?: unknown }).cause === 'dingtalk-auth',
    company(raw) {
      const credentials = { clientId: app.clientId, clientSecret: app.clientSecret, robotCode: app.clientId };
      const baseUrl = `${originOf(raw)}/dingtalk`;
      raw.rooms = [
        {
          id: 'war',
          platform: 'dingtalk',
          name: '机器人',
          language: 'zh',
          conversationId: group.id,
          baseUrl,
          credentials,
        },
      ];
      for (const person of raw.staff) person.dingtalk = person.id;
      company(raw);
    },
  });
  const ask = caller(() => bot, '/world/dingtalk');
  const trouble = (what: object) => ask('/trouble', what);
  const nothing = { opens: { status: 503, times: 0 }, handshakes: { how: 503, times: 0 }, lateAnswers: 0 };
  const redeliverMs = Math.max(200, 60_000 / hurry);
  await ask('/settings', { redeliverMs, closeAfterDisconnectMs: Math.max(100, 10_000 / hurry), perMonth: 1_000_000 });
  bot.bot.start();
  const opens = (status: number) => async () => {
    await trouble({ opens: { status, times: 1_000 } });
    await ask('/line/kill', {});
    return () => trouble(nothing);
  };
  return {
    bot,
    isUp,
    say: async (text) => ({
      isDelivered: ((await ask('/say', { by: 'wang', text })).connections as string[]).length > 0,
    }),
    sendFile: async ({ name, bytes }) => {
      const file = { name, bytes: Buffer.from(bytes).toString('base64') };
      const { connections } = await ask('/say', { by: 'li', isPrivate: true, kind: 'file', file });
      return { isDelivered: (connections as string[]).length > 0 };
    },
    privately: async () =>
      ((await ask('')).said as { from: string; chat: string; content: { text?: string } }[])
        .filter(({ from, chat }) => from === 'bot' && chat === 'li')
        .map(({ content }) => content.text ?? ''),
    shown: async () =>
      ((await ask('')).said as { from: string; content: { text?: string } }[])
        .filter(({ from }) => from === 'bot')
        .map(({ content }) => ({ text: content.text ?? '' })),
    faults: {
      'gateway 403': opens(403),
      'gateway 429': opens(429),
      'gateway 503': opens(503),
      async 'handshakes dropped'() {
        await trouble({ handshakes: { how: 'drop', times: 1_000 } });
        await ask('/line/kill', {});
        return () => trouble(nothing);
      },
      async cut() {
        await ask('/line/kill', {});
        return async () => undefined;
      },
      async 'half open'() {
        await ask('/line/half-open', {});
        return async () => undefined;
      },
      async 'told to move'() {
        await ask('/line/disconnect', {});
        return async () => undefined;
      },
      async 'bad frame'() {
        await ask('/line/bad-frame', {});
        return async () => undefined;
      },
      async 'token expired'() {
        await ask('/expire-token', {});
        return async () => undefined;
      },
      async '504 though it was done'() {
        await trouble({ lateAnswers: 2 });
        return () => trouble(nothing);
      },
      async 'answers lost'() {
        await ask('/faults', { kind: 'drop-after', times: 2 });
        return async () => undefined;
      },
    },
    heal: async () => void (await trouble(nothing)),
  };
}
