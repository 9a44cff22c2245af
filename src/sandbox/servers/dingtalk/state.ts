import type { WebSocket } from 'ws';
import { beijing } from '../../world/time.ts';
import { createRateWindows, type RateWindows } from '../rate-windows.ts';

/** One thing the group or a person saw. */
export interface Said {
  readonly id: number;
  /** World ms. */
  readonly at: number;
  /** The conversation, or the person's id in private. */
  readonly chat: string;
  /** `bot`, `hook`, or a person's id. */
  readonly from: string;
  readonly via: 'robot' | 'session' | 'hook' | 'card' | 'person';
  readonly kind: string;
  readonly content: unknown;
  readonly key: string;
  isRecalled: boolean;
}

export interface Card {
  readonly outTrackId: string;
  readonly templateId: string;
  readonly chat: string;
  readonly space: 'IM_GROUP' | 'IM_ROBOT';
  readonly calls: boolean;
  data: Record<string, string>;
  /** What only one person sees over it. */
  readonly views: Map<string, Record<string, string>>;
}

export interface Click {
  readonly outTrackId: string;
  readonly by: string;
  readonly messageId: string;
  outcome: 'waiting' | 'answered' | 'timeout' | 'lost';
  /** Whether the card was updated while its callback waited for an answer, which the platform forbids. */
  updatedInside: boolean;
}

export interface Connection {
  readonly id: string;
  readonly socket: WebSocket;
  readonly topics: readonly string[];
  isOpen: boolean;
  isGoingAway: boolean;
  isHalfOpen: boolean;
  readonly openedAt: number;
}

export interface Push {
  readonly type: 'EVENT' | 'CALLBACK';
  readonly topic: string;
  readonly messageId: string;
  readonly data: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The connections it went to, in order; none when nobody listened. */
  readonly connections: string[];
  /** Wall ms of the last delivery. */
  pushedAt: number;
  isAcked: boolean;
}

export interface Ack {
  readonly messageId: string;
  readonly connection: string;
  /** It came on a connection that the push did not go to, and counts for nothing. */
  readonly isWrongSocket: boolean;
  readonly code: unknown;
  readonly data: unknown;
  readonly afterMs: number;
}

/** Wall ms but for the counts. */
export const usualSettings = {
  ticketMs: 90_000,
  redeliverMs: 60_000,
  closeAfterDisconnectMs: 10_000,
  cardAnswerMs: 2_000,
  perSecond: 20,
  perMonth: 5_000,
};

/** What goes wrong on demand. Counts are used up. */
export interface Trouble {
  opens: { status: number; times: number };
  handshakes: { how: number | 'drop' | 'hang'; times: number };
  /** Answers of the new API that become a 504 although the work was done. */
  lateAnswers: number;
  /** Answers of one route with a code of its own. */
  refusals: { route: string; status: number; body: unknown; times: number }[];
  webhookBlock: number;
  /** The word that the send-only robot insists on. */
  keyword: string;
  /** People whom the robot has written to too often. */
  slowed: readonly string[];
}

export interface State {
  said: Said[];
  cards: Map<string, Card>;
  clicks: Click[];
  connections: Connection[];
  tickets: Map<string, { expiresAt: number; topics: readonly string[] }>;
  pushes: Map<string, Push>;
  acks: Ack[];
  token: { value: string; expiresAt: number } | undefined;
  counts: { opens: number; tokens: number; handshakes: number };
  month: { name: string; calls: number };
  sessions: Map<string, { chat: string; expiresAt: number }>;
  /** Files that people sent, by the code that fetches them. */
  files: Map<string, Buffer>;
  hookBlockedUntil: number;
  dings: { id: string; to: readonly string[]; content: string; isRecalled: boolean }[];
  dingsLeft: number;
  rates: RateWindows;
  next: number;
  settings: typeof usualSettings;
  trouble: Trouble;
}

const fresh = (): State => ({
  said: [],
  cards: new Map(),
  clicks: [],
  connections: [],
  tickets: new Map(),
  pushes: new Map(),
  acks: [],
  token: undefined,
  counts: { opens: 0, tokens: 0, handshakes: 0 },
  month: { name: '', calls: 0 },
  sessions: new Map(),
  files: new Map(),
  hookBlockedUntil: 0,
  dings: [],
  dingsLeft: 20,
  rates: createRateWindows(),
  next: 0,
  settings: { ...usualSettings },
  trouble: {
    opens: { status: 503, times: 0 },
    handshakes: { how: 503, times: 0 },
    lateAnswers: 0,
    refusals: [],
    webhookBlock: 0,
    keyword: '',
    slowed: [],
  },
});

/** The tenant as DingTalk keeps it: in memory, gone when the sandbox ends. */
export const createState = (): State => fresh();

/** Forgets all but the live connections. */
export function resetState(state: State): void {
  const { connections } = state;
  Object.assign(state, fresh(), { connections: connections.filter(({ isOpen }) => isOpen) });
}

/** Counts one call of the month: sends, card calls and pushes (dingtalk.md §3.2). */
export function countCall(state: State, now: number): void {
  const name = beijing(now).slice(0, 7);
  if (state.month.name !== name) state.month = { name, calls: 0 };
  state.month.calls += 1;
}

export function say(state: State, said: Omit<Said, 'id' | 'key' | 'isRecalled'>): Said {
  state.next += 1;
  const entry = { ...said, id: state.next, key: `pqk-${state.next}`, isRecalled: false };
  state.said.push(entry);
  return entry;
}
