import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/start.ts';
import {
  callMini,
  control,
  erpStatus,
  HOUR,
  jst,
  orderInErp,
  pass,
  quiet,
  SECOND,
  stockOf,
  truth,
  unsoundStock,
} from './kit.ts';

const LOCK = '/open/webapi/itemapi/lockwarehouse/lwhoperationcreate';
const LOCKS = '/open/webapi/itemapi/lockwarehouse/getlwhoperationlist';
const REROUTE = '/open/orders/modifywms/upload';
const CANCEL = '/open/jushuitan/orderbyoid/cancel';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await quiet();
});
afterEach(() => sandbox.stop());

const lock = (so_id: string, type: string, qty: number | undefined, sku_id = 'TX01-HE-M') =>
  jst(sandbox, LOCK, { lwh_id: 9001, wms_co_id: 1001, so_id, type, examine: true, items: [{ sku_id, qty }] });

it('shows a lock and its return in the stock figures only seconds later', async () => {
  await lock('a-1', '虚拟仓分配', 3);
  const atOnce = await stockOf(sandbox, 1001, 'TX01-HE-M');
  await pass(sandbox, 5 * SECOND);
  const locked = await stockOf(sandbox, 1001, 'TX01-HE-M');
  await lock('a-2', '虚拟仓归还', 3);
  const stillLocked = await stockOf(sandbox, 1001, 'TX01-HE-M');
  await pass(sandbox, 5 * SECOND);

  expect([atOnce.lock_qty, locked.lock_qty, stillLocked.lock_qty]).toEqual([0, 3, 3]);
  expect((await stockOf(sandbox, 1001, 'TX01-HE-M')).lock_qty).toBe(0);
});

it('answers a repeated operation number with the same document and changes nothing', async () => {
  const first = await lock('same', '虚拟仓分配', 2);
  await pass(sandbox, 5 * SECOND);
  const second = await lock('same', '虚拟仓分配', 2);
  await pass(sandbox, 5 * SECOND);

  expect(second.body.data.io_id).toBe(first.body.data.io_id);
  expect((await stockOf(sandbox, 1001, 'TX01-HE-M')).lock_qty).toBe(2);
  expect(
    (await control(sandbox, '/world/calls')).body.calls
      .map((call: { applied: boolean }) => call.applied)
      .filter(Boolean),
  ).toHaveLength(1);
});

it.each([[0], [undefined]])('takes everything when the quantity is %s', async (qty) => {
  const before = await stockOf(sandbox, 1001, 'TX01-HE-M');

  await lock('all', '虚拟仓分配', qty);
  await pass(sandbox, 5 * SECOND);

  expect((await stockOf(sandbox, 1001, 'TX01-HE-M')).lock_qty).toBe(before.qty);
});

it('refuses to give back more than is locked', async () => {
  await lock('b-1', '虚拟仓分配', 2);
  await pass(sandbox, 5 * SECOND);

  const tooMuch = await lock('b-2', '虚拟仓归还', 3);
  const rest = await lock('b-3', '虚拟仓归还', 2);
  const nothingLeft = await lock('b-4', '虚拟仓归还', 1);

  expect([tooMuch.body.code, rest.body.code, nothingLeft.body.code]).toEqual([170, 0, 170]);
});

it('lists operations with what is still out', async () => {
  await lock('c-1', '虚拟仓分配', 3);
  await pass(sandbox, 5 * SECOND);
  await lock('c-2', '虚拟仓归还', 1);

  const { datas } = (await jst(sandbox, LOCKS, { active: true })).body.data;

  expect(datas).toMatchObject([
    { so_id: 'c-1', active: true, items: [{ sku_id: 'TX01-HE-M', qty: 3, returned_qty: 1 }] },
  ]);
});

it('moves an order and its lock to another warehouse, and frees the old one seconds later', async () => {
  const { oId, sku, warehouse, no } = await orderInErp(sandbox);
  const other = warehouse === 1001 ? 1002 : 1001;

  const reply = await jst(sandbox, REROUTE, [{ o_id: oId, wms_co_id: other }]);
  const [oldAtOnce, newAtOnce] = [await stockOf(sandbox, warehouse, sku), await stockOf(sandbox, other, sku)];
  await pass(sandbox, 6 * SECOND);

  expect(reply.body.data[0]).toMatchObject({ code: 0, issuccess: true });
  expect([oldAtOnce.order_lock, newAtOnce.order_lock]).toEqual([1, 1]);
  expect((await stockOf(sandbox, warehouse, sku)).order_lock).toBe(0);
  expect((await truth(sandbox, no)).erp[0].warehouse).toBe(other);
  expect(unsoundStock(sandbox)).toEqual([]);
});

