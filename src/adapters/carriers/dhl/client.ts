import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { CarrierContext } from '../../../ports/carrier.ts';
import type { HttpAnswer } from '../../../ports/http.ts';

export interface Credentials {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** The shipper account that labels are charged to. */
  readonly account?: string | undefined;
}

/** `{instance,title,detail,additionalDetails}`; `status` is a text or a number, a business fault's number stands before its text. */
export const Fault = z.looseObject({
  title: z.string(),
  detail: z.string().nullish(),
  additionalDetails: z.array(z.string()).nullish(),
});

/** MyDHL calls: Basic auth, one attempt each. Answers of 400, 404 and 422 explain themselves and come back. */
export function createClient({ http, baseUrl, credentials }: CarrierContext<Credentials>) {
  const base = baseUrl.replace(/\/+$/, '');
  const authorization = `Basic ${Buffer.from(`${credentials.apiKey}:${credentials.apiSecret}`).toString('base64')}`;

  /** Throws AppError, naming no parcel; 401 is final: there is nothing to refresh. */
  return async (
    request: {
      readonly method: 'GET' | 'POST';
      readonly path: string;
      readonly body?: object;
      readonly write?: boolean;
    },
    signal: AbortSignal,
  ): Promise<HttpAnswer> => {
    const { method, path, body, write = false } = request;
    const answer = await http.send({
      method,
      url: base + path,
      headers: {
        authorization,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      write,
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
