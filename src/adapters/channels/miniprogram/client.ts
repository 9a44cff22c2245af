import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type AppError, RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { ChannelContext } from '../../../ports/channel.ts';
import type { HttpAnswer } from '../../../ports/http.ts';
import { signedHeaders, target } from './sign.ts';

export interface Credentials {
  readonly key: string;
  readonly secret: string;
  /** Names the salt under which the shop hashes phones, so that shops with the same salt can be compared. */
  readonly phoneSalt?: string | undefined;
}

/** Signed calls below the base URL; undefined when the server does not know the thing. Throw AppError. */
export interface Client {
  get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown>;
  /** One attempt; OutcomeUnknownError when the answer was lost. The body's `idempotency_key` makes a repeat harmless. */
  post(path: string, body: object, signal: AbortSignal): Promise<unknown>;
}

/** The server's words for what is wrong with a request, and what to do about it (channels.md §6). */
const refusals: Readonly<Record<string, string>> = {
  bad_key: 'the shop does not know this key; check credentials.key',
  bad_signature: 'the signature is wrong; check credentials.secret',
  bad_limit: 'the shop refuses our page size',
  window_required: 'the shop misses the time window',
  bad_cursor: 'the shop no longer knows the page; start the window again',
};

const Failure = z.object({
  error: z.object({ code: z.string().regex(/^[a-z_]{1,40}$/) }),
  server_time: z.number().nullish(),
});

export function createClient({ http, clock, baseUrl, credentials }: ChannelContext<Credentials>): Client {
  async function send(
    method: 'GET' | 'POST',
    path: string,
    query: Readonly<Record<string, string>>,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<unknown> {
    const at = clock.now();
    const { key, secret } = credentials;
    const payload = body === undefined ? {} : { body };
    const answer = await http.send({
      method,
      url: baseUrl.replace(/\/+$/, '') + target(path, query),
      headers: {
        ...signedHeaders({ key, secret, method, path, query, at, nonce: randomUUID(), ...payload }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...payload,
      write: method === 'POST',
      readStatuses: [400, 401, 403, 404],
      signal,
    });
    if (answer.status < 400) return answer.json();
    const failure = readFailure(answer);
    if (answer.status === 404 && failure?.error.code === 'order_not_found') return undefined;
    throw refusalOf(answer, failure, `${method} ${path.replace(/^(\/v1\/orders\/)[^/]+/, '$1…')}`, at);
  }
  return {
    get: (path, query, signal) => send('GET', path, query, undefined, signal),
    post: (path, body, signal) => send('POST', path, {}, JSON.stringify(body), signal),
  };
}

function readFailure(answer: HttpAnswer): z.infer<typeof Failure> | undefined {
  try {
    return Failure.safeParse(answer.json()).data;
  } catch {
    return undefined;
  }
}

function refusalOf(
  answer: HttpAnswer,
  failure: z.infer<typeof Failure> | undefined,
  where: string,
  at: number,
): AppError {
  const code = failure?.error.code;
  if (code === undefined) {
    return new RejectedError(`${where}: answered ${answer.status} without a reason; is the base URL right?`, {
      code: `HTTP_${answer.status}`,
    });
  }
  if (code === 'bad_timestamp') {
    const skew = skewOf(answer, failure?.server_time, at);
    return new RejectedError(`${where}: the shop refuses our clock; ${skew}`, { code: 'BAD_TIMESTAMP' });
  }
  // Each request has its own nonce: something on the way sent it twice, and the next one will pass.
  if (code === 'nonce_replayed')
    return new RetryableError(`${where}: the request arrived twice`, { code: 'NONCE_REPLAYED' });
  return new RejectedError(`${where}: ${refusals[code] ?? `refused with ${code}`}`, { code: code.toUpperCase() });
}

function skewOf(answer: HttpAnswer, serverTime: number | null | undefined, at: number): string {
  const server = typeof serverTime === 'number' ? serverTime * 1_000 : Date.parse(answer.headers.date ?? '');
  if (Number.isNaN(server)) return 'it does not tell its own time';
  const seconds = Math.round((at - server) / 1_000);
  if (seconds === 0) return 'yet both clocks agree';
  return `ours is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} its own`;
}
