import { orderLines, orderReceiver } from '../world/orders.ts';
import type { OrderRow } from '../world/rows.ts';
import type { World } from '../world/world.ts';

const seconds = (at: number | null): number | null => (at === null ? null : Math.floor(at / 1_000));

/** An order as the shop's API shows it. */
export function showOrder(_world: World, order: OrderRow): object {
  return {
    order_no: order.no,
    status: order.status,
    created_at: seconds(order.created_at),
    paid_at: seconds(order.paid_at),
    updated_at: seconds(order.updated_at),
    closed_at: seconds(order.closed_at),
    ship_by: seconds(order.ship_by),
    amount: order.amount,
    freight: order.freight,
    paid_amount: order.paid_amount,
    currency: order.currency,
    buyer_id: order.buyer_id,
    buyer_note: order.buyer_note,
    remark: order.remark,
    flag: order.flag,
    held: order.held === 1,
    refund: order.refund_status === null ? null : { status: order.refund_status, at: seconds(order.refund_at) },
    items: orderLines(order),
    receiver: orderReceiver(order),
    shipments:
      order.waybill === null
        ? []
        : [{ carrier: order.carrier, waybill: order.waybill, shipped_at: seconds(order.shipped_at) }],
  };
}

/** The carrier events of an order. */
export function showTraces(world: World, order: OrderRow): object {
  const traces = world.store.all<{ at: number; status: string; text: string; waybill: string; carrier: string }>(
    'SELECT at, status, text, waybill, carrier FROM traces WHERE no = ? ORDER BY at, id',
    order.no,
  );
  return {
    order_no: order.no,
    traces: traces.map((trace) => ({ ...trace, at: seconds(trace.at) })),
    server_time: seconds(world.clock.now()),
  };
}
