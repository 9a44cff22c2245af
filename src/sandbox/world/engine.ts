import { handlers } from './handlers.ts';
import type { World, WorldEvent } from './world.ts';

// A batch stays well under the 50 ms that any request may have to wait.
const BATCH_MS = 15;
const TICK_MS = 100;

/** Runs the events of a world as its time comes. */
export interface Engine {
  start(): void;
  stop(): Promise<void>;
  /** Resolves when everything due up to the present world time has happened. */
  settle(): Promise<void>;
  /** Moves a manual world to `to`, running everything on the way in order. */
  advance(to: number): Promise<void>;
}

/** An engine that stands still until it is started or told to advance. */
export function createEngine(world: World): Engine {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  let ticking = false;

  const runUntil = async (limit: number): Promise<void> => {
    while (!stopped && !runBatch(world, limit)) await new Promise((resolve) => setImmediate(resolve));
  };
  const enqueue = (limit: number): Promise<void> => {
    const next = running.then(() => runUntil(limit));
    running = next.catch(() => undefined);
    return next;
  };
  const tick = async (): Promise<void> => {
    if (ticking) return;
    ticking = true;
    await enqueue(world.clock.now());
    ticking = false;
  };

  return {
    start() {
      timer = setInterval(() => {
        tick().catch((error: unknown) => {
          process.nextTick(() => {
            throw error;
          });
        });
      }, TICK_MS);
    },
    async stop() {
      clearInterval(timer);
      stopped = true;
      await running;
    },
    settle: () => (world.clock.mode === 'manual' ? running : enqueue(world.clock.now())),
    advance: (to) =>
      enqueue(to).then(() => {
        world.clock.set(Math.max(to, world.clock.now()));
        world.store.writeMeta('worldNow', world.clock.now());
      }),
  };
}

/** Runs due events for one short while; true when none is left. World time is saved with what happened in it. */
export function runBatch(world: World, limit: number): boolean {
  const { store } = world;
  const stopAt = performance.now() + BATCH_MS;
  return store.transaction(() => {
    for (;;) {
      const event = nextEvent(world, limit);
      if (event === undefined) {
        store.writeMeta('worldNow', limit);
        return true;
      }
      store.run('DELETE FROM events WHERE id = ?', event.id);
      const handle = handlers[event.kind];
      if (handle === undefined) throw new Error(`no handler for world event ${event.kind}`);
      handle(world, event);
      if (performance.now() > stopAt) {
        store.writeMeta('worldNow', event.at);
        return false;
      }
    }
  });
}

function nextEvent(world: World, limit: number): WorldEvent | undefined {
  const row = world.store.get<Omit<WorldEvent, 'data'> & { data: string | null }>(
    'SELECT id, at, kind, subject, data FROM events WHERE at <= ? ORDER BY at, id LIMIT 1',
    limit,
  );
  return row && { ...row, data: row.data === null ? {} : (JSON.parse(row.data) as Record<string, unknown>) };
}
