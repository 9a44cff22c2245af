import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  type AppError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import type { CarrierContext } from '../../../ports/carrier.ts';
import { digest } from './sign.ts';

export interface Credentials {
  readonly partnerId: string;
  readonly checkWord: string;
  /** The account that pays, and from where we send: for labels only. */
  readonly monthlyCard?: string | undefined;
  readonly senderName?: string | undefined;
  readonly senderPhone?: string | undefined;
  readonly senderProvince?: string | undefined;
  readonly senderCity?: string | undefined;
  readonly senderDistrict?: string | undefined;
  readonly senderAddress?: string | undefined;
}

/** What the business behind the transport says: `S0000` when it did as asked (fulfillment.md §2.4). */
export interface Inner {
  readonly code: string;
  /** Its own words for a refusal; may be empty. */
  readonly words: string;
  readonly data: unknown;
}

const Outer = z.looseObject({ apiResultCode: z.string(), apiResultData: z.string().nullish() });
const Result = z.looseObject({
  errorCode: z.union([z.string(), z.number()]).transform(String).nullish(),
  errorMsg: z.string().nullish(),
  msgData: z.unknown().optional(),
  /** Printing answers in a shape of its own: `success` and `obj`. */
  success: z.unknown().optional(),
  obj: z.unknown().optional(),
});

const pauseMs = 5_000;

/** Codes of the transport: nothing was done, but nobody knows for the codes that stand in no list. */
function errorOf(where: string, code: string, isWrite: boolean): AppError {
  const said = (what: string) => new RejectedError(`${where}: ${what} (${code})`, { code: `SF_${code}` });
  switch (code) {
    case 'A1001':
      return said('a parameter is missing');
    case 'A1002':
      return said('the access token is over');
    case 'A1003':
      return said('this machine’s IP is not on the list of the account');
    case 'A1004':
      return said('the account may not call this service; open it in Fengqiao');
    case 'A1005':
      return new RateLimitedError(`${where}: too many calls (${code})`, pauseMs);
    case 'A1006':
      return said('the digest is wrong; check credentials.partnerId and credentials.checkWord');
    case 'A1007':
      return said('the request was seen before');
    default:
      if (isWrite) return new OutcomeUnknownError(`${where}: it failed (${code})`);
      return new RetryableError(`${where}: it failed`, { code: `SF_${code}` });
  }
}

/** Fengqiao calls. A1000 says only that the transport worked; what was done stands in a text inside the answer. */
export function createClient({ http, baseUrl, clock, credentials }: CarrierContext<Credentials>) {
  const { partnerId, checkWord } = credentials;
  const url = `${baseUrl.replace(/\/+$/, '')}/std/service`;

  /** One attempt at a service; `isWrite` for one that makes something. Throws AppError, naming no parcel. */
  return async (service: string, message: object, signal: AbortSignal, isWrite = false): Promise<Inner> => {
    const msgData = JSON.stringify(message);
    const timestamp = String(clock.now());
    const answer = await http.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      body: new URLSearchParams({
        partnerID: partnerId,
        requestID: randomUUID(),
        serviceCode: service,
        timestamp,
        msgData,
        msgDigest: digest(msgData, timestamp, checkWord),
      }).toString(),
      write: isWrite,
      signal,
    });
    const unreadable = (): AppError =>
      isWrite
        ? new OutcomeUnknownError(`${service}: the answer cannot be read`)
        : new RetryableError(`${service}: the answer cannot be read`, { code: 'BAD_ANSWER' });
    const outer = Outer.safeParse(answer.json());
    if (!outer.success) throw unreadable();
    const { apiResultCode, apiResultData } = outer.data;
    if (apiResultCode !== 'A1000') throw errorOf(service, apiResultCode, isWrite);
    const inner = Result.safeParse(readJson(apiResultData ?? ''));
    if (!inner.success) throw unreadable();
    const { errorCode, errorMsg, msgData: told, success, obj } = inner.data;
    return { code: errorCode ?? (success === true ? 'S0000' : ''), words: clean(errorMsg ?? ''), data: told ?? obj };
  };
}

/** On one line, and short: for a person to read. */
const clean = (words: string): string =>
  words
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 120);

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
