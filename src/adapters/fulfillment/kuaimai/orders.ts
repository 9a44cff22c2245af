import { z } from 'zod';
import { RetryableError } from '../../../domain/errors.ts';
import { toBeijingText } from '../../../domain/local-time.ts';
import type { Window } from '../../../ports/channel.ts';
import type { FulfillmentPage } from '../../../ports/fulfillment.ts';
import { inPieces, type RowPage, readAllPages, readSpan, sift } from '../windows.ts';
import type { Send } from './client.ts';
import { readOrder } from './order.ts';

const method = 'erp.trade.list.query';
const pageSize = 200;
const idsPerCall = 20;
/** A day at most is advised; the seconds at both ends are rounded outwards. */
const spanMs = 86_400_000 - 2_000;

const Page = z.object({ total: z.number().int().nonnegative(), list: z.array(z.unknown()).nullish() });

async function readPage(
  send: Send,
  params: Readonly<Record<string, string>>,
  page: number,
  signal: AbortSignal,
): Promise<RowPage> {
  const paged = { ...params, pageNo: String(page), pageSize: String(pageSize) };
  const parsed = Page.safeParse(await send({ method, params: paged }, signal));
  if (!parsed.success) throw new RetryableError(`${method}: the answer is no page`, { code: 'BAD_ANSWER' });
  return { rows: parsed.data.list ?? [], pages: Math.ceil(parsed.data.total / pageSize) };
}

/** Orders changed inside the window, a day at a time. */
export async function pullUpdated(
  send: Send,
  systemId: string,
  window: Window,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  const { rows, next } = await readSpan(window, cursor, spanMs, ({ from, to }, page) => {
    const startTime = toBeijingText(from);
    const endTime = toBeijingText(Math.ceil(to / 1_000) * 1_000);
    return readPage(send, { timeType: 'upd_time', startTime, endTime }, page, signal);
  });
  return { ...sift(rows, (row) => readOrder(row, systemId)), next };
}

/** A fresh read by the channel's numbers (`tid`) or the ERP's own (`sid`), 20 a call. Orders of PDD are absent (§1.4). */
export async function fetchBy(
  send: Send,
  systemId: string,
  field: 'tid' | 'sid',
  numbers: readonly string[],
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  // What has other characters is no number of an order, and a comma would ask for two.
  const ids = [...new Set(numbers)].filter((no) => (field === 'sid' ? /^[1-9]\d{0,18}$/ : /^[\w-]+$/).test(no));
  const rows = await inPieces(ids, idsPerCall, (some) =>
    readAllPages((page) => readPage(send, { [field]: some.join(',') }, page, signal)),
  );
  return { ...sift(rows, (row) => readOrder(row, systemId)), next: undefined };
}
