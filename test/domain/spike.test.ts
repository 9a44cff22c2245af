import { expect, it } from 'vitest';
import { spikeOf, styleOf } from '../../src/domain/spike.ts';
import { at, minute } from '../kit/builders.ts';

const rule = { within: 10 * minute, times: 3, atLeast: 30 };
const now = at('20:00');
/** So many pieces in each of the last minutes, the latest last. */
const sold = (...pieces: number[]) =>
  pieces.map((qty, index) => ({ minute: now - (pieces.length - index) * minute, qty, orders: qty }));

it('is a style that sells three times as fast as its own curve, from the first fast minute on [P9][N18]', () => {
  expect(spikeOf(sold(2, 71, 71, 71, 71, 71, 71, 71, 71, 72), 20, rule, now)).toMatchObject({ minutes: 9, qty: 640 });
});

it.each([
  ['no more than three times its own', sold(30, 30), 20],
  ['a handful', sold(29), 0],
  ['what was sold before', [{ minute: now - 30 * minute, qty: 500, orders: 500 }], 0],
])('is not %s', (_, sales, usual) => {
  expect(spikeOf(sales, usual, rule, now)).toBeUndefined();
});

it('finds the style before the first dash', () => {
  expect(['XZ01-HE-L', 'WY02_BA', 'A-1', '6901234567890'].map(styleOf)).toEqual([
    'XZ01',
    'WY02',
    'A-1',
    '6901234567890',
  ]);
});
