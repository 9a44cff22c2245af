import { z } from 'zod';
import type { FulfillmentView } from '../../../domain/fulfillment.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import { hasReached } from '../../../domain/stage.ts';
import type { Reroute } from '../../../ports/fulfillment.ts';
import { oneOf, outcomeOf, refusedBy, whyGone } from '../refusal.ts';
import { type Answer, isForbidden, type Send } from './client.ts';
import { fetchBy } from './orders.ts';

const isWarehouse = (code: string): boolean => /^[1-9]\d{0,18}$/.test(code);

/**
 * Moves an order to another warehouse: read, compare, write once; never by force, which moves it where the stock is short.
 * There is neither a key nor an expected-from (fulfillment.md §1.4): the caller's read back settles a race.
 */
export async function reroute(
  send: Send,
  systemId: string,
  move: Reroute,
  signal: AbortSignal,
): Promise<Outcome<{ warehouseCode: string }>> {
  if (!isWarehouse(move.to)) return { kind: 'refused', code: 'bad_warehouse' };
  try {
    const order = await readOne(send, systemId, move.systemOrderNo, signal);
    if ('kind' in order) return order;
    const value = { warehouseCode: move.to };
    if (order.warehouseCode === move.to) return { kind: 'already', value };
    const gone = whyGone(order);
    if (gone !== undefined) return gone;
    if (order.warehouseCode !== move.expectFrom) return { kind: 'refused', code: 'stale' };
    const params = { sids: move.systemOrderNo, warehouseId: move.to, force: 'false' };
    return readAnswer(await send({ method: 'erp.trade.change.warehouse', params, write: true }, signal), order, value);
  } catch (error) {
    return outcomeOf(error, isForbidden);
  }
}

/** Suspends an order without an end. The interface takes no reason: whoever asks why has to be told by us. */
export async function hold(
  send: Send,
  systemId: string,
  systemOrderNo: string,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  return suspend(send, systemId, systemOrderNo, true, signal);
}

/** Ends a suspension. The ERP knows one per order and not whose it is. */
export async function unhold(
  send: Send,
  systemId: string,
  systemOrderNo: string,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  return suspend(send, systemId, systemOrderNo, false, signal);
}

async function suspend(
  send: Send,
  systemId: string,
  systemOrderNo: string,
  wants: boolean,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  try {
    const order = await readOne(send, systemId, systemOrderNo, signal);
    if ('kind' in order) return order;
    if (order.held === wants) return { kind: 'already', value: null };
    const gone = whyGone(order);
    if (gone !== undefined) return gone;
    const call = wants
      ? { method: 'erp.trade.halt', params: { sids: systemOrderNo, autoUnHalt: '0' } }
      : { method: 'erp.trade.unhalt', params: { sids: systemOrderNo } };
    return readAnswer(await send({ ...call, write: true }, signal), order, null);
  } catch (error) {
    return outcomeOf(error, isForbidden);
  }
}

const Ids = z.array(z.union([z.string(), z.number()]).transform(String)).nullish();
const Parts = z.object({ successIds: Ids, failedIds: Ids });

/** `success: true` with our order among `failedIds` is a refusal, and one without a word (fulfillment.md §1.4). */
function readAnswer<T>(answer: Answer, order: FulfillmentView, value: T): Outcome<T> {
  if (!answer.success) return refusedBy(answer.code, answer.msg);
  const parts = Parts.safeParse(answer).data;
  if (parts === undefined) return { kind: 'unknown' };
  const { successIds, failedIds } = parts;
  if (failedIds?.includes(order.systemOrderNo) === true)
    return { kind: 'refused', code: hasReached(order.stage, 'sorting') ? 'picking' : 'other' };
  // An answer about other orders says nothing of ours.
  if (successIds && !successIds.includes(order.systemOrderNo)) return { kind: 'unknown' };
  return { kind: 'done', value };
}

const readOne = async (send: Send, systemId: string, systemOrderNo: string, signal: AbortSignal) =>
  oneOf(await fetchBy(send, systemId, 'sid', [systemOrderNo], signal), systemOrderNo);
