import { catalogue, popularity } from './catalogue.ts';
import { warehouses } from './company.ts';
import type { ErpItemRow, StockRow } from './rows.ts';
import { SECOND } from './time.ts';
import type { World, WorldEvent } from './world.ts';

/** Fills the shelves: about four days of sales in each warehouse. */
export function openStock(world: World, at: number): void {
  for (const warehouse of warehouses) {
    catalogue.forEach((sku, index) => {
      const random = world.random('stock', warehouse.code, sku.sku);
      const target = targetQty(world, sku.sku, popularity(sku));
      const bin = `${'ABCDEF'[index % 6]}-${String(1 + (index % 24)).padStart(2, '0')}-${String(random.int(1, 6)).padStart(2, '0')}`;
      world.store.run(
        'INSERT INTO stock (wms_co_id, sku, bin, qty, opening, modified, ts) VALUES (?, ?, ?, ?, ?, ?, ?)',
        warehouse.code,
        sku.sku,
        bin,
        target,
        target,
        at,
        world.store.next('ts'),
      );
    });
  }
}

/** Goods come in before opening: what was sold is bought again. */
export function restock(world: World, warehouse: number, at: number): void {
  for (const sku of catalogue) {
    const row = findStock(world, warehouse, sku.sku);
    const missing = targetQty(world, sku.sku, popularity(sku)) - (row === undefined ? 0 : row.qty - row.order_lock);
    if (missing > 0) addStock(world, warehouse, sku.sku, { qty: missing, received: missing }, at);
  }
}

function targetQty(world: World, sku: string, share: number): number {
  return world.random('target', sku).int(12, 30) + Math.ceil(world.settings.ordersPerDay * 1.4 * share * 4);
}

/** The figures of one SKU at one warehouse. */
export function findStock(world: World, warehouse: number, sku: string): StockRow | undefined {
  return world.store.get<StockRow>('SELECT * FROM stock WHERE wms_co_id = ? AND sku = ?', warehouse, sku);
}

/** Pieces that no lock holds; below zero when more is locked than there is. */
export function freeOf(row: StockRow): number {
  return row.qty - row.order_lock - row.lock_qty;
}

export type StockDelta = Partial<
  Record<'qty' | 'order_lock' | 'pick_lock' | 'lock_qty' | 'received' | 'sent' | 'adjusted', number>
>;

/** Adds to the figures of one SKU at one warehouse; orders waiting for it look again when pieces came free. */
export function addStock(world: World, warehouse: number, sku: string, delta: StockDelta, at: number): void {
  const entries = Object.entries(delta);
  const changed = world.store.run(
    `UPDATE stock SET ${entries.map(([name]) => `${name} = ${name} + ?`).join(', ')}, modified = ?, ts = ?
     WHERE wms_co_id = ? AND sku = ?`,
    ...entries.map(([, value]) => value),
    at,
    world.store.next('ts'),
    warehouse,
    sku,
  );
  if (changed !== 1) throw new Error(`no stock row for ${sku} at ${warehouse}`);
  const freed = (delta.qty ?? 0) - (delta.order_lock ?? 0) - (delta.lock_qty ?? 0);
  if (freed > 0) wakeBlocked(world, warehouse, sku, at);
}

function wakeBlocked(world: World, warehouse: number, sku: string, at: number): void {
  const blocked = world.store.all<{ o_id: number }>(
    `SELECT o_id FROM erp_orders AS o WHERE queue = 'blocked' AND wms_co_id = ?
       AND EXISTS (SELECT 1 FROM erp_items AS i WHERE i.o_id = o.o_id AND i.sku = ?) ORDER BY o_id`,
    warehouse,
    sku,
  );
  for (const { o_id } of blocked) world.schedule(at + world.random('wake', o_id).int(1_000, 4_000), 'look-again', o_id);
}

/** Pieces of the order's SKUs that are neither there nor free for it. Empty: it can go into a wave. */
export function missingFor(
  world: World,
  order: { o_id: number; wms_co_id: number },
  items: readonly ErpItemRow[],
): ErpItemRow[] {
  return items.filter((item) => {
    const row = findStock(world, order.wms_co_id, item.sku);
    if (row === undefined) return true;
    if (freeOf(row) >= 0) return false;
    return row.qty - row.lock_qty - (row.order_lock - laterClaims(world, order, item.sku)) < 0;
  });
}

/** Locks of orders that came after this one and still wait: they do not stand in its way. */
function laterClaims(world: World, order: { o_id: number; wms_co_id: number }, sku: string): number {
  const row = world.store.get<{ qty: number | null }>(
    `SELECT SUM(i.qty) AS qty FROM erp_items AS i JOIN erp_orders AS o ON o.o_id = i.o_id
     WHERE i.sku = ? AND i.o_id > ? AND o.wms_co_id = ? AND o.status IN ('WaitConfirm', 'Question') AND o.stalled = 0`,
    sku,
    order.o_id,
    order.wms_co_id,
  );
  return row?.qty ?? 0;
}

/** Gives an order's lock at a warehouse back, seconds after the order left it. */
export function releaseLater(
  world: World,
  oId: number,
  warehouse: number,
  items: readonly ErpItemRow[],
  at: number,
): void {
  const delay = world.random('release', oId, at).int(2 * SECOND, 5 * SECOND);
  for (const { sku, qty } of items) world.schedule(at + delay, 'release-lock', oId, { warehouse, sku, qty });
}

/** A lock that was on its way out is gone. */
export function onReleaseLock(world: World, { at, data }: WorldEvent): void {
  const { warehouse, sku, qty } = data as { warehouse: number; sku: string; qty: number };
  addStock(world, warehouse, sku, { order_lock: -qty }, at);
}
