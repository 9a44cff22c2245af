import { afterAll, beforeAll, expect, vi } from 'vitest';
import { createHttp } from '../../../../src/adapters/http.ts';
import type { Credentials } from '../../../../src/adapters/messengers/dingtalk/api.ts';
import { createDingTalk } from '../../../../src/adapters/messengers/dingtalk/index.ts';
import { usualTimings } from '../../../../src/adapters/messengers/dingtalk/supervisor.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import { foreign, type Text } from '../../../../src/domain/text.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { Heard, MessengerContext, OutgoingCard, Target } from '../../../../src/ports/messenger.ts';
import { app, group, hook } from '../../../../src/sandbox/servers/dingtalk/tenant.ts';
import { quiet } from '../../../sandbox/kit.ts';

/** What the official client prints by itself is no part of a test's report. */
export function hushClient(): void {
  beforeAll(() => {
    for (const name of ['info', 'warn', 'error'] as const) vi.spyOn(console, name).mockImplementation(() => undefined);
  });
  afterAll(() => void vi.restoreAllMocks());
}

export const inGroup: Target = { roomId: 'ding', chatId: group.id, isPrivate: false };
export const toLi: Target = { roomId: 'dm:dingtalk:li', chatId: 'li', isPrivate: true };
export const neverAborted = new AbortController().signal;
export const templateId = 'warroom-card.schema';
/** Where messages to a group are sent. */
export const groupSend = '/v1.0/robot/groupMessages/send';

export const aCard = (change: Partial<OutgoingCard> = {}): OutgoingCard => ({
  tone: 'critical',
  lines: [['12号 · 先发这单 · 剩 2时10分'], [foreign('绣字卫衣 黑L'), ' ×1 · 杭州 A-12-03 · 尾号 018842']],
  buttons: [
    { label: '解锁并发', command: '/release 018842', style: 'primary' },
    { label: '我来', command: '/ack 12', style: 'plain' },
  ],
  link: { label: '更多', path: '/o/x' },
  url: 'https://war.example/o/x?e=1&s=secret-signature',
  ...change,
});

interface Seen {
  readonly said: readonly {
    id: number;
    chat: string;
    from: string;
    via: string;
    kind: string;
    content: Record<string, unknown>;
  }[];
  readonly cards: readonly {
    outTrackId: string;
    chat: string;
    data: Record<string, string>;
    views: Record<string, Record<string, string>>;
  }[];
  readonly clicks: readonly {
    outTrackId: string;
    by: string;
    messageId: string;
    outcome: string;
    updatedInside: boolean;
  }[];
  readonly connections: readonly { id: string; isOpen: boolean; isGoingAway: boolean }[];
  readonly pushes: readonly { messageId: string; connections: string[]; isAcked: boolean; topic: string }[];
  readonly acks: readonly {
    messageId: string;
    connection: string;
    isWrongSocket: boolean;
    data: unknown;
    code: number;
    afterMs: number;
  }[];
  readonly counts: { opens: number; tokens: number; handshakes: number };
  readonly month: { calls: number };
}

