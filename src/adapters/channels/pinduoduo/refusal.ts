import { type AppError, RateLimitedError, RejectedError, RetryableError } from '../../../domain/errors.ts';

/** `error_response` of an answer; HTTP says 200 all the same. Its words stay here: they may quote what was sent. */
export interface Refusal {
  readonly code: number;
  readonly words: string;
}

/** The access token is over (channels.md §2.6). */
export const tokenOver = 10019;

/** What each code of channels.md §2.6 means that asking again does not change, and what to do about it. */
const final: Readonly<Record<number, string>> = {
  10000: 'a parameter is wrong',
  10001: 'a common parameter is wrong',
  10016: 'the platform does not know this app; check credentials.clientId',
  10017: 'the platform does not know this interface',
  20004: 'the signature is wrong; check credentials.clientSecret',
  20005: "the caller's IP address is not on the app's list; add it in the open platform",
  20031: 'the app has no right to this interface; apply for it in the open platform',
  20032: 'the access token belongs to another app; authorise the shop again',
  20034: 'the platform has taken this interface offline',
  20035: 'this interface lives behind another gateway; check baseUrl',
  21001: 'the platform refuses a value',
  21002: 'the platform refuses a value',
  30000: 'the platform refuses the request',
  30001: 'the platform refuses the request',
  70032: 'the platform has barred the app from this interface',
  70034: 'the platform has barred the app from this interface',
  70035: 'the platform has barred the app from this interface',
};

/** How long to leave the platform alone; it does not tell. */
const pauses: Readonly<Record<number, number>> = {
  52101: 2_000,
  70031: 5_000,
  // Switched down under load, e.g. on a day of promotion.
  52102: 60_000,
  52103: 60_000,
  70033: 60_000,
  // The daily allowance of an app that is not published yet.
  70036: 3_600_000,
};

/** Troubles of the platform's own: a write may have come through them. */
export const isTheirs = ({ code }: Refusal): boolean =>
  (code >= 50_000 && code <= 50_002) || code === 52001 || code === 52002;

/** What a read of one order is answered when there is none of that number: no code of its own, but its value refused, or words. */
export const isAbsent = ({ code, words }: Refusal): boolean =>
  code === 21001 || code === 21002 || (code >= 30_000 && /订单.*不存在|order.*not (exist|found)/i.test(words));

/** The error class of a refusal. Its message carries neither the platform's words nor anything that was sent. */
export function errorOf(type: string, refusal: Refusal): AppError {
  const { code, words } = refusal;
  const where = `POST ${type}:`;
  const pause = pauses[code];
  if (pause !== undefined) return new RateLimitedError(`${where} too many calls for the platform (${code})`, pause);
  if (isTheirs(refusal))
    return new RetryableError(`${where} the platform is in trouble (${code})`, { code: `PDD_${code}` });
  if (code === 10001 && words.includes('timestamp')) {
    return new RejectedError(`${where} the platform refuses our clock; it is more than 10 minutes off (${code})`, {
      code: 'BAD_TIMESTAMP',
    });
  }
  return new RejectedError(`${where} ${final[code] ?? 'refused'} (${code})`, { code: `PDD_${code}` });
}
