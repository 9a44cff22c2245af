import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { signPush } from '../../../src/adapters/channels/shopify/push.ts';
import type { OrderView } from '../../../src/domain/order.ts';
import { anOrder, bag, credentials, failureOf, type Json, mockShop, open, pageOf, pull } from './shopify-kit.ts';

const shop = mockShop();
const isLong = process.env.WARROOM_LONG === '1';
const folder = join(process.env.WARROOM_SAMPLES ?? '', 'samples/shopify');
const hasSamples = process.env.WARROOM_SAMPLES !== undefined && existsSync(folder);
if (isLong && !hasSamples) throw new Error('WARROOM_SAMPLES must name the folder that holds samples/shopify');

const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const sample = (name: string): Json => JSON.parse(textOf(name)) as Json;

/** Every order inside an answer, however deep. */
function ordersIn(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  const { id } = value as Json;
  if (typeof id === 'string' && id.startsWith('gid://shopify/Order/')) return [value as Json];
  return Object.values(value).flatMap(ordersIn);
}

/** What was recorded was asked for in other words: what it lacks that ours asks for stands behind it. */
const asAsked = (order: Json): Json => ({
  createdAt: '2026-04-22T14:05:00Z',
  updatedAt: '2026-04-22T14:06:00Z',
  totalPriceSet: order.currentTotalPriceSet ?? bag('10.0', 'CAD'),
  ...order,
});

async function viewOf(order: Json): Promise<OrderView> {
  shop.answer(pageOf([asAsked(order)]));
  const { orders, skipped } = await pull();
  expect(skipped).toEqual([]);
  const [read] = orders;
  if (read === undefined) throw new Error('not read');
  return read.view;
}

const recorded = hasSamples
  ? readdirSync(folder)
      .filter((name) => !name.startsWith('webhook'))
      .flatMap((name) => ordersIn(sample(name)).map((order, index) => ({ name: `${name} ${index + 1}`, order })))
  : [];

it('finds what was recorded', () => {
  expect(recorded.length > 20 || !hasSamples).toBe(true);
});

it.each([{ name: 'our own fixture', order: anOrder() }, ...recorded])(
  '[B5] reads every order: $name',
  async ({ order }) => {
    const view = await viewOf(order);

    expect(view.channelOrderNo).toMatch(/^\d{13}$/);
    expect(view.status).not.toBe('unknown');
    expect(view.currency).toMatch(/^[A-Z]{3}$/);
    expect(JSON.stringify(view)).not.toMatch(/@example\.com|\+1\d{10}/);
  },
);

const only = (name: string): Json => {
  const [order] = ordersIn(sample(name));
  if (order === undefined) throw new Error(`no order in ${name}`);
  return order;
};

