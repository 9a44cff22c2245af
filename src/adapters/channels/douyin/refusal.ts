import {
  type AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';

/** An answer that is no success, in the platform's words: they are compared, and never passed on. */
export interface Failure {
  readonly code: number;
  readonly subCode: string;
  readonly words: string;
  /** What the platform's support asks for. */
  readonly logId: string;
  readonly isWrite: boolean;
  /** How far our clock is off, for people. */
  readonly skew: string;
}

interface Meaning {
  readonly code: string;
  readonly says: string;
}

/** How long to stay away: the platform does not tell (channels.md §3.6). */
const pauseMs = 2_000;

const tokenIsOver = ['isv.access-token-expired', 'isv.access-token-no-existed', 'isv.access-token-invalid'];

/** The first that the sub code begins with says it more exactly than the code (channels.md §3.6). */
const bySubCode: readonly (readonly [string, Meaning])[] = [
  ['isv.signature-', { code: 'BAD_SIGNATURE', says: 'the signature is wrong; check credentials.appSecret' }],
  [
    'isv.app-permissions-',
    { code: 'NO_RIGHT', says: 'the app has no right to this interface; apply for it in the open platform' },
  ],
  [
    'dop.authorization-',
    {
      code: 'NOT_AUTHORISED',
      says: 'the shop does not authorise this app, or no longer; let it authorise the app again',
    },
  ],
  [
    'dop.token-generate-failed',
    {
      code: 'TOKEN_REFUSED',
      says: 'no token for this shop; check credentials.shopId, and that the shop authorises the app',
    },
  ],
];

const byCode: Readonly<Record<number, Meaning>> = {
  30001: { code: 'NO_RIGHT', says: 'the app has no right to this; apply for it in the open platform' },
  30002: { code: 'WRONG_IP', says: "our IP address is not on the app's list; add it in the open platform" },
  40001: { code: 'BAD_CALL', says: 'a parameter is missing' },
  40002: { code: 'BAD_CALL', says: 'a parameter is not acceptable' },
  40003: { code: 'BAD_CALL', says: 'a parameter of every call is not acceptable; check credentials' },
  40004: { code: 'BAD_VALUE', says: 'a value is not acceptable' },
  50001: { code: 'TOKEN_REFUSED', says: 'no token for this shop; check credentials.shopId' },
  50002: { code: 'BUSINESS', says: 'the shop refuses this' },
  70000: { code: 'GONE', says: 'the platform has closed this interface' },
  80000: {
    code: 'SECURITY',
    says: 'stopped by the security rules of the platform; see the notices in the open platform',
  },
};

/** Partly done, unavailable, timed out, or nobody knows: what was asked may have happened or not. */
const uncertain = [10_001, 20_000, 20_001, 90_000];

/** Our class for a code of channels.md §3.6. */
export function errorOf(where: string, failure: Failure): AppError {
  const { code, subCode, words, isWrite, skew } = failure;
  const told = `(${code}${logOf(failure.logId)})`;
  if (code === 60_000) return new RateLimitedError(`${where}: too many calls ${told}`, pauseMs);
  if (tokenIsOver.includes(subCode)) return new AuthExpiredError(`${where}: the access token is over ${told}`);
  if (subCode === 'isv.timestamp-invalid')
    return new RejectedError(`${where}: the platform refuses our clock; ${skew} ${told}`, { code: 'BAD_TIMESTAMP' });
  if (uncertain.includes(code)) {
    const message = `${where}: no certain answer ${told}`;
    return isWrite ? new OutcomeUnknownError(message) : new RetryableError(message, { code: `DOUYIN_${code}` });
  }
  if (/(订单|order).{0,12}(不存在|not[ _-]?(exist|found))/i.test(words))
    return new RejectedError(`${where}: the shop has no such order ${told}`, { code: 'ORDER_NOT_FOUND' });
  const meaning = bySubCode.find(([start]) => subCode.startsWith(start))?.[1] ?? byCode[code];
  return new RejectedError(`${where}: ${meaning?.says ?? 'refused'} ${told}`, {
    code: meaning?.code ?? `DOUYIN_${code}`,
  });
}

const logOf = (logId: string): string => (/^[0-9A-Za-z]{8,64}$/.test(logId) ? `, log ${logId}` : '');
