import { createManualClock } from '../../src/adapters/clock/manual.ts';
import type { Database } from '../../src/adapters/db/database.ts';
import { tempDir } from '../kit/open-test-db.ts';
import { type AlertFlow, aMessenger, openAlertFlow } from './alert-flow.ts';
import { atMost, type Bench, exactly, median, msOf, openRaw, round } from './kit.ts';
import { startAt } from './mini-orders.ts';

const due = 100;
const batches = 5;
const aMinute = 60_000;
const anHour = 3_600_000;
const { signal } = new AbortController();

/** A hundred deadlines are due by `startAt`, as many in each of the minutes after it, the others within days; the orders behind them are gone. */
function fillDeadlines({ sqlite }: Database, open: number): void {
  const insert = sqlite.prepare('INSERT INTO Deadline (ruleId, subject, dueAt, firedAt) VALUES (?, ?, ?, NULL)');
  sqlite.prepare('BEGIN').run();
  sqlite.prepare('DELETE FROM Deadline').run();
  for (let index = 0; index < open; index += 1) {
    const dueAt =
      index < due * batches
        ? startAt + (index % batches) * aMinute - index
        : startAt + anHour + ((index * 7_919) % (72 * anHour));
    insert.run('paid-not-sorted', `order:mini/${(index * 104_729) % 1_299_709}-${index}`, dueAt);
  }
  sqlite.prepare('COMMIT').run();
}

/** The median ms of one run, the first ones left out: caches are warm in a process that ticks every second. */
async function usual(times: number, run: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let time = 0; time < times; time += 1) all.push(await msOf(run));
  return median(all.slice(Math.floor(times / 4)));
}

interface Sweep {
  readonly open: number;
  readonly judgeMs: number;
  readonly judged: number;
  readonly findRawMs: number;
  readonly findMs: number;
  readonly idleRawMs: number;
  readonly idleMs: number;
}

async function sweepOf(folder: string, open: number, times: number): Promise<Sweep> {
  const name = `sweep-${open}`;
  const clock = createManualClock(startAt - anHour);
  const flow = await openAlertFlow({ folder, name, clock, messenger: aMessenger(600, async () => {}) });
  fillDeadlines(flow.database, open);
  const raw = openRaw(`${folder}/${name}.db`);
  const lookup = raw.prepare(
    'SELECT ruleId, subject, dueAt FROM Deadline WHERE firedAt IS NULL AND dueAt <= ? ORDER BY dueAt LIMIT 200',
  );
  const before = startAt - anHour;
  const idleRawMs = await usual(times, async () => lookup.all(before));
  const idleMs = await usual(times, () => flow.detect.judgeDue(signal));
  const findRawMs = await usual(times, async () => lookup.all(startAt));
  const findMs = await usual(times, () => flow.storage.deadlines.listDue(startAt, 200));
  const judging: number[] = [];
  let judged = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    await clock.advanceTo(startAt + batch * aMinute);
    judging.push(
      await msOf(async () => {
        judged += await flow.detect.judgeDue(signal);
      }),
    );
  }
  raw.close();
  await flow.close();
  return { open, judgeMs: median(judging), judged, findRawMs, findMs, idleRawMs, idleMs };
}

/** What a tick costs in which nothing is to do, with so many alerts open in fifty groups. */
async function idleOf(
  flow: AlertFlow,
  from: number,
  to: number,
  times: number,
): Promise<{ dispatchMs: number; recheckMs: number }> {
  for (let at = from; at < to; at += 500) await flow.raise(at, Math.min(to, at + 500), (index) => String(index % 50));
  while ((await flow.dispatch()) > 0);
  return {
    dispatchMs: await usual(times, () => flow.dispatch()),
    recheckMs: await usual(times, () => flow.detect.recheck()),
  };
}

/** Finding what is due, and ticks with nothing due, must not notice how much is open. */
export const sweep: Bench = async ({ isTiny, say }) => {
  const sizes = isTiny ? [500, 2_000] : [10_000, 100_000, 1_000_000, 5_000_000];
  const times = isTiny ? 20 : 400;
  const { dir, cleanup } = tempDir();
  try {
    const sweeps: Sweep[] = [];
    for (const open of sizes) {
      say(`${open} open deadlines`);
      sweeps.push(await sweepOf(dir, open, times));
    }
    const clock = createManualClock(startAt);
    const flow = await openAlertFlow({ folder: dir, name: 'idle', clock, messenger: aMessenger(600, async () => {}) });
    const [few, many] = isTiny ? [50, 500] : [100, 10_000];
    say(`idle ticks with ${few} and with ${many} open alerts`);
    const idleFew = await idleOf(flow, 0, few, times);
    const idleMany = await idleOf(flow, few, many, times);
    await flow.close();
    const [least] = sweeps;
    const most = sweeps.at(-1);
    if (least === undefined || most === undefined) throw new Error('nothing measured');
    return {
      figures: {
        ...Object.fromEntries(
          sweeps.flatMap((each) => [
            [`${each.open} open: find ${due} due, ms (raw)`, `${round(each.findMs)} (${round(each.findRawMs)})`],
            [`${each.open} open: judge ${due} due, ms`, round(each.judgeMs)],
            [
              `${each.open} open: idle tick, µs (raw)`,
              `${round(each.idleMs * 1_000)} (${round(each.idleRawMs * 1_000)})`,
            ],
          ]),
        ),
        [`find, ${most.open} / ${least.open} open`]: round(most.findMs / least.findMs),
        'idle tick / raw lookup': round(most.idleMs / most.idleRawMs),
        [`idle dispatch, ${few} / ${many} alerts open, µs`]: `${round(idleFew.dispatchMs * 1_000)} / ${round(idleMany.dispatchMs * 1_000)}`,
        [`idle recheck, ${few} / ${many} alerts open, µs`]: `${round(idleFew.recheckMs * 1_000)} / ${round(idleMany.recheckMs * 1_000)}`,
      },
      gates: [
        ...sweeps.map((each) => exactly(`deadlines judged of ${each.open} open`, each.judged, due * batches)),
        atMost('find: most / least open', most.findMs / least.findMs, 2),
        atMost('judge: most / least open', most.judgeMs / least.judgeMs, 2),
        atMost('idle tick: most / least open', most.idleMs / least.idleMs, 2),
        atMost('idle tick / raw lookup', most.idleMs / most.idleRawMs, 10),
        atMost('idle dispatch: many / few open', idleMany.dispatchMs / idleFew.dispatchMs, 2),
        atMost('idle recheck: many / few open', idleMany.recheckMs / idleFew.recheckMs, 2),
      ],
    };
  } finally {
    cleanup();
  }
};
