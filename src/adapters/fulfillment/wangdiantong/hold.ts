import { z } from 'zod';
import type { Outcome } from '../../../domain/outcome.ts';
import { hasReached } from '../../../domain/stage.ts';
import { oneOf, outcomeOf, refusedBy, whyGone } from '../refusal.ts';
import { isForbidden, type Send } from './client.ts';
import { fetchBySystemOrder } from './orders.ts';

const Said = z.object({ message: z.string().nullish() });

/**
 * Makes an order an abnormal one (异常订单); only an order that waits for its audit may become one. The interface takes no
 * reason. A refusal says status 0, and the words stand in `data.message` (fulfillment.md §1.3).
 */
export async function hold(
  send: Send,
  systemId: string,
  systemOrderNo: string,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  try {
    const order = oneOf(await fetchBySystemOrder(send, systemId, [systemOrderNo], signal), systemOrderNo);
    if ('kind' in order) return order;
    if (order.held) return { kind: 'already', value: null };
    const gone = whyGone(order);
    if (gone !== undefined) return gone;
    const answer = await send({ method: 'sales.TradeEdit.toException', args: [systemOrderNo], write: true }, signal);
    const otherwise = hasReached(order.stage, 'sorting') ? 'picking' : 'invalid';
    if (answer.status !== 0) return refusedBy(answer.status, answer.message, otherwise);
    const said = Said.safeParse(answer.data).data;
    if (said === undefined) return { kind: 'unknown' };
    return said.message ? refusedBy(undefined, said.message, otherwise) : { kind: 'done', value: null };
  } catch (error) {
    return outcomeOf(error, isForbidden);
  }
}
