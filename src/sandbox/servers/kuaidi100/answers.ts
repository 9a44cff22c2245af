import { createHash } from 'node:crypto';
import type { Answer, Call } from '../exchange.ts';

/** HTTP says 200 whatever it means (fulfillment.md §8). */
export function refuse(returnCode: string, message: string): Answer {
  return { status: 200, body: { result: false, returnCode, message }, outcome: returnCode };
}

export function accept(body: object): Answer {
  return { status: 200, body, outcome: 'ok' };
}

/** A full line is no code of the service's own (shape: ours). */
export function overRate(call: Call): Answer | undefined {
  if (call.fault?.kind !== 'rate-limit') return undefined;
  return { status: 429, body: '', headers: { 'retry-after': '1' }, outcome: 'rate-limit' };
}

export const formOf = (call: Call): URLSearchParams => new URLSearchParams(call.body.toString('utf8'));

/** Upper-case hex MD5 (fulfillment.md §2.2). */
export const signKuaidi100 = (text: string): string => createHash('md5').update(text).digest('hex').toUpperCase();

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
