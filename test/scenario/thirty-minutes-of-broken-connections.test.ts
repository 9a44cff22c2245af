// Short (npm test): about 3 s on each platform. npm run test:long: 200 s each, with the timers of SDK and supervisors
// divided by 20, which is more than an hour of theirs. WARROOM_FAULT_MINUTES=30 runs so many true minutes on each
// platform with the true timers, server gone for 5 of them: WARROOM_LONG=1 WARROOM_FAULT_MINUTES=30 npx vitest run
// --config test/vitest.config.ts test/scenario/thirty-minutes-of-broken-connections.test.ts
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type PlatformBot, startDingTalkBot, startWecomBot } from '../kit/platform-bot.ts';
import { size } from '../kit/size.ts';
import { SECOND } from '../kit/test-bot.ts';

const isLong = size === 'full';
const minutes = Number(process.env.WARROOM_FAULT_MINUTES ?? 0);
const hurry = minutes > 0 ? 1 : isLong ? 20 : 150;
const wallMs = minutes > 0 ? minutes * 60_000 : isLong ? 200_000 : 3_000;
/** Two seconds of the world: in true minutes they are two seconds, or more would be said than a platform takes. */
const stepMs = minutes > 0 ? 2_000 : 20;
/** How long a fault stays: now and then five minutes of the platform's time. */
const faultMs = [2_000, 20_000, 60_000, 300_000].map((ms) => ms / hurry);
const timeout = wallMs + 600_000;

beforeAll(() => {
  for (const name of ['info', 'warn', 'error'] as const) vi.spyOn(console, name).mockImplementation(() => undefined);
});
afterAll(() => void vi.restoreAllMocks());

/** The same faults in the same order for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A word that no warehouse has: the answer repeats it. */
const wordOf = (count: number): string =>
  `zq${[...String(count).padStart(4, '0')].map((digit) => 'bcdfghjkmn'[Number(digit)]).join('')}x`;

it.each<[string, (options: { hurry: number }) => Promise<PlatformBot>, number]>([
  ['WeCom', startWecomBot, 7],
  ['DingTalk', startDingTalkBot, 11],
])(
  '%s: whatever happens to the line, each alert is shown once or marked as maybe repeated, and each word that was delivered is answered once [C4 O]',
  {
    timeout,
  },
  async (_name, start, seed) => {
    const platform = await start({ hurry });
    const { bot } = platform;
    const roll = dice(seed);
    const until = async (isTrue: () => boolean, ms: number): Promise<void> => {
      for (const end = Date.now() + ms; !isTrue() && Date.now() < end; ) await sleep(20);
      expect(isTrue()).toBe(true);
    };
    await until(() => platform.isUp(), 10_000);
    await platform.say('帮助');

    const alerts: string[] = [];
    const delivered: string[] = [];
    const dropped: string[] = [];
    const met = new Map<string, number>();
    let heal: () => Promise<unknown> = async () => undefined;
    let nextChange = Date.now();
    let isBroken = false;
    const step = async (): Promise<void> => {
      await bot.sandbox.advance(bot.now() + 2 * SECOND);
      await bot.tick();
      await sleep(stepMs);
    };

    const end = Date.now() + wallMs;
    for (let count = 0; Date.now() < end; count += 1) {
      if (Date.now() >= nextChange) {
        await heal();
        heal = async () => undefined;
        const names = Object.keys(platform.faults);
        const name = names[met.size < names.length ? met.size : roll(names.length)] ?? '';
        if (!isBroken) {
          heal = (await platform.faults[name]?.()) ?? heal;
          met.set(name, (met.get(name) ?? 0) + 1);
        }
        isBroken = !isBroken;
        nextChange =
          Date.now() + (isBroken ? Math.min(faultMs[roll(faultMs.length)] ?? 0, wallMs / 10) : (faultMs[1] ?? 0));
      }
      if (count % 4 === 0) {
        const word = wordOf(count);
        alerts.push(word);
        await bot.bot.storage.outbox.add({
          key: `alert/${word}`,
          roomId: 'war',
          kind: 'notice',
          priority: 1,
          alertId: null,
          card: { tone: 'critical', lines: [[`${word} 先发这单`]], buttons: [], link: null },
          dueAt: bot.now(),
        });
      }
      if (count % 4 === 2) {
        const word = wordOf(count);
        const { isDelivered } = await platform.say(`/改仓 318042 ${word}`);
        (isDelivered ? delivered : dropped).push(word);
      }
      await step();
    }
    await heal();
    await platform.heal();
    await until(() => platform.isUp(), 120_000 / hurry + 10_000);
    // A line that went half open is given up after a minute of silence, and what the platform then delivers again comes
    // within its own minute; whatever waits for its next try is sent then.
    const last = Date.now() + 190_000 / hurry + 1_000;
    while (Date.now() < last || (await bot.pending()) > 0) {
      await bot.sandbox.advance(bot.now() + 30 * SECOND);
      await bot.tick();
      await sleep(10);
      if (Date.now() > last + 120_000) break;
    }

    const shown = await platform.shown();
    const of = (word: string): readonly string[] => shown.map(({ text }) => text).filter((text) => text.includes(word));
    const isOnce = (texts: readonly string[]): boolean =>
      texts.length >= 1 && texts.filter((text) => !text.includes('可能重复')).length <= 1;
    const wrong = (words: readonly string[]) =>
      words.filter((word) => !isOnce(of(word))).map((word) => ({ word, shown: of(word) }));
    expect(wrong(alerts)).toEqual([]);
    expect(wrong(delivered)).toEqual([]);
    expect(dropped.filter((word) => of(word).length > 0)).toEqual([]);
    expect(await bot.pending()).toBe(0);
    expect((await bot.bot.storage.outbox.count()).dead).toBe(0);
    expect(alerts.length).toBeGreaterThanOrEqual(isLong ? 200 : 4);
    expect(delivered.length).toBeGreaterThanOrEqual(isLong ? 50 : 1);
    if (isLong) expect([...met.keys()].toSorted()).toEqual(Object.keys(platform.faults).toSorted());
  },
);
