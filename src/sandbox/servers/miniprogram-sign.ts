import { createHash, createHmac } from 'node:crypto';

export interface SignedParts {
  method: string;
  path: string;
  /** Raw query; it is signed with its pairs sorted. */
  search: string;
  timestamp: string;
  nonce: string;
  body: Buffer | string;
}

/** Hex HMAC-SHA256 over method, path with sorted query, timestamp, nonce and the body's digest. */
export function signMini(secret: string, parts: SignedParts): string {
  const query = parts.search === '' ? '' : `?${parts.search.split('&').sort().join('&')}`;
  const digest = createHash('sha256').update(parts.body).digest('hex');
  const text = [parts.method, parts.path + query, parts.timestamp, parts.nonce, digest].join('\n');
  return createHmac('sha256', secret).update(text).digest('hex');
}
