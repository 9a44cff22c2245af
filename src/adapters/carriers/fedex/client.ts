import { z } from 'zod';
import { AuthExpiredError, RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { CarrierContext } from '../../../ports/carrier.ts';
import type { HttpAnswer } from '../../../ports/http.ts';
import { singleFlight } from '../../single-flight.ts';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const Grant = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** Answers that explain themselves. */
const explained = [400, 403, 404, 422];
/** Renewed this long before it ends. */
const earlyMs = 60_000;

/** FedEx calls: a bearer token of about an hour, fetched by one caller at a time, renewed once when it is refused. */
export function createClient({ http, baseUrl, clock, credentials }: CarrierContext<Credentials>) {
  const base = baseUrl.replace(/\/+$/, '');
  let token: { readonly value: string; readonly until: number } | undefined;

  async function fetchToken(): Promise<string> {
    const answer = await http.send({
      method: 'POST',
      url: `${base}/oauth/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
      }).toString(),
      readStatuses: [401, 403],
    });
    if (answer.status >= 400)
      throw new RejectedError('FedEx: it does not know this client; check credentials.clientId and clientSecret', {
        code: 'FEDEX_KEY',
      });
    const grant = Grant.safeParse(answer.json());
    if (!grant.success) throw new RetryableError('POST /oauth/token: no token', { code: 'BAD_ANSWER' });
    token = { value: grant.data.access_token, until: clock.now() + grant.data.expires_in * 1_000 - earlyMs };
    return token.value;
  }

  const fetchShared = singleFlight(fetchToken);
  const freshToken = (): Promise<string> => {
    if (token !== undefined && clock.now() < token.until) return Promise.resolve(token.value);
    return fetchShared();
  };

  /** One attempt, and a second with a new token when the first was refused for the token's sake: nothing was done then. */
  return async (path: string, body: object, signal: AbortSignal): Promise<HttpAnswer> => {
    const send = (bearer: string): Promise<HttpAnswer> =>
      http.send({
        method: 'POST',
        url: base + path,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'x-locale': 'en_US' },
        body: JSON.stringify(body),
        readStatuses: explained,
        signal,
      });
    if (signal.aborted) throw new RetryableError('FedEx: stopped before it was sent', { code: 'ABORTED' });
    const used = await freshToken();
    try {
      return await send(used);
    } catch (error) {
      if (!(error instanceof AuthExpiredError)) throw error;
      if (token?.value === used) token = undefined;
      try {
        return await send(await freshToken());
      } catch (again) {
        if (!(again instanceof AuthExpiredError)) throw again;
        throw new RejectedError(`${path}: it refuses a new token; check the project’s rights`, {
          code: 'FEDEX_TOKEN',
        });
      }
    }
  };
}
