import { findWarehouse } from '../../world/company.ts';
import type { StockRow } from '../../world/rows.ts';
import { freeOf } from '../../world/stock.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { failure, success } from './answers.ts';
import type { Form } from './gate.ts';
import { pageOf } from './orders.ts';

export function listStock(world: World, form: Form): Answer {
  const page = pageOf(form, 100);
  if ('status' in page) return page;
  const warehouse = findWarehouse(form.warehouseId ?? '')?.code;
  if (warehouse === undefined) return failure('33', `对应仓库${form.warehouseId ?? null}不存在`);
  const skus = (form.skuOuterId ?? '').split(',').filter((sku) => sku !== '');
  const from = `FROM stock WHERE wms_co_id = ? AND sku IN (${skus.map(() => '?').join(', ')})`;
  const total = world.store.get<{ n: number }>(`SELECT COUNT(*) AS n ${from}`, warehouse, ...skus)?.n ?? 0;
  const rows = world.store.all<StockRow>(
    `SELECT * ${from} ORDER BY sku LIMIT ? OFFSET ?`,
    warehouse,
    ...skus,
    page.limit,
    page.offset,
  );
  return success({ total, stockStatusVoList: rows.map(showStock) });
}

function showStock(row: StockRow): object {
  const free = freeOf(row);
  return {
    mainOuterId: row.sku.split('-')[0],
    skuOuterId: row.sku,
    wareHouseId: row.wms_co_id,
    totalAvailableStockSum: row.qty,
    totalAvailableStock: free,
    totalLockStock: row.order_lock + row.lock_qty,
    sellableNum: free,
    totalDefectiveStock: 0,
    allocateNum: 0,
    purchaseNum: 0,
    onTheWayNum: 0,
    refundStock: 0,
    virtualStock: 0,
    stockStatus: free > 0 ? 6 : free === 0 ? 3 : 4,
    stockModifiedTime: row.modified,
  };
}
