import { createManualClock } from '../../src/adapters/clock/manual.ts';
import type { Sqlite } from '../../src/adapters/db/sqlite.ts';
import { createVault } from '../../src/adapters/vault.ts';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import { createIngest } from '../../src/services/ingest.ts';
import { createRulebook } from '../../src/services/rulebook.ts';
import { tempDir } from '../kit/open-test-db.ts';
import { aDirectory, aShop, shopAnswers } from './company.ts';
import {
  atLeast,
  atMost,
  type Bench,
  type Cost,
  costOf,
  exactly,
  median,
  openOurs,
  openRaw,
  round,
  silentLog,
  watchLoop,
} from './kit.ts';
import { linesPerOrder, pagesOf, payloadsOf, startAt } from './mini-orders.ts';
import { copyRows, insertRaw } from './raw-orders.ts';

const pageSize = 200;
const rawBatch = 500;
const rounds = 3;

type Costs = { readonly first: Cost; readonly again: Cost; readonly loop: { p99: number; max: number }; wrong: Wrong };
type Wrong = Readonly<Record<'orders' | 'lines' | 'deadlines' | 'events' | 'again', number>>;

/** A shop's pages through the real adapter and the real ingest into a database of their own, twice. */
async function pullTwice(folder: string, name: string, pages: readonly string[], orders: number): Promise<Costs> {
  const { database, storage } = await openOurs(folder, name);
  const clock = createManualClock(startAt + 3_600_000);
  const book = createRulebook(builtinRules, aDirectory(), 'Asia/Shanghai');
  const ingest = createIngest({
    storage,
    clock,
    rulebook: () => book,
    shopOf: () => 'mini',
    vault: createVault(Buffer.alloc(32, 7)),
    metrics: silentMetrics,
    log: silentLog,
  });
  const source = {
    id: 'mini',
    channel: aShop(clock, shopAnswers(pages)),
    pollMs: 5_000,
    aheadMs: () => 0,
    backfillDays: 0,
  };
  const pull = () => ingest.pullShop(source, new AbortController().signal);
  const watch = watchLoop();
  const first = await costOf(pull);
  const loop = watch.stop();
  const count = (what: string): number => numberOf(database.sqlite, `count(*) AS n FROM ${what}`);
  const changes = (): number => numberOf(database.sqlite, 'total_changes() AS n');
  const stored = changes();
  const again = await costOf(pull);
  const wrong = {
    orders: Math.abs(count('"Order"') - orders),
    lines: Math.abs(count('OrderLine') - orders * linesPerOrder),
    deadlines: Math.abs(count(`Deadline WHERE ruleId = 'paid-not-sorted'`) - orders),
    events: Math.abs(count('Event') - orders),
    // A page moves its cursor and notes that the source answered: no row of an order is touched.
    again: Math.abs(changes() - stored - 2 * pages.length),
  };
  await database.close();
  return { first, again, loop, wrong };
}

/** Parse, normalise, upsert and deadline upkeep, against inserting an order and nothing else, and against our very rows. */
export const ingest: Bench = async ({ isTiny, say }) => {
  const orders = isTiny ? 400 : 50_000;
  const payloads = payloadsOf(orders);
  const pages = pagesOf(payloads, pageSize);
  const { dir, cleanup } = tempDir();
  const ours: Costs[] = [];
  const raw: Cost[] = [];
  const same: Cost[] = [];
  try {
    for (let turn = 1; turn <= rounds; turn += 1) {
      say(`round ${turn} of ${rounds}: raw insert`);
      const plain = openRaw(`${dir}/raw-${turn}.db`);
      raw.push(await costOf(() => insertRaw(plain, payloads, rawBatch)));
      plain.close();
      say(`round ${turn} of ${rounds}: ours`);
      ours.push(await pullTwice(dir, `ours-${turn}`, pages, orders));
      say(`round ${turn} of ${rounds}: the same rows, raw`);
      const from = openRaw(`${dir}/ours-${turn}.db`);
      await (await openOurs(dir, `same-${turn}`)).database.close();
      const to = openRaw(`${dir}/same-${turn}.db`);
      same.push(await costOf(copyRows(from, to, payloads, rawBatch)));
      from.close();
      to.close();
    }
  } finally {
    cleanup();
  }
  const first = ours.map((each) => each.first);
  const again = ours.map((each) => each.again);
  const perSecond = (costs: readonly Cost[]): number =>
    Math.round((orders / median(costs.map(({ ms }) => ms))) * 1_000);
  const cpu = (costs: readonly Cost[]): number => (median(costs.map(({ cpuMs }) => cpuMs)) / orders) * 1_000;
  const longest = median(ours.map(({ loop }) => loop.max));
  const wrong = (what: keyof Wrong): number => ours.reduce((sum, each) => sum + each.wrong[what], 0);
  return {
    figures: {
      orders,
      rounds,
      'ours, orders/s': perSecond(first),
      'raw insert incl. JSON.parse, orders/s': perSecond(raw),
      'the same rows, raw incl. JSON.parse, orders/s': perSecond(same),
      'ours / raw': round(perSecond(first) / perSecond(raw)),
      'ours / same rows': round(perSecond(first) / perSecond(same)),
      'same rows / raw': round(perSecond(same) / perSecond(raw)),
      'CPU µs per order, ours': round(cpu(first)),
      'CPU µs per order, raw': round(cpu(raw)),
      'CPU µs per order, same rows': round(cpu(same)),
      'ours / raw by CPU': round(cpu(raw) / cpu(first)),
      'ours / same rows by CPU': round(cpu(same) / cpu(first)),
      'redelivered unchanged, orders/s': perSecond(again),
      'redelivered / first time': round(perSecond(again) / perSecond(first)),
      'event loop delay p99, ms': median(ours.map(({ loop }) => loop.p99)),
      'event loop delay max, ms': longest,
    },
    gates: [
      atLeast('ingest / raw insert', perSecond(first) / perSecond(raw), 0.35),
      atLeast('ingest / the same rows', perSecond(first) / perSecond(same), 0.3),
      atLeast('redelivered / first time', perSecond(again) / perSecond(first), 1),
      atMost('event loop held, ms', longest, 50),
      exactly('orders not as they were told', wrong('orders'), 0),
      exactly('lines not as they were told', wrong('lines'), 0),
      exactly('deadlines missing or too many', wrong('deadlines'), 0),
      exactly('events missing or too many', wrong('events'), 0),
      exactly('rows written by a redelivery', wrong('again'), 0),
    ],
  };
};

const numberOf = (sqlite: Sqlite, what: string): number =>
  sqlite.prepare<{ n: number }>(`SELECT ${what}`).get()?.n ?? -1;
