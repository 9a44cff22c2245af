import { type AppError, RateLimitedError, RejectedError, RetryableError } from '../../../domain/errors.ts';

/** An answer with `errcode` ≠ 0; HTTP says 200 all the same. Its words stay here: they may quote what was sent. */
export interface Refusal {
  readonly code: number;
  readonly words: string;
}

const minuteMs = 60_000;

/** The access token is over, or somebody asked for another one (channels.md §5.1). */
export const isTokenOver = ({ code }: Refusal): boolean => code === 40001 || code === 40014 || code === 42001;

/** The platform's own trouble: a write may have come through it. */
export const isTheirs = ({ code }: Refusal): boolean => code === -1;

/** What a read of one order is answered when there is none of that number. */
export const isAbsent = ({ code, words }: Refusal): boolean =>
  (code === 100002 || code === 1010011) && /not exist|不存在|找不到/i.test(words);

/** Codes of channels.md §5.3 that asking again does not change, and what to do about them. */
const final: Readonly<Record<number, string>> = {
  40001: 'the app secret or its token is refused; check credentials.appSecret',
  40013: 'the platform does not know this app; check credentials.appId',
  40125: 'the app secret is wrong; check credentials.appSecret',
  40164: "the caller's IP address is not on the shop's list; add it in the shop's back office",
  43002: 'the platform wants another method',
  44002: 'the platform misses the body',
  45035: "the caller's IP address is not on the shop's list; add it in the shop's back office",
  47001: 'the platform cannot read the body',
  48001: "no right to this interface; it takes the shop's own appId and appSecret, not those of a mini-program",
  48004: 'the platform has barred this interface',
  61004: "the caller's IP address is not on the shop's list; add it in the shop's back office",
};

/** The error class of a refusal. Of the platform's words only the number of the request is repeated: support asks for it. */
export function errorOf(path: string, refusal: Refusal, now: number): AppError {
  const { code, words } = refusal;
  const rid = /rid: ([0-9a-f-]{8,40})/.exec(words)?.[1];
  const where = `POST ${path}:`;
  const tail = `(${code}${rid === undefined ? '' : `, rid ${rid}`})`;
  if (code === 45011)
    return new RateLimitedError(`${where} too many calls in a minute ${tail}`, minuteMs - (now % minuteMs));
  // It is given anew at midnight; somebody may raise it before.
  if (code === 45009) return new RateLimitedError(`${where} the calls of today are used up ${tail}`, 30 * minuteMs);
  if (code === 100003)
    return new RetryableError(`${where} the order is being changed too often ${tail}`, { code: `WX_${code}` });
  if (isTheirs(refusal)) return new RetryableError(`${where} the platform is busy ${tail}`, { code: 'WX_BUSY' });
  const isShop = String(code).startsWith('10080');
  const what = final[code] ?? (isShop ? 'the state of the shop forbids it; look into its back office' : 'refused');
  return new RejectedError(`${where} ${what} ${tail}`, { code: `WX_${code}` });
}