/** DingTalk on a real socket, with the doors behind it. */
export async function startDingTalk() {
  const sandbox = await quiet();
  const ask = async <Answer>(path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${sandbox.url}/world/dingtalk${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const seen = (): Promise<Seen> => ask('');
  return {
    sandbox,
    url: `${sandbox.url}/dingtalk`,
    clock: {
      now: () => sandbox.world.clock.now(),
      sleep: async () => undefined,
      every: () => () => undefined,
    } satisfies Clock,
    pass: (ms: number) => sandbox.advance(sandbox.world.clock.now() + ms),
    seen,
    ask,
    says: (text: string, more: object = {}) =>
      ask<{ messageId: string; msgId: string; sessionWebhook: string; connections: string[] }>('/say', {
        by: 'li',
        text,
        ...more,
      }),
    clicks: (outTrackId: string, button: string, more: object = {}) =>
      ask<{ messageId: string }>('/click', { by: 'li', outTrackId, button, ...more }),
    line: (how: string) => ask<{ connections: string[] }>(`/line/${how}`, {}),
    trouble: (trouble: object) => ask('/trouble', trouble),
    settings: (settings: object) => ask('/settings', settings),
    fault: (kind: string, more: object = {}) => ask('/faults', { kind, ...more }),
    live: async () => (await seen()).connections.filter(({ isOpen }) => isOpen).length,
    stop: () => sandbox.stop(),
  };
}
export type DingTalk = Awaited<ReturnType<typeof startDingTalk>>;

export const quick = {
  ...usualTimings,
  minDelayMs: 20,
  maxDelayMs: 200,
  handshakeMs: 1_000,
  pingMs: 100,
  settledMs: 400,
  drainMs: 500,
  deafMs: 150,
};

export interface PlugOptions {
  readonly credentials?: Partial<Credentials>;
  readonly webhook?: boolean;
  readonly clock?: Clock;
  readonly hear?: (heard: Heard) => Promise<void>;
  readonly timings?: typeof usualTimings;
}

/** The plug, and what it told its owner. */
export function plugInto(dingTalk: Pick<DingTalk, 'url' | 'clock'>, options: PlugOptions = {}) {
  const heard: Heard[] = [];
  const attempts: Heard[] = [];
  const alarms: { cause: string; text: Text }[] = [];
  const logged: string[] = [];
  const missed: (readonly [number, number])[] = [];
  const note = (facts: object, sentence: string): void => void logged.push(`${JSON.stringify(facts)} ${sentence}`);
  const context: MessengerContext<Credentials> = {
    roomId: 'ding',
    baseUrl: dingTalk.url,
    webhook: options.webhook === true ? `${dingTalk.url}/robot/send?access_token=${hook.token}` : null,
    credentials: {
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      robotCode: app.clientId,
      ...(options.webhook === true ? { webhookSecret: hook.secret } : {}),
      ...options.credentials,
    },
    http: createHttp(),
    clock: options.clock ?? dingTalk.clock,
    log: { info: note, warn: note, error: note },
    roomLog: { add: () => Promise.reject(new Error('no room of ours')) },
    async hear(one) {
      attempts.push(one);
      await options.hear?.(one);
      if (heard.some(({ messageId }) => messageId === one.messageId)) return false;
      heard.push(one);
      return true;
    },
    alarm: (cause, text) => void alarms.push({ cause, text }),
    missed: (from, to) => void missed.push([from, to]),
  };
  return { ...createDingTalk(context, options.timings ?? quick), heard, attempts, alarms, missed, logged };
}
export type Plug = ReturnType<typeof plugInto>;

export const isUp = (plug: Plug) => until(() => expect(plug.connection().isUp).toBe(true));

/** Plugs that run, and what tests of the line ask about them; `unplugAll` belongs into afterEach. */
export function plugsInto(dingTalk: () => DingTalk) {
  const plugs: Plug[] = [];

  function plugged(options: PlugOptions = {}): Plug {
    const made = plugInto(dingTalk(), options);
    plugs.push(made);
    made.start();
    return made;
  }

  async function hears(plug: Plug, text: string): Promise<void> {
    await dingTalk().says(text);
    await until(() => expect(plug.heard.map((one) => one.text)).toContain(text));
  }

  return {
    plugged,
    hears,
    unplugAll: () => Promise.all(plugs.splice(0).map((plug) => plug.stop())),
    onlyOneLives: async (): Promise<void> => expect(await dingTalk().live()).toBe(1),
  };
}

/** The error of a send that fails: one of ours, and it tells no secret. */
export async function failing(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (each: unknown) => each,
  );
  expect(error).toBeInstanceOf(AppError);
  expect(`${String(error)}${JSON.stringify(error)}`).not.toMatch(
    /ding-secret|secret-signature|hook-token|[0-9a-f]{32}/,
  );
  return error as AppError;
}

/** Waits until it is true; fails with its last answer. */
export const until = (check: () => unknown, timeout = 5_000) => vi.waitFor(check, { timeout, interval: 10 });
