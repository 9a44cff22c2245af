import { RetryableError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';

/** At most `calls` within `ms`. A little longer than the provider says: clocks are set while we wait. */
export interface Pace {
  readonly calls: number;
  readonly ms: number;
}

interface Waiter {
  readonly isWrite: boolean;
  readonly go: () => void;
}

/** One queue for all calls of a credential; a write goes before waiting reads, since somebody waits for it. */
export interface Pacer {
  /** Runs `task` when it may. Throws RetryableError when `signal` stops it before; then nothing was sent. */
  run<T>(isWrite: boolean, signal: AbortSignal, task: () => Promise<T>): Promise<T>;
  /** Lets nothing through before unix ms `until`: the provider refused. */
  pause(until: number): void;
}

/**
 * A place is taken from the beginning of a call until a second (a minute) after its end: the provider counts the call at
 * some instant between, so its limit holds however fast or slow calls travel.
 */
export function createPacer(clock: Clock, paces: readonly Pace[]): Pacer {
  const longest = Math.max(...paces.map(({ calls }) => calls));
  const waiting: Waiter[] = [];
  const ended: number[] = [];
  let underWay = 0;
  let pausedUntil = 0;
  let isRunning = false;

  const freeAt = (): number => {
    const each = paces.map(({ calls, ms }) => {
      const places = calls - underWay;
      if (places <= 0) return Number.POSITIVE_INFINITY;
      const blocking = ended.at(-places);
      return blocking === undefined ? 0 : blocking + ms;
    });
    return Math.max(pausedUntil, ...each);
  };
  const pump = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    while (waiting.length > 0) {
      const wait = freeAt() - clock.now();
      // Nothing but the end of a call gives a place; it pumps again.
      if (wait === Number.POSITIVE_INFINITY) break;
      if (wait > 0) {
        await clock.sleep(wait);
        continue;
      }
      const write = waiting.findIndex(({ isWrite }) => isWrite);
      const [next] = waiting.splice(Math.max(0, write), 1);
      underWay += 1;
      next?.go();
    }
    isRunning = false;
  };
  const turn = (isWrite: boolean, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      // Dozens of calls wait under one signal; Node warns of a leak at eleven listeners.
      const own = AbortSignal.any([signal]);
      const stop = (): void => {
        const at = waiting.indexOf(waiter);
        if (at >= 0) waiting.splice(at, 1);
        reject(new RetryableError('Stopped before it was sent', { code: 'ABORTED' }));
      };
      const waiter: Waiter = {
        isWrite,
        go() {
          own.removeEventListener('abort', stop);
          resolve();
        },
      };
      if (own.aborted) return stop();
      own.addEventListener('abort', stop, { once: true });
      waiting.push(waiter);
      void pump();
    });

  return {
    async run(isWrite, signal, task) {
      await turn(isWrite, signal);
      try {
        return await task();
      } finally {
        underWay -= 1;
        ended.push(clock.now());
        if (ended.length > longest) ended.shift();
        void pump();
      }
    },
    pause(until) {
      pausedUntil = Math.max(pausedUntil, until);
    },
  };
}
