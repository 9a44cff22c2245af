import { findWarehouse, qimen } from '../../world/company.ts';
import { findStock, freeOf } from '../../world/stock.ts';
import { transferStock } from '../../world/transfers.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { all, failure, type Request, success, text } from './xml.ts';

export function queryInventory(world: World, request: Request): Answer {
  const item = all('criteria', request).flatMap((criteria) => {
    const warehouse = findWarehouse(text('warehouseCode', criteria));
    const itemCode = text('itemCode', criteria);
    const row = warehouse === undefined ? undefined : findStock(world, warehouse.code, itemCode);
    if (row === undefined || text('ownerCode', criteria) !== qimen.ownerCode) return [];
    const quantity = freeOf(row);
    return [
      { warehouseCode: row.wms_co_id, itemCode, inventoryType: 'ZP', quantity, lockQuantity: row.qty - quantity },
    ];
  });
  return success({ items: { item } });
}

export function createTransfer(world: World, request: Request): Answer {
  const [from, to] = ['fromStoreCode', 'toStoreCode'].map((name) => findWarehouse(text(name, request)));
  if (from === undefined || to === undefined) return failure('40015', '仓库不存在');
  const items = all('transferItem', request).map((line) => ({
    sku: text('scItemCode', line),
    qty: Number(text('count', line)),
  }));
  const soId = text('erpOrderCode', request);
  if (soId === '' || items.length === 0 || items.some(({ qty }) => !Number.isInteger(qty) || qty <= 0))
    return failure('30033', '报文不正确');
  const made = transferStock(world, { soId, from: from.code, to: to.code, items, confirmed: true }, world.clock.now());
  if ('refused' in made) return failure('40015', made.refused);
  return success({ transferOrderCode: `DB${made.ioId}` }, made.applied);
}
