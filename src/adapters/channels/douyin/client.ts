import { z } from 'zod';
import { AuthExpiredError, OutcomeUnknownError, RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { ChannelContext } from '../../../ports/channel.ts';
import type { HttpAnswer } from '../../../ports/http.ts';
import { singleFlight } from '../../single-flight.ts';
import { errorOf } from './refusal.ts';
import { paramJsonOf, sign } from './sign.ts';

export interface Credentials {
  readonly appKey: string;
  readonly appSecret: string;
  readonly shopId: string;
  /** From the last refresh; empty or absent before the first. */
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
}

export interface Call {
  /** `order.searchList`: its path is `/order/searchList`. */
  readonly method: string;
  readonly param: object;
  readonly write?: boolean;
}

/** One attempt; answers what stands in `data`. */
export type Send = (call: Call, signal: AbortSignal) => Promise<unknown>;

const Code = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number);
const Words = z.string().nullish();
/** New apps answer `code`, old ones `err_no` alone (channels.md §3.6). */
const Envelope = z.object({
  code: Code.nullish(),
  err_no: Code.nullish(),
  sub_code: Words,
  sub_msg: Words,
  msg: Words,
  message: Words,
  log_id: Words,
  data: z.unknown().optional(),
});

const success = 10_000;

const Tokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().nullish(),
  /** Seconds. */
  expires_in: Code.nullish(),
});

/**
 * Signed calls, one attempt each. The shop's own app takes its first token with the shop's number, and renews it once and
 * single-flight when it is over: a second renewal would make the first one's worthless (channels.md §9.19). The call, which
 * had been refused, is then sent again. Throws as `errorOf` says; no message carries a key, a token or the platform's words.
 */
export function createClient(context: ChannelContext<Credentials>): Send {
  const { http, clock, credentials } = context;
  const { appKey, appSecret } = credentials;
  const baseUrl = context.baseUrl.replace(/\/+$/, '');
  let accessToken = credentials.accessToken ?? '';
  let refreshToken = credentials.refreshToken ?? '';

  const call = async ({ method, param, write = false }: Call, token: string, signal: AbortSignal): Promise<unknown> => {
    const path = pathOf(method);
    const at = clock.now();
    const timestamp = String(Math.floor(at / 1_000));
    const paramJson = paramJsonOf(param);
    const query = new URLSearchParams({
      method,
      app_key: appKey,
      ...(token === '' ? {} : { access_token: token }),
      timestamp,
      v: '2',
      sign: sign({ appKey, appSecret, method, paramJson, timestamp }),
      sign_method: 'hmac-sha256',
    });
    const answer = await http.send({
      method: 'POST',
      url: `${baseUrl}${path}?${query.toString()}`,
      headers: { 'content-type': 'application/json;charset=utf-8', 'x-open-no-old-err-code': '1' },
      body: paramJson,
      write,
      signal,
    });
    const where = `POST ${path}`;
    const envelope = Envelope.safeParse(answer.json()).data;
    const code = envelope?.code ?? (envelope?.err_no === 0 ? success : envelope?.err_no);
    if (envelope === undefined || code === undefined || code === null) {
      const message = `${where}: the answer has no code`;
      throw write ? new OutcomeUnknownError(message) : new RetryableError(message, { code: 'BAD_ANSWER' });
    }
    if (code === success) return envelope.data;
    throw errorOf(where, {
      code,
      subCode: envelope.sub_code ?? '',
      words: [envelope.sub_msg, envelope.msg, envelope.message].join(' '),
      logId: envelope.log_id ?? '',
      isWrite: write,
      skew: skewOf(answer, at),
    });
  };

  const grant = async (method: string, param: object): Promise<void> => {
    // Not stopped with the call that began it, since others wait for it, too.
    const tokens = Tokens.safeParse(await call({ method, param }, '', new AbortController().signal));
    if (!tokens.success)
      throw new RetryableError(`POST ${pathOf(method)}: the answer has no tokens`, { code: 'BAD_ANSWER' });
    const { access_token, refresh_token, expires_in } = tokens.data;
    accessToken = access_token;
    refreshToken = refresh_token ?? '';
    const expiresAt = typeof expires_in === 'number' ? clock.now() + expires_in * 1_000 : null;
    await context.saveTokens?.({ accessToken, refreshToken, expiresAt });
  };
  /** The shop's own app can always begin anew; so a refresh token that is over is no reason to call for a person. */
  const create = (): Promise<void> =>
    grant('token.create', { code: '', grant_type: 'authorization_self', shop_id: credentials.shopId });
  const refresh = (): Promise<void> =>
    grant('token.refresh', { grant_type: 'refresh_token', refresh_token: refreshToken }).catch((error: unknown) => {
      if (error instanceof RejectedError || error instanceof AuthExpiredError) return create();
      throw error;
    });
  const freshTokens = singleFlight(() => (refreshToken === '' ? create() : refresh()));
  const renew = async (used: string): Promise<void> => {
    if (used === accessToken) await freshTokens();
  };

  return async (request, signal) => {
    if (signal.aborted)
      throw new RetryableError(`POST ${pathOf(request.method)}: stopped before it was sent`, { code: 'ABORTED' });
    if (accessToken === '') await renew('');
    const used = accessToken;
    try {
      return await call(request, used, signal);
    } catch (error) {
      if (!(error instanceof AuthExpiredError)) throw error;
    }
    await renew(used);
    try {
      return await call(request, accessToken, signal);
    } catch (error) {
      if (!(error instanceof AuthExpiredError)) throw error;
      throw new RejectedError(
        `POST ${pathOf(request.method)}: a fresh access token is refused, too; let the shop authorise the app again`,
        { code: 'NOT_AUTHORISED' },
      );
    }
  };
}

const pathOf = (method: string): string => `/${method.replaceAll('.', '/')}`;

function skewOf(answer: HttpAnswer, at: number): string {
  const server = Date.parse(answer.headers.date ?? '');
  if (Number.isNaN(server)) return 'it does not tell its own time';
  const seconds = Math.round((at - server) / 1_000);
  return `ours is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} its own`;
}
