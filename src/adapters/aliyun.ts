import { createHash, createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  type AppError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../domain/errors.ts';
import type { PushAnswer } from '../ports/carrier.ts';
import type { Clock } from '../ports/clock.ts';
import type { Http, HttpAnswer } from '../ports/http.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** RFC 3986, as the signature wants it. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

export const queryOf = (params: Readonly<Record<string, string>>): string =>
  Object.entries(params)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');

export interface ToSign {
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly action: string;
  readonly version: string;
  /** UTC ISO without ms. */
  readonly date: string;
  readonly nonce: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** The headers of a POST with an empty body, ACS3-HMAC-SHA256 (dingtalk.md §5.2). */
export function signedHeaders(of: ToSign): Readonly<Record<string, string>> {
  const bodyHash = sha256('');
  const headers: Readonly<Record<string, string>> = {
    host: of.host,
    'x-acs-action': of.action,
    'x-acs-content-sha256': bodyHash,
    'x-acs-date': of.date,
    'x-acs-signature-nonce': of.nonce,
    'x-acs-version': of.version,
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = ['POST', of.path, of.query, lines, names.join(';'), bodyHash].join('\n');
  const signature = createHmac('sha256', of.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  const authorization = `ACS3-HMAC-SHA256 Credential=${of.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { ...headers, authorization };
}

const Envelope = z.looseObject({ Code: z.string() });
/** Limits of a number or of the account: asking again helps after a while. */
const overLimit = /^(isv\.BUSINESS_LIMIT_CONTROL|Throttling)/;

/**
 * Calls one product of Alibaba Cloud by its RPC style: one attempt each; answers the body of a `Code: OK`. A refusal is
 * told by `Code`, whatever HTTP says (dingtalk.md §5.2). Throws AppError; OutcomeUnknownError only for a `write`.
 */
export function createAliyun({
  http,
  clock,
  baseUrl,
  version,
  accessKeyId,
  accessKeySecret,
}: {
  readonly http: Http;
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly version: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}) {
  const { host, pathname: path, origin } = new URL(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  return async (action: string, params: Readonly<Record<string, string>>, write: boolean, signal: AbortSignal) => {
    const query = queryOf(params);
    const date = new Date(clock.now()).toISOString().replace(/\.\d+/, '');
    const { host: _host, ...headers } = signedHeaders({
      accessKeyId,
      accessKeySecret,
      host,
      path,
      query,
      action,
      version,
      date,
      nonce: randomUUID().replaceAll('-', ''),
    });
    const answer = await http.send({
      method: 'POST',
      url: `${origin}${path}?${query}`,
      headers,
      write,
      readStatuses: [400, 401, 403, 404, 429, 500, 502, 503, 504],
      signal,
    });
    const body = Envelope.safeParse(bodyOf(answer));
    if (body.success && body.data.Code === 'OK' && answer.status < 400) return body.data;
    throw refusalOf(action, write, answer.status, body.success ? body.data.Code : '?');
  };
}

function refusalOf(action: string, isWrite: boolean, status: number, told: string): AppError {
  const code = /^[\w.-]{1,80}$/.test(told) ? told : `HTTP_${status}`;
  const message = `${action}: ${status} ${code}`;
  if (overLimit.test(code) || status === 429) return new RateLimitedError(message, 60_000, { code });
  // With a code of theirs it was looked at and refused; without one nobody knows.
  if (status >= 500 || told === '?')
    return isWrite ? new OutcomeUnknownError(message) : new RetryableError(message, { code });
  return new RejectedError(message, { code });
}

function bodyOf(answer: HttpAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return undefined;
  }
}

/**
 * Receipts come as a list, unsigned, and again until they are answered so (dingtalk.md §5.2). Throws RejectedError
 * BAD_PUSH when nobody can read it.
 */
export function readReceipts<Receipt>(receipt: z.ZodType<Receipt>, rawBody: Buffer): readonly Receipt[] {
  const read = z
    .array(receipt)
    .max(500)
    .safeParse(readJson(rawBody.toString('utf8')));
  if (!read.success) throw new RejectedError('A receipt that nobody can read', { code: 'BAD_PUSH' });
  return read.data;
}

export const answerReceipts = (isTaken: boolean): PushAnswer =>
  isTaken
    ? { status: 200, type: 'application/json', body: '{"code":0,"msg":"ok"}' }
    : { status: 400, type: 'application/json', body: '{"code":1,"msg":"refused"}' };

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
