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
  const { key, secret, method, nonce, body = '' } = request;
  const timestamp = String(Math.floor(request.at / 1_000));
  return {
    'X-Key': key,
    'X-Timestamp': timestamp,
    'X-Nonce': nonce,
    'X-Signature': signature(secret, { method, target: target(request.path, request.query), timestamp, nonce, body }),
  };
}

/** Lower hex HMAC-SHA256 over what both sides see of a request. */
export function signature(
  secret: string,
  request: {
    readonly method: string;
    readonly target: string;
    readonly timestamp: string;
    readonly nonce: string;
    readonly body: string | Buffer;
  },
): string {
  const bodyHash = createHash('sha256').update(request.body).digest('hex');
  const text = [request.method, request.target, request.timestamp, request.nonce, bodyHash].join('\n');
  return createHmac('sha256', secret).update(text).digest('hex');
}
