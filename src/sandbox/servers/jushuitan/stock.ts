import { z } from 'zod';
import { findWarehouse } from '../../world/company.ts';
import type { StockRow } from '../../world/rows.ts';
import { beijing } from '../../world/time.ts';
import { transferStock } from '../../world/transfers.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Route } from '../exchange.ts';
import { bizRoute, codes, failure, paged, success } from './envelope.ts';
import { page, readWindow, windowFields } from './window.ts';

const Query = z.object({
  ...windowFields,
  ...page(100),
  wms_co_id: z.coerce.number().int().default(0),
  sku_ids: z.union([z.array(z.string()), z.string().transform((text) => text.split(','))]).optional(),
  has_lock_qty: z.boolean().default(false),
});

export const stockQuery: Route = {
  method: 'POST',
  path: '/open/inventory/query',
  sheet: 'fulfillment.md §1.2 stock',
  kind: 'read',
  answer: bizRoute(Query, queryStock),
};

function queryStock(world: World, biz: z.infer<typeof Query>): Answer {
  const wheres: string[] = [];
  const values: (string | number)[] = [];
  if (biz.wms_co_id !== 0) {
    if (findWarehouse(biz.wms_co_id) === undefined) return failure(codes.badValue, '仓库不存在');
    wheres.push('wms_co_id = ?');
    values.push(biz.wms_co_id);
  }
  if (biz.sku_ids !== undefined) {
    if (biz.sku_ids.length > 100) return failure(codes.badValue, 'sku_ids不能超过100个');
    wheres.push(`sku IN (${biz.sku_ids.map(() => '?').join(', ')})`);
    values.push(...biz.sku_ids);
  } else {
    const window = readWindow(biz, 7);
    if ('refused' in window) return failure(codes.badValue, window.refused);
    wheres.push('modified BETWEEN ? AND ?');
    values.push(window.from, window.to);
  }
  const sums = ['qty', 'order_lock', 'pick_lock', 'lock_qty'].map((name) => `SUM(${name}) AS ${name}`).join(', ');
  const from = `FROM stock WHERE ${wheres.join(' AND ')} GROUP BY sku`;
  const total = world.store.get<{ n: number }>(`SELECT COUNT(*) AS n FROM (SELECT sku ${from})`, ...values)?.n ?? 0;
  const rows = world.store.all<StockRow>(
    `SELECT sku, ${sums}, MAX(modified) AS modified, MAX(ts) AS ts ${from} ORDER BY sku LIMIT ? OFFSET ?`,
    ...values,
    biz.page_size,
    (biz.page_index - 1) * biz.page_size,
  );
  const shown = rows.map((row) => showStock(row, biz.has_lock_qty));
  return success(paged('inventorys', shown, total, biz.page_index, biz.page_size));
}

function showStock(row: StockRow, withLock: boolean): object {
  return {
    sku_id: row.sku,
    qty: row.qty,
    order_lock: row.order_lock,
    pick_lock: row.pick_lock,
    virtual_qty: 0,
    purchase_qty: 0,
    return_qty: 0,
    in_qty: 0,
    defective_qty: 0,
    min_qty: 0,
    max_qty: 0,
    allocate_qty: 0,
    sale_refund_qty: 0,
    ...(withLock ? { lock_qty: row.lock_qty } : {}),
    modified: beijing(row.modified),
    ts: row.ts,
  };
}

const Transfer = z.object({
  so_id: z.string().min(1),
  go_co_id: z.coerce.number().int(),
  link_co_id: z.coerce.number().int(),
  is_confirm: z.boolean().default(false),
  items: z.array(z.object({ sku_id: z.string(), qty: z.coerce.number().int().positive() })).min(1),
});

export const transfer: Route = {
  method: 'POST',
  path: '/open/allocate/kc/upload',
  sheet: 'fulfillment.md §1.2 replenish: move',
  kind: 'write',
  answer: bizRoute(Transfer, (world, biz, at) => {
    const [from, to] = [findWarehouse(biz.go_co_id), findWarehouse(biz.link_co_id)];
    if (from === undefined || to === undefined || from === to) return failure(codes.badValue, '仓库不正确');
    const items = biz.items.map((item) => ({ sku: item.sku_id, qty: item.qty }));
    const made = transferStock(
      world,
      { soId: biz.so_id, from: from.code, to: to.code, items, confirmed: biz.is_confirm },
      at,
    );
    return 'refused' in made ? failure(codes.refused, made.refused) : success({ io_id: made.ioId }, made.applied);
  }),
};
