import { findWarehouse } from '../world/company.ts';
import { erpItems, erpOrderOf, isUnpicked } from '../world/erp-orders.ts';
import { findOrder, orderLines, orderReceiver } from '../world/orders.ts';
import type { ErpOrderRow, OrderRow, StockRow } from '../world/rows.ts';
import { freeOf, missingFor } from '../world/stock.ts';
import { ALLOCATE } from '../world/virtual-locks.ts';
import type { World } from '../world/world.ts';

/** Everything that is true of an order, whatever the APIs show. Undefined when there is none. */
export function orderTruth(world: World, no: string): object | undefined {
  const order = findOrder(world, no);
  if (order === undefined) return undefined;
  const erp = world.store.all<ErpOrderRow>('SELECT * FROM erp_orders WHERE so_id = ? ORDER BY o_id', no);
  const last = erp.at(-1);
  return {
    ...summary(order, last),
    buyerNote: order.buyer_note,
    remark: order.remark,
    flag: order.flag,
    receiver: orderReceiver(order),
    items: orderLines(order),
    waybill: order.waybill,
    carrier: order.carrier,
    changes: world.store.all(
      'SELECT at, stage, visible_at AS visibleAt FROM order_changes WHERE no = ? ORDER BY id',
      no,
    ),
    erp: erp.map((one) => erpTruth(world, one)),
  };
}

function erpTruth(world: World, erp: ErpOrderRow): object {
  const items = erpItems(world, erp.o_id);
  const waiting = isUnpicked(erp);
  const holds = waiting || erp.status === 'Delivering';
  return {
    oId: erp.o_id,
    status: erp.status,
    warehouse: erp.wms_co_id,
    queue: erp.queue,
    stalled: erp.stalled === 1,
    question: erp.question_type,
    locks: holds ? items.map((item) => ({ sku: item.sku, qty: item.qty, picked: erp.status === 'Delivering' })) : [],
    missing: waiting ? missingFor(world, erp, items).map((item) => item.sku) : [],
    modified: erp.modified,
    ts: erp.ts,
    actions: world.store.all('SELECT at, name, who, remark FROM erp_actions WHERE o_id = ? ORDER BY id', erp.o_id),
  };
}

function summary(order: OrderRow, erp: ErpOrderRow | undefined): object {
  return {
    orderNo: order.no,
    shop: order.shop,
    channel: order.channel,
    status: order.status,
    scenario: order.scenario,
    held: order.held === 1,
    refund: order.refund_status,
    updatedAt: order.updated_at,
    visibleAt: order.visible_at,
    paidAmount: order.paid_amount,
    erpStatus: erp?.status ?? null,
    stages: {
      createdAt: order.created_at,
      paidAt: order.paid_at,
      pushedAt: erp?.created ?? null,
      sortedAt: erp?.sorted_at ?? null,
      labelledAt: erp?.labelled_at ?? null,
      sentAt: erp?.send_date ?? null,
      shownShippedAt: order.shipped_at,
      scannedAt: order.scanned_at,
      deliveredAt: order.delivered_at,
      closedAt: order.closed_at,
      cancelledAt: erp?.cancelled_at ?? null,
    },
  };
}

/** Orders by `scenario`, `status`, `updatedFrom` (world ms), paged on with `after` (order number). */
export function listTruth(world: World, query: URLSearchParams): { orders: object[]; next: string | null } {
  const wheres = ['no > ?'];
  const values: (string | number)[] = [query.get('after') ?? ''];
  for (const name of ['scenario', 'status', 'shop'] as const) {
    const value = query.get(name);
    if (value === null) continue;
    wheres.push(value === 'any' ? `${name} IS NOT NULL` : `${name} = ?`);
    if (value !== 'any') values.push(value);
  }
  const updatedFrom = query.get('updatedFrom');
  if (updatedFrom !== null) {
    wheres.push('updated_at >= ?');
    values.push(Number(updatedFrom));
  }
  const limit = Math.min(Number(query.get('limit') ?? 200) || 200, 2_000);
  const rows = world.store.all<OrderRow>(
    `SELECT * FROM orders WHERE ${wheres.join(' AND ')} ORDER BY no LIMIT ?`,
    ...values,
    limit,
  );
  const orders = rows.map((row) => summary(row, erpOrderOf(world, row.no)));
  return { orders, next: rows.length === limit ? (rows.at(-1)?.no ?? null) : null };
}

/** All figures of the shelves, by `sku` and `warehouse` (id, name or code). */
export function stockTruth(world: World, query: URLSearchParams): object[] {
  const sku = query.get('sku');
  const warehouse = query.get('warehouse');
  const rows = world.store.all<StockRow>(
    'SELECT * FROM stock WHERE (? IS NULL OR sku = ?) AND (? IS NULL OR wms_co_id = ?) ORDER BY wms_co_id, sku',
    sku,
    sku,
    warehouse,
    warehouse === null ? null : (findWarehouse(warehouse)?.code ?? -1),
  );
  return rows.map((row) => ({ ...row, available: freeOf(row) }));
}

/** Locks that stand: virtual-warehouse locks with their order's state, and order locks of closed orders. */
export function locksTruth(world: World): object {
  const virtual = world.store.all<{ ioId: number; remark: string }>(
    `SELECT o.io_id AS ioId, o.so_id AS soId, o.wms_co_id AS warehouse, i.sku, i.qty - i.returned AS qty, o.created, o.remark
     FROM lwh_operations AS o JOIN lwh_items AS i ON i.io_id = o.io_id WHERE o.type = ? AND i.qty > i.returned ORDER BY o.io_id`,
    ALLOCATE,
  );
  const orphaned = world.store.all(
    `SELECT e.o_id AS oId, e.so_id AS orderNo, e.wms_co_id AS warehouse, i.sku, i.qty, o.status, o.closed_at AS closedAt
     FROM erp_orders AS e JOIN orders AS o ON o.no = e.so_id JOIN erp_items AS i ON i.o_id = e.o_id
     WHERE e.status IN ('WaitConfirm', 'Question') AND o.status IN ('closed', 'refunded') ORDER BY e.o_id`,
  );
  return {
    virtual: virtual.map((lock) => {
      const orderNo = /\d{14}/.exec(lock.remark)?.[0];
      return {
        ...lock,
        orderNo: orderNo ?? null,
        orderStatus: orderNo === undefined ? null : (findOrder(world, orderNo)?.status ?? null),
      };
    }),
    orphaned,
  };
}
