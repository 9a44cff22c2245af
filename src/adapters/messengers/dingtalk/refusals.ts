import {
  type AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';

const secondMs = 1_000;
const minuteMs = 60_000;

/** What a code or a number may look like in a log: nothing a stranger could have written. */
const safe = (value: unknown): string => {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  return /^[\w.:-]{1,80}$/.test(text) ? text : '?';
};

const tooFast = new Set(['send.too.fast', 'send.byToken.tooFast', 'too.many.people', 'too.many.group']);

/** The new API explains itself by `{code, message, requestid}` with a status of its own; a bad token is a 400. */
export function refusalOf(where: string, isWrite: boolean, status: number, body: unknown): AppError {
  const { code, requestid } = fieldsOf(body);
  const name = safe(code);
  const message = `${where}: ${status} ${name} (request ${safe(requestid)})`;
  if (name === 'InvalidAuthentication' || name.startsWith('AuthenticationFailed') || status === 401)
    return new AuthExpiredError(message);
  // Refused before it was done, in a window of one second.
  if (name.startsWith('Forbidden.AccessDenied.QpsLimit')) return new RateLimitedError(message, 2 * secondMs);
  if (tooFast.has(name)) return new RateLimitedError(message, minuteMs);
  // How the month's end is told is not documented: nothing is lost by waiting an hour.
  if (/quota/i.test(name)) return new RateLimitedError(message, 60 * minuteMs);
  if (status === 429) return new RateLimitedError(message, 10 * secondMs);
  // The gateway gives up after three seconds; what stands behind it may have gone on.
  if (status >= 500 || status === 408)
    return isWrite ? new OutcomeUnknownError(message) : new RetryableError(message, { code: `HTTP_${status}` });
  return new RejectedError(message, { code: name === '?' ? `HTTP_${status}` : name });
}

/** The legacy API always answers 200. Undefined: it did what it was asked. */
export function legacyRefusalOf(where: string, body: unknown): AppError | undefined {
  const { errcode, sub_code: subCode, status, wait } = fieldsOf(body);
  if (errcode === 0) return undefined;
  const sub = safe(subCode);
  const message = `${where}: ${safe(errcode)}${sub === '?' ? '' : `/${sub}`}`;
  // The wall in front of it has a shape of its own, without an errcode.
  if (errcode === undefined && status === 1111)
    return new RateLimitedError(`${where}: blocked`, Math.max(5, Number(wait) || 0) * secondMs);
  // Whether it spoke, an answer without a code does not tell.
  if (errcode === undefined) return new OutcomeUnknownError(`${where}: no errcode`);
  switch (errcode) {
    case 88:
      return sub === '40014' ? new AuthExpiredError(message) : new OutcomeUnknownError(message);
    case 40014:
    case 42001:
      return new AuthExpiredError(message);
    case 15:
      return new OutcomeUnknownError(message);
    case 90002:
    case 90018:
      return new RateLimitedError(message, 2 * secondMs);
    case 130101:
    case 410100:
    case 660026:
      return new RateLimitedError(message, 10 * minuteMs);
    case -1:
      return new RetryableError(message, { code: 'BUSY' });
    default:
      return new RejectedError(message, { code: `DINGTALK_${safe(errcode)}` });
  }
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}
