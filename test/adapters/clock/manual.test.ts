import { expect, it } from 'vitest';
import { createManualClock } from '../../../src/adapters/clock/manual.ts';

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

it('stands still until it is moved, and never goes back', async () => {
  const clock = createManualClock(1_000);
  await soon();
  expect(clock.now()).toBe(1_000);

  await clock.advanceTo(5_000);
  expect(clock.now()).toBe(5_000);
  await expect(clock.advanceTo(4_999)).rejects.toThrow('go back');
  await expect(clock.advanceTo(5_000)).resolves.toBeUndefined();
});

it('wakes sleepers in order of their time, each at its own', async () => {
  const clock = createManualClock(0);
  const seen: [string, number][] = [];
  const sleeper = async (name: string, ...naps: number[]): Promise<void> => {
    for (const ms of naps) {
      await clock.sleep(ms);
      seen.push([name, clock.now()]);
    }
  };
  const all = Promise.all([sleeper('a', 30, 5), sleeper('b', 10, 10, 100), sleeper('c', 20)]);

  await clock.advanceTo(50);
  expect(seen).toEqual([
    ['b', 10],
    ['c', 20],
    ['b', 20],
    ['a', 30],
    ['a', 35],
  ]);
  await clock.advanceTo(120);
  await all;
  expect(seen.at(-1)).toEqual(['b', 120]);
});

it('runs an every to its end before time goes on, however long that takes', async () => {
  const clock = createManualClock(0);
  const seen: number[] = [];
  const stop = clock.every(10, async () => {
    await soon();
    seen.push(clock.now());
  });

  await clock.advanceTo(35);
  expect(seen).toEqual([10, 20, 30]);
  stop();
  await clock.advanceTo(100);
  expect(seen).toEqual([10, 20, 30]);
});

it('lets time go on for an every that sleeps itself, and never starts it twice', async () => {
  const clock = createManualClock(0);
  const seen: string[] = [];
  clock.every(10, async () => {
    seen.push(`in ${clock.now()}`);
    await soon();
    await clock.sleep(25);
    await soon();
    seen.push(`out ${clock.now()}`);
  });

  await clock.advanceTo(80);
  expect(seen).toEqual(['in 10', 'out 35', 'in 40', 'out 65', 'in 70']);
});

it('lets an every stop itself', async () => {
  const clock = createManualClock(0);
  let runs = 0;
  const stop = clock.every(10, async () => {
    runs += 1;
    stop();
  });

  await clock.advanceTo(50);
  expect(runs).toBe(1);
});

it('ends a sleep when its signal aborts, and starts none for no time or an aborted signal', async () => {
  const clock = createManualClock(0);
  const ending = new AbortController();
  const asleep = clock.sleep(1_000, ending.signal);
  ending.abort();
  await asleep;
  await clock.sleep(1_000, ending.signal);
  await clock.sleep(0);
  await clock.sleep(-5);

  expect(clock.now()).toBe(0);
});

it('tells who moves it what a task has thrown, and stands where that was', async () => {
  const clock = createManualClock(0);
  const stop = clock.every(10, async () => {
    throw new Error('broken');
  });

  await expect(clock.advanceTo(50)).rejects.toThrow('broken');
  expect(clock.now()).toBe(10);
  stop();
  await clock.advanceTo(50);
  expect(clock.now()).toBe(50);
});

it('is moved by one at a time', async () => {
  const clock = createManualClock(0);
  let again: Promise<void> | undefined;
  clock.every(10, async () => {
    again = clock.advanceTo(20);
    await again.catch(() => undefined);
  });
  await clock.advanceTo(10);

  await expect(again).rejects.toThrow('being moved');
  expect(() => clock.every(0, soon)).toThrow('every 0 ms');
});
