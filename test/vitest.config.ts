import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const long = process.env.WARROOM_LONG === '1';

export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, '..'),
    include: ['test/**/*.test.ts'],
    exclude: long ? [] : ['test/browser/**'],
    pool: 'threads',
    maxWorkers: '100%',
    testTimeout: long ? 120_000 : 20_000,
    hookTimeout: long ? 120_000 : 20_000,
    sequence: { shuffle: false },
  },
});
