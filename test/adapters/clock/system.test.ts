import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../../src/adapters/clock/system.ts';

const clock = createSystemClock();
const day = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000, toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('shows the time of the machine', () => {
  expect(clock.now()).toBe(1_000);
});

it('sleeps for so long, even for longer than one timer can wait', async () => {
  const woken: string[] = [];
  void clock.sleep(50).then(() => woken.push('short'));
  void clock.sleep(60 * day).then(() => woken.push('long'));

  await vi.advanceTimersByTimeAsync(49);
  expect(woken).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(woken).toEqual(['short']);
  await vi.advanceTimersByTimeAsync(60 * day - 51);
  expect(woken).toEqual(['short']);
  await vi.advanceTimersByTimeAsync(1);
  expect(woken).toEqual(['short', 'long']);
});

it('ends a sleep at once when its signal aborts, and leaves no timer behind', async () => {
  const ending = new AbortController();
  const asleep = clock.sleep(day, ending.signal);
  ending.abort();
  await asleep;
  await clock.sleep(day, ending.signal);
  await clock.sleep(0);

  expect(vi.getTimerCount()).toBe(0);
});

it('runs an every at its multiples, leaves out those that pass while it runs, and ends when told', async () => {
  const seen: number[] = [];
  const stop = clock.every(10, async () => {
    seen.push(clock.now());
    await clock.sleep(seen.length === 2 ? 15 : 1);
  });

  await vi.advanceTimersByTimeAsync(65);
  expect(seen).toEqual([1_010, 1_020, 1_040, 1_050, 1_060]);
  stop();
  await vi.advanceTimersByTimeAsync(100);
  expect(seen).toHaveLength(5);
  expect(vi.getTimerCount()).toBe(0);
  expect(() => clock.every(0, async () => undefined)).toThrow('every 0 ms');
});
