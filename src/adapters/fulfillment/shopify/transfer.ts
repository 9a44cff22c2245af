import { z } from 'zod';
import { BugError } from '../../../domain/errors.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import type { Replenishment, ReplenishmentDoc } from '../../../ports/fulfillment.ts';
import { type Ask, outcomeOf } from '../../shopify/client.ts';
import { gid, isNumber } from './gid.ts';
import { createTransfer } from './queries.ts';
import { refusalIn } from './refusal.ts';
import { itemsOf } from './stock.ts';

const Made = z.object({ inventoryTransfer: z.object({ name: z.string().min(1), status: z.string() }) });

/** A transfer as a draft that a person sends in the shop. Same key, same document (fulfillment.md §1.7). */
export async function transfer(
  ask: Ask,
  wish: Replenishment,
  from: string,
  signal: AbortSignal,
): Promise<Outcome<ReplenishmentDoc>> {
  const { operationKey, lines, to, reason, by } = wish;
  if (lines.length === 0 || lines.some(({ qty }) => !Number.isSafeInteger(qty) || qty <= 0))
    throw new BugError('Shopify: a replenishment without a positive quantity');
  if (!isNumber(from) || !isNumber(to) || from === to) return { kind: 'refused', code: 'bad_warehouse' };
  try {
    const items = await itemsOf(
      ask,
      lines.map(({ sku }) => sku),
      signal,
    );
    const wanted = lines.map(({ sku, qty }) => ({ qty, item: items.find((one) => one.sku === sku) }));
    const known = wanted.flatMap(({ qty, item }) =>
      item === undefined ? [] : { inventoryItemId: gid('InventoryItem', item.id), quantity: qty },
    );
    if (known.length < lines.length) return { kind: 'refused', code: 'not_found', providerText: 'SKU' };
    const input = {
      originLocationId: gid('Location', from),
      destinationLocationId: gid('Location', to),
      lineItems: known,
      note: [by, reason].filter(Boolean).join('：'),
      referenceName: operationKey,
    };
    const { data } = await ask(createTransfer, { key: operationKey, input }, signal);
    const refused = refusalIn(data.inventoryTransferCreate);
    if (refused !== undefined) return refused;
    const made = Made.safeParse(data.inventoryTransferCreate).data?.inventoryTransfer;
    if (made === undefined) return { kind: 'unknown' };
    return { kind: 'done', value: { docNo: made.name, stage: made.status === 'DRAFT' ? 'draft' : 'submitted' } };
  } catch (error) {
    return outcomeOf(error);
  }
}
