import { setImmediate as breath } from 'node:timers/promises';
import { alertKey } from '../domain/alert.ts';
import { BugError } from '../domain/errors.ts';
import type { OrderView } from '../domain/order.ts';
import { nearestRank } from '../domain/percentiles.ts';
import { cycleOfRow, fileShopId, type ReplayPerson, type ReplayRow, viewsOfRow } from '../domain/replay-row.ts';
import type { Rule } from '../domain/rule.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifier } from '../ports/identifier.ts';
import type { Log } from '../ports/log.ts';
import { silentMetrics } from '../ports/metrics.ts';
import type { Due, Storage } from '../ports/stores.ts';
import type { Vault } from '../ports/vault.ts';
import type { Confirmation } from './confirm.ts';
import { createDetect } from './detect.ts';
import type { Directory } from './directory.ts';
import { orderIds } from './find-burst.ts';
import { createIngest } from './ingest.ts';
import { createRulebook } from './rulebook.ts';

/** Virtual time: stands where it was put, and must stand before the first event. */
export interface MovedClock extends Clock {
  advanceTo(at: number): Promise<void>;
}

export interface ReplayDeps {
  /** An empty database of its own: what is in it afterwards is the replayed world. */
  readonly storage: Storage;
  readonly clock: MovedClock;
  readonly rules: readonly Rule[];
  readonly directory: Directory;
  readonly identifier: Identifier;
  readonly log: Log;
  /** Wall ms, for `seconds` alone. */
  readonly wallNow: () => number;
}

export interface ReplayProgress {
  readonly done: number;
  readonly total: number;
}

