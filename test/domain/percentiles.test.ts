import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearestRank } from '../../src/domain/percentiles.ts';

it('is the value at the nearest rank, never one in between [N6]', () => {
  const five = [15, 20, 35, 40, 50];

  expect([5, 30, 40, 50, 100].map((percent) => nearestRank(five, percent))).toEqual([15, 20, 20, 35, 50]);
  expect(nearestRank([1, 2], 50)).toBe(1);
  expect(nearestRank([], 50)).toBeUndefined();
  expect(nearestRank([7], 0)).toBe(7);
});

it('keeps its rank exact where a float would slip: 55 % of 100 is the 55th [N6]', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

  for (let percent = 1; percent <= 100; percent += 1) expect(nearestRank(hundred, percent)).toBe(percent);
});

it('is the smallest value that so many do not exceed [N6]', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const sorted = values.sort((a, b) => a - b);
      const enough = sorted.filter(
        (each) => sorted.filter((other) => other <= each).length * 100 >= percent * sorted.length,
      );

      expect(nearestRank(sorted, percent)).toBe(enough[0]);
    }),
  );
});
