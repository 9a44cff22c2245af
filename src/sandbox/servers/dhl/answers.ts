import { dhl } from '../../world/company.ts';
import type { Answer, Call } from '../exchange.ts';
import { sameText } from '../same-text.ts';

/** `{instance,title,detail,status}` with the status as a text, as most of MyDHL's answers have it (fulfillment.md §3). */
export function fault(call: Call, status: number, title: string, detail: string): Answer {
  const body = {
    instance: `/expressapi${call.path}`,
    detail,
    title,
    status: String(status),
  };
  return { status, body, outcome: String(status) };
}

/** Who may not in, or has had too much; undefined for all others. */
export function turnAway(call: Call): Answer | undefined {
  if (call.fault?.kind === 'rate-limit') return fault(call, 429, 'Too many requests', 'Too many requests');
  const expected = `Basic ${Buffer.from(`${dhl.apiKey}:${dhl.apiSecret}`).toString('base64')}`;
  const given = call.headers['authorization'];
  if (call.fault?.kind === 'expire-token' || typeof given !== 'string' || !sameText(given, expected))
    return fault(call, 401, 'Unauthorized', 'Invalid credentials');
  return undefined;
}
