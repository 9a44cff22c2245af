import { orderLines } from './orders.ts';
import type { ErpItemRow, ErpOrderRow, OrderRow } from './rows.ts';
import { shopOf } from './shops.ts';
import { addStock, releaseLater } from './stock.ts';
import type { World } from './world.ts';

/** The ERP order of this id. */
export function findErpOrder(world: World, oId: number): ErpOrderRow | undefined {
  return world.store.get<ErpOrderRow>('SELECT * FROM erp_orders WHERE o_id = ?', oId);
}

/** The latest ERP order made from a shop order. */
export function erpOrderOf(world: World, no: string): ErpOrderRow | undefined {
  return world.store.get<ErpOrderRow>('SELECT * FROM erp_orders WHERE so_id = ? ORDER BY o_id DESC LIMIT 1', no);
}

/** Whether an order is still waiting, so that it can be moved, stopped and cancelled. */
export function isUnpicked(erp: ErpOrderRow): boolean {
  return erp.status === 'WaitConfirm' || erp.status === 'Question';
}

/** The lines of an ERP order. */
export function erpItems(world: World, oId: number): ErpItemRow[] {
  return world.store.all<ErpItemRow>('SELECT * FROM erp_items WHERE o_id = ? ORDER BY oi_id', oId);
}

/** Changes columns of an ERP order as of `at`; every change moves its row version. */
export function changeErp(world: World, oId: number, at: number, columns: Partial<ErpOrderRow>): void {
  const entries = Object.entries(columns);
  world.store.run(
    `UPDATE erp_orders SET ${entries.map(([name]) => `${name} = ?, `).join('')}modified = ?, ts = ? WHERE o_id = ?`,
    ...entries.map(([, value]) => value),
    at,
    world.store.next('ts'),
    oId,
  );
}

/** Writes into the ERP’s log who did what to an order. */
export function actOn(world: World, oId: number, at: number, name: string, who: string, remark = ''): void {
  world.store.run(
    'INSERT INTO erp_actions (o_id, at, name, who, remark) VALUES (?, ?, ?, ?, ?)',
    oId,
    at,
    name,
    who,
    remark,
  );
}

/** Writes an order into the ERP at a warehouse and locks its pieces there. */
export function insertErpOrder(world: World, order: OrderRow, at: number, warehouse: number, changedAt = at): number {
  const oId = world.store.next('o_id', 50_000_000);
  world.store.run(
    `INSERT INTO erp_orders (o_id, so_id, shop_id, channel, status, wms_co_id, plan_delivery_date, created, pay_date,
       modified, ts) VALUES (?, ?, ?, ?, 'WaitConfirm', ?, ?, ?, ?, ?, ?)`,
    oId,
    order.no,
    shopOf(order.shop).systemShopId,
    order.channel,
    warehouse,
    order.ship_by,
    at,
    order.paid_at ?? at,
    changedAt,
    world.store.next('ts'),
  );
  for (const line of orderLines(order)) {
    world.store.run(
      'INSERT INTO erp_items (o_id, sku, title, qty, price) VALUES (?, ?, ?, ?, ?)',
      oId,
      line.sku,
      line.title,
      line.qty,
      line.unit_price,
    );
    addStock(world, warehouse, line.sku, { order_lock: line.qty }, changedAt);
  }
  actOn(world, oId, at, '订单下载', '系统');
  return oId;
}

/** Takes an order out of the warehouse’s line and says why; its lock stays. */
export function setQuestion(world: World, erp: ErpOrderRow, at: number, type: string, desc: string, who: string): void {
  changeErp(world, erp.o_id, at, { status: 'Question', question_type: type, question_desc: desc, queue: 'none' });
  actOn(world, erp.o_id, at, '转异常', who, `${type} ${desc}`);
}

/** Cancels an ERP order that is not picked; its lock goes seconds later. */
export function cancelErpOrder(world: World, erp: ErpOrderRow, at: number, remark: string, who: string): void {
  changeErp(world, erp.o_id, at, { status: 'Cancelled', cancelled_at: at, queue: 'none' });
  actOn(world, erp.o_id, at, '取消订单', who, remark);
  releaseLater(world, erp.o_id, erp.wms_co_id, erpItems(world, erp.o_id), at);
}
