import { z } from 'zod';
import type { RefundState } from '../../../domain/order.ts';
import { orNothing, Whole } from './fields.ts';

export const AfterSale = orNothing(
  z.object({ after_sale_status: Whole, after_sale_type: Whole, refund_status: Whole }).optional(),
);
type AfterSale = z.infer<typeof AfterSale>;

/** Exchange, price protection, another parcel, repair: no money goes back for goods that stay away. */
const withoutRefund = [3, 6, 7, 8];
const refunded = 3;

/** after_sale_status (channels.md §3.4). A buyer who gave up leaves 28 with a refund_status that no longer moves. */
const states: ReadonlyMap<number, RefundState> = new Map([
  [0, 'none'],
  [6, 'requested'],
  [7, 'accepted'],
  [11, 'accepted'],
  [12, 'done'],
  [13, 'none'],
  [14, 'none'],
  [27, 'closed'],
  [28, 'closed'],
  [29, 'closed'],
  [51, 'closed'],
  [53, 'closed'],
]);

/** What became of the refund of one line, or the number that no table has. */
export function refundOf(info: AfterSale = {}): RefundState | { readonly unknown: number } {
  const { after_sale_status = 0, after_sale_type, refund_status } = info;
  if (after_sale_type !== undefined && withoutRefund.includes(after_sale_type)) return 'none';
  if (refund_status === refunded) return 'done';
  const state = states.get(after_sale_status);
  if (state === undefined) return { unknown: after_sale_status };
  // Agreed, while the money is on its way (1 pending, 2 in progress, 4 failed).
  return state === 'done' && refund_status !== undefined && refund_status !== 0 ? 'accepted' : state;
}

/** Of the whole order: a running refund of any line first; done only when every line is, since the others still want goods. */
export function refundOfAll(lines: readonly RefundState[]): RefundState {
  if (lines.includes('requested')) return 'requested';
  if (lines.includes('accepted')) return 'accepted';
  if (lines.every((line) => line === 'done')) return 'done';
  return lines.includes('closed') ? 'closed' : 'none';
}
