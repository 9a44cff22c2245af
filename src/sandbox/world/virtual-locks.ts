import { addStock, findStock, freeOf } from './stock.ts';
import type { World, WorldEvent } from './world.ts';

export const ALLOCATE = '虚拟仓分配';
export const GIVE_BACK = '虚拟仓归还';

export interface LockRequest {
  soId: string;
  type: typeof ALLOCATE | typeof GIVE_BACK;
  lwhId: number;
  warehouse: number;
  /** A missing or zero quantity means everything. */
  items: readonly { sku: string; qty: number | undefined }[];
  ignoreStock: boolean;
  creator: string;
  remark: string;
}

export type LockAnswer = { ioId: number; applied: boolean } | { refused: string };

/** Sets pieces aside in a virtual warehouse or gives them back. The stock figures follow seconds later. */
export function operateLock(world: World, request: LockRequest, at: number): LockAnswer {
  const known = world.store.get<{ io_id: number }>('SELECT io_id FROM lwh_operations WHERE so_id = ?', request.soId);
  if (known !== undefined) return { ioId: known.io_id, applied: false };
  const items: { sku: string; qty: number }[] = [];
  for (const { sku, qty } of request.items) {
    if (findStock(world, request.warehouse, sku) === undefined) return { refused: `商品编码[${sku}]不存在` };
    const limit = request.type === ALLOCATE ? freePieces(world, request, sku) : lockedPieces(world, request, sku);
    const wanted = qty === undefined || qty === 0 ? limit : qty;
    if (wanted < 0) return { refused: `商品编码[${sku}]数量不正确` };
    if (wanted > limit && !(request.type === ALLOCATE && request.ignoreStock)) {
      return {
        refused: request.type === ALLOCATE ? `商品编码[${sku}]库存不足` : `商品编码[${sku}]归还数量超过锁定数量`,
      };
    }
    if (wanted > 0) items.push({ sku, qty: wanted });
  }
  const ioId = insertOperation(world, request, items, at);
  if (request.type === GIVE_BACK) for (const item of items) markReturned(world, request, item.sku, item.qty);
  world.schedule(at + world.random('lwh', ioId).int(2_000, 5_000), 'lock-effect', ioId);
  return { ioId, applied: true };
}

/** Writes an operation down as it stands in the ERP's list, without its effect. */
export function insertOperation(
  world: World,
  request: Omit<LockRequest, 'items' | 'ignoreStock'>,
  items: readonly { sku: string; qty: number }[],
  at: number,
): number {
  const ioId = world.store.next('io_id', 7_000_000);
  world.store.run(
    `INSERT INTO lwh_operations (io_id, so_id, type, lwh_id, wms_co_id, created, creator, remark)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ioId,
    request.soId,
    request.type,
    request.lwhId,
    request.warehouse,
    at,
    request.creator,
    request.remark,
  );
  for (const { sku, qty } of items) {
    world.store.run(
      `INSERT INTO lwh_items (io_id, sku, qty) VALUES (?, ?, ?)
       ON CONFLICT (io_id, sku) DO UPDATE SET qty = qty + excluded.qty`,
      ioId,
      sku,
      qty,
    );
  }
  return ioId;
}

/** The stock figures learn of an operation. */
export function onLockEffect(world: World, { at, subject }: WorldEvent): void {
  const ioId = Number(subject);
  const operation = world.store.get<{ type: string; wms_co_id: number }>(
    'SELECT type, wms_co_id FROM lwh_operations WHERE io_id = ? AND applied = 0',
    ioId,
  );
  if (operation === undefined) return;
  world.store.run('UPDATE lwh_operations SET applied = 1 WHERE io_id = ?', ioId);
  const sign = operation.type === ALLOCATE ? 1 : -1;
  for (const { sku, qty } of world.store.all<{ sku: string; qty: number }>(
    'SELECT sku, qty FROM lwh_items WHERE io_id = ?',
    ioId,
  )) {
    addStock(world, operation.wms_co_id, sku, { lock_qty: sign * qty }, at);
  }
}

interface Place {
  lwhId: number;
  warehouse: number;
}

function freePieces(world: World, { warehouse }: Place, sku: string): number {
  const row = findStock(world, warehouse, sku);
  const pending = world.store.get<{ qty: number | null }>(
    `SELECT SUM(i.qty) AS qty FROM lwh_items AS i JOIN lwh_operations AS o ON o.io_id = i.io_id
     WHERE o.applied = 0 AND o.type = ? AND o.wms_co_id = ? AND i.sku = ?`,
    ALLOCATE,
    warehouse,
    sku,
  );
  return row === undefined ? 0 : Math.max(0, freeOf(row) - (pending?.qty ?? 0));
}

interface Held {
  io_id: number;
  left: number;
  remark: string;
}

function heldBy(world: World, { lwhId, warehouse }: Place, sku: string): Held[] {
  return world.store.all<Held>(
    `SELECT i.io_id, i.qty - i.returned AS left, o.remark FROM lwh_items AS i JOIN lwh_operations AS o ON o.io_id = i.io_id
     WHERE o.applied = 1 AND o.type = ? AND o.lwh_id = ? AND o.wms_co_id = ? AND i.sku = ? AND i.qty > i.returned
     ORDER BY i.io_id`,
    ALLOCATE,
    lwhId,
    warehouse,
    sku,
  );
}

function lockedPieces(world: World, place: Place, sku: string): number {
  return heldBy(world, place, sku).reduce((sum, one) => sum + one.left, 0);
}

/** A return that names an order number takes from that order's lock first, then from the oldest. */
function markReturned(world: World, request: Omit<LockRequest, 'items'>, sku: string, qty: number): void {
  const numbers: string[] = request.remark.match(/\d{10,}/g) ?? [];
  const named = (one: Held): number => (numbers.some((no) => one.remark.includes(no)) ? 0 : 1);
  let left = qty;
  for (const one of heldBy(world, request, sku).sort((a, b) => named(a) - named(b) || a.io_id - b.io_id)) {
    const taken = Math.min(left, one.left);
    if (taken === 0) return;
    world.store.run('UPDATE lwh_items SET returned = returned + ? WHERE io_id = ? AND sku = ?', taken, one.io_id, sku);
    left -= taken;
  }
}
