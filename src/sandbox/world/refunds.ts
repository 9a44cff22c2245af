import { actOn, cancelErpOrder, erpOrderOf, isUnpicked, setQuestion } from './erp-orders.ts';
import { changeOrder, findOrder } from './orders.ts';
import { HOUR, MINUTE, SECOND } from './time.ts';
import type { World, WorldEvent } from './world.ts';

/** The buyer asks for the money back. The ERP hears of it some seconds later. */
export function onRefund(world: World, { at, subject: no }: WorldEvent): void {
  const from = ['paid', 'shipped', 'in_transit', 'delivered'];
  const changed = changeOrder(
    world,
    no,
    at,
    'refund-requested',
    { status: 'refunding', refund_status: 'requested', refund_at: at },
    from,
  );
  if (!changed) return;
  const random = world.random('refund', no);
  world.schedule(at + random.int(5, 20) * SECOND, 'refund-told', no);
  world.schedule(at + random.int(20, 90) * MINUTE, 'refund-accepted', no);
}

/** An order that is not picked yet is stopped by the ERP itself; a later one goes out all the same. */
export function onRefundTold(world: World, { at, subject: no }: WorldEvent): void {
  const erp = erpOrderOf(world, no);
  if (erp?.status === 'WaitConfirm') setQuestion(world, erp, at, '用户已申请退款', '买家申请退款', '系统');
}

/** Customer service agrees to a refund. */
export function onRefundAccepted(world: World, { at, subject: no }: WorldEvent): void {
  const order = findOrder(world, no);
  if (order?.refund_status !== 'requested') return;
  changeOrder(world, no, at, 'refund-accepted', { refund_status: 'accepted', refund_at: at });
  const arrived = order.shipped_at === null ? 10 * MINUTE : 24 * HOUR;
  world.schedule(at + arrived, 'refund-done', no);
}

/** The money is back; an order that never left is cancelled. */
export function onRefundDone(world: World, { at, subject: no }: WorldEvent): void {
  const order = findOrder(world, no);
  if (order?.refund_status !== 'accepted') return;
  changeOrder(world, no, at, 'refunded', { status: 'refunded', refund_status: 'done', refund_at: at, closed_at: at });
  const erp = erpOrderOf(world, no);
  if (erp !== undefined && isUnpicked(erp)) cancelErpOrder(world, erp, at, '退款完成', '系统');
}

/** The shop closes an order; unless the message gets lost, the ERP cancels its own seconds later. */
export function closeOrder(world: World, no: string, at: number, reachesErp: boolean): boolean {
  const closed = changeOrder(world, no, at, 'closed', { status: 'closed', closed_at: at }, [
    'created',
    'paid',
    'refunding',
  ]);
  if (closed && reachesErp) world.schedule(at + world.random('close', no).int(3, 15) * SECOND, 'close-told', no);
  return closed;
}

/** The ERP hears that the shop closed an order. */
export function onCloseTold(world: World, { at, subject: no }: WorldEvent): void {
  const erp = erpOrderOf(world, no);
  if (erp === undefined) return;
  if (isUnpicked(erp)) cancelErpOrder(world, erp, at, '店铺关闭订单', '系统');
  else actOn(world, erp.o_id, at, '关闭未生效', '系统', '订单已拣货');
}

/** The shop's hold or its lifting reaches the ERP. */
export function onHoldTold(world: World, { at, subject: no }: WorldEvent): void {
  const order = findOrder(world, no);
  const erp = erpOrderOf(world, no);
  if (order === undefined || erp === undefined) return;
  if (order.held === 1 && erp.status === 'WaitConfirm') setQuestion(world, erp, at, SHOP_HOLD, '店铺暂停发货', '系统');
  if (order.held === 0 && erp.status === 'Question' && erp.question_type === SHOP_HOLD) {
    world.schedule(at, 'review-pass', erp.o_id, { type: SHOP_HOLD });
  }
}

const SHOP_HOLD = '店铺暂停发货';
