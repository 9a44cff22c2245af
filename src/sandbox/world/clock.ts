export type ClockMode = 'running' | 'manual';

/** World time: in `running` mode it follows wall time at a rate, in `manual` mode it stands still until it is set. */
export interface WorldClock {
  readonly mode: ClockMode;
  readonly rate: number;
  now(): number;
  set(at: number): void;
  setRate(rate: number): void;
}

/** How long a window of `ms` is in world time for a client that lives in wall time: never stricter than at rate 1. */
export function worldWindow(clock: WorldClock, ms: number): number {
  return ms * Math.min(1, clock.rate);
}

/** A clock that shows `start` now. */
export function createClock(start: number, rate: number, mode: ClockMode, wall: () => number = Date.now): WorldClock {
  let base = start;
  let startedWall = wall();
  let speed = rate;
  const now = (): number => (mode === 'manual' ? base : Math.floor(base + (wall() - startedWall) * speed));
  return {
    mode,
    get rate() {
      return speed;
    },
    now,
    set(at) {
      base = at;
      startedWall = wall();
    },
    setRate(next) {
      base = now();
      startedWall = wall();
      speed = next;
    },
  };
}
