import { z } from 'zod';
import {
  AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import type { Outcome, Refusal } from '../../../domain/outcome.ts';
import { own } from './own.ts';

/** `error_response` of channels.md §1.7. */
export const Failure = z.object({
  code: z.union([z.number(), z.string().regex(/^\d{1,5}$/)]).transform(Number),
  sub_code: z.string().nullish(),
  sub_msg: z.string().nullish(),
});
type Failure = z.infer<typeof Failure>;

/** When the platform does not tell how long the ban lasts. */
const pauseMs = 2_000;
const longestPauseMs = 24 * 3_600_000;

const throttled: ReadonlySet<number> = new Set([4, 5, 6, 7, 8]);
const sessionOver: ReadonlySet<number> = new Set([26, 27]);

/** What is wrong and what to do, by the platform's code. */
const words: Readonly<Record<number, readonly [code: string, words: string]>> = {
  11: ['NO_PERMISSION', 'the app may not use this interface; apply for it in the open platform'],
  12: ['NO_PERMISSION', 'the shop may not use this interface; apply for it in the open platform'],
  13: ['NO_PERMISSION', 'the app may not use this interface; apply for it in the open platform'],
  22: ['BAD_METHOD', 'the gateway does not know this interface; is the base URL right?'],
  25: ['BAD_SIGNATURE', 'the signature is wrong; check credentials.appSecret'],
  28: ['BAD_APP_KEY', 'the app is not known; check credentials.appKey'],
  29: ['BAD_APP_KEY', 'the app is not known; check credentials.appKey'],
  30: ['BAD_TIMESTAMP', 'our clock is more than 10 minutes off; set the clock of this machine'],
  31: ['BAD_TIMESTAMP', 'our clock is more than 10 minutes off; set the clock of this machine'],
  53: ['NO_PERMISSION', 'the app has not passed the security check of the open platform'],
};

const subWords: Readonly<Record<string, readonly [code: string, words: string]>> = {
  'isv.permission-ip-whitelist-limit': [
    'BAD_IP',
    "this machine's address is not on the app's IP list; add it in the open platform",
  ],
  'isv.trade-not-exist': ['TRADE_NOT_EXIST', 'the shop has no such trade'],
};

/** Our error for what the platform says. `isp.` is its own fault, `isv.` is the caller's. None of its words is repeated. */
export function refusalOf(method: string, { code, sub_code, sub_msg }: Failure, isWrite: boolean): AppError {
  // Behind a colon stands what was wrong with the request.
  const sub = /^is[pv]\.[a-z0-9._-]{1,60}/i.exec(sub_code ?? '')?.[0].toLowerCase();
  const which = sub === undefined ? String(code) : `${code}, ${sub}`;
  const isLimit = sub_code?.startsWith('accesscontrol.limited') ?? false;
  if (throttled.has(code) || isLimit)
    return new RateLimitedError(`${method}: too many calls (${which})`, banOf(sub_msg ?? ''));
  if (sessionOver.has(code))
    return new AuthExpiredError(`${method}: the session is over (${which}); authorise the app again`);
  // A remote service that gives no reason failed by itself.
  if (code === 10 || sub?.startsWith('isp.') === true || (code === 15 && sub === undefined)) {
    const message = `${method}: the platform is busy (${which})`;
    return isWrite ? new OutcomeUnknownError(message) : new RetryableError(message, { code: `TOP_${code}` });
  }
  const [ours, said] = own(subWords, sub ?? '') ?? own(words, code) ?? [`TOP_${code}`, 'refused'];
  return new RejectedError(`${method}: ${said} (${which})`, { code: ours });
}

/** "This ban will last for 31062 more seconds". */
function banOf(text: string): number {
  const seconds = Number(/(\d{1,7}) (?:more )?seconds?/.exec(text)?.[1] ?? 0);
  return seconds === 0 ? pauseMs : Math.min(seconds * 1_000, longestPauseMs);
}

const codes: Readonly<Record<string, Refusal>> = {
  TRADE_NOT_EXIST: 'not_found',
  NO_PERMISSION: 'forbidden',
  BAD_IP: 'forbidden',
  AUTH_EXPIRED: 'forbidden',
  TOP_40: 'invalid',
  TOP_41: 'invalid',
};

/** What came of a write that threw. Anything that is no answer of the platform's is thrown on. */
export function outcomeOf(error: unknown): Exclude<Outcome<never>, { kind: 'done' | 'already' }> {
  if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
  if (error instanceof RateLimitedError) return { kind: 'retryable', afterMs: error.afterMs, providerCode: error.code };
  if (error instanceof RetryableError) return { kind: 'retryable', afterMs: pauseMs, providerCode: error.code };
  if (!(error instanceof AppError)) throw error;
  return {
    kind: 'refused',
    code: own(codes, error.code) ?? 'other',
    providerCode: error.code,
    providerText: error.message,
  };
}
