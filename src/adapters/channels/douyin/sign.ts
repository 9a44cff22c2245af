import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

interface Signed {
  readonly appKey: string;
  readonly appSecret: string;
  /** `order.searchList` */
  readonly method: string;
  /** The body as it is sent. */
  readonly paramJson: string;
  /** Epoch seconds, or whatever is sent as the timestamp. */
  readonly timestamp: string;
}

/** The signature of a call (channels.md §3.1; vectors in §10.3): the secret wraps the text and keys the HMAC, too. */
export function sign({ appKey, appSecret, method, paramJson, timestamp }: Signed): string {
  const text = `app_key${appKey}method${method}param_json${paramJson}timestamp${timestamp}v2`;
  return createHmac('sha256', appSecret)
    .update(appSecret + text + appSecret)
    .digest('hex');
}

/** Whether `signature` is the `event-sign` of a push (channels.md §3.7), over the bytes as they came. */
export function isEventSigned(
  { appKey, appSecret }: Pick<Signed, 'appKey' | 'appSecret'>,
  rawBody: Buffer,
  signature: string,
): boolean {
  const expected = createHash('md5').update(appKey).update(rawBody).update(appSecret).digest();
  const told = Buffer.from(signature, 'hex');
  return told.length === expected.length && timingSafeEqual(told, expected);
}

/** JSON as it is signed: keys sorted at every level, nothing between them; what is undefined is left out. */
export const paramJsonOf = (param: object): string => JSON.stringify(sorted(param));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
