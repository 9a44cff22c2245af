import {
  type AppError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import { toBeijingText } from '../../../domain/local-time.ts';
import type { FulfillmentContext } from '../../../ports/fulfillment.ts';
import { createPacer } from '../pacer.ts';
import { clean } from '../refusal.ts';
import { sign } from './sign.ts';
import { type Content, type Element, readRoot, textOf, toXml } from './xml.ts';

export interface Credentials {
  readonly appKey: string;
  readonly appSecret: string;
  /** Whose warehouse the gateway passes a call on to. */
  readonly customerId: string;
  /** Whose goods they are, in the warehouse's words. */
  readonly ownerCode: string;
}

export interface Call {
  /** `order.cancel`, without the prefix of the gateway. */
  readonly method: string;
  readonly request: Content;
  readonly write?: boolean;
}

/** What the warehouse answered. Its codes are its own: only `isOk` decides (fulfillment.md §1.1). */
export interface Answer {
  readonly isOk: boolean;
  readonly code: string;
  readonly words: string;
  readonly body: Element;
}

export type Send = (call: Call, signal: AbortSignal) => Promise<Answer>;

/** No figure is published (UNVERIFIED); this is slow enough for every account seen. */
const paces = [{ calls: 10, ms: 1_250 }];
const pauseMs = 2_000;
const badSign = '25';
const limited = '7';

/** Codes that refuse the caller and not what was asked. */
export const isForbidden = (code: string): boolean => code === `QM_${badSign}` || code === 'QM_TIME';

/**
 * Signed XML calls, one attempt each; HTTP says 200 throughout. What the warehouse itself refuses is answered, not thrown.
 * Throws RateLimitedError, RejectedError (the gateway refuses the caller), RetryableError, and OutcomeUnknownError for a write
 * whose answer was lost. No message carries a key or what was sent.
 */
export function createClient(context: FulfillmentContext<Credentials>): Send {
  const { http, clock, baseUrl, credentials } = context;
  const pacer = createPacer(clock, paces);
  return async ({ method, request, write = false }, signal) => {
    const body = `<?xml version="1.0" encoding="utf-8"?>${toXml('request', request)}`;
    const lost = (message: string, code: string): AppError =>
      write ? new OutcomeUnknownError(message) : new RetryableError(message, { code });
    const { text } = await pacer.run(write, signal, () => {
      const query: Record<string, string> = {
        method: `taobao.qimen.${method}`,
        app_key: credentials.appKey,
        customerId: credentials.customerId,
        // Taken when its turn has come: the gateway refuses one that is off.
        timestamp: toBeijingText(clock.now()),
        v: '2.0',
        format: 'xml',
        sign_method: 'md5',
      };
      query.sign = sign(credentials.appSecret, query, body);
      return http.send({
        method: 'POST',
        url: `${baseUrl}?${new URLSearchParams(query).toString()}`,
        headers: { 'content-type': 'text/xml;charset=utf-8' },
        body,
        write,
        signal,
      });
    });
    const response = readRoot('response', text);
    const flag = response === undefined ? '' : textOf('flag', response);
    if (response === undefined || (flag !== 'success' && flag !== 'failure'))
      throw lost(`${method}: the answer does not say whether it is one`, 'BAD_ANSWER');
    const isOk = flag === 'success';
    const [code, words] = [textOf('code', response), clean(textOf('message', response))];
    // The warehouse gives no number to a request; what has one and failed did so at the gateway.
    if (isOk || textOf('request_id', response) === '') return { isOk, code, words, body: response };
    if (code === limited) {
      pacer.pause(clock.now() + pauseMs);
      throw new RateLimitedError(`${method}: too many calls (${code})`, pauseMs);
    }
    throw refusalOf(method, code, words) ?? lost(`${method}: the gateway failed`, 'GATEWAY');
  };
}

/** What the gateway refuses for good; undefined where it may have reached the warehouse all the same. */
function refusalOf(method: string, code: string, words: string): AppError | undefined {
  if (code === badSign)
    return new RejectedError(`${method}: the signature is wrong; check credentials.appSecret`, { code: `QM_${code}` });
  if (/timestamp|时间戳/i.test(words))
    return new RejectedError(`${method}: our clock is more than 10 minutes off`, { code: 'QM_TIME' });
  // 1x and 2x of TOP are about who calls and how; a remote failure (15) and those above may have reached the warehouse.
  if (/^(1[1-3]|2\d|40|41)$/.test(code))
    return new RejectedError(`${method}: the gateway refused (${code})`, { code: `QM_${code}` });
  return undefined;
}
