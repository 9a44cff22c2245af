import {
  AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import type { Outcome } from '../../../domain/outcome.ts';

/** When nothing was applied and nobody said how long to wait. */
const pauseMs = 5_000;

/** What an error means for a write. Errors that are no answer of the platform (bugs) go on. */
export function outcomeOf(error: unknown): Outcome<never> {
  if (!(error instanceof AppError)) throw error;
  if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
  if (error instanceof RateLimitedError) return { kind: 'retryable', afterMs: error.afterMs, providerCode: error.code };
  if (error instanceof RetryableError) return { kind: 'retryable', afterMs: pauseMs, providerCode: error.code };
  if (error instanceof AuthExpiredError || error instanceof RejectedError) {
    const isForbidden = ['WX_48001', 'WX_48004', 'WX_61004', 'WX_45035', 'WX_40164', 'WX_TOKEN'].includes(error.code);
    return {
      kind: 'refused',
      code: isForbidden ? 'forbidden' : 'other',
      providerCode: error.code,
      providerText: error.message,
    };
  }
  throw error;
}
