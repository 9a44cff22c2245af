import { z } from 'zod';
import { findWarehouse } from '../../world/company.ts';
import { requestPurchase } from '../../world/purchases.ts';
import type { StockRow } from '../../world/rows.ts';
import { findStock } from '../../world/stock.ts';
import { beijing, fromBeijing } from '../../world/time.ts';
import { transferStock } from '../../world/transfers.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { failure, success } from './answers.ts';
import type { Page } from './orders.ts';

const Query = z.object({ spec_nos: z.array(z.string()).min(1), warehouse_no: z.string() });

export function listStock(world: World, [raw]: readonly unknown[], page: Page | undefined): Answer {
  const query = Query.safeParse(raw).data;
  if (query === undefined) return failure(100, '参数中必须包含起止时间');
  if (page === undefined) return failure(100, '此方法仅支持分页查询：wms.StockSpec.search2');
  const warehouse = findWarehouse(query.warehouse_no);
  if (warehouse === undefined) return failure(100, `仓库不存在  仓库编号: ${query.warehouse_no}`);
  const rows = query.spec_nos.flatMap((sku) => findStock(world, warehouse.code, sku) ?? []);
  const shown = rows.slice(page.index * page.size, (page.index + 1) * page.size);
  return success({ total_count: rows.length, detail_list: shown.map(showStock) });
}

function showStock(row: StockRow): object {
  return {
    spec_no: row.sku,
    defect: false,
    warehouse_no: String(row.wms_co_id),
    stock_num: row.qty,
    lock_num: row.lock_qty,
    order_num: row.order_lock - row.pick_lock,
    sending_num: row.pick_lock,
    unpay_num: 0,
    subscribe_num: 0,
    available_send_stock: row.qty - row.pick_lock - row.lock_qty,
    purchase_num: 0,
    transfer_num: 0,
    modified: row.modified,
    last_inout_time: beijing(row.modified),
  };
}

const Goods = z.array(z.object({ spec_no: z.string(), num: z.number().positive() })).min(1);
const Transfer = z.tuple([
  z.object({
    outer_no: z.string().min(1),
    from_warehouse_no: z.string(),
    to_warehouse_no: z.string(),
    mode: z.number().int(),
  }),
  Goods,
  z.boolean(),
]);

export function createTransfer(world: World, args: readonly unknown[]): Answer {
  const parsed = Transfer.safeParse(args).data;
  if (parsed === undefined) return failure(1, 'argument type mismatch');
  const [head, goods, check] = parsed;
  if (head.outer_no.length > 20) return failure(100, '外部单号超长');
  const [from, to] = [findWarehouse(head.from_warehouse_no), findWarehouse(head.to_warehouse_no)];
  if (from === undefined) return failure(100, '源仓库不存在');
  if (to === undefined) return failure(100, '目标仓库不存在');
  const items = goods.map(({ spec_no, num }) => ({ sku: spec_no, qty: num }));
  const order = { soId: head.outer_no, from: from.code, to: to.code, items, confirmed: check };
  const made = transferStock(world, order, world.clock.now());
  if ('refused' in made)
    return failure(100, made.refused.includes('不存在') ? '单品不存在检查商家编码' : '调拨量不能大于可出库存量');
  return made.applied ? success({ message: `TF${made.ioId}`, status: 0 }, true) : failure(100, '此外部单已使用!');
}

const Apply = z.object({
  purchase_apply_no: z.string().optional(),
  warehouse_no: z.string(),
  expected_time: z.string().optional(),
  detail_list: Goods,
});

export function applyForPurchase(world: World, [raw]: readonly unknown[]): Answer {
  const wish = Apply.safeParse(raw).data;
  if (wish === undefined) return failure(100, '请传入单品信息');
  const no = wish.purchase_apply_no ?? `POA${world.store.next('io_id', 7_000_000)}`;
  if (no.length > 20) return failure(100, '采购申请单号超长');
  const warehouse = findWarehouse(wish.warehouse_no);
  if (warehouse === undefined) return failure(100, '仓库不存在');
  const items = wish.detail_list.map(({ spec_no, num }) => ({ sku: spec_no, qty: num }));
  if (items.some(({ sku }) => findStock(world, warehouse.code, sku) === undefined)) return failure(100, '单品不存在');
  const needBy = fromBeijing(wish.expected_time ?? '') ?? null;
  const isNew = requestPurchase(world, { no, warehouse: warehouse.code, items, needBy }, world.clock.now());
  return isNew ? success({ message: no, status: 0 }, true) : failure(100, '采购申请单号已存在');
}
