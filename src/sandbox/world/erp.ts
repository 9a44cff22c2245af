import { type Warehouse, warehouses } from './company.ts';
import { actOn, changeErp, erpItems, findErpOrder, insertErpOrder, setQuestion } from './erp-orders.ts';
import { nextOpen } from './hours.ts';
import { findOrder, orderLines, orderReceiver } from './orders.ts';
import type { ErpOrderRow, OrderRow } from './rows.ts';
import { addStock, findStock, freeOf, releaseLater } from './stock.ts';
import { MINUTE } from './time.ts';
import { joinQueue } from './warehouse.ts';
import type { World, WorldEvent } from './world.ts';

const REVIEW = '人工复核';

/** A paid order reaches the ERP. */
export function onPush(world: World, { at, subject: no }: WorldEvent): void {
  const order = findOrder(world, no);
  if (order === undefined || (order.status !== 'paid' && order.status !== 'refunding')) return;
  const oId = insertErpOrder(world, order, at, chooseWarehouse(world, order).code);
  const random = world.random('ready', no);
  const erp = findErpOrder(world, oId);
  if (erp === undefined) return;
  if (order.status === 'refunding') setQuestion(world, erp, at, '用户已申请退款', '买家申请退款', '系统');
  else if (order.held === 1) setQuestion(world, erp, at, '店铺暂停发货', '店铺暂停发货', '系统');
  else if (order.buyer_note.startsWith('绣字：')) {
    setQuestion(world, erp, at, REVIEW, order.buyer_note, '系统');
    const lasts = (order.scenario === 'review' ? 180 : random.int(6, 20)) * MINUTE;
    world.schedule(nextOpen(at) + lasts, 'review-pass', oId, { type: REVIEW });
  } else joinQueue(world, erp, at, at + random.int(15 * MINUTE, 35 * MINUTE));
}

/** A person takes the question off an order and it goes to the warehouse. */
export function onReviewPass(world: World, { at, subject, data }: WorldEvent): void {
  const erp = findErpOrder(world, Number(subject));
  if (erp?.status === 'Question' && erp.question_type === data.type) resumeErpOrder(world, erp, at, '孙悦');
}

/** Takes the question off an order and puts it into its warehouse's line again. */
export function resumeErpOrder(world: World, erp: ErpOrderRow, at: number, who: string): void {
  changeErp(world, erp.o_id, at, { status: 'WaitConfirm', question_type: null, question_desc: null });
  actOn(world, erp.o_id, at, '取消异常', who, erp.question_type ?? '');
  joinQueue(world, erp, at, at + 5 * MINUTE);
}

/** Moves an ERP order and its lock to another warehouse; the old lock goes seconds later. */
export function moveErpOrder(world: World, erp: ErpOrderRow, at: number, warehouse: number, who: string): void {
  const items = erpItems(world, erp.o_id);
  releaseLater(world, erp.o_id, erp.wms_co_id, items, at);
  for (const item of items) addStock(world, warehouse, item.sku, { order_lock: item.qty }, at);
  changeErp(world, erp.o_id, at, { wms_co_id: warehouse });
  actOn(world, erp.o_id, at, '指定发货仓', who, `${erp.wms_co_id} → ${warehouse}`);
  if (erp.status !== 'WaitConfirm') return;
  // The other warehouse takes it with one of its next waves: until then it may go back.
  joinQueue(
    world,
    { o_id: erp.o_id, wms_co_id: warehouse },
    at,
    at + world.random('move', erp.o_id).int(4 * MINUTE, 8 * MINUTE),
  );
}

/** The nearest warehouse that has everything free; when none has, the nearest. */
function chooseWarehouse(world: World, order: OrderRow): Warehouse {
  const { province } = orderReceiver(order);
  const near = [...warehouses].sort(
    (a, b) => Number(b.serves.includes(province)) - Number(a.serves.includes(province)),
  );
  const lines = orderLines(order);
  const able = near.find((one) =>
    lines.every((line) => {
      const row = findStock(world, one.code, line.sku);
      return row !== undefined && freeOf(row) >= line.qty;
    }),
  );
  const chosen = able ?? near[0];
  if (chosen === undefined) throw new Error('no warehouses');
  return chosen;
}
