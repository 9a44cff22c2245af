import { expect, it } from 'vitest';
import { type Paid, type Penalty, penaltyOf, riskOf } from '../../src/domain/penalty.ts';

const row = (change: Partial<Penalty>): Penalty => ({
  channel: 'taobao',
  shop: null,
  each: null,
  percent: null,
  least: null,
  most: null,
  asOf: '2026-11-01',
  ...change,
});
const paid = (shopId: string, paidMinor: number, count: number, currency = 'CNY'): Paid => ({
  shopId,
  currency,
  paidMinor,
  count,
});

it('takes a fixed amount, or a share within its bounds, in the currency’s own unit [P13]', () => {
  expect(penaltyOf(row({ each: 3.5 }), 19_900, 'CNY')).toBe(350);
  expect(penaltyOf(row({ each: 300 }), 19_900, 'JPY')).toBe(300);
  const share = row({ percent: 10, least: 1, most: 100 });
  expect([500, 19_900, 999_900].map((minor) => penaltyOf(share, minor, 'CNY'))).toEqual([100, 1_990, 10_000]);
});

it('counts the late orders at what the shop’s due orders cost on average, by the oldest table used [P13]', () => {
  const table: Readonly<Record<string, Penalty>> = {
    tmall: row({ percent: 10, least: 1, most: 100 }),
    pdd: row({ each: 3, asOf: '2026-10-01' }),
  };
  const late = [
    { shopId: 'tmall', misses: 10 },
    { shopId: 'pdd', misses: 4 },
    { shopId: 'mini', misses: 6 },
  ];
  const due = [paid('tmall', 10_000, 3), paid('tmall', 20_000, 1), paid('pdd', 5_000, 9)];

  expect(riskOf(late, due, (shopId) => table[shopId])).toEqual({
    minor: 10 * 1_250 + 4 * 300,
    currency: 'CNY',
    orders: 14,
    unknown: 6,
    asOf: '2026-10-01',
  });
});

it('makes up nothing: no row, nobody late, or two currencies give no sum [P13]', () => {
  const late = [{ shopId: 'tmall', misses: 10 }];
  expect(riskOf(late, [paid('tmall', 100, 1)], () => undefined)).toBeNull();
  expect(riskOf([{ shopId: 'tmall', misses: 0 }], [paid('tmall', 100, 1)], () => row({ each: 3 }))).toBeNull();
  const two = [paid('tmall', 100, 1), paid('tmall', 100, 1, 'USD')];
  expect(riskOf(late, two, () => row({ each: 3 }))).toBeNull();
});
