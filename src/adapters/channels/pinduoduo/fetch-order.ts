import { RetryableError } from '../../../domain/errors.ts';
import type { Client } from './client.ts';

/** One order as it is now, unread; undefined when the platform does not know it. Repeatable. Throws AppError. */
export async function fetchOrder(client: Client, orderNo: string, signal: AbortSignal): Promise<unknown> {
  const type = 'pdd.order.information.get';
  const body = await client.send({ type, params: { order_sn: orderNo }, mayBeAbsent: true }, signal);
  if (body === undefined) return undefined;
  const info = (body as { order_info?: unknown }).order_info;
  if (info === null) return undefined;
  if (typeof info !== 'object')
    throw new RetryableError(`POST ${type}: the answer has no order`, { code: 'BAD_ANSWER' });
  return info;
}
