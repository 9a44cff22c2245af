import { z } from 'zod';
import {
  type AppError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import type { FulfillmentContext } from '../../../ports/fulfillment.ts';
import { createPacer } from '../pacer.ts';
import { clean } from '../refusal.ts';
import { sign } from './sign.ts';

export interface Credentials {
  readonly sid: string;
  readonly appKey: string;
  /** As it is issued: `secret:salt`. */
  readonly appSecret: string;
}

export interface Call {
  /** `sales.TradeQuery.queryWithDetail` */
  readonly method: string;
  /** Positional arguments. */
  readonly args: readonly unknown[];
  /** Page of a list, counted from 1, and its size. */
  readonly page?: { readonly index: number; readonly size: number };
  readonly write?: boolean;
}

const Answer = z.object({
  status: z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number),
  message: z.string().nullish(),
  data: z.unknown().optional(),
});
export type Answer = z.infer<typeof Answer>;

/** The answer of a call; a refusal of what was asked comes back with its status 100. */
export type Send = (call: Call, signal: AbortSignal) => Promise<Answer>;

/** Seconds of 2012-01-01 in Beijing, from which the interface counts. */
const epochSeconds = 1_325_347_200;
/** 60 calls a minute are often quoted and not published (fulfillment.md §1.3, UNVERIFIED). */
const paces = [
  { calls: 4, ms: 1_050 },
  { calls: 50, ms: 61_000 },
];
/** Who was too fast is asked to be silent for five to ten minutes. */
const penaltyMs = 300_000;

/** Statuses that say "no" whatever is asked again. */
const refusals: Readonly<Record<number, string>> = {
  1: 'sid, key or secret is not right, or the arguments are not',
  2: 'a field is not right',
  3: 'the account wants a one-time password; switch that off for it',
  6: "the caller's IP address is not on the list",
  7: 'our clock is more than 2 minutes off',
  8: 'the version is not right',
};

/** Codes that refuse the caller and not what was asked. */
export const isForbidden = (code: string): boolean => ['WDT_1', 'WDT_3', 'WDT_6', 'WDT_RIGHT'].includes(code);

/**
 * Signed calls, one attempt each; HTTP says 200 throughout.
 * Throws RateLimitedError, RejectedError (the caller, not what was asked), RetryableError, and OutcomeUnknownError for a
 * write whose answer was lost or was none. No message carries a key or what was sent.
 */
export function createClient({ http, clock, baseUrl, credentials }: FulfillmentContext<Credentials>): Send {
  const [secret = '', salt = ''] = credentials.appSecret.split(':');
  const pacer = createPacer(clock, paces);

  return async ({ method, args, page, write = false }, signal) => {
    const body = JSON.stringify(args);
    const answer = await pacer.run(write, signal, () => {
      const query: Record<string, string> = {
        method,
        sid: credentials.sid,
        key: credentials.appKey,
        salt,
        v: '1.0',
        // Taken when its turn has come: two minutes off is refused.
        timestamp: String(Math.floor(clock.now() / 1_000) - epochSeconds),
        ...(page === undefined
          ? {}
          : { page_no: String(page.index - 1), page_size: String(page.size), calc_total: '1' }),
      };
      return http.send({
        method: 'POST',
        url: `${baseUrl}?${new URLSearchParams({ ...query, sign: sign(secret, query, body) }).toString()}`,
        headers: { 'content-type': 'application/json;charset=UTF-8' },
        body,
        write,
        signal,
      });
    });
    const parsed = Answer.safeParse(answer.json());
    if (!parsed.success) throw lost(`${method}: the answer has no status`, write);
    const error = errorOf(method, parsed.data, write);
    if (error instanceof RateLimitedError) pacer.pause(clock.now() + error.afterMs);
    if (error !== undefined) throw error;
    return parsed.data;
  };
}

function errorOf(method: string, { status, message }: Answer, write: boolean): AppError | undefined {
  if (status === 0) return undefined;
  const words = clean(message ?? '');
  if (/每分钟最大(调用频率|并发)/.test(words))
    return new RateLimitedError(`${method}: too many calls (${status})`, penaltyMs);
  if (/权限不足|无仓库访问权限/.test(words))
    return new RejectedError(`${method}: the account has no right to this; ask for it`, { code: 'WDT_RIGHT' });
  if (status === 100) return undefined;
  const known = refusals[status];
  // A database that failed (4, 5) or something else (99) may have failed after the write.
  if (known === undefined) return lost(`${method}: failed (${status})`, write);
  return new RejectedError(`${method}: ${known} (${status})`, { code: `WDT_${status}` });
}

const lost = (message: string, write: boolean): AppError =>
  write ? new OutcomeUnknownError(message) : new RetryableError(message, { code: 'BAD_ANSWER' });
