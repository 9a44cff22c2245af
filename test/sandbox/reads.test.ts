import { afterEach, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { callMini, jst, MINUTE, orderInErp, pass, quiet, SECOND } from './kit.ts';

let sandbox: Sandbox;
afterEach(() => sandbox.stop());

it('loses no order while pages are read and rows move', async () => {
  sandbox = await quiet({ settings: { ordersPerDay: 40_000 } });
  const from = Math.floor(sandbox.world.clock.now() / 1_000);
  await pass(sandbox, 4 * MINUTE);
  const seen = new Set<string>();
  let cursor: string | null = null;
  let pages = 0;

  do {
    const query = { updated_from: from, updated_to: from + 3_600, limit: 7, ...(cursor === null ? {} : { cursor }) };
    const { body } = await callMini(sandbox, '/v1/orders', { query });
    for (const order of body.orders) seen.add(order.order_no);
    cursor = body.next_cursor;
    pages += 1;
    if (pages < 30) await pass(sandbox, SECOND);
  } while (cursor !== null);

  const all = sandbox.world.store.all<{ no: string }>('SELECT no FROM orders').map(({ no }) => no);
  expect(all.filter((no) => !seen.has(no))).toEqual([]);
  expect(pages).toBeGreaterThan(10);
});

it('gives every ERP change to a reader that follows the row version', async () => {
  sandbox = await quiet({ settings: { ordersPerDay: 40_000 } });
  const status = new Map<number, string>();
  let cursor = 0;

  for (let round = 0; round < 60; round += 1) {
    await pass(sandbox, MINUTE);
    const { body } = await jst(sandbox, '/open/orders/single/query', { start_ts: cursor, page_size: 100 });
    for (const order of body.data.orders) {
      status.set(order.o_id, order.status);
      cursor = order.ts;
    }
    if (body.data.has_next) round -= 1;
  }

  const rows = sandbox.world.store.all<{ o_id: number; status: string }>('SELECT o_id, status FROM erp_orders');
  expect(rows.filter((row) => status.get(row.o_id) !== row.status)).toEqual([]);
  expect(rows.length).toBeGreaterThan(300);
});

it('shows an order with the exact fields of the contract', async () => {
  sandbox = await quiet();
  const { no } = await orderInErp(sandbox);

  const { body } = await callMini(sandbox, `/v1/orders/${no}`);

  expect(Object.keys(body).sort()).toEqual(
    [
      'order_no',
      'status',
      'created_at',
      'paid_at',
      'updated_at',
      'closed_at',
      'ship_by',
      'amount',
      'freight',
      'paid_amount',
      'currency',
      'buyer_id',
      'buyer_note',
      'remark',
      'flag',
      'held',
      'refund',
      'items',
      'receiver',
      'shipments',
    ].sort(),
  );
  expect(body).toMatchObject({
    order_no: no,
    status: 'paid',
    currency: 'CNY',
    paid_amount: body.amount + body.freight,
  });
  expect(body.receiver.phone).toMatch(/^1\d{10}$/);
});

it('masks the receiver in the ERP', async () => {
  sandbox = await quiet();
  const { no, oId } = await orderInErp(sandbox);
  const { receiver } = (await callMini(sandbox, `/v1/orders/${no}`)).body;

  const shown = JSON.stringify((await jst(sandbox, '/open/orders/single/query', { o_ids: [oId] })).body);

  expect(shown).toMatch(/1\d\d\*{4}\d{4}/);
  for (const secret of [receiver.phone, receiver.name, receiver.address]) expect(shown).not.toContain(secret);
});

it('does not return Taobao orders, by number or by window', async () => {
  sandbox = await quiet();
  const hidden = await orderInErp(sandbox, { shop: 'tmall' });
  const shown = await orderInErp(sandbox);

  const byNumber = await jst(sandbox, '/open/orders/single/query', { so_ids: [hidden.no, shown.no] });
  const byVersion = await jst(sandbox, '/open/orders/single/query', { start_ts: 0 });

  for (const reply of [byNumber, byVersion]) {
    expect(reply.body.data.orders.map((order: { so_id: string }) => order.so_id)).toEqual([shown.no]);
  }
});

it('takes an order from payment to the buyer and shows each step where it belongs', async () => {
  sandbox = await quiet();
  const { no, oId } = await orderInErp(sandbox);
  await pass(sandbox, 72 * 60 * MINUTE);

  const order = (await callMini(sandbox, `/v1/orders/${no}`)).body;
  const traces = (await callMini(sandbox, `/v1/orders/${no}/traces`)).body.traces;
  const erp = (await jst(sandbox, '/open/orders/single/query', { o_ids: [oId] })).body.data.orders[0];
  const window = { modified_begin: '2026-11-10 14:00:00', modified_end: '2026-11-11 14:00:00' };
  const actions = (await jst(sandbox, '/open/order/action/query', { ...window, o_ids: [oId] })).body.data.datas;
  const shipped = (await jst(sandbox, '/open/logistic/query', window)).body.data.orders;

  expect(order).toMatchObject({ status: 'delivered', shipments: [{ waybill: erp.l_id }] });
  expect(traces.map((trace: { status: string }) => trace.status)).toEqual([
    'collected',
    'in_transit',
    'out_for_delivery',
    'delivered',
  ]);
  expect(erp.status).toBe('Sent');
  expect(actions.map((action: { name: string }) => action.name)).toEqual([
    '订单下载',
    '生成波次',
    '打印快递单',
    '发货',
  ]);
  expect(shipped.map((row: { so_id: string }) => row.so_id)).toEqual([no]);
});
