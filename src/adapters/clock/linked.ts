import { z } from 'zod';
import { BugError, RetryableError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { repeat, sleepWall } from './system.ts';

export interface LinkedClock extends Clock {
  /** The first look at the other clock, then follows it. Throws RetryableError when it cannot be read. */
  start(): Promise<void>;
  /** Follows no more, and ends every `every`. A clock that ran goes on at its last rate. */
  stop(): void;
}

type FetchLike = (
  url: string,
  init: { readonly signal: AbortSignal },
) => Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;

/** Wall ms between two looks at a clock that runs, and at one that stands still until somebody moves it. */
const lookMs = { running: 2_000, standing: 200 };
const timeoutMs = 2_000;

const Answer = z.object({
  now: z.number().int(),
  rate: z.number().nonnegative(),
  mode: z.enum(['running', 'manual']),
});

/**
 * Follows the clock of the sandbox at `url`, and never runs backwards: where it had run ahead, because the rate fell between
 * two looks, it stands until the other one has come by.
 */
export function createLinkedClock(url: string, fetchLike: FetchLike = fetch): LinkedClock {
  let known: { readonly world: number; readonly wall: number; readonly rate: number } | undefined;
  let shown = Number.NEGATIVE_INFINITY;
  const stopping = new AbortController();
  const stops = new Set<() => void>();
  const waiting = new Set<() => void>();

  async function look(): Promise<void> {
    const { now: world, rate, mode } = Answer.parse(await read());
    // Dated by its arrival: the world is at least so far by then, so nothing here comes from its future.
    known = { world, wall: performance.now(), rate: mode === 'manual' ? 0 : rate };
    for (const wake of waiting) wake();
  }

  async function read(): Promise<unknown> {
    const response = await fetchLike(`${url.replace(/\/$/, '')}/clock`, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`answered ${response.status}`);
    return response.json();
  }

  async function follow(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleepWall(known?.rate === 0 ? lookMs.standing : lookMs.running, stopping.signal);
      if (stopping.signal.aborted) return;
      // Unreachable for a while: its last rate is the best guess.
      await look().catch(() => undefined);
    }
  }

  function now(): number {
    if (known === undefined) throw new BugError('The linked clock was not started');
    const { world, wall, rate } = known;
    shown = Math.max(shown, Math.floor(world + (performance.now() - wall) * rate));
    return shown;
  }

  /** Until `ms` have passed at the present rate, the next look, or the abort: whichever is first. */
  async function nap(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const ending = new AbortController();
    const rate = known?.rate ?? 0;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        ending.abort();
        resolve();
      };
      waiting.add(wake);
      signal?.addEventListener('abort', wake);
      // A world that stands still is woken by looks alone, so that no timer outlives `stop`.
      if (rate > 0) void sleepWall(Math.max(1, ms / rate), ending.signal).then(wake);
    });
  }

  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const until = now() + ms;
    while (signal?.aborted !== true && now() < until) await nap(until - now(), signal);
  }

  return {
    now,
    sleep,
    every(ms, task) {
      const stop = repeat(ms, task, now, sleep);
      stops.add(stop);
      return () => {
        stops.delete(stop);
        stop();
      };
    },
    async start() {
      try {
        await look();
      } catch (error) {
        throw new RetryableError('The clock to follow cannot be read', { cause: error, code: 'CLOCK_UNREACHABLE' });
      }
      void follow();
    },
    stop() {
      stopping.abort();
      for (const stop of stops) stop();
      stops.clear();
    },
  };
}