/** What was recorded means what the sheet says, field by field. */
const meanings: Readonly<Record<string, () => Promise<void>>> = {
  '[B5] a paid order that nobody has sent': async () => {
    expect(await viewOf(only('order-paid-unfulfilled-created.json'))).toMatchObject({
      channelOrderNo: '8710681985330',
      status: 'paid',
      sourceStatus: 'PAID/UNFULFILLED',
      placedAt: Date.parse('2026-04-25T22:28:39Z'),
      paidAt: Date.parse('2026-04-25T22:28:39Z'),
      currency: 'CAD',
      goodsMinor: 1_000,
      paidMinor: 1_000,
      flag: 'fulfillment-event, har-235, parity-probe',
      refund: 'none',
      held: false,
      lines: [{ lineId: '19268060250418', sku: 'HAR-235-1777156118907', qty: 1, unitMinor: 1_000, paidMinor: 1_000 }],
      shipments: [],
    });
  },

  '[B5] a pending order is not paid': async () => {
    expect(await viewOf(only('order-detail-pending.json'))).toMatchObject({
      channelOrderNo: '8938797826354',
      status: 'created',
      paidAt: null,
      paidMinor: 0,
      currency: 'USD',
      lines: [{ sku: 'har-2272-existing-20260711020225', unitMinor: 1_100 }],
    });
  },

  '[P4] an order that was sent, partly refunded and is coming back': async () => {
    expect(await viewOf(only('order-merchant-detail-SYNTHETIC.json'))).toMatchObject({
      channelOrderNo: '6832000000000',
      status: 'shipped',
      sourceStatus: 'PARTIALLY_REFUNDED/FULFILLED',
      currency: 'CAD',
      goodsMinor: 12_000,
      freightMinor: 1_200,
      paidMinor: 13_450,
      refund: 'done',
      refundAt: Date.parse('2026-04-23T17:10:00Z'),
      shippedAt: Date.parse('2026-04-23T16:30:00Z'),
      closedAt: null,
      buyerNote: 'Leave at receiving desk',
      receiver: { name: 'A***', phone: '141****0100', province: 'ON', city: 'Toronto', district: '' },
      lines: [
        { sku: 'TEE-MERCHANT', qty: 2, unitMinor: 4_500 },
        { sku: 'MUG-MERCHANT', qty: 1, unitMinor: 3_000 },
      ],
      shipments: [{ carrier: 'Canada Post', waybill: 'TRACK1401', shippedAt: Date.parse('2026-04-23T16:30:00Z') }],
    });
  },

  '[B2] an order whose note, tags and address were changed': async () => {
    const view = await viewOf(only('orderUpdate-note-tags.json'));

    expect(view).toMatchObject({
      channelOrderNo: '8826877870386',
      sourceUpdatedAt: Date.parse('2026-06-17T00:11:02Z'),
      remark: 'order update snapshot after',
      flag: 'snapshot-after, vip',
      receiver: { name: 'A***', phone: '161****2222', province: 'ON', city: 'Sudbury' },
    });
    expect(view.identities.map(({ kind, scope }) => [kind, scope])).toEqual([
      ['phone', 'e164'],
      ['buyer', 'shopify/us'],
    ]);
  },

  '[B5] an order of twelve lines, none of which has a code': async () => {
    const { lines } = await viewOf(only('order-many-lines-read.json'));

    expect(lines.map(({ sku }) => sku)).toEqual(lines.map(({ lineId }) => lineId));
    expect(lines).toHaveLength(12);
  },

  '[A10] a parcel from its first scan to its being called back': async () => {
    const parcel = (name: string): Json => {
      const { data } = sample(name) as { data: Record<string, Json> };
      const [found] = Object.values(data);
      return (found?.fulfillment ?? data.fulfillment) as Json;
    };
    const read = (fulfillment: Json) =>
      viewOf(anOrder({ displayFulfillmentStatus: 'FULFILLED', fulfillments: [fulfillment] }));

    const sent = await read(parcel('fulfillmentCreate.json'));
    const moved = await read(parcel('fulfillment-in-transit-read.json'));
    const renumbered = await read(parcel('fulfillmentTrackingInfoUpdate.json'));
    const back = await viewOf(
      anOrder({ displayFulfillmentStatus: 'UNFULFILLED', fulfillments: [parcel('fulfillmentCancel.json')] }),
    );

    const shippedAt = Date.parse('2026-04-25T22:28:39Z');
    expect(sent).toMatchObject({ status: 'shipped', shippedAt, scannedAt: null });
    expect(sent.shipments).toEqual([{ carrier: 'Hermes', waybill: 'HAR235-CREATE-1777156118907', shippedAt }]);
    expect(moved).toMatchObject({ status: 'in_transit', shippedAt, scannedAt: Date.parse('2026-04-25T22:29:38Z') });
    expect(renumbered.shipments).toMatchObject([
      { carrier: 'Hermes Updated', waybill: 'HAR235-UPDATED-1777156118907' },
    ]);
    expect(back).toMatchObject({ status: 'paid', shippedAt: null, scannedAt: null, shipments: [] });
  },

  '[B5] an order of which a part is on hold': async () => {
    const { data } = sample('fulfillmentOrderHold.json') as {
      data: { fulfillmentOrderHold: { fulfillmentOrder: Json; remainingFulfillmentOrder: Json } };
    };
    const { fulfillmentOrder, remainingFulfillmentOrder } = data.fulfillmentOrderHold;
    const open_ = { displayFulfillmentStatus: 'UNFULFILLED', fulfillments: [] };

    const held = await viewOf(
      anOrder({ ...open_, fulfillmentOrders: { nodes: [fulfillmentOrder, remainingFulfillmentOrder] } }),
    );
    const free = await viewOf(only('fulfillmentOrder-open-read-after-create.json'));

    expect(held).toMatchObject({ status: 'paid', held: true });
    expect(free).toMatchObject({ status: 'created', held: false });
  },

  '[P4] an order that was refunded whole': async () => {
    expect(await viewOf(only('refundCreate-full.json'))).toMatchObject({ status: 'refunded', refund: 'done' });
  },

  '[B2] a list of orders, and one with nothing that we ask for': async () => {
    const { data } = sample('orders-list-page1-multi-alias.json') as { data: { seedCatalog: { nodes: Json[] } } };
    shop.answer(pageOf(data.seedCatalog.nodes, 'next'));

    const { orders, next } = await pull();

    expect(orders.map(({ view }) => [view.channelOrderNo, view.status, view.paidMinor])).toEqual([
      ['8837991727410', 'paid', 5_500],
      ['8837986943282', 'paid', 5_500],
    ]);
    expect(next).toBe('next');
    shop.answer(sample('orders-empty-state.json'));
    expect(await failureOf(pull())).toMatchObject({ name: 'RetryableError', code: 'BAD_PAGE' });
  },

  '[B3] a right that is missing': async () => {
    shop.answer(sample('error-access-denied.json'));

    const error = await failureOf(pull());

    expect(error).toMatchObject({ name: 'RejectedError', code: 'ACCESS_DENIED' });
    expect(error.message).toMatch(/write_orders/);
    expect(error.message).not.toMatch(/Plus store|mark_orders_as_paid/);
  },

  '[B3] errors of users in an answer without errors': async () => {
    const { data } = sample('orderUpdate-userErrors.json') as { data: { invalidPhone: Json } };
    shop.answer({ data: { order: { note: null, tags: [] } } }, { data: { note: data.invalidPhone } });
    const { addRemark } = open();

    const outcome = await addRemark?.('8882366284082', { text: 'x', flag: undefined }, new AbortController().signal);

    expect(outcome).toMatchObject({ kind: 'refused', code: 'invalid' });
  },

  '[B2] what was pushed': async () => {
    const ordersOf = (name: string, topic: string) => {
      const rawBody = Buffer.from(textOf(name));
      const headers = {
        'x-shopify-topic': topic,
        'x-shopify-webhook-id': '1',
        'x-shopify-hmac-sha256': signPush(credentials.webhookSecret, rawBody),
      };
      return open().readPush?.({ method: 'POST', target: '/hooks/shops/us', headers, rawBody }).orderNos;
    };

    expect(ordersOf('webhook_orders_cancelled_official_test.json', 'orders/cancelled')).toEqual(['820982911946154508']);
    expect(ordersOf('webhook_orders_create_2025_real_pseudonymised.json', 'orders/create')).toEqual(['6004604174410']);
  },

  '[B1] the vector of the official library': async () => {
    const { secret, body, x_shopify_hmac_sha256 } = sample('webhook_hmac_vector.json') as Record<string, string>;

    expect(signPush(secret ?? '', Buffer.from(body ?? ''))).toBe(x_shopify_hmac_sha256);
  },
};

it.each(hasSamples ? Object.keys(meanings) : [])('reads %s', async (name) => {
  expect.hasAssertions();
  await meanings[name]?.();
});