export interface ReplayOptions {
  readonly signal?: AbortSignal;
  /** Called now and then, and at the end; both numbers count moments of orders. */
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** Hours, rounded to four digits; null where no order has both ends. */
export interface CycleNumbers {
  readonly n: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly negative: number;
}

export interface ReplayResult {
  readonly orders: number;
  readonly skipped: number;
  readonly alerts: Readonly<Record<string, number>>;
  readonly cycles: CycleNumbers;
  readonly seconds: number;
}

const hour = 3_600_000;
/** How long the world goes on after the last event, so that what it started can still come due. */
const afterLast = 72 * hour;
const batchSize = 200;
const yieldEvery = 10;

/**
 * Runs a sheet through the live ingest and detection. Every deadline is judged with the clock standing at its due time,
 * and before anything that happens at that very instant: whatever stops a clock must come before it is due.
 */
export async function replay(
  sheet: { readonly rows: readonly ReplayRow[]; readonly skipped: number },
  deps: ReplayDeps,
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  const { storage, clock, wallNow } = deps;
  const { onProgress, signal = new AbortController().signal } = options;
  const startedAt = wallNow();
  const world = worldOf(deps);
  const events = sheet.rows
    .flatMap((row) => viewsOfRow(row, personOf(row, deps.identifier)))
    .sort((a, b) => a.sourceUpdatedAt - b.sourceUpdatedAt);
  const first = events[0]?.sourceUpdatedAt ?? Number.POSITIVE_INFINITY;
  if (first < clock.now()) throw new BugError('The virtual clock stands after the first event');

  let batches = 0;
  for (let done = 0; done < events.length; ) {
    await world.judgeUntil(events[done]?.sourceUpdatedAt ?? 0, signal);
    const batch = world.quietBatch(events, done, await storage.deadlines.nextDueAt());
    await clock.advanceTo(batch.at(-1)?.sourceUpdatedAt ?? clock.now());
    await world.save(batch);
    done += batch.length;
    batches += 1;
    if (batches % yieldEvery === 0) {
      onProgress?.({ done, total: events.length });
      await breath();
      signal.throwIfAborted();
    }
  }
  const last = events.at(-1)?.sourceUpdatedAt;
  if (last !== undefined) {
    await world.judgeUntil(last + afterLast, signal);
    await clock.advanceTo(last + afterLast);
  }
  onProgress?.({ done: events.length, total: events.length });
  return {
    orders: sheet.rows.length,
    skipped: sheet.skipped,
    alerts: await countAlerts(storage),
    cycles: cyclesOf(sheet.rows),
    seconds: rounded((wallNow() - startedAt) / 1_000),
  };
}

function worldOf({ storage, clock, rules, directory: company, log }: ReplayDeps) {
  // The sheet is its own shop: no warehouse of the company serves it, so no working hours apply.
  const directory: Directory = {
    ...company,
    channelOf: () => fileShopId,
    systemOf: () => undefined,
    warehouses: () => [],
  };
  const book = createRulebook(rules, directory, directory.timezone);
  const rulebook = (): typeof book => book;
  const quiet: Log = { info() {}, warn: (facts, sentence) => log.warn(facts, sentence), error: log.error.bind(log) };
  const common = { storage, clock, rulebook, metrics: silentMetrics, log: quiet };
  const ingest = createIngest({ ...common, vault: noVault, shopOf: () => fileShopId });
  const confirmation: Confirmation = {
    confirmedAt: () => clock.now(),
    trackedAt: () => clock.now(),
    trackingOf: () => 'seen',
    visibilityOf: () => 'seen',
    missingOf: () => undefined,
  };
  const detect = createDetect({ ...common, directory, confirm: async () => confirmation });

  return {
    async judgeUntil(at: number, signal: AbortSignal): Promise<void> {
      let before: Due | undefined;
      for (let turns = 1; ; turns += 1) {
        const [due] = await storage.deadlines.listDue(at, 1);
        if (due === undefined) return;
        if (due.subject === before?.subject && due.ruleId === before.ruleId && due.dueAt === before.dueAt) {
          throw new BugError(`The deadline ${due.ruleId} of ${due.subject} cannot be judged`);
        }
        await clock.advanceTo(Math.max(clock.now(), due.dueAt));
        await detect.judgeDue(signal);
        before = due;
        if (turns % yieldEvery === 0) {
          await breath();
          signal.throwIfAborted();
        }
      }
    },

    /** The events that can be stored at once: no deadline, old or brought by one of them, is due before the last. */
    quietBatch(events: readonly OrderView[], from: number, nextDueAt: number | undefined): readonly OrderView[] {
      let quietUntil = nextDueAt ?? Number.POSITIVE_INFINITY;
      let to = from;
      for (const view of events.slice(from, from + batchSize)) {
        if (to > from && view.sourceUpdatedAt >= quietUntil) break;
        for (const { dueAt } of book.derivation.order(view, []).deadlines) quietUntil = Math.min(quietUntil, dueAt);
        to += 1;
      }
      return events.slice(from, to);
    },

    async save(views: readonly OrderView[]): Promise<void> {
      await ingest.saveOrders(
        `file:${fileShopId}`,
        views.map((view) => ({ view, receiver: null, visibleAt: null })),
      );
      while ((await detect.recheck()) > 0);
    },
  };
}

function personOf({ phone, province, placedAt, paidAt }: ReplayRow, identifier: Identifier): ReplayPerson {
  // Who ordered when is not known of a row that tells neither. What is no number of ours (masked, hashed, foreign without
  // its prefix) still joins the rows of one sheet that write it alike.
  const isDated = placedAt !== null || paidAt !== null;
  const isPerson = isDated && phone !== '';
  const key = isPerson
    ? (identifier.phone(phone, 'CN') ?? identifier.key(phone.includes('*') ? 'mask' : 'receiver', phone, fileShopId))
    : undefined;
  return {
    receiver: identifier.mask({ name: '', phone, province, city: '', district: '' }),
    identities: key === undefined ? [] : [key],
  };
}

async function countAlerts(storage: Storage): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const seen = new Set<string>();
  for (const { ruleId, subject, facts } of await storage.alerts.list({ limit: Number.MAX_SAFE_INTEGER })) {
    // A parcel speaks for every order in it.
    const about = subject.startsWith('parcel:') ? orderIds({ facts }) : [facts.orderId ?? subject];
    for (const each of about) {
      const key = alertKey(ruleId, each);
      if (!seen.has(key)) counts[ruleId] = (counts[ruleId] ?? 0) + 1;
      seen.add(key);
    }
  }
  return counts;
}

function cyclesOf(rows: readonly ReplayRow[]): CycleNumbers {
  const all = rows.flatMap((row) => cycleOfRow(row) ?? []);
  const sorted = all.filter((ms) => ms >= 0).sort((a, b) => a - b);
  const hours = (ms: number | undefined): number | null => (ms === undefined ? null : rounded(ms / hour));
  const sum = sorted.reduce((total, ms) => total + ms, 0);
  return {
    n: sorted.length,
    mean: hours(sorted.length === 0 ? undefined : sum / sorted.length),
    p50: hours(nearestRank(sorted, 50)),
    p90: hours(nearestRank(sorted, 90)),
    negative: all.length - sorted.length,
  };
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Nothing that a sheet tells is sealed: its receivers are masked before they come here. */
const noVault: Vault = {
  seal: () => {
    throw new BugError('A replay seals nothing');
  },
  open: () => {
    throw new BugError('A replay opens nothing');
  },
};
