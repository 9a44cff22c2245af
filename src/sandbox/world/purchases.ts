import type { World } from './world.ts';

export interface PurchaseRequest {
  no: string;
  warehouse: number;
  items: readonly { sku: string; qty: number }[];
  needBy: number | null;
}

/** Somebody asks the buyers for goods; false when that number is taken. Nothing comes of it until a buyer buys. */
export function requestPurchase(world: World, { no, warehouse, items, needBy }: PurchaseRequest, at: number): boolean {
  const added = world.store.run(
    'INSERT OR IGNORE INTO purchase_requests (no, wms_co_id, items, need_by, created) VALUES (?, ?, ?, ?, ?)',
    no,
    warehouse,
    JSON.stringify(items),
    needBy,
    at,
  );
  return added === 1;
}
