import { scheduleJob } from 'node-schedule';
import { AppError, RateLimitedError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

/** One part of the flow. It re-reads rows; being called is only a nudge. */
export interface EngineModule {
  readonly name: string;
  /** World ms between two runs; 0 = at every tick. */
  readonly everyMs: number;
  /** Wall ms after which its signal aborts. */
  readonly limitMs: number;
  /** Returns how much it found to do. */
  run(signal: AbortSignal): Promise<number>;
  /** Run again at once while there is work, and these after it. */
  readonly wakes?: readonly string[];
  /** Ms after which it wants to run again though nothing wakes it, when that is sooner than its turn. */
  readonly waitMs?: () => number | undefined;
}

export interface ModuleState {
  readonly name: string;
  /** World ms; null = not yet. */
  readonly lastOkAt: number | null;
}

export interface Engine {
  /** Runs what is due at `now`, each module at most once at a time, and waits for those it started. */
  tick(now: number): Promise<void>;
  /** Runs one module soon. */
  nudge(name: string): void;
  /** Ticks at each beat until stopped. */
  start(): void;
  /** No new run; waits for those under way. */
  stop(): Promise<void>;
  replace(modules: readonly EngineModule[]): void;
  states(): readonly ModuleState[];
}

/** Calls `tick` again and again until the answer is called. */
export type Beat = (tick: () => void) => () => void;

/** The company's own second, on the machine's clock. */
export const everyWallSecond: Beat = (tick) => {
  const job = scheduleJob('* * * * * *', tick);
  return () => job.cancel();
};

/** A second of a world that may live faster than the machine. */
export const everyWorldSecond =
  (clock: Clock): Beat =>
  (tick) =>
    clock.every(1_000, async () => tick());

export interface EngineDeps {
  readonly clock: Clock;
  readonly beat: Beat;
  readonly log: Log;
  /** False while another instance holds the lease. */
  readonly mayRun: () => boolean;
}

/** Runs the modules: never one over itself, one's crash is one's own, each with a time limit. */
export function createEngine(initial: readonly EngineModule[], { clock, beat, log, mayRun }: EngineDeps): Engine {
  let modules = initial;
  const lastStart = new Map<string, number>();
  const lastOk = new Map<string, number>();
  const notBefore = new Map<string, number>();
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const waiting = new Set<string>();
  const abort = new AbortController();
  let isStopping = false;
  let stopBeat = (): void => {};

  async function runOnce(module: EngineModule): Promise<void> {
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(module.limitMs)]);
    lastStart.set(module.name, clock.now());
    try {
      const found = await module.run(signal);
      lastOk.set(module.name, clock.now());
      if (found > 0) for (const name of module.wakes ?? []) nudge(name);
      comeBack(module);
    } catch (error) {
      if (isStopping) return;
      // The other side said how long it wants to rest.
      if (error instanceof RateLimitedError) notBefore.set(module.name, clock.now() + error.afterMs);
      if (error instanceof AppError)
        log.warn({ module: module.name, code: error.code }, 'A module failed, it runs again');
      else log.error({ module: module.name, error }, 'A module broke, it runs again');
    }
  }

  function comeBack({ name, waitMs }: EngineModule): void {
    const wait = waitMs?.();
    if (wait === undefined || waiting.has(name)) return;
    waiting.add(name);
    setTimeout(() => {
      waiting.delete(name);
      nudge(name);
    }, wait).unref();
  }

  function begin(module: EngineModule): Promise<void> {
    const current = running.get(module.name);
    if (current !== undefined) return current;
    const run = (async () => {
      do {
        again.delete(module.name);
        await runOnce(module);
      } while (again.has(module.name) && !isStopping);
      running.delete(module.name);
    })();
    running.set(module.name, run);
    return run;
  }

  const rests = (name: string): boolean => clock.now() < (notBefore.get(name) ?? Number.NEGATIVE_INFINITY);

  function nudge(name: string): void {
    if (isStopping || !mayRun() || rests(name)) return;
    again.add(name);
    const module = modules.find((each) => each.name === name);
    if (module !== undefined && !running.has(name)) setImmediate(() => void begin(module));
  }

  async function tick(now: number): Promise<void> {
    if (isStopping || !mayRun()) return;
    const due = modules.filter(
      ({ name, everyMs }) =>
        !running.has(name) && !rests(name) && now - (lastStart.get(name) ?? Number.NEGATIVE_INFINITY) >= everyMs,
    );
    await Promise.all(due.map(begin));
  }

  return {
    tick,
    nudge,
    start() {
      stopBeat = beat(() => void tick(clock.now()));
    },
    async stop() {
      isStopping = true;
      stopBeat();
      abort.abort();
      await Promise.allSettled(running.values());
    },
    replace(next) {
      modules = next;
    },
    states: () => modules.map(({ name }) => ({ name, lastOkAt: lastOk.get(name) ?? null })),
  };
}
