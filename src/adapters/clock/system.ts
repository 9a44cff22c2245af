import { BugError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';

/** What one setTimeout can wait: beyond it Node fires at once. */
const longestTimer = 2_147_483_647;

/** Waits `ms` of wall time, or until `signal` aborts. */
export async function sleepWall(ms: number, signal?: AbortSignal): Promise<void> {
  // A monotonic clock: a corrected machine clock must not lengthen or cut a wait.
  const until = performance.now() + ms;
  for (let left = ms; left > 0 && signal?.aborted !== true; left = until - performance.now()) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, Math.min(Math.ceil(left), longestTimer));
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
      signal?.addEventListener('abort', done);
    });
  }
}

/**
 * Runs `task` at each multiple of `ms` after now; those that pass while it runs are left out. What a task throws is
 * nobody's to catch here: it ends the process like any other bug.
 */
export function repeat(
  ms: number,
  task: () => Promise<void>,
  now: () => number,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): () => void {
  if (!(ms > 0)) throw new BugError(`Cannot do something every ${ms} ms`);
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    for (let next = now() + ms; ; next += ms * Math.max(1, Math.ceil((now() - next) / ms))) {
      await sleep(next - now(), stopping.signal);
      if (stopping.signal.aborted) return;
      await task();
    }
  };
  void run();
  return () => stopping.abort();
}

/** The machine's clock. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: sleepWall,
    every: (ms, task) => repeat(ms, task, () => performance.now(), sleepWall),
  };
}
