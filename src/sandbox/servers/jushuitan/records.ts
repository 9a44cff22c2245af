import { z } from 'zod';
import { warehouses } from '../../world/company.ts';
import { erpItems } from '../../world/erp-orders.ts';
import type { ErpOrderRow } from '../../world/rows.ts';
import { beijing } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Route } from '../exchange.ts';
import { bizRoute, codes, failure, paged, success } from './envelope.ts';
import { HIDDEN } from './orders.ts';
import { page, readWindow, windowFields } from './window.ts';

const id = z.coerce.number().int();
const Actions = z.object({ ...windowFields, ...page(500), o_ids: z.array(id).max(20).optional() });

const actions: Route = {
  method: 'POST',
  path: '/open/order/action/query',
  sheet: 'fulfillment.md §1.2 audit trail; shape: ours',
  kind: 'read',
  answer: bizRoute(Actions, queryActions),
};

function queryActions(world: World, biz: z.infer<typeof Actions>): Answer {
  const window = readWindow(biz, 1);
  if ('refused' in window) return failure(codes.badValue, window.refused);
  const chosen = biz.o_ids === undefined ? '' : ` AND o_id IN (${biz.o_ids.map(() => '?').join(', ')})`;
  const values = [window.from, window.to, ...(biz.o_ids ?? [])];
  const from = `FROM erp_actions WHERE at BETWEEN ? AND ?${chosen}`;
  const total = world.store.get<{ n: number }>(`SELECT COUNT(*) AS n ${from}`, ...values)?.n ?? 0;
  const rows = world.store.all<{ id: number; o_id: number; at: number; name: string; who: string; remark: string }>(
    `SELECT * ${from} ORDER BY at, id LIMIT ? OFFSET ?`,
    ...values,
    biz.page_size,
    (biz.page_index - 1) * biz.page_size,
  );
  const shown = rows.map((row) => ({
    oa_id: row.id,
    o_id: row.o_id,
    name: row.name,
    remark: row.remark,
    created: beijing(row.at),
    creator_name: row.who,
  }));
  return success(paged('datas', shown, total, biz.page_index, biz.page_size));
}

const partners: Route = {
  method: 'POST',
  path: '/open/wms/partner/query',
  sheet: 'fulfillment.md §1.2 warehouses',
  kind: 'read',
  answer: bizRoute(z.object(page(100)), (_world, biz) => {
    const shown = warehouses.map((one, index) => ({
      wms_co_id: one.code,
      name: one.name,
      is_main: index === 0,
      status: '生效',
    }));
    const start = (biz.page_index - 1) * biz.page_size;
    return success(
      paged('datas', shown.slice(start, start + biz.page_size), shown.length, biz.page_index, biz.page_size),
    );
  }),
};

const Shipped = z.object({ ...windowFields, ...page(50), so_ids: z.array(z.string()).max(20).optional() });

const shipped: Route = {
  method: 'POST',
  path: '/open/logistic/query',
  sheet: 'fulfillment.md §1.2 shipped; shape: ours',
  kind: 'read',
  answer: bizRoute(Shipped, queryShipped),
};

function queryShipped(world: World, biz: z.infer<typeof Shipped>): Answer {
  let where = `send_date IS NOT NULL AND ${HIDDEN}`;
  const values: (string | number)[] = [];
  if (biz.so_ids !== undefined) {
    where += ` AND so_id IN (${biz.so_ids.map(() => '?').join(', ')})`;
    values.push(...biz.so_ids);
  } else {
    const window = readWindow(biz, 7);
    if ('refused' in window) return failure(codes.badValue, window.refused);
    where += ' AND send_date BETWEEN ? AND ?';
    values.push(window.from, window.to);
  }
  const total =
    world.store.get<{ n: number }>(`SELECT COUNT(*) AS n FROM erp_orders WHERE ${where}`, ...values)?.n ?? 0;
  const rows = world.store.all<ErpOrderRow>(
    `SELECT * FROM erp_orders WHERE ${where} ORDER BY send_date, o_id LIMIT ? OFFSET ?`,
    ...values,
    biz.page_size,
    (biz.page_index - 1) * biz.page_size,
  );
  const shown = rows.map((row) => ({
    o_id: row.o_id,
    so_id: row.so_id,
    shop_id: row.shop_id,
    wms_co_id: row.wms_co_id,
    l_id: row.l_id,
    lc_id: row.lc_id,
    logistics_company: row.logistics_company,
    send_date: row.send_date === null ? null : beijing(row.send_date),
    items: erpItems(world, row.o_id).map((item) => ({ sku_id: item.sku, qty: item.qty })),
  }));
  return success(paged('orders', shown, total, biz.page_index, biz.page_size));
}

export const recordRoutes: readonly Route[] = [actions, partners, shipped];
