import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/start.ts';
import {
  callMini,
  control,
  erpStatus,
  HOUR,
  jst,
  MINUTE,
  orderInErp,
  pass,
  quiet,
  SECOND,
  stockOf,
  truth,
  unsoundStock,
} from './kit.ts';

const TWO_HOURS_SOON = 2 * HOUR - 20 * SECOND;

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await quiet({ settings: { ordersPerDay: 2_000 } });
  await pass(sandbox, 5 * MINUTE);
});
afterEach(() => sandbox.stop());

const play = async (name: string, body: object) => (await control(sandbox, `/world/scenarios/${name}`, body)).body;

it('unblocks the order behind a dead virtual lock by giving the lock back', async () => {
  const made = await play('dead-lock', { paidAgoMs: TWO_HOURS_SOON });
  await pass(sandbox, 20 * MINUTE);
  const blocked = await truth(sandbox, made.orderNo);
  const list = await jst(sandbox, '/open/webapi/itemapi/lockwarehouse/getlwhoperationlist', {
    sku_id: made.sku,
    active: true,
  });
  const [lock] = list.body.data.datas;

  await jst(sandbox, '/open/webapi/itemapi/lockwarehouse/lwhoperationcreate', {
    lwh_id: lock.lwh_id,
    wms_co_id: lock.wms_co_id,
    so_id: 'mend-1',
    type: '虚拟仓归还',
    items: lock.items.map((item: { sku_id: string; qty: number }) => ({ sku_id: item.sku_id, qty: item.qty })),
  });
  await pass(sandbox, 10 * SECOND);

  expect(blocked).toMatchObject({ status: 'paid', erpStatus: 'WaitConfirm', erp: [{ missing: [made.sku] }] });
  expect(lock.remark).toContain(made.blockedBy);
  expect((await callMini(sandbox, `/v1/orders/${made.blockedBy}`)).body.status).toBe('closed');
  expect((await truth(sandbox, made.orderNo)).erpStatus).toBe('Delivering');
  expect(unsoundStock(sandbox)).toEqual([]);
});

it('unblocks the order behind a closed order by cancelling that one in the ERP', async () => {
  const made = await play('dead-order', { paidAgoMs: TWO_HOURS_SOON });
  await pass(sandbox, 20 * MINUTE);
  const before = (await truth(sandbox, made.orderNo)).erpStatus;

  await jst(sandbox, '/open/jushuitan/orderbyoid/cancel', { o_ids: [made.oId], cancel_type: '店铺已关闭' });
  await pass(sandbox, 10 * SECOND);

  expect([before, (await truth(sandbox, made.orderNo)).erpStatus]).toEqual(['WaitConfirm', 'Delivering']);
  expect(unsoundStock(sandbox)).toEqual([]);
});

it('unblocks a short order by moving it to a warehouse that has the pieces, with one of its next waves', async () => {
  const made = await play('short', { paidAgoMs: TWO_HOURS_SOON });
  await pass(sandbox, 20 * MINUTE);
  const order = await truth(sandbox, made.orderNo);
  const there = await stockOf(sandbox, 1002, made.sku);

  await jst(sandbox, '/open/orders/modifywms/upload', [{ o_id: order.erp[0].oId, wms_co_id: 1002 }]);
  await pass(sandbox, 10 * MINUTE);

  expect(order.erpStatus).toBe('WaitConfirm');
  expect((there.qty ?? 0) - (there.order_lock ?? 0)).toBeGreaterThan(0);
  expect((await truth(sandbox, made.orderNo)).erpStatus).toBe('Delivering');
  expect(unsoundStock(sandbox)).toEqual([]);
});

it('shows a scenario’s orders to a reader that has already read up to now', async () => {
  const from = Math.floor(sandbox.world.clock.now() / 1_000);
  const made = await play('short', { paidAgoMs: TWO_HOURS_SOON });

  const { body } = await callMini(sandbox, '/v1/orders', { query: { updated_from: from } });

  expect(body.orders.map((order: { order_no: string }) => order.order_no)).toContain(made.orderNo);
  const { visibleAt, stages } = await truth(sandbox, made.orderNo);
  expect([visibleAt, stages.paidAt]).toEqual([made.at, made.at - TWO_HOURS_SOON]);
});

it('keeps an embroidery order in review', async () => {
  const made = await play('review', {});
  await pass(sandbox, HOUR);

  expect((await truth(sandbox, made.orderNo)).erp[0]).toMatchObject({ status: 'Question', question: '人工复核' });
});

it('sorts nothing at a warehouse that stops, and goes on afterwards', async () => {
  const { oId, warehouse } = await orderInErp(sandbox);
  await play('warehouse-stops', { warehouse: String(warehouse), forMs: 2 * HOUR });
  await pass(sandbox, HOUR);
  const during = await erpStatus(sandbox, oId);
  await pass(sandbox, HOUR + MINUTE);

  expect([during, await erpStatus(sandbox, oId)]).toEqual(['WaitConfirm', 'Delivering']);
});

it('brings more buyers in a surge', async () => {
  const count = () => sandbox.world.store.get<{ n: number }>('SELECT COUNT(*) AS n FROM orders')?.n ?? 0;
  const before = count();
  await pass(sandbox, 30 * MINUTE);
  const usual = count() - before;
  await play('surge', { factor: 10, forMs: 30 * MINUTE });
  await pass(sandbox, 30 * MINUTE);

  expect(count() - before - usual).toBeGreaterThan(usual * 5);
});

it('stops a refunded order that is not picked, and closes one that the shop closes', async () => {
  const [refunded, closed] = [await orderInErp(sandbox), await orderInErp(sandbox)];
  await play('refund', { orderNo: refunded.no });
  await play('close', { orderNo: closed.no });
  await pass(sandbox, MINUTE);

  expect((await callMini(sandbox, `/v1/orders/${refunded.no}`)).body).toMatchObject({
    status: 'refunding',
    refund: { status: 'requested' },
  });
  expect([await erpStatus(sandbox, refunded.oId), await erpStatus(sandbox, closed.oId)]).toEqual([
    'Question',
    'Cancelled',
  ]);
});
