import { createHash } from 'node:crypto';
import type { Answer, Call } from '../exchange.ts';

/** Codes of channels.md §2.6 that this gateway answers. */
export const codes = {
  missing: 10001,
  unknownApp: 10016,
  unknownType: 10017,
  tokenOver: 10019,
  badSign: 20004,
  wrongIp: 20005,
  foreignToken: 20032,
  badValue: 21001,
  refused: 21002,
  tooMany: 70031,
} as const;

/** The parameters of a call: a form or flat JSON, whose objects count as their text. */
export function paramsOf(call: Call): Readonly<Record<string, string>> {
  const text = call.body.toString('utf8');
  if (!String(call.headers['content-type'] ?? '').includes('json'))
    return Object.fromEntries(new URLSearchParams(text));
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}

/** Upper-case hex MD5 over secret, sorted parameters, secret (channels.md §2.1). */
export function signPinduoduo(secret: string, params: Readonly<Record<string, string>>): string {
  const names = Object.keys(params).filter((name) => name !== 'sign');
  const text = names.sort().reduce((sum, name) => sum + name + (params[name] ?? ''), '');
  return createHash('md5').update(`${secret}${text}${secret}`, 'utf8').digest('hex').toUpperCase();
}

/** A result in its wrapper. */
export function result(wrapper: string, body: object, applied = false): Answer {
  return { status: 200, body: { [wrapper]: { ...body, request_id: '15440104776643887' } }, outcome: 'ok', applied };
}

/** A refusal; HTTP says 200 all the same. */
export function refuse(code: number, error_msg: string, sub_msg = ''): Answer {
  const body = {
    error_response: { error_msg, sub_msg, sub_code: null, error_code: code, request_id: '15440104776643887' },
  };
  return { status: 200, body, outcome: String(code) };
}
