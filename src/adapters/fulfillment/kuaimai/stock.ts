import { z } from 'zod';
import { RetryableError } from '../../../domain/errors.ts';
import type { StockLevel } from '../../../domain/stock.ts';
import type { Clock } from '../../../ports/clock.ts';
import { inPieces, readAllPages } from '../windows.ts';
import type { Send } from './client.ts';

const method = 'stock.api.status.query';
/** More than 100 rows are refused (20019). */
const pageSize = 100;

const Qty = z
  .number()
  .nullish()
  .transform((qty) => qty ?? undefined);
const Row = z.object({
  skuOuterId: z.string().nullish(),
  mainOuterId: z.string().nullish(),
  totalAvailableStockSum: Qty,
  totalAvailableStock: Qty,
  purchaseNum: Qty,
});
const Page = z.object({ total: z.number().int().nonnegative(), stockStatusVoList: z.array(z.unknown()).nullish() });

/**
 * Stock per SKU, one warehouse at a time. `available` is what lies there and no lock holds, not `sellableNum`: that may count
 * goods which are only promised. Its one figure of locks does not tell orders from other locks, so none is told.
 */
export async function getStock(
  send: Send,
  clock: Clock,
  skus: readonly string[],
  warehouseCodes: readonly string[],
  signal: AbortSignal,
): Promise<StockLevel[]> {
  // A comma would ask for two.
  const wanted = [...new Set(skus)].filter((sku) => sku !== '' && !sku.includes(','));
  const levels: StockLevel[] = [];
  for (const warehouseCode of new Set(warehouseCodes)) {
    const rows = await inPieces(wanted, pageSize, (some) =>
      readAllPages(async (page) => {
        const params = {
          skuOuterId: some.join(','),
          warehouseId: warehouseCode,
          pageNo: String(page),
          pageSize: String(pageSize),
        };
        const parsed = Page.safeParse(await send({ method, params }, signal));
        if (!parsed.success) throw new RetryableError(`${method}: the answer is no page`, { code: 'BAD_ANSWER' });
        return { rows: parsed.data.stockStatusVoList ?? [], pages: Math.ceil(parsed.data.total / pageSize) };
      }),
    );
    const observedAt = clock.now();
    for (const raw of rows) {
      const row = Row.safeParse(raw).data;
      const sku = row?.skuOuterId || row?.mainOuterId;
      if (row === undefined || !sku) continue;
      levels.push({
        sku,
        warehouseCode,
        onHand: row.totalAvailableStockSum,
        available: row.totalAvailableStock,
        orderLocked: undefined,
        pickLocked: undefined,
        virtualLocked: undefined,
        inbound: row.purchaseNum,
        observedAt,
      });
    }
  }
  return levels;
}
