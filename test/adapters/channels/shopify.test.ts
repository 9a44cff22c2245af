import { describe, expect, it } from 'vitest';
import { listOrders } from '../../../src/adapters/channels/shopify/queries.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import type { Channel } from '../../../src/ports/channel.ts';
import type { Http } from '../../../src/ports/http.ts';
import {
  anOrder,
  at,
  bag,
  base,
  costOf,
  failureOf,
  identifier,
  type Json,
  mockShop,
  now,
  open,
  pageOf,
  path,
  pull,
  readOne,
  signal,
  stillClock,
} from './shopify-kit.ts';

const shop = mockShop();
const hour = 3_600_000;

describe('the window', () => {
  it('[B2] asks for whole seconds that hold all of it, oldest first, and pages on with the opaque cursor', async () => {
    const asked = shop.answer(pageOf([], 'a+b='), pageOf([]));
    const window = { from: Date.parse('2026-11-11T00:00:00.500Z'), to: Date.parse('2026-11-11T00:30:00.001Z') };

    const first = await open().pullUpdated(window, undefined, signal);
    const second = await open().pullUpdated(window, first.next, signal);

    const search = "updated_at:>='2026-11-11T00:00:00Z' updated_at:<'2026-11-11T00:30:01Z'";
    expect(asked.map(({ variables }) => variables)).toEqual([
      { search, sortKey: 'UPDATED_AT', first: 50 },
      { search, sortKey: 'UPDATED_AT', first: 50, after: 'a+b=' },
    ]);
    expect(second).toEqual({ orders: [], skipped: [], next: undefined });
  });

  it('[B4] asks by the time of creation for a backfill', async () => {
    const asked = shop.answer(pageOf([]));

    await open().pullCreated({ from: at('00:00:00'), to: at('06:00:00') }, undefined, signal);

    expect(asked[0]?.variables).toMatchObject({
      search: "created_at:>='2026-11-11T00:00:00Z' created_at:<'2026-11-11T06:00:00Z'",
      sortKey: 'CREATED_AT',
    });
  });

  it('[B4] that reaches back beyond 60 days says so to an app that is silently shown nothing there', async () => {
    const scopes = (...handles: readonly string[]): Json => ({
      data: { currentAppInstallation: { accessScopes: handles.map((handle) => ({ handle })) } },
    });
    const window = { from: now - 61 * 24 * hour, to: now - 61 * 24 * hour + 6 * hour };
    const pull_ = (channel: Channel) => channel.pullCreated(window, undefined, signal);
    shop.answer(scopes('read_orders'), pageOf([]), scopes('read_orders', 'read_all_orders'), pageOf([]), pageOf([]));

    const narrow = await pull_(open());
    const channel = open();
    const wide = [await pull_(channel), await pull_(channel)];

    expect(narrow.skipped).toEqual([{ ref: 'read_all_orders', reason: expect.stringContaining('60 days') }]);
    expect(wide.flatMap(({ skipped }) => skipped)).toEqual([]);
  });

  it('[B2] refuses a page whose search was ignored in part: its rows are not filtered', async () => {
    const warnings = [{ field: 'updated', message: 'Invalid search field', code: 'invalid_field' }];
    const search = (list: readonly unknown[]): Json => ({
      extensions: { search: [{ path: ['orders'], warnings: list }] },
    });
    shop.answer({ ...pageOf([anOrder()]), ...search(warnings) }, { ...pageOf([anOrder()]), ...search([]) });

    const error = await failureOf(pull());
    const fine = await pull();

    expect(error).toMatchObject({ name: 'RejectedError', code: 'SEARCH_IGNORED' });
    expect(fine.orders).toHaveLength(1);
  });

  it('[B2] asks the shop to tell what it ignores', async () => {
    shop.http.on(base).post(path).matchHeader('shopify-search-query-debug', '1').reply(200, pageOf([]));

    expect((await pull()).orders).toEqual([]);
  });

  it('stops a shop that answers the same page for ever', async () => {
    shop.answer(pageOf([], 'same'));

    const error = await failureOf(open().pullUpdated({ from: now - 1, to: now }, 'same', signal));

    expect(error).toMatchObject({ name: 'RejectedError', code: 'CURSOR_STUCK' });
  });

  it('[B2] begins again when the shop no longer knows the page', async () => {
    const refused = {
      errors: [{ message: 'Invalid cursor for current pagination sort.', extensions: { code: 'BAD_REQUEST' } }],
    };
    shop.answer(refused, refused);

    const later = await failureOf(open().pullUpdated({ from: now - 1, to: now }, 'gone', signal));
    const first = await failureOf(pull());

    expect([later.code, first.code]).toEqual(['BAD_CURSOR', 'BAD_REQUEST']);
  });

  it('[B2] asks for half as many orders when one answer would be too dear, and keeps to that', async () => {
    const tooDear = { errors: [{ message: 'Query cost is 1552', extensions: { code: 'MAX_COST_EXCEEDED' } }] };
    const asked = shop.answer(tooDear, tooDear, pageOf([anOrder()]), pageOf([]));
    const channel = open();

    const page = await pull(channel);
    await pull(channel);

    expect(asked.map(({ variables }) => variables.first)).toEqual([50, 25, 13, 13]);
    expect(page.orders).toHaveLength(1);
  });

  it.each([
    [{ data: { orders: { nodes: [] } } }, 'BAD_PAGE'],
    [{ data: { orders: { nodes: [], pageInfo: { hasNextPage: true, endCursor: null } } } }, 'BAD_PAGE'],
    [{ data: null }, 'BAD_ANSWER'],
    [{ errors: 'Not now' }, 'BAD_ANSWER'],
  ])('of the shape %j is worth another try', async (body, code) => {
    shop.answer(body);

    expect(await failureOf(pull())).toMatchObject({ name: 'RetryableError', code });
  });
});

