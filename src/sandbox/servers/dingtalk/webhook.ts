import { createHmac } from 'node:crypto';
import { HOUR, MINUTE } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call } from '../exchange.ts';
import { sameText } from '../same-text.ts';
import { bodyOf, legacyOk, type PlainRoute, refuseLegacy, text } from './answers.ts';
import { type State, say } from './state.ts';
import { group, hook } from './tenant.ts';

const LONGEST_BODY = 20_000;
const PER_MINUTE = 20;
const BLOCK_MS = 10 * MINUTE;

/** base64 of HMAC-SHA256 over `timestamp\nsecret`, keyed with the secret itself (dingtalk.md §3.5). */
export const signHook = (secret: string, timestamp: string): string =>
  createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');

export function webhookRoutes(state: State): readonly PlainRoute[] {
  return [
    {
      method: 'POST',
      path: '/robot/send',
      sheet: 'dingtalk.md §3.5',
      kind: 'write',
      answer: ({ world }, call) => sendByHook(state, world, call),
    },
    {
      method: 'POST',
      path: '/robot/sendBySession',
      sheet: 'dingtalk.md §3.3',
      kind: 'write',
      answer: ({ world }, call) => sendBySession(state, world, call),
    },
  ];
}

function sendByHook(state: State, world: World, call: Call): Answer {
  const now = world.clock.now();
  if (state.trouble.webhookBlock > 0) {
    state.trouble.webhookBlock -= 1;
    const body = { status: 1111, wait: 5, source: 'x5', punish: 'deny', uuid: 'demo' };
    return { status: 200, body, outcome: 'waf' };
  }
  if (call.query.get('access_token') !== hook.token) return refuseLegacy(300005, 'token is not exist');
  const timestamp = call.query.get('timestamp') ?? '';
  const skew = call.fault?.kind === 'skew' ? call.fault.ms : 0;
  if (!/^\d{13}$/.test(timestamp) || Math.abs(Number(timestamp) - now - skew) > HOUR)
    return refuseLegacy(310000, 'description:invalid timestamp');
  if (!sameText(call.query.get('sign') ?? '', signHook(hook.secret, timestamp)))
    return refuseLegacy(310000, 'description:sign not match');
  if (call.body.length > LONGEST_BODY) return refuseLegacy(460101, 'message too long, max 20000 bytes');
  const refusal = refuseRate(state, now);
  if (refusal !== undefined) return refusal;
  const message = readMessage(bodyOf(call));
  if ('status' in message) return message;
  if (!JSON.stringify(message.content).includes(state.trouble.keyword))
    return refuseLegacy(310000, 'description:keywords not in content');
  say(state, { ...message, at: now, chat: group.id, from: 'hook', via: 'hook' });
  return legacyOk();
}

/** Twenty in a minute; the one too many closes the robot for ten minutes. */
function refuseRate(state: State, now: number): Answer | undefined {
  if (now < state.hookBlockedUntil) return refuseLegacy(130101, 'send too fast, exceed 20 times per minute');
  const full = state.rates.take('hook', now, [{ ms: MINUTE, limit: PER_MINUTE }]);
  if (full === undefined) return undefined;
  state.hookBlockedUntil = now + BLOCK_MS;
  return refuseLegacy(130101, 'send too fast, exceed 20 times per minute');
}

function readMessage(body: Record<string, unknown>): { kind: string; content: unknown } | Answer {
  const kind = text(body.msgtype);
  if (!['text', 'markdown', 'link', 'actionCard', 'feedCard'].includes(kind))
    return refuseLegacy(400105, `unsupported msgtype ${kind}`);
  if (typeof body[kind] !== 'object' || body[kind] === null) return refuseLegacy(40035, 'missing parameter json');
  return { kind, content: { ...body[kind], ...(body.at === undefined ? {} : { at: body.at }) } };
}

function sendBySession(state: State, world: World, call: Call): Answer {
  const session = state.sessions.get(call.query.get('session') ?? '');
  const now = world.clock.now();
  // The real code of an expired session is not known; this one is ours.
  if (session === undefined || session.expiresAt <= now) return refuseLegacy(300001, 'session is expired');
  const message = readMessage(bodyOf(call));
  if ('status' in message) return message;
  say(state, { ...message, at: now, chat: session.chat, from: 'bot', via: 'session' });
  return legacyOk();
}
