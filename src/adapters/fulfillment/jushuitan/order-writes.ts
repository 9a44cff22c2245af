import { z } from 'zod';
import type { HoldReason } from '../../../domain/hold-reason.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import type { Hold, Reroute } from '../../../ports/fulfillment.ts';
import { oneOf, outcomeOf, refusedBy, whyGone } from '../refusal.ts';
import { asNumber, isForbidden, isNumber, toBiz } from './biz.ts';
import type { Envelope, Send } from './client.ts';
import { fetchBySystemOrder } from './orders.ts';

/**
 * Moves an order to another warehouse: read, compare, write once. The interface has neither a key nor an expected-from
 * (fulfillment.md §1.2), so the comparison narrows the race and the caller's read back settles it. Asking again for the
 * same warehouse changes nothing.
 */
export async function reroute(
  send: Send,
  systemId: string,
  move: Reroute,
  signal: AbortSignal,
): Promise<Outcome<{ warehouseCode: string }>> {
  if (!isNumber(move.to)) return { kind: 'refused', code: 'bad_warehouse' };
  try {
    const order = await readOne(send, systemId, move.systemOrderNo, signal);
    if ('kind' in order) return order;
    if (order.warehouseCode === move.to) return { kind: 'already', value: { warehouseCode: move.to } };
    const gone = whyGone(order);
    if (gone !== undefined) return gone;
    if (order.warehouseCode !== move.expectFrom) return { kind: 'refused', code: 'stale' };
    const biz = toBiz([{ o_id: asNumber(move.systemOrderNo), wms_co_id: asNumber(move.to) }]);
    const answer = await send({ path: '/open/orders/modifywms/upload', biz, write: true, readRefusal: true }, signal);
    return readMove(answer, move);
  } catch (error) {
    return outcomeOf(error, isForbidden);
  }
}

const Moved = z.object({
  o_id: z.union([z.string(), z.number()]).nullish(),
  issuccess: z.boolean(),
  code: z.union([z.string(), z.number()]).nullish(),
  msg: z.string().nullish(),
});

/** The reply for our order stands in `data`, alone or in a list, or beside `code`. One that is not there is not known. */
function readMove(answer: Envelope, move: Reroute): Outcome<{ warehouseCode: string }> {
  if (answer.code !== 0) return refusedBy(answer.code, answer.msg);
  const found = [answer.data, answer].flat().flatMap((one) => Moved.safeParse(one).data ?? []);
  const ours = found.find(({ o_id }) => o_id === null || o_id === undefined || String(o_id) === move.systemOrderNo);
  if (ours === undefined) return { kind: 'unknown' };
  if (!ours.issuccess) return refusedBy(ours.code, ours.msg);
  return { kind: 'done', value: { warehouseCode: move.to } };
}

/** Cancels an order that is not sent; an order cancelled before is `already`. Its lock goes seconds later. */
export async function cancelOrder(
  send: Send,
  systemId: string,
  systemOrderNo: string,
  reason: string,
  by: string,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  try {
    const order = await readOne(send, systemId, systemOrderNo, signal);
    if ('kind' in order) return order;
    if (order.sourceStatus === 'Cancelled') return { kind: 'already', value: null };
    const gone = whyGone(order);
    if (gone !== undefined) return gone;
    const biz = toBiz({ o_ids: [asNumber(systemOrderNo)], cancel_type: '其它', remark: `${by}：${reason}` });
    const answer = await send(
      { path: '/open/jushuitan/orderbyoid/cancel', biz, write: true, readRefusal: true },
      signal,
    );
    return readCounts(answer);
  } catch (error) {
    return outcomeOf(error, isForbidden);
  }
}

/** What the ERP shows as the kind of 异常; `order.ts` knows an order as held by it. */
const questionTypes: Readonly<Record<HoldReason, string>> = {
  risk: '作战群-风险',
  refund: '作战群-退款',
  address: '作战群-地址',
  buyer: '作战群-买家要求',
};

/** Makes an order a 异常 one: it stays out of every wave until a person takes that off at the screen. */
export async function hold(send: Send, systemId: string, wish: Hold, signal: AbortSignal): Promise<Outcome<null>> {
  try {
    const order = await readOne(send, systemId, wish.systemOrderNo, signal);
    if ('kind' in order) return order;
    if (order.held) return { kind: 'already', value: null };
    const gone = whyGone(order);
    if (gone !== undefined) return gone;
    const biz = toBiz({
      o_ids: [asNumber(wish.systemOrderNo)],
      question_type: questionTypes[wish.reason],
      question_desc: wish.note,
      channel: wish.by,
    });
    const path = '/open/webapi/orderapi/questionorder/questions';
    return readCounts(await send({ path, biz, write: true, readRefusal: true }, signal));
  } catch (error) {
    return outcomeOf(error, isForbidden);
  }
}

const Counts = z.object({
  success: z.number(),
  fail: z.number(),
  message: z.array(z.object({ msg: z.string().nullish() })).nullish(),
});

/** Success and failure are counted, and may be nested under `data` or not (fulfillment.md §1.8). */
function readCounts(answer: Envelope): Outcome<null> {
  if (answer.code !== 0) return refusedBy(answer.code, answer.msg);
  const counts = Counts.safeParse(answer.data).data ?? Counts.safeParse(answer).data;
  if (counts === undefined) return { kind: 'unknown' };
  if (counts.fail > 0) return refusedBy(undefined, counts.message?.[0]?.msg);
  return counts.success > 0 ? { kind: 'done', value: null } : { kind: 'unknown' };
}

const readOne = async (send: Send, systemId: string, systemOrderNo: string, signal: AbortSignal) =>
  oneOf(await fetchBySystemOrder(send, systemId, [systemOrderNo], signal), systemOrderNo);
