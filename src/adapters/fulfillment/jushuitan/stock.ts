import { z } from 'zod';
import type { StockLevel } from '../../../domain/stock.ts';
import type { Clock } from '../../../ports/clock.ts';
import { asNumber } from './biz.ts';
import type { Send } from './client.ts';
import { readAll } from './pages.ts';

const path = '/open/inventory/query';
const skusPerCall = 100;

const Qty = z
  .number()
  .nullish()
  .transform((qty) => qty ?? undefined);
const Row = z.object({
  sku_id: z.union([z.string(), z.number()]).transform(String),
  qty: Qty,
  order_lock: Qty,
  pick_lock: Qty,
  lock_qty: Qty,
  virtual_qty: Qty,
  purchase_qty: Qty,
});

/**
 * Stock per SKU, asked for one warehouse at a time because the answer need not name it (fulfillment.md §1.2), 100 SKUs a
 * call. A SKU that the ERP does not list is absent; a number that it does not tell is undefined.
 */
export async function getStock(
  send: Send,
  clock: Clock,
  skus: readonly string[],
  warehouseCodes: readonly string[],
  signal: AbortSignal,
): Promise<StockLevel[]> {
  const wanted = [...new Set(skus)];
  const levels: StockLevel[] = [];
  for (const warehouseCode of new Set(warehouseCodes)) {
    for (let at = 0; at < wanted.length; at += skusPerCall) {
      const biz = {
        wms_co_id: asNumber(warehouseCode),
        sku_ids: wanted.slice(at, at + skusPerCall).join(','),
        has_lock_qty: true,
      };
      const rows = await readAll(send, path, biz, 'inventorys', signal);
      const observedAt = clock.now();
      for (const row of rows) {
        const parsed = Row.safeParse(row);
        if (parsed.success) levels.push(levelOf(parsed.data, warehouseCode, observedAt));
      }
    }
  }
  return levels;
}

function levelOf(row: z.infer<typeof Row>, warehouseCode: string, observedAt: number): StockLevel {
  return {
    sku: row.sku_id,
    warehouseCode,
    onHand: row.qty,
    available: availableOf(row),
    orderLocked: row.order_lock,
    pickLocked: row.pick_lock,
    virtualLocked: row.lock_qty,
    inbound: row.purchase_qty,
    observedAt,
  };
}

/** The usual reading; the ERP's settings may change it (fulfillment.md §1.2, UNVERIFIED). Unknown when a part is. */
function availableOf({ qty, virtual_qty, order_lock, lock_qty }: z.infer<typeof Row>): number | undefined {
  if (qty === undefined || virtual_qty === undefined || order_lock === undefined || lock_qty === undefined)
    return undefined;
  return qty + virtual_qty - order_lock - lock_qty;
}
