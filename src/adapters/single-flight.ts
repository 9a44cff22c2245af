import { OutcomeUnknownError, RetryableError } from '../domain/errors.ts';

/**
 * Work of which one run is under way at a time: whoever asks meanwhile gets that very run's result. It belongs to none of
 * them, so no signal of one caller may end it.
 */
export function singleFlight<Args extends readonly unknown[], Result>(
  work: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  let running: Promise<Result> | undefined;
  return (...args) => {
    running ??= work(...args).finally(() => {
      running = undefined;
    });
    return running;
  };
}

/**
 * One refresh of a token for all calls that were refused for its sake. A lost answer to it is worth another try of theirs:
 * they were not applied, whatever became of the refresh (RetryableError REFRESH_LOST).
 */
export function sharedRefresh(refresh: () => Promise<void>): () => Promise<void> {
  const once = singleFlight(refresh);
  return async () => {
    try {
      await once();
    } catch (error) {
      if (error instanceof OutcomeUnknownError) throw new RetryableError(error.message, { code: 'REFRESH_LOST' });
      throw error;
    }
  };
}
