import {
  type AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';

/** What a code may look like in a log: nothing a stranger could have written. */
export const safe = (value: unknown): string =>
  typeof value === 'string' && /^[\w.:-]{1,80}$/.test(value) ? value : '?';

/**
 * `{code, message, requestid}` with a status of its own; a bad token is a 400 (dingtalk.md §3.2). A quota that is spent is a
 * refusal here: somebody else has to be rung now, not this one in an hour.
 */
export function refusalOf(where: string, isWrite: boolean, status: number, body: unknown): AppError {
  const code = safe((body as { code?: unknown } | null | undefined)?.code);
  const message = `${where}: ${status} ${code}`;
  if (code === 'InvalidAuthentication' || code.startsWith('AuthenticationFailed') || status === 401)
    return new AuthExpiredError(message);
  if (code.startsWith('Forbidden.AccessDenied.QpsLimit') || status === 429) return new RateLimitedError(message, 2_000);
  // Over three seconds the gateway gives up; what stands behind it may have gone on.
  if (status >= 500)
    return isWrite ? new OutcomeUnknownError(message) : new RetryableError(message, { code: `HTTP_${status}` });
  return new RejectedError(message, { code: code === '?' ? `HTTP_${status}` : code });
}
