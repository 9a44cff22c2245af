import { createHash } from 'node:crypto';
import { catalogue } from '../../world/catalogue.ts';
import { findWarehouse, virtualWarehouse, warehouses } from '../../world/company.ts';
import type { StockRow } from '../../world/rows.ts';
import { findStock, freeOf } from '../../world/stock.ts';
import { transferStock } from '../../world/transfers.ts';
import { ALLOCATE, GIVE_BACK, onLockEffect, operateLock } from '../../world/virtual-locks.ts';
import type { World } from '../../world/world.ts';
import { connection, type Range } from './connection.ts';
import { refuse, type Written } from './part-writes.ts';
import { gid, numberOf, time } from './values.ts';

const WHO = 'Shopify API';
const skuOf = (id: string): string | undefined => catalogue[(numberOf('InventoryItem', id) ?? 0) - 1]?.sku;

/** Items by a search for SKUs, joined by OR; without one all of them. */
export function listItems(world: World, { query, ...range }: Range & { query?: string | null }): object {
  const wanted = [...(query ?? '').matchAll(/sku:"((?:[^"\\]|\\.)*)"/g)].map(([, sku = '']) =>
    sku.replaceAll(/\\(.)/g, '$1').toLowerCase(),
  );
  const items = catalogue.flatMap(({ sku }, index) =>
    query && !wanted.includes(sku.toLowerCase())
      ? []
      : {
          id: gid('InventoryItem', index + 1),
          sku,
          inventoryLevels: (levels: Range) =>
            connection(
              warehouses.flatMap(({ code, name }) => {
                const row = findStock(world, code, sku);
                return row === undefined ? [] : showLevel(row, name);
              }),
              levels,
            ),
        },
  );
  return connection(items, range);
}

function showLevel(row: StockRow, name: string): object {
  const figures: Readonly<Record<string, number>> = {
    available: freeOf(row),
    committed: row.order_lock,
    reserved: row.lock_qty,
    on_hand: row.qty,
    incoming: 0,
  };
  return {
    id: gid('InventoryLevel', `${row.wms_co_id}${row.ts}`),
    location: { id: gid('Location', row.wms_co_id), name },
    quantities: ({ names }: { names: string[] }) =>
      names.map((one) => ({ name: one, quantity: figures[one] ?? 0, updatedAt: time(row.modified) })),
  };
}

interface End {
  locationId: string;
  name: string;
  changeFromQuantity?: number | null;
  ledgerDocumentUri?: string | null;
}
interface Change {
  inventoryItemId: string;
  quantity: number;
  from: End;
  to: End;
}

