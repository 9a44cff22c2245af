import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { OrderPage, SkippedRow, Window } from '../../../ports/channel.ts';
import type { Clock } from '../../../ports/clock.ts';
import { inParallel, sift } from '../../../ports/reading.ts';
import type { Send } from './client.ts';
import { Time, Whole } from './fields.ts';
import { type RowReader, readOrder } from './order.ts';

const pageSize = 100;
const parallelReads = 4;
/** World ms between two reads of one reader: all of them together stay at 10 a second. */
const breathMs = 400;

const List = z.object({
  total: Whole,
  shop_order_list: z
    .array(z.unknown())
    .nullish()
    .transform((rows) => rows ?? []),
});
const Detail = z.object({ shop_order_detail: z.unknown() }).nullish();

/** Which of its two times a list goes by. */
export type By = 'update' | 'create';

/**
 * Where a walk stands: at the page that begins with this second or, when one second has more rows than a page, at a page of
 * that second, which had so many rows before.
 */
interface Place {
  readonly second: number;
  readonly within?: { readonly page: number; readonly total: number };
}

/**
 * One page, oldest first. The walk goes on from the last second that it saw, not from the next page number: a row that
 * changes meanwhile moves to the end, and those behind it would move up into pages that were read already (channels.md §3.6).
 */
export async function readPage(
  send: Send,
  by: By,
  window: Window,
  cursor: string | undefined,
  reader: RowReader,
  signal: AbortSignal,
): Promise<OrderPage> {
  const place = cursor === undefined ? { second: Math.floor(window.from / 1_000) } : readCursor(cursor);
  // Whether the end is inside is not documented: one second more costs a row that is read twice.
  const end = Math.ceil(window.to / 1_000);
  const list = List.safeParse(await send({ method: 'order.searchList', param: paramOf(by, place, end) }, signal)).data;
  if (list === undefined)
    throw new RetryableError('POST /order/searchList: the answer is no page of orders', { code: 'BAD_PAGE' });
  const { total, shop_order_list: rows } = list;
  const { orders, skipped } = sift(rows, (row) => readOrder(row, reader));
  return {
    // The upper bound of a placing time is known to be outside.
    orders: by === 'create' ? orders.filter(({ view }) => view.placedAt < window.to) : orders,
    skipped,
    next: nextOf(place, end, rows.length, total ?? 0, secondsOf(rows, by)),
  };
}

const paramOf = (by: By, { second, within }: Place, end: number): object => ({
  [`${by}_time_start`]: second,
  [`${by}_time_end`]: within === undefined ? end : Math.min(end, second + 1),
  order_by: `${by}_time`,
  order_asc: true,
  page: within?.page ?? 0,
  size: pageSize,
  is_searchable: true,
  // Whatever the platform leaves out by itself.
  after_sale_status_desc: 'all',
});

function nextOf(
  place: Place,
  end: number,
  count: number,
  total: number,
  seconds: readonly number[],
): string | undefined {
  const { second, within } = place;
  if (within !== undefined) {
    // Rows that left this second have let others move up into pages that were read.
    if (within.page > 0 && total < within.total) return writeCursor({ second, within: { page: 0, total } });
    if (count > 0 && (count === pageSize || (within.page + 1) * pageSize < total))
      return writeCursor({ second, within: { page: within.page + 1, total } });
    return second + 1 > end ? undefined : writeCursor({ second: second + 1 });
  }
  // The count is no promise: a full page may have another behind it, and one that is not full may leave rows out.
  if (count === 0 || (count < pageSize && count >= total)) return undefined;
  // A row may be fresher than the list that shows it: what lies behind the window says nothing of how far the list is.
  const inside = seconds.filter((each) => each <= end);
  const [first = second, last = second] = [inside[0], inside.at(-1)];
  if (last < first)
    throw new RejectedError('POST /order/searchList: the answer is not oldest first, so orders could be missed', {
      code: 'NOT_SORTED',
    });
  return writeCursor(last > second ? { second: last } : { second, within: { page: 0, total } });
}

const writeCursor = ({ second, within }: Place): string =>
  within === undefined ? `${second}` : `${second}.${within.page}.${within.total}`;

function readCursor(text: string): Place {
  const [, second, page, total] = /^(\d{1,12})(?:\.(\d{1,6})\.(\d{1,9}))?$/.exec(text) ?? [];
  if (second === undefined)
    throw new RejectedError('POST /order/searchList: the place in the window is no longer known', {
      code: 'BAD_CURSOR',
    });
  if (page === undefined) return { second: Number(second) };
  return { second: Number(second), within: { page: Number(page), total: Number(total) } };
}

function secondsOf(rows: readonly unknown[], by: By): number[] {
  const Timed = z.object({ [`${by}_time`]: Time });
  return rows.flatMap((row) => {
    const at = Timed.safeParse(row).data?.[`${by}_time`];
    return typeof at === 'number' ? [at / 1_000] : [];
  });
}

/** Single reads; undefined for an order that the shop does not know. */
export async function readDetail(send: Send, orderNo: string, signal: AbortSignal): Promise<unknown> {
  try {
    const data = await send({ method: 'order.orderDetail', param: { shop_order_id: orderNo } }, signal);
    const detail = Detail.safeParse(data);
    if (!detail.success)
      throw new RetryableError('POST /order/orderDetail: the answer is no order', { code: 'BAD_ANSWER' });
    return detail.data?.shop_order_detail ?? undefined;
  } catch (error) {
    if (error instanceof RejectedError && error.code === 'ORDER_NOT_FOUND') return undefined;
    throw error;
  }
}

/** What the platform says no to because of the order asked for, and not because of who asks. */
const aboutTheOrder = ['BUSINESS', 'BAD_VALUE'];

export async function readOrders(
  send: Send,
  clock: Clock,
  orderNos: readonly string[],
  reader: RowReader,
  signal: AbortSignal,
): Promise<OrderPage> {
  const rows: unknown[] = [];
  const refused: SkippedRow[] = [];
  await inParallel(
    [...new Set(orderNos)],
    { atOnce: parallelReads, pause: () => clock.sleep(breathMs, signal) },
    async (no) => {
      try {
        const row = await readDetail(send, no, signal);
        if (row !== undefined) rows.push(row);
      } catch (error) {
        if (!(error instanceof RejectedError && aboutTheOrder.includes(error.code))) throw error;
        // The message ends in the request's own number: reasons are counted.
        refused.push({ ref: no, reason: error.code });
      }
    },
  );
  const { orders, skipped } = sift(rows, (row) => readOrder(row, reader));
  return { orders, skipped: [...skipped, ...refused], next: undefined };
}