describe('an order', () => {
  it('[B5] is read into the neutral view, with the receiver apart', async () => {
    const { view, receiver, visibleAt } = await readOne(shop);

    expect(view).toEqual({
      shopId: 'us',
      channelOrderNo: '6000004012345',
      displayNo: '1043',
      status: 'in_transit',
      sourceStatus: 'PAID/FULFILLED',
      sourceUpdatedAt: at('01:13:00'),
      kind: 'sale',
      placedAt: at('00:00:00'),
      paidAt: at('00:00:30'),
      sortedAt: null,
      shippedAt: at('01:00:00'),
      scannedAt: at('01:10:00'),
      deliveredAt: null,
      closedAt: null,
      shipBy: null,
      promisedAt: null,
      currency: 'USD',
      goodsMinor: 4_780,
      freightMinor: 500,
      paidMinor: 5_575,
      refund: 'none',
      refundAt: null,
      held: false,
      addressChange: 'none',
      buyerNote: 'Please ring twice',
      remark: 'Please ring twice',
      flag: 'summer, vip',
      receiver: { name: 'A***', phone: '41****32', province: 'CA', city: 'San Francisco', district: '' },
      lines: [
        {
          lineId: '19268060250418',
          sku: 'TX01-BLK-L',
          title: 'Cotton tee',
          qty: 2,
          unitMinor: 2_640,
          paidMinor: 4_780,
        },
      ],
      shipments: [
        { carrier: 'USPS', waybill: '9400100000000000000001', shippedAt: at('01:00:00') },
        { carrier: 'USPS', waybill: '9400100000000000000002', shippedAt: at('01:00:00') },
      ],
      identities: [identifier.phone('+14155550132', 'US'), identifier.key('buyer', '9001', 'shopify/us')],
    });
    expect(receiver).toEqual({
      name: 'Ada Rivera',
      phone: '(415) 555-0132',
      address: '12 Maple Ave, Apt 7, San Francisco, CA, 94110, US',
    });
    expect(visibleAt).toBeNull();
    expect(JSON.stringify(view)).not.toMatch(/Rivera|Maple|0132|ada@/);
  });

  it('[B5] may leave out everything that a shop or an app may lack', async () => {
    const { id, createdAt, updatedAt, totalPriceSet } = anOrder();
    shop.answer(pageOf([{ id, createdAt, updatedAt, totalPriceSet }]));

    const { orders } = await pull();

    expect(orders[0]?.view).toMatchObject({
      status: 'created',
      sourceStatus: '',
      paidAt: null,
      paidMinor: 0,
      lines: [],
      shipments: [],
      identities: [],
      receiver: { name: '', phone: '' },
    });
    expect(orders[0]?.receiver).toBeNull();
  });

  it.each([
    ['PENDING', false],
    ['AUTHORIZED', false],
    ['PARTIALLY_PAID', false],
    ['PAID', true],
    ['PARTIALLY_REFUNDED', true],
    ['REFUNDED', true],
    ['VOIDED', false],
    ['EXPIRED', false],
  ])('[B5] in payment %s is paid: %s', async (displayFinancialStatus, isPaid) => {
    const { view } = await readOne(shop, { displayFinancialStatus });

    expect(view.paidAt).toBe(isPaid ? at('00:00:30') : null);
  });

  it('[B5] without a payment status is unpaid, but for one with nothing to pay', async () => {
    const bare = { displayFinancialStatus: null, transactions: [], totalReceivedSet: bag('0.0') };
    const free = { ...bare, totalPriceSet: bag('0.0'), currentTotalPriceSet: bag('0.0'), fullyPaid: true };

    const unpaid = await readOne(shop, { ...bare, fullyPaid: false });
    const discounted = await readOne(shop, { ...free, processedAt: '2026-11-10T23:59:59Z' });
    // Once it is cancelled an unpaid order, too, has nothing left to pay.
    const cancelled = await readOne(shop, { ...free, cancelledAt: '2026-11-11T00:20:00Z' });

    expect(unpaid.view).toMatchObject({ paidAt: null, paidMinor: 0 });
    expect(discounted.view.paidAt).toBe(at('00:00:00') - 1_000);
    expect(cancelled.view).toMatchObject({ status: 'closed', paidAt: null, closedAt: at('00:20:00') });
  });

  it('[B5] is paid when the payment was made that completes the price', async () => {
    const payment = (amount: string, time: string, more: Json = {}): Json => ({
      kind: 'SALE',
      status: 'SUCCESS',
      createdAt: `2026-11-11T${time}Z`,
      processedAt: `2026-11-11T${time}Z`,
      amountSet: bag(amount),
      ...more,
    });
    const paidAt = async (transactions: readonly Json[], more: Json = {}) =>
      (await readOne(shop, { totalPriceSet: bag('100.0'), currentTotalPriceSet: bag('100.0'), transactions, ...more }))
        .view.paidAt;

    const both = [payment('70.0', '00:10:00'), payment('30.0', '00:05:00')];
    expect(await paidAt(both)).toBe(at('00:10:00'));
    expect(await paidAt([...both, payment('20.0', '00:30:00', { kind: 'REFUND' })])).toBe(at('00:10:00'));
    expect(await paidAt([payment('100.0', '00:01:00', { status: 'PENDING' }), payment('100.0', '00:09:00')])).toBe(
      at('00:09:00'),
    );
    // An edit made it dearer, and the rest was paid.
    expect(
      await paidAt([payment('100.0', '00:01:00'), payment('20.0', '00:40:00')], { currentTotalPriceSet: bag('120.0') }),
    ).toBe(at('00:40:00'));
    // An edit made it cheaper: it was paid before.
    expect(await paidAt([payment('100.0', '00:01:00')], { currentTotalPriceSet: bag('60.0') })).toBe(at('00:01:00'));
    // Exchange rates moved between order and payment.
    expect(await paidAt([payment('99.98', '00:02:00')])).toBe(at('00:02:00'));
    expect(await paidAt([payment('100.0', '00:03:00', { processedAt: null })])).toBe(at('00:03:00'));
  });

  it('[B2] that an edit makes dearer is no longer paid', async () => {
    const { view } = await readOne(shop, { displayFinancialStatus: 'PARTIALLY_PAID', totalReceivedSet: bag('40.0') });

    expect(view).toMatchObject({ paidAt: null, paidMinor: 4_000 });
  });

  it.each([
    ['UNFULFILLED', 'paid'],
    ['OPEN', 'paid'],
    ['SCHEDULED', 'paid'],
    ['ON_HOLD', 'paid'],
    ['REQUEST_DECLINED', 'paid'],
    ['RESTOCKED', 'paid'],
    ['FULFILLMENT_NOT_REQUIRED', 'paid'],
    ['PENDING_FULFILLMENT', 'allocated'],
    ['IN_PROGRESS', 'picking'],
    ['PARTIALLY_FULFILLED', 'picking'],
    ['FULFILLED', 'shipped'],
    [null, 'paid'],
    ['TELEPORTED', 'unknown'],
    ['toString', 'unknown'],
  ])('[B5] that is sent %s without a parcel is %s', async (displayFulfillmentStatus, status) => {
    const { view } = await readOne(shop, { displayFulfillmentStatus, fulfillments: [] });

    expect(view.status).toBe(status);
    if (status === 'unknown')
      expect(view.sourceStatus).toBe(`PAID/${displayFulfillmentStatus}/fulfillment ${displayFulfillmentStatus}`);
  });

  it.each([
    ['SUBMITTED', 'in_transit'],
    ['FULFILLED', 'in_transit'],
    ['DELIVERED', 'delivered'],
    ['PICKED_UP', 'delivered'],
    ['FAILURE', 'in_transit'],
    ['LOST_AT_SEA', 'unknown'],
  ])('[B5] with a scanned parcel shown as %s is %s', async (displayStatus, status) => {
    const [fulfillment] = anOrder().fulfillments as Json[];

    const { view } = await readOne(shop, { fulfillments: [{ ...fulfillment, displayStatus }] });

    expect(view.status).toBe(status);
  });

  it.each([
    ['MARKED_AS_FULFILLED', 'shipped'],
    ['READY_FOR_PICKUP', 'shipped'],
    ['LABEL_PRINTED', 'shipped'],
    ['OUT_FOR_DELIVERY', 'in_transit'],
    ['CARRIER_PICKED_UP', 'in_transit'],
    ['DELAYED', 'in_transit'],
    [null, 'shipped'],
  ])('[B5] with a parcel that nobody scanned, shown as %s, is %s', async (displayStatus, status) => {
    const [fulfillment] = anOrder().fulfillments as Json[];

    const { view } = await readOne(shop, {
      fulfillments: [{ ...fulfillment, displayStatus, inTransitAt: null, events: null }],
    });

    expect(view).toMatchObject({ status, shippedAt: at('01:00:00'), scannedAt: null });
  });

  it('[A10] with a parcel that was called back, failed or lost its label has none', async () => {
    const [fulfillment] = anOrder().fulfillments as Json[];
    const gone = [
      { ...fulfillment, status: 'CANCELLED', displayStatus: 'CANCELED' },
      { ...fulfillment, status: 'ERROR', displayStatus: null },
      { ...fulfillment, status: 'SUCCESS', displayStatus: 'LABEL_VOIDED' },
    ];

    const { view } = await readOne(shop, { displayFulfillmentStatus: 'UNFULFILLED', fulfillments: gone });

    expect(view).toMatchObject({ status: 'paid', shippedAt: null, scannedAt: null, shipments: [] });
  });

  it('[A10] is where its last parcel is, and lists every waybill', async () => {
    const [fulfillment] = anOrder().fulfillments as Json[];
    const second = {
      status: 'SUCCESS',
      displayStatus: 'FULFILLED',
      createdAt: '2026-11-11T01:30:00Z',
      trackingInfo: [{ company: 'FedEx', number: '7712' }],
    };
    const arrived = { ...fulfillment, displayStatus: 'DELIVERED', deliveredAt: '2026-11-11T01:50:00Z' };

    const one = await readOne(shop, { displayFulfillmentStatus: 'PARTIALLY_FULFILLED' });
    const both = await readOne(shop, { fulfillments: [arrived, second] });
    const there = await readOne(shop, { fulfillments: [arrived] });

    expect(one.view).toMatchObject({ status: 'picking', shippedAt: null, scannedAt: null });
    expect(one.view.shipments).toHaveLength(2);
    expect(both.view).toMatchObject({
      status: 'shipped',
      shippedAt: at('01:30:00'),
      scannedAt: null,
      deliveredAt: null,
    });
    expect(both.view.shipments.map(({ waybill }) => waybill)).toEqual([
      '9400100000000000000001',
      '9400100000000000000002',
      '7712',
    ]);
    expect(there.view).toMatchObject({ status: 'delivered', deliveredAt: at('01:50:00'), scannedAt: at('01:10:00') });
  });

  it('[A10] whose label is only printed has left nobody’s hands', async () => {
    const label = {
      status: 'SUCCESS',
      displayStatus: 'LABEL_PRINTED',
      createdAt: '2026-11-11T01:00:00Z',
      trackingInfo: [],
    };

    const { view } = await readOne(shop, { displayFulfillmentStatus: 'IN_PROGRESS', fulfillments: [label] });

    expect(view).toMatchObject({ status: 'picking', shippedAt: null, shipments: [] });
  });

  it('[A10] whose summary is missing is sent when its parcels are', async () => {
    const label = { status: 'SUCCESS', displayStatus: 'LABEL_PRINTED', createdAt: '2026-11-11T01:00:00Z' };
    const bare = { displayFulfillmentStatus: null, fulfillmentOrders: null };

    expect((await readOne(shop, bare)).view).toMatchObject({ status: 'in_transit', sourceStatus: 'PAID' });
    expect((await readOne(shop, { ...bare, fulfillments: [label] })).view).toMatchObject({
      status: 'picking',
      shippedAt: null,
    });
  });

  it('[A9] shows what its warehouse parts are doing', async () => {
    const with_ = async (status: string, requestStatus = 'UNSUBMITTED') => {
      const parts = { nodes: [{ status, requestStatus, fulfillAt: null, fulfillBy: null }] };
      const changes = { displayFulfillmentStatus: 'UNFULFILLED', fulfillments: [], fulfillmentOrders: parts };
      const { view } = await readOne(shop, changes);
      return [view.status, view.held];
    };

    expect(await with_('OPEN')).toEqual(['paid', false]);
    expect(await with_('OPEN', 'ACCEPTED')).toEqual(['allocated', false]);
    expect(await with_('IN_PROGRESS', 'ACCEPTED')).toEqual(['picking', false]);
    expect(await with_('ON_HOLD')).toEqual(['paid', true]);
    expect(await with_('INCOMPLETE')).toEqual(['paid', false]);
    expect(await with_('VANISHED')).toEqual(['unknown', false]);
  });

  it('[P7] has the earliest ship-by of its open parts, and a promise of its own beyond 48 hours', async () => {
    const part = (status: string, times: Json): Json => ({
      status,
      requestStatus: 'UNSUBMITTED',
      fulfillAt: null,
      fulfillBy: null,
      ...times,
    });
    const read = async (...nodes: readonly Json[]) => {
      const changes = { displayFulfillmentStatus: 'SCHEDULED', fulfillments: [], fulfillmentOrders: { nodes } };
      const { view } = await readOne(shop, changes);
      return [view.shipBy, view.promisedAt];
    };
    const soon = '2026-11-12T00:00:00Z';
    const late = '2026-11-20T00:00:00Z';

    expect(await read(part('OPEN', { fulfillBy: late }), part('OPEN', { fulfillBy: soon }))).toEqual([
      Date.parse(soon),
      null,
    ]);
    expect(await read(part('CLOSED', { fulfillBy: soon }), part('OPEN', { fulfillBy: late }))).toEqual([
      Date.parse(late),
      Date.parse(late),
    ]);
    expect(await read(part('SCHEDULED', { fulfillAt: late }))).toEqual([null, Date.parse(late)]);
    expect(await read(part('OPEN', { fulfillAt: '2026-11-11T00:00:00Z' }))).toEqual([null, null]);
  });

  it('[P4] tells its refunds: what is given back for a part does not end the rest', async () => {
    const refunds = [{ createdAt: '2026-11-11T01:20:00Z' }, { createdAt: '2026-11-11T01:30:00Z' }];
    const owed = { displayFulfillmentStatus: 'UNFULFILLED', fulfillments: [], refunds };

    const whole = await readOne(shop, { displayFinancialStatus: 'REFUNDED', refunds });
    const part = await readOne(shop, { ...owed, displayFinancialStatus: 'PARTIALLY_REFUNDED' });
    const afterwards = await readOne(shop, { displayFinancialStatus: 'PARTIALLY_REFUNDED', refunds });
    const asked = await readOne(shop, { returnStatus: 'RETURN_REQUESTED' });
    const back = await readOne(shop, { returnStatus: 'IN_PROGRESS' });
    const refused = await readOne(shop, { returnStatus: 'RETURN_FAILED' });
    const odd = await readOne(shop, { returnStatus: 'EATEN' });

    expect(whole.view).toMatchObject({
      status: 'refunded',
      refund: 'done',
      refundAt: at('01:30:00'),
      paidMinor: 5_575,
    });
    expect(part.view).toMatchObject({ status: 'paid', refund: 'none', refundAt: null });
    expect(afterwards.view).toMatchObject({ status: 'in_transit', refund: 'done' });
    expect(asked.view).toMatchObject({ status: 'in_transit', refund: 'requested', refundAt: null });
    expect([back.view.refund, refused.view.refund]).toEqual(['accepted', 'closed']);
    expect(odd.view).toMatchObject({ status: 'unknown', sourceStatus: 'PAID/FULFILLED/return EATEN', refund: 'none' });
  });

  it('[B5] shows the lines that are still wanted, and all of them once none is', async () => {
    const [line] = (anOrder().lineItems as { nodes: Json[] }).nodes;
    const other = { ...line, id: 'gid://shopify/LineItem/2', sku: '', quantity: 3 };
    const bare = { id: 'gid://shopify/LineItem/3', sku: null, title: 'Gift', quantity: 1 };
    const read = async (...nodes: readonly Json[]) => (await readOne(shop, { lineItems: { nodes } })).view.lines;

    const some = await read({ ...line, currentQuantity: 0 }, { ...other, currentQuantity: 1 }, bare);
    const none = await read({ ...line, currentQuantity: 0 });

    expect(some.map(({ sku, qty }) => [sku, qty])).toEqual([
      ['8001', 1],
      ['3', 1],
    ]);
    expect(some[1]).toMatchObject({ unitMinor: 0, paidMinor: 0 });
    expect(none.map(({ sku, qty }) => [sku, qty])).toEqual([['TX01-BLK-L', 2]]);
  });

  it('[B5] that the shop put away is followed while it travels, and closed when nothing is left to follow', async () => {
    const closedAt = '2026-11-11T01:40:00Z';
    const [fulfillment] = anOrder().fulfillments as Json[];
    const arrived = { ...fulfillment, displayStatus: 'DELIVERED', deliveredAt: '2026-11-11T01:50:00Z' };

    const travels = await readOne(shop, { closedAt });
    const there = await readOne(shop, { closedAt, fulfillments: [arrived] });
    const givenUp = await readOne(shop, { closedAt, displayFulfillmentStatus: 'UNFULFILLED', fulfillments: [] });

    expect(travels.view).toMatchObject({ status: 'in_transit', closedAt: null });
    expect(there.view).toMatchObject({ status: 'delivered', closedAt: at('01:40:00') });
    expect(givenUp.view).toMatchObject({ status: 'closed', closedAt: at('01:40:00') });
  });

  it('[B5] is called what the shop calls it, with its own letters and without the mark', async () => {
    const called = async (name: unknown) => (await readOne(shop, { name })).view.displayNo;

    expect(await called('en1043-A')).toBe('EN1043-A');
    expect(await called('№ 1043')).toBeUndefined();
    expect(await called(null)).toBeUndefined();
  });

  it('[B5] of a test, or without goods to send, wakes nobody', async () => {
    const kinds = [
      await readOne(shop, { test: true }),
      await readOne(shop, { requiresShipping: false }),
      await readOne(shop, { displayFulfillmentStatus: 'FULFILLMENT_NOT_REQUIRED' }),
    ].map(({ view }) => view.kind);

    expect(kinds).toEqual(['sample', 'postage', 'postage']);
  });

  it('[B5] counts in the currency of the shop, whatever the buyer paid in', async () => {
    const yen = (amount: string): Json => ({
      shopMoney: { amount, currencyCode: 'JPY' },
      presentmentMoney: { amount: '1.25', currencyCode: 'USD' },
    });
    const sums = {
      currencyCode: 'JPY',
      subtotalPriceSet: yen('500.0'),
      totalPriceSet: yen('550.0'),
      currentTotalPriceSet: yen('550.0'),
      totalShippingPriceSet: yen('50.0'),
      totalReceivedSet: yen('550.0'),
      transactions: [],
      lineItems: { nodes: [] },
    };

    const { view } = await readOne(shop, sums);

    expect(view).toMatchObject({ currency: 'JPY', goodsMinor: 500, freightMinor: 50, paidMinor: 550 });
  });

  it('[C2] is told apart by phone, then by who lives where, and by customer or e-mail', async () => {
    const address = anOrder().shippingAddress as Json;
    const nobody = { customer: null, phone: null };
    const keys = async (changes: Json) => (await readOne(shop, changes)).view.identities;

    expect(await keys({ ...nobody, shippingAddress: { ...address, phone: null } })).toEqual([
      identifier.key('receiver', 'ada rivera\n94110\n12 maple ave', 'shopify/us'),
      identifier.key('buyer', 'ada@example.com', 'shopify/us/email'),
    ]);
    expect(await keys({ shippingAddress: null, email: null })).toEqual([
      identifier.phone('+14155550199', 'US'),
      identifier.key('buyer', '9001', 'shopify/us'),
    ]);
    expect(await keys({ ...nobody, shippingAddress: null, email: null, phone: '+380990000018' })).toEqual([
      identifier.phone('+380990000018', 'UA'),
    ]);
    expect(await keys({ ...nobody, shippingAddress: null, email: null })).toEqual([]);
  });

  it.each([
    [{ createdAt: '2026-11-11 00:00:00' }, 'createdAt'],
    [{ updatedAt: null }, 'updatedAt'],
    [{ totalReceivedSet: bag('12.345') }, 'totalReceivedSet'],
    [{ totalReceivedSet: bag('55.75', 'EUR') }, 'totalReceivedSet'],
    [{ currencyCode: 'yuan' }, 'currencyCode'],
    [{ totalReceivedSet: null, totalPriceSet: null, currentTotalPriceSet: null, transactions: [] }, 'totalReceivedSet'],
    [{ lineItems: { nodes: [{ id: '1', quantity: 1 }] } }, 'lineItems.nodes.0.id'],
    [{ fulfillments: [{ status: 7 }] }, 'fulfillments.0.status'],
  ])('[B5] that cannot be read (%j) is named with the field, and does not stop its page', async (changes, field) => {
    shop.answer(pageOf([anOrder({ id: 'gid://shopify/Order/1', ...changes }), anOrder()]));

    const { orders, skipped } = await pull();

    expect(orders).toHaveLength(1);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]).toMatchObject({ ref: '1', reason: expect.stringMatching(new RegExp(`^${field}: `)) });
    expect(skipped[0]?.reason).not.toMatch(/12\.345|EUR|yuan/);
  });

  it('[B5] without a number, or that is no object, is named too', async () => {
    shop.answer(pageOf([anOrder({ id: '' }), null, 'row', 7]));

    expect((await pull()).skipped.map(({ ref }) => ref)).toEqual(Array(4).fill('row without id'));
  });

  it('[B2] with more lines or parts than come with it is read to its end', async () => {
    const line = (id: number): Json => ({ id: `gid://shopify/LineItem/${id}`, sku: `S${id}`, title: '', quantity: 1 });
    const rest = (nodes: readonly Json[], endCursor: string | null): Json => ({
      data: { order: { rest: { nodes, pageInfo: { hasNextPage: endCursor !== null, endCursor } } } },
    });
    const cut = (nodes: readonly Json[], endCursor: string): Json => ({
      nodes,
      pageInfo: { hasNextPage: true, endCursor },
    });
    const held = { status: 'ON_HOLD', requestStatus: 'UNSUBMITTED', fulfillAt: null, fulfillBy: null };
    const asked = shop.answer(
      pageOf([
        anOrder({ lineItems: cut([line(1)], 'L1'), fulfillmentOrders: cut([{ ...held, status: 'OPEN' }], 'P1') }),
      ]),
      rest([line(2)], 'L2'),
      rest([line(3)], null),
      rest([held], null),
    );

    const { orders } = await pull();

    expect(orders[0]?.view.lines.map(({ sku }) => sku)).toEqual(['S1', 'S2', 'S3']);
    expect(orders[0]?.view.held).toBe(true);
    expect(asked.slice(1).map(({ variables }) => variables)).toEqual(
      ['L1', 'L2', 'P1'].map((after) => ({ id: 'gid://shopify/Order/6000004012345', after })),
    );
  });

  it('[B2] whose rest cannot be read fails its page instead of being stored short', async () => {
    const pageInfo = { hasNextPage: true, endCursor: 'L1' };
    shop.answer(pageOf([anOrder({ lineItems: { nodes: [], pageInfo } })]), {
      data: { order: { rest: { nodes: [], pageInfo } } },
    });

    expect(await failureOf(pull())).toMatchObject({ name: 'RetryableError', code: 'BAD_PAGE' });
  });
});

