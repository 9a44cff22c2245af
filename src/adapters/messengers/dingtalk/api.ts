import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Http } from '../../../ports/http.ts';
import { createDingtalkApp } from '../../dingtalk.ts';
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

const Endpoint = z.object({ endpoint: z.url({ protocol: /^wss?$/ }), ticket: z.string().min(1) });

export function createApi(deps: { http: Http; baseUrl: string; credentials: Credentials; clock: Clock }): Api {
  const app = createDingtalkApp({ ...deps, refusalOf });
  return {
    call: (path, body, signal) => app.call(path, body, signal),
    gateway: (signal) => async (subscriptions) => {
      const { clientId, clientSecret } = deps.credentials;
      const asked = { clientId, clientSecret, ua: 'order-war-room', subscriptions };
      const given = Endpoint.safeParse(
        await app.post('/v1.0/gateway/connections/open', asked, { write: false, signal }),
      );
      if (!given.success) throw new RejectedError('The gateway gave no endpoint', { code: 'NO_ENDPOINT' });
      return `${given.data.endpoint}?ticket=${encodeURIComponent(given.data.ticket)}`;
    },
  };
}
