import { z } from 'zod';
import { AuthExpiredError, RejectedError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Http, HttpAnswer } from '../../../ports/http.ts';
import { singleFlight } from '../../single-flight.ts';
import { refusalOf } from './refusals.ts';
import type { Gateway } from './stream-client.ts';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly robotCode: string;
  readonly cardTemplateId?: string | undefined;
  readonly webhookSecret?: string | undefined;
}

export interface Api {
  /** One write with the app's token, which is renewed once when it is refused. Throws AppError classes only. */
  call(path: string, body: object, signal: AbortSignal): Promise<unknown>;
  gateway(signal: AbortSignal): Gateway;
}

const Token = z.object({ accessToken: z.string().min(1), expireIn: z.coerce.number().positive() });
const Endpoint = z.object({ endpoint: z.url({ protocol: /^wss?$/ }), ticket: z.string().min(1) });

/** Renewed this long before its end, so that it does not end on the way. */
const renewBeforeMs = 300_000;
const explained = [400, 401, 403, 404, 429, 500, 502, 503, 504];
const json = { 'content-type': 'application/json', accept: 'application/json' };

export function createApi(deps: { http: Http; baseUrl: string; credentials: Credentials; clock: Clock }): Api {
  const { http, credentials, clock } = deps;
  const baseUrl = deps.baseUrl.replace(/\/+$/, '');
  let token: { readonly value: string; readonly endsAt: number } | undefined;

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

  /** One renewal for all who need it; it belongs to none of them, so no signal ends it. */
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
    async call(path, body, signal) {
      const used = await current();
      try {
        return await post(path, body, { token: used, write: true, signal });
      } catch (error) {
        if (!(error instanceof AuthExpiredError)) throw error;
        if (token?.value === used) token = undefined;
        return post(path, body, { token: await current(), write: true, signal });
      }
    },
    gateway: (signal) => async (subscriptions) => {
      const { clientId, clientSecret } = credentials;
      const asked = { clientId, clientSecret, ua: 'order-war-room', subscriptions };
      const given = Endpoint.safeParse(await post('/v1.0/gateway/connections/open', asked, { write: false, signal }));
      if (!given.success) throw new RejectedError('The gateway gave no endpoint', { code: 'NO_ENDPOINT' });
      return `${given.data.endpoint}?ticket=${encodeURIComponent(given.data.ticket)}`;
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