/** What a key did before is answered again; with other wishes it is refused. */
function once(world: World, key: string, input: object, work: () => Written): Written {
  const wish = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  const known = world.store.get<{ route: string; no: string }>('SELECT route, no FROM idempotency WHERE key = ?', key);
  if (known !== undefined) {
    if (known.route === wish) return { payload: JSON.parse(known.no) as object, applied: false };
    return refuse('input', 'The key was used with other parameters.', 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
  }
  const written = work();
  if (written.applied)
    world.store.run(
      'INSERT INTO idempotency (key, route, no) VALUES (?, ?, ?)',
      key,
      wish,
      JSON.stringify(written.payload),
    );
  return written;
}

/** Pieces of one item at one location between `available` and `reserved`, and only from what the caller saw there. */
export function moveQuantities(
  world: World,
  key: string,
  input: { reason: string; referenceDocumentUri: string; changes: Change[] },
): Written {
  return once(world, `us/move/${key}`, input, () => {
    const [change] = input.changes;
    if (change === undefined || input.changes.length > 1) return refuse('changes', 'One change at a time.', 'INVALID');
    const { from, to, quantity } = change;
    const sku = skuOf(change.inventoryItemId);
    const warehouse = findWarehouse(numberOf('Location', from.locationId) ?? '')?.code;
    const row = sku === undefined || warehouse === undefined ? undefined : findStock(world, warehouse, sku);
    if (sku === undefined) return refuse('inventoryItemId', 'The inventory item does not exist.', 'ITEM_NOT_FOUND');
    if (row === undefined || from.locationId !== to.locationId)
      return refuse('locationId', 'The item is not stocked at this location.', 'ITEM_NOT_STOCKED_AT_LOCATION');
    if (quantity <= 0) return refuse('quantity', 'The quantity must be positive.', 'INVALID_QUANTITY_NEGATIVE');
    const figures: Readonly<Record<string, number>> = { available: freeOf(row), reserved: row.lock_qty };
    for (const end of [from, to]) {
      if (figures[end.name] === undefined || from.name === to.name)
        return refuse('name', 'The quantity name is not valid.', 'INVALID_QUANTITY_NAME');
      if ((end.name === 'available') === Boolean(end.ledgerDocumentUri))
        return refuse('ledgerDocumentUri', 'A ledger document URI is needed for all but available.', 'INVALID_LEDGER');
      if (end.changeFromQuantity !== figures[end.name])
        return refuse('changeFromQuantity', 'The quantity has changed since.', 'CHANGE_FROM_QUANTITY_STALE');
    }
    if (from.name === 'reserved' && row.lock_qty < quantity)
      return refuse('quantity', 'The quantity would be negative.', 'INVALID_QUANTITY_NEGATIVE');
    const at = world.clock.now();
    const type = from.name === 'available' ? ALLOCATE : GIVE_BACK;
    const made = operateLock(
      world,
      {
        soId: `us/${key}`,
        type,
        lwhId: virtualWarehouse.lwhId,
        warehouse: row.wms_co_id,
        items: [{ sku, qty: quantity }],
        // It sells below nothing, if it is told to.
        ignoreStock: true,
        creator: WHO,
        remark: input.referenceDocumentUri,
      },
      at,
    );
    if ('refused' in made) return refuse('quantity', 'The quantity would be negative.', 'INVALID_QUANTITY_NEGATIVE');
    // Here the figures follow at once.
    onLockEffect(world, { id: 0, at, kind: 'lock-effect', subject: String(made.ioId), data: {} });
    const group = {
      id: gid('InventoryAdjustmentGroup', made.ioId),
      reason: input.reason,
      referenceDocumentUri: input.referenceDocumentUri,
    };
    return { payload: { inventoryAdjustmentGroup: group, userErrors: [] }, applied: true };
  });
}

interface TransferInput {
  originLocationId?: string | null;
  destinationLocationId?: string | null;
  lineItems: { inventoryItemId: string; quantity: number }[];
  referenceName?: string | null;
}

/** A draft: nothing leaves a shelf by it. */
export function createTransfer(world: World, key: string, input: TransferInput): Written {
  return once(world, `us/transfer/${key}`, input, () => {
    const place = (id: string | null | undefined): number | undefined =>
      findWarehouse(numberOf('Location', id ?? '') ?? '')?.code;
    const [from, to] = [place(input.originLocationId), place(input.destinationLocationId)];
    if (from === undefined || to === undefined || from === to)
      return refuse('destinationLocationId', 'Location not found.', 'LOCATION_NOT_FOUND');
    const items = input.lineItems.map(({ inventoryItemId, quantity }) => ({
      sku: skuOf(inventoryItemId) ?? '',
      qty: quantity,
    }));
    const made = transferStock(world, { soId: `us/${key}`, from, to, items, confirmed: false }, world.clock.now());
    if ('refused' in made) return refuse('lineItems', 'Not enough stock at the origin.', null);
    const inventoryTransfer = {
      id: gid('InventoryTransfer', made.ioId),
      name: `#T${made.ioId}`,
      status: 'DRAFT',
      referenceName: input.referenceName,
    };
    return { payload: { inventoryTransfer, userErrors: [] }, applied: made.applied };
  });
}
