import type { Text } from './text.ts';

/** What the outbox and the engine's next run do about an error. Nothing else retries. */
export type Retry = 'backoff' | 'after' | 'refresh' | 'never' | 'reconcile';

export abstract class AppError extends Error {
  abstract readonly code: string;
  abstract readonly retry: Retry;

  override get name(): string {
    return this.constructor.name;
  }
}

/** Network, timeout before the request left, 5xx, busy database: nothing was applied, try again later. */
export class RetryableError extends AppError {
  readonly code: string;
  readonly retry = 'backoff';

  constructor(message: string, options?: ErrorOptions & { code?: string }) {
    super(message, options);
    this.code = options?.code ?? 'RETRYABLE';
  }
}

/** The provider asked for a pause of `afterMs`, or cannot be reached at all for the moment. */
export class RateLimitedError extends AppError {
  readonly code: string;
  readonly retry = 'after';
  readonly afterMs: number;

  constructor(message: string, afterMs: number, options?: ErrorOptions & { code?: string }) {
    super(message, options);
    this.code = options?.code ?? 'RATE_LIMITED';
    this.afterMs = afterMs;
  }
}

/** The token is over; it may be refreshed once. */
export class AuthExpiredError extends AppError {
  readonly code = 'AUTH_EXPIRED';
  readonly retry = 'refresh';
}

/** The provider understood and said no. Asking again changes nothing. */
export class RejectedError extends AppError {
  readonly code: string;
  readonly retry = 'never';

  constructor(message: string, options?: ErrorOptions & { code?: string }) {
    super(message, options);
    this.code = options?.code ?? 'REJECTED';
  }
}

/** Sent and not answered. It may have happened: probe, never repeat blindly. */
export class OutcomeUnknownError extends AppError {
  readonly code = 'OUTCOME_UNKNOWN';
  readonly retry = 'reconcile';
}

/** A person's mistake or a state that forbids the wish; `text` says what to do instead. */
export class UserError extends AppError {
  readonly code: string;
  readonly retry = 'never';
  readonly text: Text;

  constructor(code: string, text: Text) {
    super(text.en);
    this.code = code;
    this.text = text;
  }
}

/** Start-up cannot go on; `problems` lists everything that is wrong, without values. */
export class ConfigError extends AppError {
  readonly code = 'CONFIG';
  readonly retry = 'never';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Configuration has ${problems.length} problem(s):\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** "Cannot happen". Logged with its stack, counted; the next item goes on. */
export class BugError extends AppError {
  readonly code = 'BUG';
  readonly retry = 'never';
}
