import { expect, it } from 'vitest';
import { lineEntryOf, lineSince } from '../../src/domain/line.ts';
import { aFulfillment, anOrder, at, day, hour } from '../kit/builders.ts';

const paidAt = at('10:00');
const entryOf = (order: Parameters<typeof anOrder>[0] = {}, ...views: Parameters<typeof aFulfillment>[0][]) =>
  lineEntryOf(anOrder(order), views.length === 0 ? [aFulfillment()] : views.map((view) => aFulfillment(view)));

it('stands in the line of its warehouse from its payment on, with the platform’s own wall [P1]', () => {
  expect(entryOf({ shipBy: at('18:00') })).toEqual({
    warehouse: 'wms/1001',
    shopId: 'mini',
    phase: 'waiting',
    since: paidAt,
    wall: at('18:00'),
    apart: null,
    freeAt: at('10:01'),
    sortedAt: null,
    shippedAt: null,
  });
});

it('invents no wall, and stands nowhere before its payment or after its end [P1]', () => {
  expect(entryOf()?.wall).toBeNull();
  expect(entryOf({ paidAt: null })).toBeNull();
  expect(entryOf({ closedAt: at('11:00') })).toBeNull();
  expect(entryOf({ shippedAt: at('11:00'), deliveredAt: at('11:00') + 2 * day })).toBeNull();
  expect(entryOf({ shippedAt: at('11:00'), deliveredAt: at('15:00') })).toMatchObject({ phase: 'shipped' });
});

it('counts nothing from the payment where a later day was promised [P7]', () => {
  const promisedAt = paidAt + 15 * day;

  expect(entryOf({ promisedAt, shipBy: promisedAt })).toMatchObject({
    since: promisedAt - 48 * hour,
    wall: promisedAt,
  });
  expect(lineSince(paidAt, paidAt + 24 * hour)).toBe(paidAt);
});

it('moves on as it is sorted and shipped', () => {
  const sortedAt = at('11:00');

  expect(entryOf({}, { stage: 'sorting', stageAt: sortedAt, sortedAt })).toMatchObject({ phase: 'sorted', sortedAt });
  expect(entryOf({ shippedAt: at('12:00') }, { stage: 'sorting', stageAt: sortedAt, sortedAt })).toMatchObject({
    phase: 'shipped',
    shippedAt: at('12:00'),
  });
});

it('is sorted at no known moment where a state was told without its time: no speed is made of the moment of telling', () => {
  const asOf = at('19:34');
  const told = (change: Parameters<typeof anOrder>[0]) =>
    lineEntryOf(anOrder({ sourceUpdatedAt: asOf, ...change }), []);

  expect(told({ status: 'picking' })).toMatchObject({ phase: 'sorted', sortedAt: null });
  expect(told({ status: 'shipped' })).toMatchObject({ phase: 'shipped', sortedAt: null, shippedAt: asOf });
  expect(told({ status: 'shipped', shippedAt: at('15:00') })).toMatchObject({ sortedAt: at('15:00') });
  expect(told({ status: 'picking', sortedAt: asOf })).toMatchObject({ phase: 'sorted', sortedAt: asOf });
});

it('of a split order belongs to the warehouse that is furthest behind', () => {
  const sorted = { systemOrderNo: '1', stage: 'sorting', stageAt: at('11:00'), sortedAt: at('11:00') } as const;

  expect(entryOf({}, sorted, { systemOrderNo: '2', warehouseCode: '1002' })).toMatchObject({
    warehouse: 'wms/1002',
    phase: 'waiting',
  });
  expect(lineEntryOf(anOrder(), [])?.warehouse).toBe('');
});

it.each([
  ['a resend', { kind: 'resend' }, 'resend'],
  ['a sample', { kind: 'sample' }, 'sample'],
  ['a refund', { refund: 'requested', refundAt: paidAt }, 'refund'],
  ['a hold', { held: true }, 'held'],
] as const)('counts %s apart [P7][N3]', (_, change, apart) => {
  expect(entryOf(change)?.apart).toBe(apart);
});

it('counts what is in review apart from C1’s line, not from the wall [D2]', () => {
  expect(entryOf({}, { stage: 'review', stageAt: at('10:30') })?.apart).toBe('review');
});
