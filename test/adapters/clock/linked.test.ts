import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLinkedClock } from '../../../src/adapters/clock/linked.ts';
import { RetryableError } from '../../../src/domain/errors.ts';
import { startSandbox } from '../../../src/sandbox/start.ts';

/** Another clock that runs in the same fake wall time. */
function otherClock(rate: number, mode: 'running' | 'manual' = 'running') {
  const other = { base: 1_000_000, since: performance.now(), rate, isDown: false, looks: 0, mode };
  return {
    other,
    set(change: { now?: number; rate?: number }) {
      other.base = change.now ?? this.now();
      other.since = performance.now();
      other.rate = change.rate ?? other.rate;
    },
    now: (): number => other.base + (performance.now() - other.since) * other.rate,
    async fetch(url: string) {
      other.looks += 1;
      if (other.isDown) throw new TypeError('fetch failed');
      expect(url).toBe('http://127.0.0.1:9/clock');
      const now = Math.floor(this.now());
      return { ok: true, status: 200, json: async () => ({ now, rate: other.rate, wall: 0, mode: other.mode }) };
    },
  };
}

describe('in a wall time that the test moves', () => {
  let stop: (() => void) | undefined;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    stop?.();
    vi.useRealTimers();
  });
  async function follow(world: ReturnType<typeof otherClock>) {
    const clock = createLinkedClock('http://127.0.0.1:9/', (url) => world.fetch(url));
    await clock.start();
    stop = () => clock.stop();
    return clock;
  }

  it('runs at the rate of the other clock', async () => {
    const world = otherClock(60);
    const clock = await follow(world);

    await vi.advanceTimersByTimeAsync(1_500);
    expect(clock.now()).toBe(1_090_000);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(clock.now()).toBe(Math.floor(world.now()));
  });

  it('learns of another rate within seconds, and a sleep then ends in the new time', async () => {
    const world = otherClock(1);
    const clock = await follow(world);
    let woken: number | undefined;
    void clock.sleep(3_600_000).then(() => {
      woken = clock.now();
    });
    await vi.advanceTimersByTimeAsync(500);
    world.set({ rate: 3_600 });

    await vi.advanceTimersByTimeAsync(2_000);
    expect(woken).toBeDefined();
    expect(woken).toBeGreaterThanOrEqual(1_000_000 + 3_600_000);
  });

  it('never runs backwards when the rate falls: it waits for the other to come by', async () => {
    const world = otherClock(1_000);
    const clock = await follow(world);
    await vi.advanceTimersByTimeAsync(500);
    world.set({ rate: 1 });
    let last = clock.now();
    for (let step = 0; step < 100; step += 1) {
      await vi.advanceTimersByTimeAsync(100);
      expect(clock.now()).toBeGreaterThanOrEqual(last);
      last = clock.now();
    }
    world.set({ now: last + 5_000 });
    await vi.advanceTimersByTimeAsync(2_500);
    expect(clock.now()).toBe(Math.floor(world.now()));
  });

  it('sees a world that stands still move within 200 ms, and wakes who slept on it', async () => {
    const world = otherClock(0, 'manual');
    const clock = await follow(world);
    const seen: number[] = [];
    clock.every(1_000, async () => {
      seen.push(clock.now());
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect([clock.now(), seen.length]).toEqual([1_000_000, 0]);

    world.set({ now: 1_001_000 });
    await vi.advanceTimersByTimeAsync(200);
    expect(seen).toEqual([1_001_000]);
    world.set({ now: 1_009_500 });
    await vi.advanceTimersByTimeAsync(200);
    expect(seen).toEqual([1_001_000, 1_009_500]);
    world.set({ now: 1_010_000 });
    await vi.advanceTimersByTimeAsync(200);
    expect(seen).toEqual([1_001_000, 1_009_500, 1_010_000]);
  });

  it('goes on at the last rate while the other cannot be reached', async () => {
    const world = otherClock(10);
    const clock = await follow(world);
    world.other.isDown = true;

    await vi.advanceTimersByTimeAsync(30_000);
    expect(clock.now()).toBe(1_300_000);
    expect(world.other.looks).toBeGreaterThan(5);
  });

  it('looks no more and leaves no timer once it is stopped; an aborted sleep ends at once', async () => {
    const world = otherClock(0, 'manual');
    const clock = await follow(world);
    const ending = new AbortController();
    const asleep = clock.sleep(1_000, ending.signal);
    void clock.sleep(1_000);
    clock.every(1_000, async () => undefined);
    ending.abort();
    await asleep;
    clock.stop();
    await vi.advanceTimersByTimeAsync(0);
    const { looks } = world.other;

    await vi.advanceTimersByTimeAsync(10_000);
    expect(world.other.looks).toBe(looks);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['nobody answers', async () => Promise.reject(new TypeError('fetch failed'))],
    ['it answers an error', async () => ({ ok: false, status: 503, json: async () => ({}) })],
    ['it answers something else', async () => ({ ok: true, status: 200, json: async () => ({ now: 'noon' }) })],
  ])('does not start when %s', async (_, fetchLike) => {
    const clock = createLinkedClock('http://127.0.0.1:9', fetchLike);

    await expect(clock.start()).rejects.toBeInstanceOf(RetryableError);
    expect(() => clock.now()).toThrow('not started');
  });
});

it('follows the simulated company', async () => {
  const startAt = Date.UTC(2026, 10, 11, 6);
  const sandbox = await startSandbox({ mode: 'manual', startAt });
  const clock = createLinkedClock(sandbox.url);
  try {
    await clock.start();
    expect(clock.now()).toBe(startAt);
    const asleep = clock.sleep(60_000);
    await sandbox.advance(startAt + 60_000);
    await asleep;

    expect(clock.now()).toBe(startAt + 60_000);
  } finally {
    clock.stop();
    await sandbox.stop();
  }
});
