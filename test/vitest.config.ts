import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const long = process.env.WARROOM_LONG === '1';

export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, '..'),
    include: ['test/**/*.test.ts'],
    exclude: long ? [] : ['test/browser/**'],
    pool: 'threads',
    // Much of the time is spent waiting for processes that tests start: one more than there are cores fills it.
    maxWorkers: availableParallelism() + 1,
    // Files share what they import; a third of the whole time went into loading the same modules again and again.
    isolate: false,
    // What counts work has times of its own; these catch what hangs, on a busy machine, too.
    testTimeout: long ? 600_000 : 60_000,
    hookTimeout: long ? 600_000 : 60_000,
    sequence: { shuffle: false },
  },
});
