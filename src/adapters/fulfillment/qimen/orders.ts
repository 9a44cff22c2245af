import type { FulfillmentView } from '../../../domain/fulfillment.ts';
import type { SkippedRow } from '../../../ports/channel.ts';
import type { FulfillmentPage } from '../../../ports/fulfillment.ts';
import type { Send } from './client.ts';
import { readProcess } from './process.ts';
import { elementsOf } from './xml.ts';

const method = 'orderprocess.query';
/** What may be the number of an order: a number with other characters is none that we or a shop gave. */
export const isOrderCode = (text: string): boolean => /^[\w-]{1,50}$/.test(text);

const ask = (send: Send, orderCode: string, signal: AbortSignal) =>
  send({ method, request: { orderType: 'JYCK', orderCode } }, signal);

/**
 * There is no list of changes: orders are read one by one when somebody asks or a deadline comes. So that silence is noticed,
 * this asks for an order that nobody has; any answer of the warehouse will do.
 */
export async function pullUpdated(send: Send, signal: AbortSignal): Promise<FulfillmentPage> {
  await ask(send, 'WARROOM-PING', signal);
  return { fulfillments: [], skipped: [], next: undefined };
}

/** A fresh read by the number that the order was sent to the warehouse with, which is the shop's own. One call each. */
export async function fetchOrders(
  send: Send,
  systemId: string,
  numbers: readonly string[],
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  const fulfillments: FulfillmentView[] = [];
  const skipped: SkippedRow[] = [];
  const read = async (orderCode: string): Promise<void> => {
    const { isOk, words, body } = await ask(send, orderCode, signal);
    if (!isOk) {
      if (!isUnknown(words)) skipped.push({ ref: orderCode, reason: words || method });
      return;
    }
    const [order] = elementsOf('orderProcess', body);
    const found =
      order === undefined ? { ref: orderCode, reason: 'no orderProcess' } : readProcess(order, orderCode, systemId);
    if ('stage' in found) fulfillments.push(found);
    else skipped.push(found);
  };
  await Promise.all([...new Set(numbers)].filter(isOrderCode).map(read));
  return { fulfillments, skipped, next: undefined };
}

/** Each warehouse has words of its own for an order that it does not know. */
const isUnknown = (words: string): boolean => /不存在|未找到|找不到|查无|not (found|exist)/i.test(words);
