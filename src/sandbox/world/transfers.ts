import { addStock, findStock, freeOf } from './stock.ts';
import { HOUR } from './time.ts';
import type { World, WorldEvent } from './world.ts';

export interface Transfer {
  soId: string;
  from: number;
  to: number;
  items: readonly { sku: string; qty: number }[];
  confirmed: boolean;
}

/** Sends goods from one warehouse to another; a repeated number changes nothing. */
export function transferStock(
  world: World,
  transfer: Transfer,
  at: number,
): { ioId: number; applied: boolean } | { refused: string } {
  const known = world.store.get<{ io_id: number }>('SELECT io_id FROM allocations WHERE so_id = ?', transfer.soId);
  if (known !== undefined) return { ioId: known.io_id, applied: false };
  for (const { sku, qty } of transfer.items) {
    const row = findStock(world, transfer.from, sku);
    if (row === undefined) return { refused: `商品编码[${sku}]不存在` };
    if (freeOf(row) < qty) return { refused: `商品编码[${sku}]可用库存不足` };
  }
  const ioId = world.store.next('io_id', 7_000_000);
  world.store.run(
    'INSERT INTO allocations (io_id, so_id, go_co_id, link_co_id, items, confirmed, created) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ioId,
    transfer.soId,
    transfer.from,
    transfer.to,
    JSON.stringify(transfer.items),
    transfer.confirmed ? 1 : 0,
    at,
  );
  if (transfer.confirmed) {
    for (const { sku, qty } of transfer.items) addStock(world, transfer.from, sku, { qty: -qty, adjusted: -qty }, at);
    world.schedule(at + 6 * HOUR, 'goods-arrive', ioId);
  }
  return { ioId, applied: true };
}

/** Goods sent from another warehouse are on the shelves. */
export function onArriveGoods(world: World, { at, subject }: WorldEvent): void {
  const row = world.store.get<{ link_co_id: number; items: string }>(
    'SELECT link_co_id, items FROM allocations WHERE io_id = ? AND arrived_at IS NULL',
    Number(subject),
  );
  if (row === undefined) return;
  world.store.run('UPDATE allocations SET arrived_at = ? WHERE io_id = ?', at, Number(subject));
  for (const { sku, qty } of JSON.parse(row.items) as { sku: string; qty: number }[]) {
    addStock(world, row.link_co_id, sku, { qty, received: qty }, at);
  }
}
