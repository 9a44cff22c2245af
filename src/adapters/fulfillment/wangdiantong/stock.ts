import { z } from 'zod';
import type { StockLevel } from '../../../domain/stock.ts';
import type { Clock } from '../../../ports/clock.ts';
import { inPieces, readAllPages } from '../windows.ts';
import type { Send } from './client.ts';
import { readPage } from './pages.ts';

const method = 'wms.StockSpec.search2';
const size = 1_000;
const skusPerCall = 200;

const Qty = z
  .number()
  .nullish()
  .transform((qty) => qty ?? undefined);
const Row = z.object({
  spec_no: z.string().min(1),
  defect: z.boolean().nullish(),
  stock_num: Qty,
  /** Of orders that wait for their audit. */
  order_num: Qty,
  /** Of audited orders: the warehouse has them. */
  sending_num: Qty,
  lock_num: Qty,
  purchase_num: Qty,
  transfer_num: Qty,
});

/** Sellable stock per SKU, one warehouse at a time; what is damaged (残次品) is no stock to send. */
export async function getStock(
  send: Send,
  clock: Clock,
  skus: readonly string[],
  warehouseCodes: readonly string[],
  signal: AbortSignal,
): Promise<StockLevel[]> {
  const levels: StockLevel[] = [];
  for (const warehouseCode of new Set(warehouseCodes)) {
    const rows = await inPieces([...new Set(skus)], skusPerCall, (spec_nos) =>
      readAllPages((index) =>
        readPage(send, method, { spec_nos, warehouse_no: warehouseCode }, 'detail_list', { index, size }, signal),
      ),
    );
    const observedAt = clock.now();
    for (const raw of rows) {
      const row = Row.safeParse(raw).data;
      if (row !== undefined && row.defect !== true) levels.push(levelOf(row, warehouseCode, observedAt));
    }
  }
  return levels;
}

function levelOf(row: z.infer<typeof Row>, warehouseCode: string, observedAt: number): StockLevel {
  const orderLocked = plus(row.order_num, row.sending_num);
  const locked = plus(orderLocked, row.lock_num);
  return {
    sku: row.spec_no,
    warehouseCode,
    onHand: row.stock_num,
    // `available_send_stock` still counts what waits for its audit.
    available: row.stock_num === undefined || locked === undefined ? undefined : row.stock_num - locked,
    orderLocked,
    pickLocked: row.sending_num,
    virtualLocked: row.lock_num,
    inbound: plus(row.purchase_num, row.transfer_num),
    observedAt,
  };
}

const plus = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;