describe('fresh reads', () => {
  it('[I1] ask by number, past the search index, fifty at a time; what is no number of the shop is absent', async () => {
    const nos = Array.from({ length: 51 }, (_, n) => String(6_000_000_000_000 + n));
    const node = (no: string): Json => anOrder({ id: `gid://shopify/Order/${no}` });
    const asked = shop.answer(
      { data: { nodes: nos.slice(0, 50).map((no, n) => (n === 7 ? null : node(no))) } },
      { data: { nodes: [node(nos[50] ?? '')] } },
    );

    const { orders, next } = await open().fetchOrders(
      [...nos, nos[0] ?? '', '#1043', '261110-123456789012345'],
      signal,
    );

    expect(orders.map(({ view }) => view.channelOrderNo)).toEqual(nos.filter((_, n) => n !== 7));
    expect(next).toBeUndefined();
    expect(asked.map(({ variables }) => (variables.ids as string[]).length)).toEqual([50, 1]);
  });
});

describe('a refusal', () => {
  const refused = (code: string, more: Json = {}): Json => ({
    errors: [{ message: 'secret shpat_demo', extensions: { code, ...more } }],
  });

  it('[B1] for want of points says how long to wait', async () => {
    shop.answer({ ...refused('THROTTLED'), extensions: costOf(750, 120) }, refused('THROTTLED'));

    const told = await failureOf(pull());
    const untold = await failureOf(pull());

    expect(told).toMatchObject({ name: 'RateLimitedError', code: 'THROTTLED', afterMs: 6_300 });
    expect(untold.afterMs).toBeGreaterThan(0);
  });

  it('[B1] is avoided by waiting until the bucket holds what the question costs', async () => {
    const { clock, slept } = stillClock();
    shop.answer(
      { ...pageOf([]), extensions: costOf(750, 250) },
      { ...pageOf([]), extensions: costOf(750, 1_900) },
      pageOf([]),
    );
    const channel = open({ clock });

    for (let count = 0; count < 3; count += 1) await pull(channel);

    expect(slept).toEqual([5_000]);
  });

  it.each([
    ['INTERNAL_SERVER_ERROR', 'RetryableError', 'INTERNAL_SERVER_ERROR'],
    ['TIMEOUT', 'RetryableError', 'TIMEOUT'],
    ['ACCESS_DENIED', 'RejectedError', 'ACCESS_DENIED'],
    ['SHOP_INACTIVE', 'RejectedError', 'SHOP_INACTIVE'],
    ['undefinedField', 'RejectedError', 'UNDEFINED_FIELD'],
    ['something new', 'RejectedError', 'REFUSED'],
    ['constructor', 'RejectedError', 'CONSTRUCTOR'],
  ])('[B3] %s is a %s, and repeats no word of the shop', async (code, name, ours) => {
    shop.answer(refused(code));

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name, code: ours });
    expect(error.message).not.toMatch(/shpat|something new|native code/);
  });

  it.each([
    [401, 'BAD_TOKEN', /install the app again/],
    [402, 'HTTP_402', /bill/],
    [403, 'HTTP_403', /scopes/],
    [404, 'HTTP_404', /base URL/],
    [423, 'HTTP_423', /locked/],
  ])('[B3] with status %i says what to do', async (status, code, words) => {
    shop.answer({ status, body: { errors: 'shpat_demo' } });

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name: 'RejectedError', code });
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('shpat_demo');
  });

  it('[B3] names the right that is missing, when it is one that we know', async () => {
    shop.answer({
      ...refused('ACCESS_DENIED', { requiredAccess: '`read_orders` access scope. Call +1 415 555 0132' }),
      data: { orders: null },
    });

    const error = await failureOf(pull());

    expect(error.message).toMatch(/read_orders/);
    expect(error.message).not.toMatch(/415/);
  });

  it('[B3] of one field leaves the rest of the page, and is counted', async () => {
    const denied = {
      errors: [
        {
          message: 'This app is not approved to access the Customer object',
          path: ['orders', 'nodes', 0, 'customer'],
          extensions: { code: 'ACCESS_DENIED', requiredAccess: '`read_customers` access scope.' },
        },
      ],
    };
    shop.answer({ ...denied, ...pageOf([anOrder({ customer: null })]) });

    const { orders, skipped } = await pull();

    expect(orders).toHaveLength(1);
    expect(skipped).toEqual([{ ref: 'customer', reason: expect.stringMatching(/^ACCESS_DENIED: .*read_customers$/) }]);
  });

  it('[B3] of a field without which an order would be taken for another refuses the page', async () => {
    const path = ['orders', 'nodes', 0, 'displayFinancialStatus'];
    const denied = { errors: [{ message: 'x', path, extensions: { code: 'ACCESS_DENIED' } }] };
    shop.answer({ ...denied, ...pageOf([anOrder({ displayFinancialStatus: null })]) });

    expect(await failureOf(pull())).toMatchObject({ name: 'RejectedError', code: 'ACCESS_DENIED' });
  });

  it('[B1] of one order for a passing reason is a refusal of the page: the order would be lost', async () => {
    const failed = {
      errors: [{ message: 'x', path: ['orders', 'nodes', 0], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    };
    shop.answer({ ...failed, ...pageOf([null, anOrder()]) });

    expect(await failureOf(pull())).toMatchObject({ name: 'RetryableError' });
  });

  it('[B3] of the API version is noticed when the shop answers in a newer one', async () => {
    shop.http
      .on(base)
      .post(path)
      .reply(200, pageOf([anOrder()]), { 'X-Shopify-API-Version': '2027-07' });

    const { orders, skipped } = await pull();

    expect(orders).toHaveLength(1);
    expect(skipped).toEqual([{ ref: 'X-Shopify-API-Version', reason: expect.stringContaining('2026-10') }]);
  });
});

