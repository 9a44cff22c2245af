import { z } from 'zod';
import { RejectedError, RetryableError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http } from '../../ports/http.ts';
import type { FreshTokens } from '../../ports/tokens.ts';
import { singleFlight } from '../single-flight.ts';

/** Either an access token that does not end, or the app's own id and secret, with which it fetches one for a day. */
export interface TokenCredentials {
  readonly accessToken?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
}

/** What is needed to ask a shop. */
export interface TokenContext {
  readonly baseUrl: string;
  readonly credentials: TokenCredentials;
  readonly http: Http;
  readonly clock: Clock;
  readonly saveTokens?: (tokens: FreshTokens) => Promise<void>;
}

export interface Token {
  /** The token in use; fetches the first one. */
  current(): Promise<string>;
  /** Another one than `used`, which the shop refused. Throws RejectedError when there is none to get. */
  renewed(used: string): Promise<string>;
}

const Granted = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().nullish() });

/** One fetch at a time, whoever asks (channels.md §4.1, client credentials). */
export function createToken({ http, clock, baseUrl, credentials, saveTokens }: TokenContext): Token {
  const { clientId, clientSecret } = credentials;
  let token = credentials.accessToken;
  const where = 'Shopify access token';

  async function fetchOne(): Promise<string> {
    if (clientId === undefined || clientSecret === undefined) {
      throw new RejectedError(
        `${where}: the shop refuses it; install the app again and check credentials.accessToken`,
        {
          code: 'BAD_TOKEN',
        },
      );
    }
    const answer = await http.send({
      method: 'POST',
      url: `${baseUrl.replace(/\/+$/, '')}/admin/oauth/access_token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      }).toString(),
      readStatuses: [400, 401, 403, 404],
    });
    if (answer.status >= 400) {
      throw new RejectedError(
        `${where}: the shop refuses the app (${answer.status}); check credentials.clientId, credentials.clientSecret and that the app is installed`,
        { code: 'BAD_TOKEN' },
      );
    }
    const granted = Granted.safeParse(answer.json());
    if (!granted.success) throw new RetryableError(`${where}: the answer has none`, { code: 'BAD_ANSWER' });
    const { access_token, expires_in } = granted.data;
    token = access_token;
    const expiresAt = typeof expires_in === 'number' ? clock.now() + expires_in * 1_000 : null;
    await saveTokens?.({ accessToken: access_token, refreshToken: '', expiresAt });
    return access_token;
  }

  const fetchShared = singleFlight(fetchOne);

  return {
    current: async () => token ?? fetchShared(),
    renewed: async (used) => (token !== undefined && token !== used ? token : fetchShared()),
  };
}
