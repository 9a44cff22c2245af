import { randomUUID } from 'node:crypto';
import type { Answer, Call, Context } from '../exchange.ts';

/** `{transactionId,errors[{code,message}]}` (fulfillment.md §3). */
export const refuse = (status: number, code: string, message: string): Answer => ({
  status,
  body: { transactionId: randomUUID(), errors: [{ code, message }] },
  outcome: code,
});

export const accept = (output: object): Answer => ({
  status: 200,
  body: { transactionId: randomUUID(), output },
  outcome: 'ok',
});

/** Without a token in force nobody gets in. */
export function turnAway({ world }: Context, call: Call): Answer | undefined {
  if (call.fault?.kind === 'rate-limit') return refuse(429, 'REQUEST.LIMIT.EXCEEDED', 'Too many requests');
  if (call.fault?.kind === 'expire-token') world.store.run('DELETE FROM fedex_tokens');
  const given = /^Bearer (.+)$/.exec(String(call.headers['authorization'] ?? ''))?.[1] ?? '';
  const token = world.store.get<{ until: number }>('SELECT until FROM fedex_tokens WHERE token = ?', given);
  if (token === undefined || token.until <= world.clock.now())
    return refuse(401, 'NOT.AUTHORIZED.ERROR', 'Access token expired. Please modify your request and try again.');
  return undefined;
}

export function readJson(call: Call): unknown {
  try {
    return JSON.parse(call.body.toString('utf8'));
  } catch {
    return undefined;
  }
}
