import type { FulfillmentView } from '../../../domain/fulfillment.ts';
import { holdReasonNames } from '../../../domain/hold-reason.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import type { Hold, Unhold } from '../../../ports/fulfillment.ts';
import { oneOf, outcomeOf, refusedBy, whyGone } from '../refusal.ts';
import { type Call, isForbidden, type Send } from './client.ts';
import { fetchOrders } from './orders.ts';

/** Where the writes go to, and whose goods they are about. */
export interface Place {
  readonly send: Send;
  readonly systemId: string;
  readonly ownerCode: string;
}

/** Cancels an order at its warehouse, which gives its goods free. It may still fail there later: CANCELEDFAIL. */
export const cancelOrder = (
  place: Place,
  systemOrderNo: string,
  cancelReason: string,
  signal: AbortSignal,
): Promise<Outcome<null>> =>
  write(place, systemOrderNo, ({ closed }) => closed, { method: 'order.cancel', more: { cancelReason } }, signal);

/** Stops an order; the warehouse knows one stop per order and not whose it is. */
export function hold(
  place: Place,
  { systemOrderNo, reason, note, by }: Hold,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  const words = [holdReasonNames[reason].zh, note, by].filter((part) => part !== '').join('；');
  const more = { actionType: 'pending', reason: words };
  return write(place, systemOrderNo, ({ held }) => held, { method: 'order.pending', more }, signal);
}

export function unhold(place: Place, { systemOrderNo, by }: Unhold, signal: AbortSignal): Promise<Outcome<null>> {
  const more = { actionType: 'restore', reason: by };
  return write(place, systemOrderNo, ({ held }) => !held, { method: 'order.pending', more }, signal);
}

/** Read, compare, write once. The order has to be named with the warehouse it lies in, which only the read tells. */
async function write(
  { send, systemId, ownerCode }: Place,
  orderCode: string,
  isSo: (order: FulfillmentView) => boolean,
  { method, more }: { readonly method: Call['method']; readonly more: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<Outcome<null>> {
  try {
    const order = oneOf(await fetchOrders(send, systemId, [orderCode], signal), orderCode);
    if ('kind' in order) return order;
    if (isSo(order)) return { kind: 'already', value: null };
    const gone = whyGone(order);
    if (gone !== undefined) return gone;
    const request = { warehouseCode: order.warehouseCode, ownerCode, orderCode, orderType: 'JYCK', ...more };
    const { isOk, code, words } = await send({ method, request, write: true }, signal);
    return isOk ? { kind: 'done', value: null } : refusedBy(code, words);
  } catch (error) {
    return outcomeOf(error, isForbidden);
  }
}
