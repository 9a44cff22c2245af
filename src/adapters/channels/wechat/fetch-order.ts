import { RetryableError } from '../../../domain/errors.ts';
import type { Send } from './client.ts';

/** One order as it is now, unread; undefined when the platform does not know it. Repeatable. Throws AppError. */
export async function fetchOrder(send: Send, orderNo: string, signal: AbortSignal): Promise<unknown> {
  const path = '/channels/ec/order/get';
  const answer = await send({ path, body: { order_id: orderNo }, mayBeAbsent: true }, signal);
  if (answer === undefined || answer.order === null) return undefined;
  if (typeof answer.order !== 'object')
    throw new RetryableError(`POST ${path}: the answer has no order`, { code: 'BAD_ANSWER' });
  return answer.order;
}
