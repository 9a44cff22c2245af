import { RejectedError } from '../../../domain/errors.ts';
import type { StockLevel } from '../../../domain/stock.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Send } from './client.ts';
import { elementsOf, textOf } from './xml.ts';

const method = 'inventory.query';
const perCall = 50;
/** Good goods; what is damaged or on its way cannot be sold. */
const inventoryType = 'ZP';

/** Stock per SKU and warehouse, good goods only. A frozen piece is frozen for whatever reason, so no kind of lock is told. */
export async function getStock(
  send: Send,
  clock: Clock,
  ownerCode: string,
  skus: readonly string[],
  warehouseCodes: readonly string[],
  signal: AbortSignal,
): Promise<StockLevel[]> {
  const wanted = [...new Set(skus)].filter((sku) => sku !== '');
  const criteria = [...new Set(warehouseCodes)].flatMap((warehouseCode) =>
    wanted.map((itemCode) => ({ warehouseCode, ownerCode, itemCode, inventoryType })),
  );
  const found = new Map<string, StockLevel>();
  for (let at = 0; at < criteria.length; at += perCall) {
    const request = { criteriaList: { criteria: criteria.slice(at, at + perCall) } };
    const { isOk, code, body } = await send({ method, request }, signal);
    if (!isOk) throw new RejectedError(`${method}: refused`, { code: `QM_${code}` });
    const observedAt = clock.now();
    for (const item of elementsOf('item', body)) {
      const [sku, warehouseCode] = [textOf('itemCode', item), textOf('warehouseCode', item)];
      const free = countOf(textOf('quantity', item));
      const frozen = countOf(textOf('lockQuantity', item));
      if (sku === '' || warehouseCode === '' || ![inventoryType, ''].includes(textOf('inventoryType', item))) continue;
      // A line for each batch.
      const before = found.get(`${warehouseCode} ${sku}`);
      found.set(`${warehouseCode} ${sku}`, {
        sku,
        warehouseCode,
        onHand: before === undefined ? sum(free, frozen) : sum(before.onHand, sum(free, frozen)),
        available: before === undefined ? free : sum(before.available, free),
        orderLocked: undefined,
        pickLocked: undefined,
        virtualLocked: undefined,
        inbound: undefined,
        observedAt,
      });
    }
  }
  return [...found.values()];
}

const countOf = (text: string): number | undefined => (/^-?\d{1,9}$/.test(text) ? Number(text) : undefined);

/** A figure that one line does not tell is not known for all. */
const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;
