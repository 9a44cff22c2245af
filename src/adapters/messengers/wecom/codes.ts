import {
  type AppError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';

const aMinute = 60_000;
/** A minute's limit blocks for a minute (wecom.md §4.6); 846607 is its like on the bot's line. */
const pauses = new Set([45_009, 45_033, 846_607]);
/** Said about the message or the settings: the same again is refused again (wecom.md §2.12, §3). */
const finals = new Set([
  40_001, 40_008, 40_058, 41_001, 42_045, 44_004, 45_002, 93_000, 93_001, 93_006, 93_019, 846_604, 846_605, 846_608,
]);

/** The group cannot be reached this way; nothing was shown. */
export const unreachable: readonly string[] = ['NOT_CONNECTED', 'WECOM_93001', 'WECOM_93006'];

/** Long enough not to be in the way of the connecting, short enough to speak at once when it is done. World ms. */
const reconnectMs = 2_000;

/** No try at the message: however long the line is down, nothing is given up for it. */
export const notConnected = (): AppError =>
  new RateLimitedError('WeCom: not connected', reconnectMs, { code: 'NOT_CONNECTED' });

/** What a code says about trying again. A code nobody knows refused the message, so trying again shows nothing twice. */
export function refusalOf(errcode: number, where: string): AppError {
  const message = `WeCom ${where}: refused with ${errcode}`;
  if (pauses.has(errcode)) return new RateLimitedError(message, aMinute);
  const code = `WECOM_${errcode}`;
  return finals.has(errcode) ? new RejectedError(message, { code }) : new RetryableError(message, { code });
}

/** The SDK rejects with an Error when no answer came, and with the plain answer when it was refused. */
export function readRejection(rejection: unknown, where: string): AppError {
  const errcode = (rejection as { errcode?: unknown } | null)?.errcode;
  if (!(rejection instanceof Error) && typeof errcode === 'number') return refusalOf(errcode, where);
  return new OutcomeUnknownError(`WeCom ${where}: no answer`);
}
