import { orderLines, orderReceiver } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';
import type { World } from '../../world/world.ts';
import { american, cents, money } from './buyers.ts';
import { connection, type Range } from './connection.ts';
import { partsOfOrder } from './parts.ts';
import { firstOf, gid, time } from './values.ts';

/** An order as the Admin API resolves it; lists take their arguments. */
export function showOrder(world: World, order: OrderRow): object {
  const { no } = order;
  const lines = orderLines(order).map((line) => ({ ...line, unit: cents(line.unit_price) }));
  const goods = lines.reduce((sum, { unit, qty }) => sum + unit * qty, 0);
  const freight = cents(order.freight);
  const total = goods + freight;
  const received = order.paid_at === null ? 0 : total;
  const isVoid = order.status === 'closed' && order.paid_at === null;
  const isRefunded = order.refund_status === 'done';
  const address = american(world, orderReceiver(order));
  const wanted = order.status === 'closed' || isRefunded ? 0 : 1;
  return {
    __typename: 'Order',
    id: gid('Order', no),
    legacyResourceId: no,
    name: `#${no.slice(-6)}`,
    createdAt: time(order.created_at),
    processedAt: time(order.created_at),
    updatedAt: time(order.updated_at),
    cancelledAt: order.status === 'closed' ? time(order.closed_at) : null,
    // Shops put orders away by themselves once they are paid and sent.
    closedAt: time(order.closed_at ?? order.shipped_at),
    test: false,
    requiresShipping: true,
    currencyCode: 'USD',
    presentmentCurrencyCode: 'USD',
    displayFinancialStatus: financial(order),
    displayFulfillmentStatus: order.shipped_at === null ? (order.held === 1 ? 'ON_HOLD' : 'UNFULFILLED') : 'FULFILLED',
    returnStatus:
      order.refund_status === 'requested'
        ? 'RETURN_REQUESTED'
        : order.refund_status === 'accepted'
          ? 'IN_PROGRESS'
          : 'NO_RETURN',
    fullyPaid: order.paid_at !== null || isVoid,
    note: order.remark ?? (order.buyer_note === '' ? null : order.buyer_note),
    tags: tagsOf(order),
    phone: null,
    email: `${order.buyer_id}@example.com`,
    customer: {
      __typename: 'Customer',
      id: gid('Customer', order.buyer_id.replace(/\D/g, '')),
      defaultPhoneNumber: { phoneNumber: address.phone },
    },
    shippingAddress: address,
    subtotalPriceSet: money(goods),
    totalPriceSet: money(total),
    currentTotalPriceSet: money(isVoid ? 0 : total),
    totalShippingPriceSet: money(freight),
    totalReceivedSet: money(received),
    totalRefundedSet: money(isRefunded ? received : 0),
    transactions: firstOf(
      order.paid_at === null
        ? []
        : [
            {
              id: gid('OrderTransaction', `${no}1`),
              kind: 'SALE',
              status: 'SUCCESS',
              createdAt: time(order.paid_at),
              processedAt: time(order.paid_at),
              amountSet: money(total),
            },
          ],
    ),
    refunds: firstOf(
      isRefunded
        ? [{ id: gid('Refund', `${no}1`), createdAt: time(order.refund_at), totalRefundedSet: money(received) }]
        : [],
    ),
    lineItems: (range: Range) =>
      connection(
        lines.map(({ sku, title, qty, unit }, index) => ({
          id: gid('LineItem', `${no}${index + 1}`),
          sku,
          title,
          quantity: qty,
          currentQuantity: qty * wanted,
          variant: { id: gid('ProductVariant', `${no}${index + 1}`) },
          originalUnitPriceSet: money(unit),
          discountedTotalSet: money(unit * qty),
        })),
        range,
      ),
    fulfillmentOrders: (range: Range) =>
      connection(world.settings.erp === 'shopify' ? partsOfOrder(world, order.no) : [partOf(order)], range),
    fulfillments: firstOf(order.shipped_at === null ? [] : [fulfillmentOf(order)]),
  };
}

/** Tags come back sorted. */
export const tagsOf = ({ flag }: OrderRow): string[] => (flag === null || flag === '' ? [] : flag.split(',').sort());

/** Unpaid orders without a payment have none; older ones of some shops show PENDING. */
function financial(order: OrderRow): string | null {
  if (order.refund_status === 'done') return 'REFUNDED';
  if (order.paid_at !== null) return 'PAID';
  return order.status === 'closed' || Number(order.no.slice(-1)) % 2 === 0 ? null : 'PENDING';
}

/** Where the company's ERP is another system, the shop knows no more of its parts than of the order. */
function partOf(order: OrderRow): object {
  const isOver = order.status === 'closed' || order.refund_status === 'done';
  const open = isOver ? 'CANCELLED' : order.held === 1 ? 'ON_HOLD' : 'OPEN';
  return {
    id: gid('FulfillmentOrder', `${order.no}1`),
    status: order.shipped_at === null ? open : 'CLOSED',
    requestStatus: 'UNSUBMITTED',
    fulfillAt: time(order.created_at),
    fulfillBy: null,
  };
}

function fulfillmentOf(order: OrderRow): object {
  const { no, shipped_at, scanned_at, delivered_at } = order;
  const id = `${no}1`;
  const events = [
    { status: 'CARRIER_PICKED_UP', at: scanned_at },
    { status: 'DELIVERED', at: delivered_at },
  ].filter(({ at }) => at !== null);
  return {
    id: gid('Fulfillment', id),
    status: 'SUCCESS',
    displayStatus: delivered_at !== null ? 'DELIVERED' : scanned_at !== null ? 'IN_TRANSIT' : 'FULFILLED',
    createdAt: time(shipped_at),
    inTransitAt: time(scanned_at),
    deliveredAt: time(delivered_at),
    trackingInfo: firstOf([
      { company: order.carrier, number: order.waybill, url: `https://example.com/track/${order.waybill}` },
    ]),
    events: (range: Range) =>
      connection(
        events.map(({ status, at }, index) => ({
          id: gid('FulfillmentEvent', `${id}${index + 1}`),
          status,
          happenedAt: time(at),
          message: null,
        })),
        range,
      ),
  };
}
