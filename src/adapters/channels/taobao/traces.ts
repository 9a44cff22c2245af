import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import { fromBeijingText } from '../../../domain/local-time.ts';
import type { OrderView } from '../../../domain/order.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Send } from './client.ts';
import { isObject, listOf } from './row.ts';

/** What the merchant's ERP uploads of the warehouse (channels.md §1.5), from the printed pick list on. */
const sorting: ReadonlySet<string> = new Set([
  'X_SORT_PRINTED',
  'X_SORTED',
  'X_EXAMINED',
  'X_PACKAGED',
  'X_WEIGHED',
  'X_OUT_WAREHOUSE',
]);

const sent: ReadonlySet<OrderView['status']> = new Set(['shipped', 'in_transit', 'delivered']);

const Trace = z.object({ status: z.string(), action_time: z.string().transform((text) => fromBeijingText(text)) });

/** After a "no permission" nobody is asked for so long. World ms. */
const closedMs = 3_600_000;

/**
 * When sorting began, in unix ms, for trades that still wait for it; null while it has not, or when the ERP uploads nothing.
 * Costs one call a trade. Needs a right of its own: without it the warehouse stays dark, and the trade is read all the same.
 */
export function createTraces(
  send: Send,
  clock: Clock,
): (view: OrderView, signal: AbortSignal) => Promise<number | null> {
  let closedUntil = 0;
  return async (view, signal) => {
    if (!isWaiting(view) || clock.now() < closedUntil) return null;
    try {
      const body = await send({ method: 'taobao.jds.trade.traces.get', params: { tid: view.channelOrderNo } }, signal);
      const times = listOf(isObject(body) ? body['traces'] : undefined, 'trade_trace').flatMap((raw) => {
        const trace = Trace.safeParse(raw).data;
        return trace?.action_time !== undefined && sorting.has(trace.status) ? [trace.action_time] : [];
      });
      return times.length === 0 ? null : Math.min(...times);
    } catch (error) {
      if (!(error instanceof RejectedError)) throw error;
      if (error.code === 'NO_PERMISSION') closedUntil = clock.now() + closedMs;
      return null;
    }
  };
}

const isWaiting = ({ status, paidAt, shippedAt, closedAt }: OrderView): boolean =>
  paidAt !== null && shippedAt === null && closedAt === null && !sent.has(status);
