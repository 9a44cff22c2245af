import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { type Database as Ours, openDatabase } from '../../src/adapters/db/database.ts';
import { settings } from '../../src/adapters/db/sqlite.ts';
import { createStorage } from '../../src/adapters/db/storage.ts';
import { packageDir } from '../../src/app/paths.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Storage } from '../../src/ports/stores.ts';

export interface Options {
  /** A handful of rows: shows that the bench runs and that its answers are right. */
  readonly isTiny: boolean;
  readonly say: (words: string) => void;
  /** Starts this program again as a process that may be killed. */
  readonly startSender: (args: readonly string[]) => ChildProcess;
}

export interface Gate {
  readonly gate: string;
  readonly is: number;
  readonly wants: string;
  readonly holds: boolean;
  /** Judges a time, not an answer. */
  readonly isTimed: boolean;
}

export interface Outcome {
  readonly figures: Readonly<Record<string, number | string>>;
  readonly gates: readonly Gate[];
}

export type Bench = (options: Options) => Promise<Outcome>;

export const atLeast = (gate: string, is: number, least: number, isTimed = true): Gate => ({
  gate,
  is: round(is),
  wants: `≥ ${least}`,
  holds: is >= least,
  isTimed,
});
export const atMost = (gate: string, is: number, most: number, isTimed = true): Gate => ({
  gate,
  is: round(is),
  wants: `≤ ${most}`,
  holds: is <= most,
  isTimed,
});
export const exactly = (gate: string, is: number, right: number): Gate => ({
  gate,
  is,
  wants: `= ${right}`,
  holds: is === right,
  isTimed: false,
});

/** Three digits that mean something. */
export const round = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(3)) : value);

/** Nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Wall ms that `work` takes. */
export async function msOf(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

export interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Wall and CPU ms that `work` takes: on a shared machine the CPU's say is the steadier one. */
export async function costOf(work: () => unknown): Promise<Cost> {
  const before = process.cpuUsage();
  const ms = await msOf(work);
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1_000 };
}

/** A database of ours in a new file of that folder. */
export async function openOurs(folder: string, name: string): Promise<{ database: Ours; storage: Storage }> {
  const database = await openDatabase(join(folder, `${name}.db`), join(packageDir, 'prisma/migrations'));
  return { database, storage: createStorage(database, { audit: Buffer.from('audit key of the benches') }) };
}

/** The yardstick's connection, with the very settings of ours. */
export function openRaw(file: string): Database.Database {
  const raw = new Database(file);
  for (const setting of settings) raw.pragma(setting);
  return raw;
}

/** How long the event loop was held; ms. */
export function watchLoop(): { stop: () => { p99: number; max: number } } {
  const delays: IntervalHistogram = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  return {
    stop() {
      delays.disable();
      return { p99: round(delays.percentile(99) / 1e6), max: round(delays.max / 1e6) };
    },
  };
}

export const silentLog: Log & { debug(): void } = { debug() {}, info() {}, warn() {}, error() {} };

/** Only what went wrong is said. */
export const loudLog: Log & { debug(): void } = {
  debug() {},
  info() {},
  warn() {},
  error: (facts, sentence) => process.stderr.write(`${sentence} ${String((facts as { error?: unknown }).error)}\n`),
};
