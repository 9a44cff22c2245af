import { z } from 'zod';
import {
  type AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import type { FulfillmentContext } from '../../../ports/fulfillment.ts';
import { sharedRefresh } from '../../single-flight.ts';
import { createPacer } from '../pacer.ts';
import { clean } from '../refusal.ts';
import { sign } from './sign.ts';

export interface Credentials {
  readonly appKey: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
}

export interface Call {
  /** `/open/orders/single/query` */
  readonly path: string;
  /** JSON text, made by the caller because order numbers may have more digits than a JS number. */
  readonly biz: string;
  readonly write?: boolean;
  /** The caller reads what the ERP says against the order or the document itself: such an answer comes back with its code. */
  readonly readRefusal?: boolean;
}

/** The whole answer of a call: what matters is in `data` or beside it. */
export type Send = (call: Call, signal: AbortSignal) => Promise<Envelope>;

const Code = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number);
const Envelope = z.looseObject({
  code: Code,
  msg: z.string().nullish(),
  data: z.unknown().optional(),
  issuccess: z.boolean().nullish(),
});
export type Envelope = z.infer<typeof Envelope>;

const Tokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  expires_in: Code.nullish(),
});

/** Per credential (fulfillment.md §1.2). */
const paces = [
  { calls: 5, ms: 1_250 },
  { calls: 100, ms: 60_500 },
];

/** Codes that mean "no" whatever is asked again (fulfillment.md §1.2). */
const refusals: Readonly<Record<number, string>> = {
  10: 'the signature is wrong; check credentials.appSecret',
  130: 'a parameter is missing',
  10015: 'a value is not acceptable',
  [-4]: 'validation failed',
  170: 'validation failed',
  110: "the caller's IP address is not on the app's list",
  140: 'our clock is more than 15 minutes off',
  150: 'this app may not refresh its token; authorise it again',
  190: 'the app has no right to this interface; apply for it in the open platform',
};
/** Codes that speak of the caller; all others speak of what was asked. */
const aboutCaller = [10, 100, 110, 140, 150, 190, 199, 200];
/** Codes whose message says which field is meant. */
const withDetail = [130, 10015, -4, 170];

/**
 * Signed form calls, paced below the ERP's limits, one attempt each. An expired token is renewed once and single-flight
 * when there is a refresh token; then the call, which had not been applied, is sent again.
 * Throws RateLimitedError (199, 200), AuthExpiredError (100 without a refresh token), RejectedError (other codes),
 * RetryableError, and OutcomeUnknownError for a write whose answer was lost. No message carries a key, a token or a body.
 */
export function createClient(context: FulfillmentContext<Credentials>): Send {
  const { http, clock, credentials } = context;
  const baseUrl = context.baseUrl.replace(/\/+$/, '');
  const pacer = createPacer(clock, paces);
  const secrets = new Set([credentials.appKey, credentials.appSecret]);
  let accessToken = credentials.accessToken;
  let refreshToken = credentials.refreshToken;

  const post = async (
    path: string,
    form: Record<string, string>,
    isWrite: boolean,
    signal: AbortSignal,
  ): Promise<Envelope> => {
    const answer = await pacer.run(isWrite, signal, () => {
      // Taken when its turn has come: the ERP refuses a timestamp that is 15 minutes off.
      const dated = { ...form, timestamp: String(Math.floor(clock.now() / 1_000)) };
      return http.send({
        method: 'POST',
        url: baseUrl + path,
        headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
        body: new URLSearchParams({ ...dated, sign: sign(credentials.appSecret, dated) }).toString(),
        write: isWrite,
        signal,
      });
    });
    const parsed = Envelope.safeParse(answer.json());
    if (parsed.success) return parsed.data;
    const message = `POST ${path}: the answer has no code`;
    throw isWrite ? new OutcomeUnknownError(message) : new RetryableError(message, { code: 'BAD_ANSWER' });
  };

  const call = ({ path, biz, write }: Call, signal: AbortSignal): Promise<Envelope> => {
    const form = { app_key: credentials.appKey, access_token: accessToken, version: '2', charset: 'utf-8', biz };
    return post(path, form, write === true, signal);
  };

  const accept = ({ path, readRefusal }: Pick<Call, 'path' | 'readRefusal'>, envelope: Envelope): Envelope => {
    if (envelope.code === 0) return envelope;
    if (readRefusal === true && !aboutCaller.includes(envelope.code)) return envelope;
    const error = errorOf(path, envelope, clock.now(), redact);
    if (error instanceof RateLimitedError) pacer.pause(clock.now() + error.afterMs);
    throw error;
  };

  /** Not stopped with the call that began it, since others wait for it, too. */
  const refresh = sharedRefresh(async () => {
    const path = '/openWeb/auth/refreshToken';
    const form = {
      app_key: credentials.appKey,
      grant_type: 'refresh_token',
      refresh_token: refreshToken ?? '',
      charset: 'utf-8',
      scope: 'all',
    };
    const tokens = Tokens.safeParse(accept({ path }, await post(path, form, true, new AbortController().signal)).data);
    if (!tokens.success) throw new RetryableError(`POST ${path}: the answer has no tokens`, { code: 'BAD_ANSWER' });
    const { access_token, refresh_token, expires_in } = tokens.data;
    const next = refresh_token ?? refreshToken ?? '';
    const expiresAt = typeof expires_in === 'number' ? clock.now() + expires_in * 1_000 : null;
    // The old ones are void from now on, whether or not the new ones can be kept.
    secrets.add(access_token).add(next);
    accessToken = access_token;
    refreshToken = next;
    await context.saveTokens?.({ accessToken: access_token, refreshToken: next, expiresAt });
  });

  function redact(words: string): string {
    let text = words;
    for (const secret of [...secrets, accessToken, refreshToken]) if (secret) text = text.replaceAll(secret, '***');
    return clean(text.replace(/1\d{10}(?!\d)/g, '***'));
  }

  return async (request, signal) => {
    const used = accessToken;
    const first = await call(request, signal);
    if (first.code !== 100) return accept(request, first);
    if (refreshToken === undefined) throw new AuthExpiredError(`POST ${request.path}: the access token is over (100)`);
    if (used === accessToken) await refresh();
    const second = await call(request, signal);
    if (second.code !== 100) return accept(request, second);
    throw new RejectedError(
      `POST ${request.path}: the fresh access token is refused too (100); authorise the app again`,
      { code: 'JST_100' },
    );
  };
}

function errorOf(path: string, { code, msg }: Envelope, now: number, redact: (words: string) => string): AppError {
  const where = `POST ${path}:`;
  if (code === 100) return new AuthExpiredError(`${where} the refresh token is over (100); authorise the app again`);
  if (code === 199) return new RateLimitedError(`${where} more than 5 calls in a second (199)`, 1_000);
  if (code === 200)
    return new RateLimitedError(`${where} more than 100 calls in a minute (200)`, 60_000 - (now % 60_000));
  const known = refusals[code];
  const detail = (known === undefined || withDetail.includes(code)) && msg ? `; it says "${redact(msg)}"` : '';
  return new RejectedError(`${where} ${known ?? 'refused'} (${code})${detail}`, { code: `JST_${code}` });
}