it('refuses to move or cancel what is picked or sent', async () => {
  const { oId } = await orderInErp(sandbox);
  await pass(sandbox, HOUR);
  expect(await erpStatus(sandbox, oId)).toBe('Delivering');

  const moved = await jst(sandbox, REROUTE, [{ o_id: oId, wms_co_id: 1003 }]);
  const cancelled = await jst(sandbox, CANCEL, { o_ids: [oId], cancel_type: '不需要了' });
  await pass(sandbox, 2 * HOUR);
  const late = await jst(sandbox, CANCEL, { o_ids: [oId] });

  expect(moved.body.data[0]).toMatchObject({ issuccess: false, msg: '订单已拣货，不允许修改' });
  expect(cancelled.body.data).toMatchObject({ success: 0, fail: 1 });
  expect(late.body.data.message[0].msg).toBe('订单已发货，不允许修改');
});

it('frees the lock of a cancelled order seconds later', async () => {
  const { oId, sku, warehouse } = await orderInErp(sandbox);

  await jst(sandbox, CANCEL, { o_ids: [oId] });
  const atOnce = await stockOf(sandbox, warehouse, sku);
  await pass(sandbox, 6 * SECOND);

  expect(atOnce.order_lock).toBe(1);
  expect((await stockOf(sandbox, warehouse, sku)).order_lock).toBe(0);
  expect(await erpStatus(sandbox, oId)).toBe('Cancelled');
});

it('holds some orders and says which it could not', async () => {
  const { oId } = await orderInErp(sandbox);

  const reply = await jst(sandbox, '/open/webapi/orderapi/questionorder/questions', {
    o_ids: [oId, 1],
    channel: '陈静',
    question_type: '作战群暂停',
    question_desc: '买家要改地址',
  });
  await pass(sandbox, HOUR);

  expect(reply.body.data).toMatchObject({ success: 1, fail: 1, message: [{ id: '1' }] });
  expect(await erpStatus(sandbox, oId)).toBe('Question');
});

it('labels and remarks an order', async () => {
  const { oId } = await orderInErp(sandbox);

  await jst(sandbox, '/open/jushuitan/order/label/upload', { o_id: oId, action_type: 1, labels: ['加急', '作战群'] });
  await jst(sandbox, '/open/jushuitan/order/label/upload', { o_id: oId, action_type: 2, labels: ['作战群'] });
  await jst(sandbox, '/open/jushuitan/order/remark/upload', { o_id: oId, remark: '先发' });

  const [order] = (await jst(sandbox, '/open/orders/single/query', { o_ids: [oId] })).body.data.orders;
  expect(order).toMatchObject({ labels: '加急', remark: '先发' });
});

it('writes a remark once per idempotency key', async () => {
  const { no } = await orderInErp(sandbox);
  const write = (text: string) =>
    callMini(sandbox, `/v1/orders/${no}/remark`, { body: { flag: 'red', text, idempotency_key: 'k-1' } });

  const first = await write('一');
  const second = await write('二');

  expect(first.body).toMatchObject({ ok: true, order: { remark: '一', flag: 'red' } });
  expect(second.body.order.remark).toBe('一');
});

it('carries the shop’s hold to the ERP and its release back', async () => {
  const { no, oId } = await orderInErp(sandbox);
  await callMini(sandbox, `/v1/orders/${no}/hold`, { body: { idempotency_key: 'h' } });
  await pass(sandbox, 6 * SECOND);
  const held = await erpStatus(sandbox, oId);

  await callMini(sandbox, `/v1/orders/${no}/release`, { body: { idempotency_key: 'r' } });
  await pass(sandbox, 10 * SECOND);

  expect([held, await erpStatus(sandbox, oId)]).toEqual(['Question', 'WaitConfirm']);
});

it('moves stock between warehouses once per document number', async () => {
  const move = () =>
    jst(sandbox, '/open/allocate/kc/upload', {
      so_id: 't-1',
      go_co_id: 1002,
      link_co_id: 1001,
      is_confirm: true,
      items: [{ sku_id: 'TX01-HE-M', qty: 4 }],
    });
  const before = await stockOf(sandbox, 1001, 'TX01-HE-M');

  const [first, second] = [await move(), await move()];
  await pass(sandbox, 7 * HOUR);

  expect(second.body.data.io_id).toBe(first.body.data.io_id);
  expect((await stockOf(sandbox, 1001, 'TX01-HE-M')).qty).toBe((before.qty ?? 0) + 4);
  expect(unsoundStock(sandbox)).toEqual([]);
});
