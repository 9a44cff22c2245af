import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { CarrierContext } from '../../../ports/carrier.ts';
import type { HttpAnswer } from '../../../ports/http.ts';

export interface Credentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** `{instance,title,detail,status}` (fulfillment.md §3). */
export const Fault = z.looseObject({ title: z.string() });

/** MyDHL readings: Basic auth, one attempt each. Answers of 400, 404 and 422 explain themselves and come back. */
export function createClient({ http, baseUrl, credentials }: CarrierContext<Credentials>) {
  const base = baseUrl.replace(/\/+$/, '');
  const authorization = `Basic ${Buffer.from(`${credentials.apiKey}:${credentials.apiSecret}`).toString('base64')}`;

  /** Throws AppError, naming no parcel; 401 is final: there is nothing to refresh. */
  return async (path: string, signal: AbortSignal): Promise<HttpAnswer> => {
    const answer = await http.send({
      method: 'GET',
      url: base + path,
      headers: { authorization, accept: 'application/json' },
      readStatuses: [400, 401, 404, 422],
      signal,
    });
    if (answer.status === 401)
      throw new RejectedError('MyDHL: it does not know this key; check credentials.apiKey and credentials.apiSecret', {
        code: 'DHL_KEY',
      });
    return answer;
  };
}
