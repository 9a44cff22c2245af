import { createManualClock } from '../../src/adapters/clock/manual.ts';
import { createSystemClock } from '../../src/adapters/clock/system.ts';
import { createEngine, everyWallSecond } from '../../src/app/engine.ts';
import { RateLimitedError } from '../../src/domain/errors.ts';
import { tempDir } from '../kit/open-test-db.ts';
import { aMessenger, openAlertFlow } from './alert-flow.ts';
import { crash } from './alerts-crash.ts';
import { atMost, type Bench, costOf, exactly, loudLog, median, msOf, openRaw, round } from './kit.ts';
import { startAt } from './mini-orders.ts';
import { drainRaw } from './raw-outbox.ts';

const { signal } = new AbortController();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Findings come in bursts while dispatch and deliver run; the same ones come three times. */
async function grouped(folder: string, findings: number, groups: number, times: number) {
  const shown: string[] = [];
  const clock = createManualClock(startAt);
  const messenger = aMessenger(6_000_000, async (key) => void shown.push(key));
  const flow = await openAlertFlow({ folder, name: 'grouped', clock, messenger });
  const perTime: number[] = [];
  const { cpuMs } = await costOf(async () => {
    for (let time = 0; time < times; time += 1) {
      for (let from = 0; from < findings; from += 500) {
        await flow.raise(from, Math.min(findings, from + 500), (index) => String(index % groups));
        await flow.dispatch();
        await flow.deliver(signal);
      }
      perTime.push(shown.length);
    }
  });
  await flow.close();
  return { first: perTime[0] ?? 0, all: perTime.at(-1) ?? 0, cpuMs };
}

/** A platform that takes so many in any second, and asks for a pause beyond that. */
async function limited(folder: string, name: string, alerts: number, perSecond: number) {
  const taken: number[] = [];
  let refused = 0;
  const messenger = aMessenger(perSecond * 60, async () => {
    await turn();
    const now = performance.now();
    if (taken.filter((at) => at > now - 1_000).length >= perSecond) {
      refused += 1;
      throw new RateLimitedError('too many', 1_000);
    }
    taken.push(now);
  });
  const clock = createSystemClock();
  const flow = await openAlertFlow({ folder, name, clock, messenger });
  await flow.raise(0, alerts, String);
  while ((await flow.dispatch()) > 0);
  const engine = createEngine(
    [
      {
        name: 'deliver',
        everyMs: 0,
        limitMs: 60_000,
        run: (stop) => flow.deliver(stop),
        wakes: ['deliver'],
        waitMs: () => flow.deliver.waitMs(),
      },
    ],
    { clock, beat: everyWallSecond, log: loudLog, mayRun: () => true },
  );
  engine.start();
  engine.nudge('deliver');
  const ms = await msOf(async () => {
    while (taken.length < alerts) await new Promise((resolve) => setTimeout(resolve, 10));
  });
  await engine.stop();
  await flow.close();
  // The first second's part leaves at once, the others a second apart.
  return { ms, ideal: (Math.ceil(alerts / perSecond) - 1) * 1_000, refused };
}

/** From findings, each a message of its own, to the last one shown. */
async function burst(folder: string, name: string, messages: number): Promise<number> {
  let shown = 0;
  const take = async (): Promise<void> => {
    await turn();
    shown += 1;
  };
  const clock = createSystemClock();
  const flow = await openAlertFlow({ folder, name, clock, messenger: aMessenger(6_000_000, take) });
  const ms = await msOf(async () => {
    for (let from = 0; from < messages; from += 50) await flow.raise(from, Math.min(messages, from + 50), String);
    while ((await flow.dispatch()) > 0);
    while (shown < messages) await flow.deliver(signal);
  });
  await flow.close();
  return (messages / ms) * 1_000;
}

async function rawBurst(folder: string, name: string, messages: number): Promise<number> {
  const raw = openRaw(`${folder}/${name}.db`);
  const ms = await msOf(() => drainRaw(raw, messages, turn));
  raw.close();
  return (messages / ms) * 1_000;
}

export const alerts: Bench = async ({ isTiny, say, startSender }) => {
  const { dir, cleanup } = tempDir();
  try {
    const crashed = isTiny ? 60 : 1_000;
    say(`a process is killed while it sends ${crashed}`);
    const killed = await crash(dir, crashed, startSender);
    const findings = isTiny ? 1_000 : 10_000;
    say(`${findings} findings in 20 groups, three times`);
    const told = await grouped(dir, findings, 20, 3);
    const pace = isTiny ? { alerts: 75, perSecond: 50 } : { alerts: 500, perSecond: 100 };
    const paced: Awaited<ReturnType<typeof limited>>[] = [];
    for (let time = 0; time < (isTiny ? 1 : 3); time += 1) {
      say(`${pace.alerts} messages to a room that takes ${pace.perSecond} a second`);
      paced.push(await limited(dir, `limited-${time}`, pace.alerts, pace.perSecond));
    }
    const sizes = isTiny ? [100] : [1_000, 10_000];
    const figures: Record<string, number> = {};
    for (const size of sizes) {
      const ours: number[] = [];
      const raw: number[] = [];
      for (let time = 0; time < 3; time += 1) {
        say(`a burst of ${size}, ${time + 1} of 3`);
        raw.push(await rawBurst(dir, `raw-${size}-${time}`, size));
        ours.push(await burst(dir, `burst-${size}-${time}`, size));
      }
      figures[`burst ${size}: ours, messages/s`] = Math.round(median(ours));
      figures[`burst ${size}: minimal durable outbox, messages/s`] = Math.round(median(raw));
      figures[`burst ${size}: ours / outbox`] = round(median(ours) / median(raw));
    }
    const slowness = median(paced.map(({ ms, ideal }) => ms / ideal));
    const refused = median(paced.map((each) => each.refused / pace.alerts));
    return {
      figures: {
        'killed after messages': killed.arrivedBefore,
        'lost by the kill': killed.lost,
        'shown twice, marked': killed.doubles - killed.unmarked,
        'shown twice, unmarked': killed.unmarked,
        findings: findings * 3,
        'group messages': told.all,
        'CPU ms for all findings': Math.round(told.cpuMs),
        'limited room: time to last, ms': Math.round(median(paced.map(({ ms }) => ms))),
        'limited room: / ideal': round(slowness),
        'limited room: refused, %': round(refused * 100),
        ...figures,
      },
      gates: [
        exactly('lost by a kill', killed.lost, 0),
        atMost('shown twice by a kill, sends in flight', killed.doubles, 1, false),
        exactly('shown twice without a mark', killed.unmarked, 0),
        exactly('messages for 20 groups', told.first, 20),
        exactly('messages after the same findings came again', told.all - told.first, 0),
        atMost('time to last in a limited room / ideal', slowness, 1.1),
        atMost('refused by a limited room, part', refused, 0.01),
      ],
    };
  } finally {
    cleanup();
  }
};
