import { z } from 'zod';
import { BugError } from '../../../domain/errors.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import type { StockLevel, StockLock } from '../../../domain/stock.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { LockMove } from '../../../ports/fulfillment.ts';
import { type Ask, outcomeOf } from '../../shopify/client.ts';
import { Gid, gid, isNumber } from './gid.ts';
import { readPage, sized } from './pages.ts';
import { listItems, moveQuantities } from './queries.ts';
import { refusalIn } from './refusal.ts';

const itemsPerPage = 50;
const skusPerCall = 20;

const Level = z.object({
  location: z.object({ id: Gid }),
  quantities: z.array(
    z.object({ name: z.string(), quantity: z.number().int(), updatedAt: z.iso.datetime().nullish() }),
  ),
});
const Item = z.object({
  id: Gid,
  sku: z.string().nullish(),
  inventoryLevels: z.object({ nodes: z.array(Level) }),
});
type Item = z.infer<typeof Item>;

/** What one location has of one item. */
const quantityOf = (level: z.infer<typeof Level>, name: string): number | undefined =>
  level.quantities.find((one) => one.name === name)?.quantity;

/** Items with their levels; `search` undefined = all. */
async function readItems(ask: Ask, search: string | undefined, signal: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const asked = { ...(search === undefined ? {} : { search }), ...(after === undefined ? {} : { after }) };
    const { data } = await sized(itemsPerPage, (first) => ask(listItems, { first, ...asked }, signal));
    const page = readPage(data.inventoryItems, 'stock', after);
    items.push(...page.nodes.flatMap((node) => Item.safeParse(node).data ?? []));
    after = page.next;
  } while (after !== undefined);
  return items;
}

/** Items of these SKUs, 20 a call; a SKU that the shop does not have is absent. */
export async function itemsOf(ask: Ask, skus: readonly string[], signal: AbortSignal): Promise<Item[]> {
  const wanted = [...new Set(skus)];
  const items: Item[] = [];
  for (let at = 0; at < wanted.length; at += skusPerCall) {
    const some = wanted.slice(at, at + skusPerCall);
    const search = some.map((sku) => `sku:"${sku.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(' OR ');
    // The search is no equation: it does not mind case, nor what follows.
    items.push(...(await readItems(ask, search, signal)).filter(({ sku }) => some.includes(sku ?? '')));
  }
  return items;
}

/** Stock per SKU and location. A location that does not stock a SKU is absent. Pieces in picking are told nowhere. */
export async function getStock(
  ask: Ask,
  clock: Clock,
  skus: readonly string[],
  warehouseCodes: readonly string[],
  signal: AbortSignal,
): Promise<StockLevel[]> {
  const items = await itemsOf(ask, skus, signal);
  const observedAt = clock.now();
  return [...new Set(warehouseCodes)].flatMap((warehouseCode) =>
    items.flatMap(({ sku, inventoryLevels }) => {
      const level = inventoryLevels.nodes.find(({ location }) => location.id === warehouseCode);
      if (level === undefined) return [];
      return {
        sku: sku ?? '',
        warehouseCode,
        onHand: quantityOf(level, 'on_hand'),
        available: quantityOf(level, 'available'),
        orderLocked: quantityOf(level, 'committed'),
        pickLocked: undefined,
        virtualLocked: quantityOf(level, 'reserved'),
        inbound: quantityOf(level, 'incoming'),
        observedAt,
      };
    }),
  );
}

/** What drafts and apps have reserved: one lock per item and location. The shop does not say for which order (§1.7). */
export async function listLocks(ask: Ask, systemId: string, signal: AbortSignal): Promise<StockLock[]> {
  const items = await readItems(ask, undefined, signal);
  return items.flatMap(({ id, sku, inventoryLevels }) =>
    inventoryLevels.nodes.flatMap(({ location, quantities }): StockLock[] => {
      const reserved = quantities.find(({ name }) => name === 'reserved');
      if (reserved === undefined || reserved.quantity <= 0 || !sku) return [];
      const lock: StockLock = {
        systemId,
        lockId: `${id}.${location.id}`,
        kind: 'virtual',
        sku,
        qty: reserved.quantity,
        warehouseCode: location.id,
        channelOrderNo: null,
        systemShopId: '',
        by: '',
        createdAt: Date.parse(reserved.updatedAt ?? '') || 0,
      };
      return [lock];
    }),
  );
}

/** Reserved pieces are for sale again. The key is ours, so a repeat is answered and not done twice. */
export function releaseLock(ask: Ask, move: LockMove, signal: AbortSignal): Promise<Outcome<{ qty: number }>> {
  return operate(ask, 'reserved', move, signal);
}

/** Reserves the same pieces again, and only if they are still free. */
export function retakeLock(ask: Ask, move: LockMove, signal: AbortSignal): Promise<Outcome<{ qty: number }>> {
  return operate(ask, 'available', move, signal);
}

async function operate(
  ask: Ask,
  name: 'reserved' | 'available',
  { operationKey, lock, qty }: LockMove,
  signal: AbortSignal,
): Promise<Outcome<{ qty: number }>> {
  if (!Number.isSafeInteger(qty) || qty <= 0) throw new BugError(`Shopify: a lock is moved by ${qty} pieces`);
  if (name === 'reserved' && qty > lock.qty)
    return { kind: 'refused', code: 'invalid', providerText: `${qty} > ${lock.qty}` };
  const item = lock.lockId.split('.')[0] ?? '';
  if (lock.kind !== 'virtual' || !isNumber(item) || !isNumber(lock.warehouseCode))
    return { kind: 'refused', code: 'invalid' };
  try {
    const found = (await itemsOf(ask, [lock.sku], signal)).find(({ id }) => id === item);
    const level = found?.inventoryLevels.nodes.find(({ location }) => location.id === lock.warehouseCode);
    if (level === undefined) return { kind: 'refused', code: 'not_found' };
    const free = quantityOf(level, 'available') ?? 0;
    // The shop would sell below nothing.
    if (name === 'available' && free < qty) return { kind: 'refused', code: 'no_stock' };
    const uri = `app://order-war-room/${encodeURIComponent(operationKey)}`;
    const locationId = gid('Location', lock.warehouseCode);
    const available = { locationId, name: 'available', changeFromQuantity: free };
    const reserved = {
      locationId,
      name: 'reserved',
      changeFromQuantity: quantityOf(level, 'reserved') ?? 0,
      ledgerDocumentUri: uri,
    };
    const way = name === 'reserved' ? { from: reserved, to: available } : { from: available, to: reserved };
    const input = {
      reason: name === 'reserved' ? 'reservation_deleted' : 'reservation_created',
      referenceDocumentUri: uri,
      changes: [{ inventoryItemId: gid('InventoryItem', item), quantity: qty, ...way }],
    };
    const { data } = await ask(moveQuantities, { key: operationKey, input }, signal);
    const refused = refusalIn(data.inventoryMoveQuantities);
    // The quantities differ from those of the first time because that has been done.
    if (refused?.code === 'duplicate_mismatch') return { kind: 'done', value: { qty } };
    if (refused?.code === 'no_stock') return { ...refused, code: 'stale' };
    return refused ?? { kind: 'done', value: { qty } };
  } catch (error) {
    return outcomeOf(error);
  }
}
