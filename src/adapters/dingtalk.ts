import { z } from 'zod';
import { type AppError, AuthExpiredError, RejectedError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Http, HttpAnswer } from '../ports/http.ts';
import { singleFlight } from './single-flight.ts';

const Token = z.object({ accessToken: z.string().min(1), expireIn: z.coerce.number().positive() });

/** Renewed this long before its end, so that it does not end on the way. */
const renewBeforeMs = 300_000;
const explained = [400, 401, 403, 404, 429, 500, 502, 503, 504];
const json = { 'content-type': 'application/json', accept: 'application/json' };

/** What a refusal means: the body is undefined when it cannot be read. AuthExpiredError: the token is over. */
type RefusalOf = (where: string, isWrite: boolean, status: number, body: unknown) => AppError;

/** One app of DingTalk's new API, with the token that it gives to itself (dingtalk.md §3.1). */
export function createDingtalkApp(deps: {
  readonly http: Http;
  readonly baseUrl: string;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
  readonly clock: Clock;
  readonly refusalOf: RefusalOf;
}) {
  const { http, credentials, clock, refusalOf } = deps;
  const baseUrl = deps.baseUrl.replace(/\/+$/, '');
  let token: { readonly value: string; readonly endsAt: number } | undefined;

  /** One attempt. Throws AppError classes only. */
  async function post(path: string, body: object, options: { token?: string; write: boolean; signal?: AbortSignal }) {
    const answer = await http.send({
      method: 'POST',
      url: `${baseUrl}${path}`,
      headers: { ...json, ...(options.token === undefined ? {} : { 'x-acs-dingtalk-access-token': options.token }) },
      body: JSON.stringify(body),
      write: options.write,
      readStatuses: explained,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (answer.status < 400) return answer.json();
    throw refusalOf(`POST ${path}`, options.write, answer.status, bodyOf(answer));
  }

  const renew = singleFlight(async (): Promise<string> => {
    const asked = { appKey: credentials.clientId, appSecret: credentials.clientSecret };
    const given = Token.safeParse(await post('/v1.0/oauth2/accessToken', asked, { write: false }));
    if (!given.success) throw new RejectedError('DingTalk gave no token', { code: 'NO_TOKEN' });
    const lifeMs = given.data.expireIn * 1_000;
    token = { value: given.data.accessToken, endsAt: clock.now() + Math.max(lifeMs - renewBeforeMs, lifeMs / 2) };
    return token.value;
  });

  const current = async (): Promise<string> =>
    token !== undefined && clock.now() < token.endsAt ? token.value : renew();

  return {
    post,
    renew,
    /** One write with the app's token, which is renewed once when it is refused: nothing was done then. */
    async call(path: string, body: object, signal: AbortSignal): Promise<unknown> {
      const used = await current();
      try {
        return await post(path, body, { token: used, write: true, signal });
      } catch (error) {
        if (!(error instanceof AuthExpiredError)) throw error;
        if (token?.value === used) token = undefined;
        return post(path, body, { token: await current(), write: true, signal });
      }
    },
  };
}

/** A refusal is one whether or not its body can be read. */
function bodyOf(answer: HttpAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return undefined;
  }
}
