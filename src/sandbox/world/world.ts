import type { WorldClock } from './clock.ts';
import type { ErpKind } from './company.ts';
import { type Random, randomFor } from './random.ts';
import type { Store } from './store.ts';

export interface Settings {
  ordersPerDay: number;
  /** By shop, which share of the orders it gets. */
  shares: Readonly<Record<string, number>>;
  /** Whether trouble keeps happening by itself (dead locks, shortages). */
  mischief: boolean;
  /** Which protocol the company's ERP speaks. */
  erp: ErpKind;
  jushuitanPerSecond: number;
  jushuitanPerMinute: number;
  miniPerSecond: number;
  allowedIps: readonly string[];
}

export const defaultSettings: Settings = {
  ordersPerDay: 8_600,
  shares: { mini: 1 },
  mischief: true,
  erp: 'jushuitan',
  jushuitanPerSecond: 5,
  jushuitanPerMinute: 100,
  miniPerSecond: 50,
  allowedIps: ['127.0.0.1', '::1', '::ffff:127.0.0.1'],
};

/** What every part of the simulation stands on. */
export interface World {
  readonly store: Store;
  readonly clock: WorldClock;
  readonly settings: Settings;
  readonly seed: string;
  random(...parts: readonly (string | number)[]): Random;
  /** Makes `kind` happen to `subject` at world time `at`. */
  schedule(at: number, kind: string, subject: string | number, data?: object): void;
}

/** Something that happens at one moment of world time. */
export interface WorldEvent {
  id: number;
  at: number;
  kind: string;
  subject: string;
  data: Record<string, unknown>;
}

/** A world over a database; it holds no state of its own. */
export function createWorld(store: Store, clock: WorldClock, settings: Settings, seed: string): World {
  return {
    store,
    clock,
    settings,
    seed,
    random: (...parts) => randomFor(seed, ...parts),
    schedule(at, kind, subject, data) {
      store.run(
        'INSERT INTO events (at, kind, subject, data) VALUES (?, ?, ?, ?)',
        Math.round(at),
        kind,
        String(subject),
        data === undefined ? null : JSON.stringify(data),
      );
    },
  };
}
