import { z } from 'zod';
import { erpItems } from '../../world/erp-orders.ts';
import { findOrder, orderReceiver } from '../../world/orders.ts';
import type { ErpOrderRow } from '../../world/rows.ts';
import { shops } from '../../world/shops.ts';
import { beijing } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Route } from '../exchange.ts';
import { bizRoute, codes, failure, paged, success } from './envelope.ts';
import { page, readWindow, windowFields } from './window.ts';

/** Orders of these channels come by another road and are not in the lists. */
export const HIDDEN = `channel NOT IN ('taobao', 'tmall', 'pinduoduo')`;

const Query = z.object({
  ...windowFields,
  ...page(100),
  o_ids: z.array(z.coerce.number().int()).max(20).optional(),
  so_ids: z.array(z.string()).max(20).optional(),
  shop_id: z.coerce.number().int().optional(),
  status: z.string().optional(),
  start_ts: z.coerce.number().int().nonnegative().optional(),
});

export const orderQuery: Route = {
  method: 'POST',
  path: '/open/orders/single/query',
  sheet: 'fulfillment.md §1.2 order',
  kind: 'read',
  answer: bizRoute(Query, queryOrders),
};

function queryOrders(world: World, biz: z.infer<typeof Query>): Answer {
  const wheres = [HIDDEN];
  const values: (string | number)[] = [];
  const oneOf = (column: string, list: readonly (string | number)[]): void => {
    wheres.push(`${column} IN (${list.map(() => '?').join(', ')})`);
    values.push(...list);
  };
  let order = 'modified, o_id';
  if (biz.o_ids !== undefined && biz.o_ids.length > 0) oneOf('o_id', biz.o_ids);
  else if (biz.so_ids !== undefined && biz.so_ids.length > 0) oneOf('so_id', biz.so_ids);
  else if (biz.start_ts !== undefined) {
    wheres.push('ts > ?');
    values.push(biz.start_ts);
    order = 'ts';
  } else {
    const window = readWindow(biz, 7);
    if ('refused' in window) return failure(codes.badValue, window.refused);
    wheres.push('modified BETWEEN ? AND ?');
    values.push(window.from, window.to);
  }
  if (biz.shop_id !== undefined) oneOf('shop_id', [biz.shop_id]);
  if (biz.status !== undefined && biz.status !== '') oneOf('status', biz.status.split(','));
  const where = wheres.join(' AND ');
  const total =
    world.store.get<{ n: number }>(`SELECT COUNT(*) AS n FROM erp_orders WHERE ${where}`, ...values)?.n ?? 0;
  const rows = world.store.all<ErpOrderRow>(
    `SELECT * FROM erp_orders WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`,
    ...values,
    biz.page_size,
    (biz.page_index - 1) * biz.page_size,
  );
  return success(
    paged(
      'orders',
      rows.map((row) => showErpOrder(world, row)),
      total,
      biz.page_index,
      biz.page_size,
    ),
  );
}

const local = (at: number | null): string | null => (at === null ? null : beijing(at));

function showErpOrder(world: World, row: ErpOrderRow): object {
  const order = findOrder(world, row.so_id);
  const receiver = order && orderReceiver(order);
  return {
    o_id: row.o_id,
    so_id: row.so_id,
    shop_id: row.shop_id,
    shop_name: shops.find(({ systemShopId }) => systemShopId === row.shop_id)?.name,
    status: row.status,
    wms_co_id: row.wms_co_id,
    question_type: row.question_type ?? '',
    question_desc: row.question_desc ?? '',
    l_id: row.l_id ?? '',
    lc_id: row.lc_id ?? '',
    logistics_company: row.logistics_company ?? '',
    plan_delivery_date: local(row.plan_delivery_date),
    labels: (JSON.parse(row.labels) as string[]).join(','),
    remark: row.remark ?? '',
    buyer_message: order?.buyer_note ?? '',
    order_date: local(order?.created_at ?? row.created),
    pay_date: local(row.pay_date),
    send_date: local(row.send_date),
    sign_time: local(order?.delivered_at ?? null),
    created: beijing(row.created),
    modified: beijing(row.modified),
    ts: row.ts,
    pay_amount: (order?.paid_amount ?? 0) / 100,
    receiver_name: receiver && `${receiver.name.slice(0, 1)}**`,
    receiver_mobile: receiver && `${receiver.phone.slice(0, 3)}****${receiver.phone.slice(-4)}`,
    receiver_state: receiver?.province,
    receiver_city: receiver?.city,
    receiver_district: receiver?.district,
    receiver_address: receiver && '****',
    items: erpItems(world, row.o_id).map((item) => ({
      oi_id: item.oi_id,
      sku_id: item.sku,
      name: item.title,
      qty: item.qty,
      price: item.price / 100,
      lwh_id: item.lwh_id,
      item_status: row.status,
    })),
  };
}
