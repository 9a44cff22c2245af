import { createHash, createHmac } from 'node:crypto';

interface Signed {
  readonly key: string;
  readonly secret: string;
  readonly method: 'GET' | 'POST';
  /** Below the base URL, beginning with `/v1/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Unix ms; the server allows ±300 s. */
  readonly at: number;
  /** Never used again within 10 minutes. */
  readonly nonce: string;
  readonly body?: string;
}

/** Path and query in the order in which they are signed: sorted by name. */
export function target(path: string, query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

/** The four headers of channels.md §6; vector in §10.6. */
export function signedHeaders(request: Signed): Record<string, string> {
  const timestamp = String(Math.floor(request.at / 1_000));
  const bodyHash = createHash('sha256')
    .update(request.body ?? '')
    .digest('hex');
  const text = [request.method, target(request.path, request.query), timestamp, request.nonce, bodyHash].join('\n');
  return {
    'X-Key': request.key,
    'X-Timestamp': timestamp,
    'X-Nonce': request.nonce,
    'X-Signature': createHmac('sha256', request.secret).update(text).digest('hex'),
  };
}
