import { z } from 'zod';
import {
  type AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import { toBeijingText } from '../../../domain/local-time.ts';
import type { FulfillmentContext } from '../../../ports/fulfillment.ts';
import { sharedRefresh } from '../../single-flight.ts';
import { createPacer } from '../pacer.ts';
import { clean } from '../refusal.ts';
import { sign } from './sign.ts';

export interface Credentials {
  readonly appKey: string;
  readonly appSecret: string;
  /** What the interface calls `session`. */
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
}

export interface Call {
  /** `erp.trade.list.query` */
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  readonly write?: boolean;
}

const Answer = z.looseObject({
  success: z.boolean(),
  code: z.union([z.string(), z.number()]).nullish().transform(String),
  msg: z.string().nullish(),
});
export type Answer = z.infer<typeof Answer>;

/** The whole answer of a call; a refusal of what was asked comes back, too, for a write. */
export type Send = (call: Call, signal: AbortSignal) => Promise<Answer>;

const Tokens = z.object({
  session: z.object({
    accessToken: z.string().min(1),
    refreshToken: z.string().min(1).nullish(),
    expiresIn: z.number().nullish(),
  }),
});

/** No figure is published; this is slow enough for every account seen. */
const paces = [{ calls: 5, ms: 1_250 }];
const badSign = '25';
/** The session is invalid, over, or not that of this app. */
const tokenOver: readonly string[] = ['27', '105', '106'];

/** Codes that refuse the caller and not what was asked. */
export const isForbidden = (code: string): boolean => code === `KM_${badSign}` || code === 'KM_TIME';

/**
 * Signed form calls, one attempt each; HTTP says 200 throughout, except 429. A session that is over is renewed once and
 * single-flight when there is a refresh token; then the call, which had not been applied, is sent again.
 * Throws RateLimitedError, AuthExpiredError, RejectedError (the caller or, for a read, what was asked), RetryableError, and
 * OutcomeUnknownError for a write whose answer was lost. No message carries a key, a token or what was sent.
 */
export function createClient(context: FulfillmentContext<Credentials>): Send {
  const { http, clock, baseUrl, credentials } = context;
  const pacer = createPacer(clock, paces);
  let { accessToken, refreshToken } = credentials;

  const post = async ({ method, params, write = false }: Call, signal: AbortSignal): Promise<Answer> => {
    const answer = await pacer
      .run(write, signal, () => {
        const form: Record<string, string> = {
          ...params,
          method,
          appKey: credentials.appKey,
          session: accessToken,
          // Taken when its turn has come: 10 minutes off is refused.
          timestamp: toBeijingText(clock.now()),
          version: '1.0',
          format: 'json',
          sign_method: 'hmac',
        };
        return http.send({
          method: 'POST',
          url: baseUrl,
          headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
          body: new URLSearchParams({ ...form, sign: sign(credentials.appSecret, form) }).toString(),
          write,
          signal,
        });
      })
      .catch((error: unknown) => {
        if (error instanceof RateLimitedError) pacer.pause(clock.now() + error.afterMs);
        throw error;
      });
    const parsed = Answer.safeParse(answer.json());
    if (parsed.success) return parsed.data;
    const message = `${method}: the answer does not say whether it is one`;
    throw write ? new OutcomeUnknownError(message) : new RetryableError(message, { code: 'BAD_ANSWER' });
  };

  function accept(call: Call, answer: Answer): Answer {
    if (answer.success) return answer;
    const error = refusalOf(call.method, answer);
    // Words about what was asked are for the caller to read; they may name it, so they stay out of errors.
    if (error === undefined && call.write === true) return answer;
    throw error ?? new RejectedError(`${call.method}: refused (${answer.code})`, { code: `KM_${answer.code}` });
  }

  /** Not stopped with the call that began it, since others wait for it, too. */
  const refresh = sharedRefresh(async () => {
    const call: Call = { method: 'open.token.refresh', params: { refreshToken: refreshToken ?? '' }, write: true };
    const answer = await post(call, new AbortController().signal);
    if (!answer.success)
      throw new AuthExpiredError(
        `${call.method}: the refresh token is over, too (${answer.code}); authorise the app again`,
      );
    const tokens = Tokens.safeParse(answer).data?.session;
    if (tokens === undefined)
      throw new RetryableError(`${call.method}: the answer has no tokens`, { code: 'BAD_ANSWER' });
    // The old ones are void from now on, whether or not the new ones can be kept.
    accessToken = tokens.accessToken;
    refreshToken = tokens.refreshToken ?? refreshToken;
    const expiresAt = typeof tokens.expiresIn === 'number' ? clock.now() + tokens.expiresIn * 1_000 : null;
    await context.saveTokens?.({ accessToken, refreshToken: refreshToken ?? '', expiresAt });
  });

  return async (call, signal) => {
    const used = accessToken;
    const first = await post(call, signal);
    if (first.success || !tokenOver.includes(first.code) || refreshToken === undefined) return accept(call, first);
    if (used === accessToken) await refresh();
    return accept(call, await post(call, signal));
  };
}

/** What refuses the caller; undefined for a refusal of what was asked. */
function refusalOf(method: string, { code, msg }: Answer): AppError | undefined {
  const words = clean(msg ?? '');
  if (tokenOver.includes(code)) return new AuthExpiredError(`${method}: the session is over (${code})`);
  if (code === badSign)
    return new RejectedError(`${method}: the signature is wrong; check credentials.appSecret`, { code: `KM_${code}` });
  if (/timestamp|时间戳/i.test(words))
    return new RejectedError(`${method}: our clock is more than 10 minutes off (${code})`, { code: 'KM_TIME' });
  if (/频率|频繁|限流/.test(words)) return new RateLimitedError(`${method}: too many calls (${code})`, 10_000);
  return undefined;
}
