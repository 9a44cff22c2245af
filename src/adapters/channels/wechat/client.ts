import { z } from 'zod';
import { OutcomeUnknownError, RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { ChannelContext } from '../../../ports/channel.ts';
import { singleFlight } from '../../single-flight.ts';
import { errorOf, isAbsent, isTheirs, isTokenOver, type Refusal } from './refusal.ts';

export interface Credentials {
  readonly appId: string;
  readonly appSecret: string;
  /** Both or neither: what was entered for messages in the shop's back office. */
  readonly token?: string | undefined;
  readonly encodingAesKey?: string | undefined;
}

export interface Call {
  /** `/channels/ec/order/get` */
  readonly path: string;
  readonly body: object;
  readonly write?: boolean;
  /** What it asks for may not be there: then the answer is undefined. */
  readonly mayBeAbsent?: boolean;
}

/** The whole answer. Throws AppError. */
export type Send = (call: Call, signal: AbortSignal) => Promise<Readonly<Record<string, unknown>> | undefined>;

const Code = z.union([z.number().int(), z.string().regex(/^-?\d+$/)]).transform(Number);
const Answer = z.looseObject({ errcode: Code.nullish(), errmsg: z.unknown().optional() });
const Token = z.object({ access_token: z.string().min(1), expires_in: Code });

type Answered = { readonly refusal: Refusal } | { readonly body: Readonly<Record<string, unknown>> };

/** A token is not used for its last minute: a call must not outlive it on its way. */
const marginMs = 60_000;
const tokenPath = '/cgi-bin/stable_token';

/**
 * JSON calls with the shop's stable token, which is asked for once for all who wait (channels.md §5.1). A token that is
 * refused is asked for again once; then the call, which had not been applied, is sent again.
 */
export function createClient(context: ChannelContext<Credentials>): Send {
  const { http, clock, credentials } = context;
  const baseUrl = context.baseUrl.replace(/\/+$/, '');
  let token: { readonly text: string; readonly endsAt: number } | undefined;

  const post = async (
    { path, body, write = false }: Call,
    accessToken: string | undefined,
    signal: AbortSignal,
  ): Promise<Answered> => {
    const query = accessToken === undefined ? '' : `?access_token=${encodeURIComponent(accessToken)}`;
    const answer = await http.send({
      method: 'POST',
      url: `${baseUrl}${path}${query}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      write,
      signal,
    });
    const parsed = Answer.safeParse(answer.json());
    if (!parsed.success) {
      const message = `POST ${path}: the answer is neither a result nor a refusal`;
      throw write ? new OutcomeUnknownError(message) : new RetryableError(message, { code: 'BAD_ANSWER' });
    }
    const { errcode, errmsg } = parsed.data;
    if (errcode === null || errcode === undefined || errcode === 0) return { body: parsed.data };
    return { refusal: { code: errcode, words: typeof errmsg === 'string' ? errmsg : '' } };
  };

  const askToken = async (isForced: boolean): Promise<string> => {
    const { appId: appid, appSecret: secret } = credentials;
    const body = { grant_type: 'client_credential', appid, secret, force_refresh: isForced };
    // Not stopped with the call that began it, since others wait for it too.
    const answer = await post({ path: tokenPath, body }, undefined, new AbortController().signal);
    if ('refusal' in answer) throw errorOf(tokenPath, answer.refusal, clock.now());
    const { data } = Token.safeParse(answer.body);
    if (data === undefined)
      throw new RetryableError(`POST ${tokenPath}: the answer has no token`, { code: 'BAD_ANSWER' });
    token = { text: data.access_token, endsAt: clock.now() + data.expires_in * 1_000 };
    return data.access_token;
  };

  /** Only if the platform insists on the `refused` one is it made to give another. */
  const fetchToken = singleFlight(async (refused: string | undefined): Promise<string> => {
    const text = await askToken(false);
    return text === refused ? await askToken(true) : text;
  });

  /** One that lives on and is not the `refused` one. */
  const tokenFor = async (refused: string | undefined): Promise<string> => {
    if (token !== undefined && token.text !== refused && clock.now() < token.endsAt - marginMs) return token.text;
    return fetchToken(refused);
  };

  const accept = (call: Call, answer: Answered): Readonly<Record<string, unknown>> | undefined => {
    if ('body' in answer) return answer.body;
    const { refusal } = answer;
    if (call.mayBeAbsent === true && isAbsent(refusal)) return undefined;
    if (call.write === true && isTheirs(refusal))
      throw new OutcomeUnknownError(`POST ${call.path}: the platform is busy (${refusal.code})`);
    throw errorOf(call.path, refusal, clock.now());
  };

  const isOver = (answer: Answered): boolean => 'refusal' in answer && isTokenOver(answer.refusal);

  return async (call, signal) => {
    if (signal.aborted) throw new RetryableError(`POST ${call.path}: stopped before it was sent`, { code: 'ABORTED' });
    const used = await tokenFor(undefined);
    const first = await post(call, used, signal);
    if (!isOver(first)) return accept(call, first);
    const second = await post(call, await tokenFor(used), signal);
    if (!isOver(second)) return accept(call, second);
    throw new RejectedError(
      `POST ${call.path}: a fresh access token is refused, too; does another system ask for tokens of this shop?`,
      { code: 'WX_TOKEN' },
    );
  };
}
