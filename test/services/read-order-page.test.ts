import { expect, it } from 'vitest';
import type { Event } from '../../src/domain/event.ts';
import { chainOf } from '../../src/services/order-chain.ts';
import { createReadOrderPage } from '../../src/services/read-order-page.ts';
import { anOrder, at, directory, events, fulfillment } from '../web/company.ts';
import { createFakeClock, createFakeStores } from '../web/fakes.ts';

const read = createReadOrderPage({ stores: createFakeStores().stores, clock: createFakeClock(), directory });

it('knows no order that is not there', async () => {
  expect(await read('none')).toBeUndefined();
});

it('brings together what finance, warehouse and customer service know', async () => {
  const page = await read('o7Kd2mQx');

  expect(page).toMatchObject({
    shop: '小程序商城',
    system: '聚水潭',
    visibility: 'seen',
    waits: { stage: 'queued', next: 'sorting', since: at('12:18'), reason: '缺货' },
    packedWith: [{ channelOrderNo: '202611240018851' }],
    locks: [{ warehouse: '杭州仓', owner: { id: 'oP3' } }],
    deadHolders: [{ systemOrderNo: '1100017' }],
    openAlerts: [{ number: 12, tail: '018842' }],
    acts: [{ actor: '王敏', approver: '李建国' }],
    audit: [{ actor: '王敏' }],
  });
  expect(page?.fulfillments[0]?.warehouse?.name).toBe('杭州仓');
  expect(page?.history.map(({ source }) => source)).toEqual(['聚水潭', '聚水潭', '小程序商城', '小程序商城']);
  expect(page?.dataAge.map(({ name, state }) => `${name} ${state}`)).toEqual(['小程序商城 fresh', '聚水潭 fresh']);
});

it('lists every other order of a parcel', async () => {
  const page = await createReadOrderPage({
    stores: Object.assign(createFakeStores().stores, {
      views: {
        ...createFakeStores().stores.views,
        companionsOf: async () => [
          anOrder({ id: 'same', shipments: [{ carrier: '中通快递', waybill: '78123456789012', shippedAt: null }] }),
          anOrder({ id: 'other' }),
        ],
      },
    }),
    clock: createFakeClock(),
    directory,
  })('oSent');

  expect(page?.parcels).toMatchObject([{ waybill: '78123456789012', others: [{ id: 'same' }] }]);
  expect(page?.packedWith).toMatchObject([{ id: 'other' }]);
});

it('waits for nothing once an order is closed', async () => {
  const page = await read('oClosed');

  expect(page?.waits).toBeNull();
  expect(page?.chain.some(({ state }) => state === 'current')).toBe(false);
});

it('names every link with the time it was entered, from what the sources told', () => {
  const told = (id: number, stage: string, time: string): Event => ({
    ...(events[2] as Event),
    id,
    occurredAt: at(time),
    facts: { stage, stageAt: at(time) },
  });
  const order = anOrder({ stage: 'labelled', stageAt: at('15:20'), sortedAt: at('14:50') });

  const chain = chainOf(
    order,
    [{ ...fulfillment, stage: 'labelled', stageAt: at('15:20') }],
    [told(1, 'queued', '12:18'), told(2, 'sorting', '14:50'), told(3, 'packed', '15:10')],
    'seen',
  );

  expect(chain.map(({ stage, state, enteredAt }) => [stage, state, enteredAt])).toEqual([
    ['placed', 'done', at('12:08')],
    ['paid', 'done', at('12:09')],
    ['queued', 'done', at('12:18')],
    ['sorting', 'done', at('14:50')],
    ['packed', 'done', at('15:10')],
    ['labelled', 'current', at('15:20')],
    ['shipped', 'ahead', null],
    ['scanned', 'ahead', null],
    ['delivered', 'ahead', null],
  ]);
});

it('shows review only to orders that went through it', () => {
  const reviewed = chainOf(anOrder({ stage: 'review', stageAt: at('12:30') }), [], [], 'seen');

  expect(reviewed.find(({ stage }) => stage === 'review')).toMatchObject({ state: 'current', enteredAt: at('12:30') });
  expect(chainOf(anOrder(), [], [], 'seen').some(({ stage }) => stage === 'review')).toBe(false);
});

it('guesses no stage that cannot be seen', () => {
  const chain = chainOf(
    anOrder({ stage: 'shipped', stageAt: at('13:00'), shippedAt: at('13:00') }),
    [],
    [],
    'not-visible-here',
  );

  expect(chain.filter(({ state }) => state === 'unseen').map(({ stage }) => stage)).toEqual([
    'queued',
    'sorting',
    'packed',
    'labelled',
  ]);
});
