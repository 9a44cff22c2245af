import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { World } from '../../world/world.ts';
import { createRateWindows, type RateWindows } from '../rate-windows.ts';
import type { Rendered } from './render.ts';

/** What can be set from outside; `wecom.md` says which of these the real service is known to do. */
export const Knobs = z.strictObject({
  subscribe: z.enum(['answer', 'never', 'busy']).default('answer'),
  subscribeAfterMs: z.number().int().nonnegative().default(0),
  subscribesPerMinute: z.number().int().positive().default(60),
  /** Half-open: the line stays, nobody reads, nobody writes. */
  isSilent: z.boolean().default(false),
  /** The HTTP status of refused upgrades; 0 lets them in. */
  refuseUpgrade: z.number().int().default(0),
  idleMs: z.number().int().positive().default(120_000),
  /** A kicked connection is told and left open, as older servers did. */
  isZombieAfterKick: z.boolean().default(false),
  rateCode: z.number().int().default(45_009),
  perMinute: z.number().int().positive().default(30),
  perHour: z.number().int().positive().default(1_000),
  webhookPerMinute: z.number().int().positive().default(20),
  streamLimitMs: z.number().int().positive().default(360_000),
  isUseridHidden: z.boolean().default(false),
  mentionBlanks: z.number().int().min(1).max(2).default(1),
  /** How often each callback is delivered. */
  copies: z.number().int().min(1).max(5).default(1),
  /** Groups that threw the bot out. */
  removedFrom: z.array(z.string()).default([]),
  tokenLifeSeconds: z.number().int().positive().default(7_200),
  allowedIps: z.array(z.string()).nullable().default(null),
  parallelLimit: z.number().int().positive().default(1_000),
  /** Where the app's callbacks go. */
  callbackUrl: z.string().nullable().default(null),
  /** Until an unanswered callback is sent again. */
  callbackMs: z.number().int().positive().default(5_000),
  telephoneBalance: z.number().int().nonnegative().default(100),
  isTelephoneOff: z.boolean().default(false),
});
export type Knobs = z.output<typeof Knobs>;

/** What becomes of the next acknowledgements, one after another. */
export interface AckTrouble {
  readonly kind: 'drop' | 'delay' | 'twice' | 'cut' | 'swap';
  readonly ms: number;
}

/** A bot's line. */
export interface Line {
  readonly socket: WebSocket;
  isSubscribed: boolean;
  /** Answers held back until the next one has left. */
  held: string[];
}

/** What a callback's req_id may still be used for. */
export interface Callback {
  readonly kind: 'message' | 'card' | 'enter' | 'feedback';
  readonly at: number;
  readonly chat: string;
  readonly user: string;
  readonly messageId: number;
  readonly taskId: string;
}

/** A message as people see it. */
export interface Shown extends Rendered {
  readonly id: number;
  readonly at: number;
  readonly chat: string;
  readonly from: string;
  readonly via: 'bot' | 'webhook' | 'app' | 'person';
  readonly msgtype: string;
  /** Of the content as it was sent. */
  readonly bytes: number;
  /** Who is told with a sound. */
  readonly rung: readonly string[];
  card: Record<string, unknown> | null;
  /** The card as single people see it, where it was repainted for some. */
  readonly cardOf: Record<string, Record<string, unknown>>;
  /** Fields beyond the recommended length, which a telephone cuts. */
  overlong: readonly string[];
}

export interface Stream {
  readonly startedAt: number;
  readonly messageId: number;
  isFinished: boolean;
}

/** One WeCom account while the process lives. What must outlive it is in the world's store. */
export interface Office {
  knobs: Knobs;
  readonly troubles: AckTrouble[];
  readonly rates: RateWindows;
  readonly shown: Shown[];
  readonly lines: Set<Line>;
  line: Line | undefined;
  readonly callbacks: Map<string, Callback>;
  readonly streams: Map<string, Stream>;
  readonly taskIds: Set<string>;
  /** Who may answer once through which code: response_code → chat. */
  readonly responseCodes: Map<string, { readonly chat: string; readonly at: number }>;
  /** Files that people sent, until they are gone. */
  readonly media: Map<string, { readonly sealed: Buffer; readonly until: number }>;
  readonly subscribedAt: number[];
  readonly entered: Map<string, number>;
  /** Every frame of the bot: the command and the answer's code. */
  readonly frames: { cmd: string; errcode: number; at: number }[];
  counter: number;
}

export const createOffice = (): Office => ({
  knobs: Knobs.parse({}),
  troubles: [],
  rates: createRateWindows(),
  shown: [],
  lines: new Set(),
  line: undefined,
  callbacks: new Map(),
  streams: new Map(),
  taskIds: new Set(),
  responseCodes: new Map(),
  media: new Map(),
  subscribedAt: [],
  entered: new Map(),
  frames: [],
  counter: 0,
});

export const nextId = (office: Office, prefix: string): string => {
  office.counter += 1;
  return `${prefix}${office.counter}`;
};

const mostShown = 20_000;

/** Puts a message in front of people. */
export function show(
  office: Office,
  world: World,
  message: Omit<Shown, 'id' | 'at' | 'card' | 'cardOf' | 'overlong' | 'bytes'> &
    Partial<Pick<Shown, 'card' | 'overlong' | 'bytes'>>,
): Shown {
  office.counter += 1;
  const shown = {
    card: null,
    overlong: [],
    bytes: Buffer.byteLength(message.card === undefined ? message.text : JSON.stringify(message.card)),
    ...message,
    id: office.counter,
    at: world.clock.now(),
    cardOf: {},
  };
  office.shown.push(shown);
  if (office.shown.length > mostShown) office.shown.shift();
  return shown;
}

/** How long people and servers wait, in world time: never less than `ms` of wall time. */
export const within = (world: World, since: number, ms: number): boolean =>
  world.clock.now() - since <= ms * Math.max(1, world.clock.rate);

/** Whether somebody talked to the bot in a chat before; a new world forgets. */
export const isActivated = (world: World, chat: string): boolean =>
  world.store.readMeta(`wecom-active:${chat}`) !== undefined;

export const activate = (world: World, chat: string): void =>
  world.store.writeMeta(`wecom-active:${chat}`, world.clock.now());
