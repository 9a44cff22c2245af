import { z } from 'zod';
import { BugError } from '../../../domain/errors.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import type { Replenishment, ReplenishmentDoc } from '../../../ports/fulfillment.ts';
import { asNumber, isNumber, toBiz } from './biz.ts';
import type { Send } from './client.ts';
import { outcomeOf, refusedBy } from './refusal.ts';

const Made = z.object({ io_id: z.union([z.string(), z.number()]).transform(String) });

/** A transfer (调拨单) as a draft that a person confirms in the ERP. It carries our key as its number (fulfillment.md §1.2). */
export async function transfer(
  send: Send,
  wish: Replenishment,
  from: string,
  signal: AbortSignal,
): Promise<Outcome<ReplenishmentDoc>> {
  const { operationKey, lines, to, reason, by } = wish;
  if (lines.length === 0 || lines.some(({ qty }) => !Number.isSafeInteger(qty) || qty <= 0))
    throw new BugError('Jushuitan: a replenishment without a positive quantity');
  if (!isNumber(from) || !isNumber(to) || from === to) return { kind: 'refused', code: 'bad_warehouse' };
  const biz = toBiz({
    so_id: operationKey,
    go_co_id: asNumber(from),
    link_co_id: asNumber(to),
    is_confirm: false,
    remark: [by, reason].filter(Boolean).join('：'),
    items: lines.map(({ sku, qty }) => ({ sku_id: sku, qty })),
  });
  try {
    const answer = await send({ path: '/open/allocate/kc/upload', biz, write: true, readRefusal: true }, signal);
    if (answer.code !== 0) return refusedBy(answer.code, answer.msg);
    const made = Made.safeParse(answer.data).data;
    // Asked again it answers with the document there is.
    return made === undefined ? { kind: 'unknown' } : { kind: 'done', value: { docNo: made.io_id, stage: 'draft' } };
  } catch (error) {
    return outcomeOf(error);
  }
}
