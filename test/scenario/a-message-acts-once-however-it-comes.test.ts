import { expect, it } from 'vitest';
import { anAlert } from '../kit/builders.ts';
import { bySize, isLong } from '../kit/size.ts';
import { startTestBot, type TestBot } from '../kit/test-bot.ts';

const rounds = bySize({ short: 6, moderate: 60, full: 1_000 });
const timeout = isLong ? 900_000 : 60_000;

/** The same interleavings for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What a crash interrupts is interrupted; what a test breaks is not hidden. */
async function perhapsCrashed(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Error && error.message === 'crashed')) throw error;
  }
}

/** One alert, one person's word for it, and everything that can happen to a message on its way. */
async function round(bot: TestBot, seed: number): Promise<void> {
  const roll = dice(seed);
  const subject = `order:mini/${100_000 + seed}`;
  const at = bot.now();
  const { storage } = bot.bot;
  const alert = await storage.alerts.raise(
    anAlert({ subject, dueAt: at, raisedAt: at, confirmedAt: at, isLateFound: true, groupKey: `alone|${seed}` }),
  );
  const number = await storage.alerts.number(alert?.id ?? '', '2026-11-10');
  const deliver = (): Promise<void> =>
    perhapsCrashed(bot.hear('wang', `${number}号我来`, { messageId: `replayed-${seed}` }));
  const tick = (): Promise<void> => perhapsCrashed(bot.tick());

  for (let left = 3 + roll(6); left > 0; left -= 1) {
    const what = roll(6);
    if (what === 0 && !bot.isCrashed) bot.crashAt(1 + roll(14), roll(2) === 0 ? 'before' : 'after');
    else if (what === 1) await Promise.all([deliver(), deliver(), tick()]);
    else if (what === 2) await Promise.all([tick(), deliver(), tick()]);
    else if (what <= 4) await deliver();
    else await tick();
    // A new process connects, and the platform delivers what was never acknowledged.
    if (bot.isCrashed && roll(2) === 0) {
      await bot.restart();
      await deliver();
    }
  }
  if (bot.isCrashed) await bot.restart();
  bot.crashAt(Number.POSITIVE_INFINITY);
  await deliver();
  for (let ticks = 0; ticks < 4; ticks += 1) await bot.tick();
  await deliver();
  await bot.tick();

  const said = (await bot.messages()).filter(({ text }) => text.includes(` ${number}号 `) && text.includes('认领'));
  const acts = (await bot.audit(subject)).map(({ action }) => action);
  expect(acts, `seed ${seed}`).toEqual(['alert.claimed']);
  expect(
    said.map(({ text }) => text),
    `seed ${seed}`,
  ).toHaveLength(1);
  expect(said[0]?.text).toContain('王敏 认领了');
}

it(`acts once and answers once in ${rounds} random interleavings of repeats, ticks and crashes [O]`, {
  timeout,
}, async () => {
  const perBot = 40;
  for (let first = 1; first <= rounds; first += perBot) {
    const bot = await startTestBot();
    for (let seed = first; seed < first + perBot && seed <= rounds; seed += 1) await round(bot, seed);
    await bot.stop();
    expect(bot.isCrashed).toBe(false);
  }
});
