import { expect, it } from 'vitest';
import { coverOf, type Owed, worstShortFirst } from '../../src/domain/shortage.ts';
import type { StockLevel } from '../../src/domain/stock.ts';
import { at } from '../kit/builders.ts';

const owed = (change: Partial<Owed> = {}): Owed => ({
  sku: 'XZ-BK-L',
  qty: 10,
  orders: 9,
  shipBy: at('18:00'),
  orderId: 'o1',
  ...change,
});
const level = (change: Partial<StockLevel> = {}): StockLevel => ({
  sku: 'XZ-BK-L',
  warehouseCode: '1001',
  onHand: 4,
  available: undefined,
  orderLocked: 10,
  pickLocked: 0,
  virtualLocked: 0,
  inbound: 0,
  observedAt: at('10:00'),
  ...change,
});

it('is short of what is owed and neither on any shelf nor on its way [P8]', () => {
  const both = [level(), level({ warehouseCode: '1002', onHand: 1, orderLocked: 0, inbound: 2 })];

  expect(coverOf(owed(), both)).toMatchObject({ have: 5, arriving: 2, short: 3 });
  expect(coverOf(owed({ qty: 7 }), both)).toMatchObject({ have: 2, short: 3 });
  expect(coverOf(owed(), [level({ onHand: 10 })])).toMatchObject({ have: 10, short: 0 });
});

it('does not count pieces that are locked for somebody else: a live room, or orders that we do not see [P8]', () => {
  expect(coverOf(owed(), [level({ onHand: 12, virtualLocked: 5 })])).toMatchObject({ have: 7, short: 3 });
  expect(coverOf(owed(), [level({ onHand: 12, orderLocked: 14 })])).toMatchObject({ have: 8, short: 2 });
});

it('takes what nobody told for unknown, never for nothing [P8]', () => {
  expect(coverOf(owed(), [])).toBeUndefined();
  for (const number of ['onHand', 'virtualLocked', 'orderLocked'] as const)
    expect(coverOf(owed(), [level(), level({ [number]: undefined })])).toBeUndefined();
  expect(
    coverOf(owed(), [level({ inbound: 3 }), level({ inbound: undefined, onHand: 0, orderLocked: 0 })]),
  ).toMatchObject({
    arriving: null,
    short: 6,
  });
});

it('puts the soonest ship-by first, then what lacks most [P8]', () => {
  const cover = (sku: string, shipBy: number | null, short: number) => ({
    ...owed({ sku, shipBy }),
    have: 0,
    arriving: null,
    short,
  });
  const all = [
    cover('none', null, 99),
    cover('few', at('20:00'), 1),
    cover('many', at('20:00'), 5),
    cover('soon', at('12:00'), 1),
  ];

  expect(all.sort(worstShortFirst).map(({ sku }) => sku)).toEqual(['soon', 'many', 'few', 'none']);
});
