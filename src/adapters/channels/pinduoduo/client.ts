import { z } from 'zod';
import { AuthExpiredError, OutcomeUnknownError, RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { ChannelContext } from '../../../ports/channel.ts';
import { sharedRefresh } from '../../single-flight.ts';
import { errorOf, isAbsent, isTheirs, type Refusal, tokenOver } from './refusal.ts';
import { sign } from './sign.ts';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accessToken: string;
  /** Absent or empty for an app that only its own shop uses: its token lives up to a year. */
  readonly refreshToken?: string | undefined;
}

export interface Call {
  /** `pdd.order.information.get` */
  readonly type: string;
  readonly params: Readonly<Record<string, string>>;
  readonly write?: boolean;
  /** What it asks for may not be there: then the answer is undefined. */
  readonly mayBeAbsent?: boolean;
}

export interface Client {
  /** What stands inside the wrapper of the answer, whatever its name. Throws AppError. */
  send(call: Call, signal: AbortSignal): Promise<unknown>;
  /** Unix ms; null until a refresh has told it. */
  grantEndsAt(): number | null;
}

const Code = z.union([z.number().int(), z.string().regex(/^-?\d+$/)]).transform(Number);
const Words = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' ? value : ''));
const Failure = z.object({ error_code: Code, error_msg: Words, sub_msg: Words });

const Tokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  expires_at: Code.nullish(),
  expires_in: Code.nullish(),
  refresh_token_expires_at: Code.nullish(),
});

/**
 * Signed form calls, one attempt each (channels.md §2.1). An expired token is renewed once and single-flight when there is
 * a refresh token; then the call, which had not been applied, is sent again.
 */
export function createClient(context: ChannelContext<Credentials>): Client {
  const { http, clock, credentials } = context;
  const url = urlOf(context.baseUrl);
  let accessToken = credentials.accessToken;
  let refreshToken = credentials.refreshToken ?? '';
  let grantEndsAt: number | null = null;

  const post = async (
    { type, params, write = false }: Call,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly refusal: Refusal } | { readonly body: unknown }> => {
    const signed = {
      ...params,
      type,
      client_id: credentials.clientId,
      ...(token === undefined ? {} : { access_token: token }),
      timestamp: String(Math.floor(clock.now() / 1_000)),
      data_type: 'JSON',
    };
    const answer = await http.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      body: new URLSearchParams({ ...signed, sign: sign(credentials.clientSecret, signed) }).toString(),
      write,
      signal,
    });
    const read = readAnswer(answer.json());
    if (read !== undefined) return read;
    const message = `POST ${type}: the answer is neither a result nor a refusal`;
    throw write ? new OutcomeUnknownError(message) : new RetryableError(message, { code: 'BAD_ANSWER' });
  };

  const accept = (call: Call, answer: { readonly refusal: Refusal } | { readonly body: unknown }): unknown => {
    if ('body' in answer) return answer.body;
    const { refusal } = answer;
    if (call.mayBeAbsent === true && isAbsent(refusal)) return undefined;
    if (call.write === true && isTheirs(refusal)) {
      throw new OutcomeUnknownError(`POST ${call.type}: the platform is in trouble (${refusal.code})`);
    }
    throw errorOf(call.type, refusal);
  };

  const refresh = sharedRefresh(async () => {
    const call = { type: 'pdd.pop.auth.token.refresh', params: { refresh_token: refreshToken }, write: true };
    // Not stopped with the call that began it, since others wait for it too.
    const answer = await post(call, undefined, new AbortController().signal);
    if ('refusal' in answer && answer.refusal.code === tokenOver) {
      throw new AuthExpiredError(
        `POST ${call.type}: the refresh token is over (${tokenOver}); authorise the shop again`,
      );
    }
    const tokens = Tokens.safeParse(accept(call, answer));
    if (!tokens.success)
      throw new RetryableError(`POST ${call.type}: the answer has no tokens`, { code: 'BAD_ANSWER' });
    const { access_token, refresh_token, expires_at, expires_in, refresh_token_expires_at } = tokens.data;
    accessToken = access_token;
    refreshToken = refresh_token ?? refreshToken;
    grantEndsAt = msOf(refresh_token_expires_at);
    const expiresAt = msOf(expires_at) ?? (expires_in ? clock.now() + expires_in * 1_000 : null);
    await context.saveTokens?.({ accessToken, refreshToken, expiresAt });
  });

  return {
    grantEndsAt: () => grantEndsAt,
    async send(call, signal) {
      const used = accessToken;
      const first = await post(call, used, signal);
      if (!isOver(first)) return accept(call, first);
      if (refreshToken === '')
        throw new AuthExpiredError(
          `POST ${call.type}: the access token is over (${tokenOver}); authorise the shop again`,
        );
      if (used === accessToken) await refresh();
      const second = await post(call, accessToken, signal);
      if (!isOver(second)) return accept(call, second);
      throw new RejectedError(
        `POST ${call.type}: the fresh access token is refused too (${tokenOver}); authorise the shop again`,
        { code: `PDD_${tokenOver}` },
      );
    },
  };
}

const isOver = (answer: { readonly refusal: Refusal } | { readonly body: unknown }): boolean =>
  'refusal' in answer && answer.refusal.code === tokenOver;

const msOf = (seconds: number | null | undefined): number | null =>
  typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : null;

/** The gateway's own path, unless the base URL names it: a private gateway may have it elsewhere, but calls it router, too. */
function urlOf(baseUrl: string): string {
  const base = baseUrl.replace(/\/+$/, '');
  return base.endsWith('/router') ? base : `${base}/api/router`;
}

/** The names of the wrappers follow no rule, one is even misspelt (`…_resposne`): the first object that is no error is it. */
function readAnswer(answer: unknown): { readonly refusal: Refusal } | { readonly body: unknown } | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { error_response: error, ...rest } = answer as Record<string, unknown>;
  if (error !== undefined && error !== null) {
    const failure = Failure.safeParse(error);
    if (!failure.success) return undefined;
    const { error_code, error_msg, sub_msg } = failure.data;
    return { refusal: { code: error_code, words: `${error_msg} ${sub_msg}` } };
  }
  const wrappers = Object.entries(rest).filter(([, value]) => typeof value === 'object' && value !== null);
  const [, body] = wrappers.find(([name]) => /respo\w*$/.test(name)) ?? wrappers[0] ?? [];
  return body === undefined ? undefined : { body };
}
