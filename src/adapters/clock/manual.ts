import { AsyncLocalStorage } from 'node:async_hooks';
import { BugError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';

export interface ManualClock extends Clock {
  /**
   * Moves the clock to `at`, stopping at each sleeper and each `every` on the way, in order of their time. It goes on
   * when the work it woke has ended or sleeps on this clock again. Work that no `every` runs gets the event loop's next
   * turns only. Rejects with what a task throws; the clock then stands where that happened.
   */
  advanceTo(at: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly fire: () => Promise<void>;
}

/** One turn of an `every`: idle once it has ended, or while it sleeps on this clock. */
class Run {
  sleepers = 0;
  isOver = false;
  error: { readonly thrown: unknown } | undefined;
  #changed: (() => void) | undefined;

  async idle(): Promise<void> {
    while (!this.isOver && this.sleepers === 0) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    if (this.error === undefined) return;
    const { thrown } = this.error;
    this.error = undefined;
    throw thrown;
  }

  change(): void {
    this.#changed?.();
  }
}

/** A clock that only `advanceTo` moves. */
export function createManualClock(startAt: number): ManualClock {
  let time = startAt;
  let isMoving = false;
  const timers = new Set<Timer>();
  const runs = new AsyncLocalStorage<Run | undefined>();

  const nextTimer = (until: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer;
    return next;
  };

  return {
    now: () => time,

    sleep(ms, signal) {
      if (!(ms > 0) || signal?.aborted === true) return Promise.resolve();
      const run = runs.getStore();
      return new Promise((resolve) => {
        const wake = (): void => {
          timers.delete(timer);
          signal?.removeEventListener('abort', wake);
          if (run !== undefined) run.sleepers -= 1;
          resolve();
        };
        const timer: Timer = {
          at: time + ms,
          async fire() {
            wake();
            await nextTurns();
            await run?.idle();
          },
        };
        timers.add(timer);
        signal?.addEventListener('abort', wake);
        if (run === undefined) return;
        run.sleepers += 1;
        run.change();
      });
    },

    every(ms, task) {
      if (!(ms > 0)) throw new BugError(`Cannot do something every ${ms} ms`);
      let current: Timer | undefined;
      let last: Run | undefined;
      const plan = (at: number): void => {
        current = {
          at,
          async fire() {
            if (current !== undefined) timers.delete(current);
            plan(at + ms);
            if (last !== undefined && !last.isOver) return;
            last = start(task);
            await last.idle();
          },
        };
        timers.add(current);
      };
      plan(time + ms);
      return () => {
        if (current !== undefined) timers.delete(current);
      };
    },

    async advanceTo(at) {
      if (isMoving) throw new BugError('The clock is being moved already');
      if (at < time) throw new BugError('World time does not go back');
      isMoving = true;
      try {
        for (let timer = nextTimer(at); timer !== undefined; timer = nextTimer(at)) {
          time = Math.max(time, timer.at);
          await timer.fire();
        }
        time = at;
      } finally {
        isMoving = false;
      }
    },
  };

  function start(task: () => Promise<void>): Run {
    const run = new Run();
    const end = (): void => {
      run.isOver = true;
      run.change();
    };
    runs
      .run(run, async () => task())
      .then(end, (thrown: unknown) => {
        run.error = { thrown };
        end();
      });
    return run;
  }
}

/** Lets a woken sleeper's own code run: its promise callbacks, and short work behind them. */
async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
