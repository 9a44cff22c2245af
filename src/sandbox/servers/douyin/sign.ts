import { createHash, createHmac } from 'node:crypto';

export interface SignedCall {
  appKey: string;
  method: string;
  /** The body as it came. */
  paramJson: string;
  timestamp: string;
}

/** Lower hex HMAC-SHA256 whose text the secret wraps, too. */
export function signDouyin(secret: string, { appKey, method, paramJson, timestamp }: SignedCall): string {
  const pattern = `${secret}app_key${appKey}method${method}param_json${paramJson}timestamp${timestamp}v2${secret}`;
  return createHmac('sha256', secret).update(pattern).digest('hex');
}

/** The `event-sign` of a push. */
export function signEvent(appKey: string, secret: string, body: string): string {
  return createHash('md5')
    .update(appKey + body + secret)
    .digest('hex');
}

/** Whether a text is JSON as it must be sent: compact, keys sorted at every level. */
export function isCanonical(text: string): boolean {
  try {
    return JSON.stringify(sorted(JSON.parse(text))) === text;
  } catch {
    return false;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
