import { expect, it } from 'vitest';
import { coverOf, type Owed, type OwedPart, worstShortFirst } from '../../src/domain/shortage.ts';
import type { StockLevel } from '../../src/domain/stock.ts';
import { at } from '../kit/builders.ts';

const part = (change: Partial<OwedPart> = {}): OwedPart => ({
  since: at('09:00'),
  isSorted: false,
  qty: 10,
  orders: 9,
  wall: at('18:00'),
  ...change,
});
const owed = (...parts: readonly Partial<OwedPart>[]): Owed => ({
  sku: 'XZ-BK-L',
  orderId: 'o1',
  parts: (parts.length === 0 ? [{}] : parts).map(part),
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
  expect(coverOf(owed({ qty: 3 }, { qty: 4 }), both)).toMatchObject({ have: 2, short: 3 });
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

it('is late first with whoever finds the shelf empty, first come first served [P8]', () => {
  const line = owed(
    { since: at('08:00'), qty: 2, wall: at('12:00') },
    { since: at('09:00'), qty: 2, wall: at('16:00') },
    { since: at('09:30'), qty: 1, wall: at('15:00') },
    { since: at('09:45'), isSorted: true, qty: 1, wall: at('11:00') },
  );
  const shipBy = (onHand: number) => coverOf(line, [level({ onHand, orderLocked: 6 })])?.shipBy;

  // The packed one has its piece, then the two of eight o'clock.
  expect([shipBy(0), shipBy(1), shipBy(3), shipBy(5), shipBy(6)]).toEqual([
    at('11:00'),
    at('12:00'),
    at('15:00'),
    at('15:00'),
    null,
  ]);
});

it('puts the soonest ship-by first, then what lacks most [P8]', () => {
  const cover = (sku: string, shipBy: number | null, short: number) => ({
    sku,
    orderId: '',
    qty: short,
    orders: short,
    have: 0,
    arriving: null,
    short,
    shipBy,
  });
  const all = [
    cover('none', null, 99),
    cover('few', at('20:00'), 1),
    cover('many', at('20:00'), 5),
    cover('soon', at('12:00'), 1),
  ];

  expect(all.sort(worstShortFirst).map(({ sku }) => sku)).toEqual(['soon', 'many', 'few', 'none']);
});
