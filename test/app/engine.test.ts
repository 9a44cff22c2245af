import { expect, it } from 'vitest';
import { createManualClock } from '../../src/adapters/clock/manual.ts';
import { createEngine, type EngineModule, everyWorldSecond } from '../../src/app/engine.ts';
import { RateLimitedError } from '../../src/domain/errors.ts';

const start = Date.UTC(2026, 10, 24);
const silent = { info() {}, warn() {}, error() {} };

function anEngine(modules: readonly EngineModule[]) {
  const clock = createManualClock(start);
  const engine = createEngine(modules, { clock, beat: everyWorldSecond(clock), log: silent, mayRun: () => true });
  return { clock, engine };
}

it('looks at every second of its world, however fast that lives [B6]', async () => {
  const runs: number[] = [];
  const { clock, engine } = anEngine([
    { name: 'often', everyMs: 0, limitMs: 1_000, run: async () => runs.push(clock.now()) },
    { name: 'seldom', everyMs: 5_000, limitMs: 1_000, run: async () => 0 },
  ]);
  engine.start();

  await clock.advanceTo(start + 10_000);
  await engine.stop();

  expect(runs).toEqual(Array.from({ length: 10 }, (_, index) => start + (index + 1) * 1_000));
});

it('never runs a module over itself, and goes on with the others', async () => {
  let isSlowAtWork = false;
  let others = 0;
  let letGo: () => void = () => {};
  const { clock, engine } = anEngine([
    {
      name: 'slow',
      everyMs: 0,
      limitMs: 60_000,
      run: () => {
        expect(isSlowAtWork).toBe(false);
        isSlowAtWork = true;
        return new Promise((done) => {
          letGo = () => done(0);
        });
      },
    },
    { name: 'quick', everyMs: 0, limitMs: 1_000, run: async () => (others += 1) },
  ]);
  engine.start();

  await clock.advanceTo(start + 5_000);
  letGo();
  await engine.stop();

  expect(others).toBe(5);
});

it('lets a source rest for as long as it asked for, whoever nudges meanwhile [B1]', async () => {
  const runs: number[] = [];
  const { clock, engine } = anEngine([
    {
      name: 'shop',
      everyMs: 0,
      limitMs: 1_000,
      async run() {
        runs.push(clock.now() - start);
        if (runs.length === 1) throw new RateLimitedError('too many', 4_000);
        return 0;
      },
    },
  ]);
  engine.start();

  await clock.advanceTo(start + 2_000);
  engine.nudge('shop');
  await clock.advanceTo(start + 6_000);
  await engine.stop();

  expect(runs).toEqual([1_000, 5_000, 6_000]);
});
