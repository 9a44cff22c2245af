import { createHash } from 'node:crypto';
import { z } from 'zod';
import { toBeijingText } from '../../../domain/local-time.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import type { Replenishment, ReplenishmentDoc } from '../../../ports/fulfillment.ts';
import { checkGoods, outcomeOf, refusedBy } from '../refusal.ts';
import { isForbidden, type Send } from './client.ts';

const Made = z.object({
  status: z.number().nullish(),
  message: z.string().nullish(),
  transfer_no: z.string().nullish(),
});

/** The document was made, and its audit failed. */
const auditFailed = 20;

/** Our key as the number of a document: those have 20 characters at most. */
export const documentNo = (operationKey: string): string =>
  `WR${createHash('sha256').update(operationKey).digest('hex').slice(0, 18)}`;

/** A purchase request (采购申请单) that a buyer takes up; a transfer (调拨单), not audited, when `from` is another warehouse. */
export async function requestReplenishment(
  send: Send,
  wish: Replenishment,
  signal: AbortSignal,
): Promise<Outcome<ReplenishmentDoc>> {
  checkGoods(wish);
  const { operationKey, lines, from, to, needBy, reason, by } = wish;
  const ownNo = documentNo(operationKey);
  const remark = [by, reason].filter((words) => words !== '').join('：');
  const goods = lines.map(({ sku, qty }) => ({ spec_no: sku, num: qty }));
  const isTransfer = from !== null;
  const call = isTransfer
    ? {
        method: 'wms.stocktransfer.Edit.createOrder',
        args: [{ outer_no: ownNo, from_warehouse_no: from, to_warehouse_no: to, mode: 0, remark }, goods, false],
      }
    : {
        method: 'purchase.PurchaseApply.upload',
        args: [
          {
            purchase_apply_no: ownNo,
            warehouse_no: to,
            ...(needBy === null ? {} : { expected_time: toBeijingText(needBy) }),
            remark,
            detail_list: goods,
            is_submit: true,
          },
        ],
      };
  const stage = isTransfer ? 'draft' : 'submitted';
  try {
    const answer = await send({ ...call, write: true }, signal);
    const made = Made.safeParse(answer.data ?? {}).data;
    const words = answer.status === 0 ? made?.message : answer.message;
    const failed = answer.status !== 0 || (made?.status ?? 0) !== 0;
    // Our own number is taken: by this very wish, since nobody else makes such numbers.
    if (failed && /已使用|已存在|重复/.test(words ?? '')) return { kind: 'already', value: { docNo: ownNo, stage } };
    if (answer.status === 0 && made?.status === auditFailed)
      return { kind: 'done', value: { docNo: made.transfer_no || ownNo, stage: 'audit-failed' } };
    if (failed) return refusedBy(answer.status, words);
    return words ? { kind: 'done', value: { docNo: words, stage } } : { kind: 'unknown' };
  } catch (error) {
    return outcomeOf(error, isForbidden);
  }
}