describe('the access token', () => {
  const app = { clientId: 'client-demo', clientSecret: 'shpss_demo' };
  const grants = (token: string): void => {
    shop.http
      .on(base)
      .post('/admin/oauth/access_token', {
        grant_type: 'client_credentials',
        client_id: 'client-demo',
        client_secret: 'shpss_demo',
      })
      .delay(5)
      .reply(200, { access_token: token, scope: 'read_orders', expires_in: 86_399 });
  };

  it('[B3] is fetched by the app itself once, however many ask, and kept for the next start', async () => {
    grants('shpat_fresh');
    const asked = shop.answer(pageOf([]), pageOf([]));
    const saved: unknown[] = [];
    const channel = open({ credentials: app, saveTokens: async (tokens) => void saved.push(tokens) });

    await Promise.all([pull(channel), pull(channel)]);

    expect(asked.map(({ token }) => token)).toEqual(['shpat_fresh', 'shpat_fresh']);
    expect(saved).toEqual([{ accessToken: 'shpat_fresh', refreshToken: '', expiresAt: now + 86_399_000 }]);
  });

  it('[B3] that is over is fetched anew, and the question is asked again', async () => {
    const asked = shop.answer({ status: 401 }, pageOf([anOrder()]));
    grants('shpat_next');

    const page = await pull(open({ credentials: { ...app, accessToken: 'shpat_old' } }));

    expect(asked.map(({ token }) => token)).toEqual(['shpat_old', 'shpat_next']);
    expect(page.orders).toHaveLength(1);
  });

  it('[B3] that is refused although it is new is refused for good', async () => {
    shop.answer({ status: 401 }, { status: 401 });
    grants('shpat_next');

    expect(await failureOf(pull(open({ credentials: { ...app, accessToken: 'shpat_old' } })))).toMatchObject({
      name: 'RejectedError',
      code: 'BAD_TOKEN',
    });
  });

  it('[B3] cannot be had with a wrong secret, and the error does not show it', async () => {
    shop.http.on(base).post('/admin/oauth/access_token').reply(400, { error: 'invalid_client shpss_demo' });

    const error = await failureOf(pull(open({ credentials: app })));

    expect(error).toMatchObject({ name: 'RejectedError', code: 'BAD_TOKEN' });
    expect(error.message).toMatch(/credentials\.clientSecret/);
    expect(error.message).not.toMatch(/shpss_demo/);
  });
});

it('asks through the one HTTP door, at the version that is pinned', async () => {
  const seen: string[] = [];
  const door = createHttp();
  const http: Http = {
    ...door,
    send: (request) => {
      seen.push(`${request.method} ${request.url}`);
      return door.send(request);
    },
  };
  const asked = shop.answer(pageOf([]));

  await pull(open({ http }));

  expect(seen).toEqual([`POST ${base}${path}`]);
  expect(asked[0]?.query).toBe(listOrders.document);
});
