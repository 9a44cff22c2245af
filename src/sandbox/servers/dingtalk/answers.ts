import { randomUUID } from 'node:crypto';
import type { Answer, Call, Context, Route } from '../exchange.ts';

export const ok = (body: unknown, applied = false): Answer => ({ status: 200, body, outcome: 'ok', applied });

/** A refusal of the new API: `{code, message, requestid}` (dingtalk.md §3.2). */
export const refuse = (status: number, code: string, message = code, more: object = {}): Answer => ({
  status,
  body: { code, message, requestid: randomUUID().toUpperCase(), ...more },
  outcome: code,
});

/** A refusal of the legacy API: always 200 (dingtalk.md §3.2). */
export const refuseLegacy = (errcode: number, errmsg: string, more: object = {}): Answer => ({
  status: 200,
  body: { errcode, errmsg, ...more },
  outcome: String(errcode),
});

export const legacyOk = (more: object = {}, applied = true): Answer => ({
  status: 200,
  body: { errcode: 0, errmsg: 'ok', ...more },
  outcome: 'ok',
  applied,
});

export function bodyOf(call: Call): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(call.body.toString('utf8'));
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const bytes = (value: string): number => Buffer.byteLength(value);

/** A route whose answer is there at once: the store's transactions do not wait. */
export interface PlainRoute extends Route {
  answer(context: Context, call: Call): Answer;
}
