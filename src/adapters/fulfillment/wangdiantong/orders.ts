import { toBeijingText } from '../../../domain/local-time.ts';
import type { Window } from '../../../ports/channel.ts';
import type { FulfillmentPage } from '../../../ports/fulfillment.ts';
import { inPieces, readAllPages, readSpan, sift } from '../windows.ts';
import type { Send } from './client.ts';
import { readOrder } from './order.ts';
import { readPage } from './pages.ts';

const method = 'sales.TradeQuery.queryWithDetail';
const list = 'order';
/** At most 200 are advised. */
const size = 100;
/** A query spans 60 minutes at most; the seconds at both ends are rounded outwards. */
const spanMs = 3_600_000 - 2_000;
const idsPerCall = 20;

/** Orders changed inside the window, an hour at a time. */
export async function pullUpdated(
  send: Send,
  systemId: string,
  window: Window,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  const { rows, next } = await readSpan(window, cursor, spanMs, ({ from, to }, index) => {
    const params = { start_time: toBeijingText(from), end_time: toBeijingText(Math.ceil(to / 1_000) * 1_000) };
    return readPage(send, method, params, list, { index, size }, signal);
  });
  return { ...sift(rows, (row) => readOrder(row, systemId)), next };
}

/** A fresh read by the channel's numbers, 20 a call. Orders of Taobao, Tmall and PDD are absent. */
export function fetchByChannelOrder(
  send: Send,
  systemId: string,
  orderNos: readonly string[],
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  return fetchBy(send, systemId, 'src_tid', orderNos, idsPerCall, signal);
}

/** A fresh read by the ERP's own numbers, of which a call takes one. */
export function fetchBySystemOrder(
  send: Send,
  systemId: string,
  orderNos: readonly string[],
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  return fetchBy(send, systemId, 'trade_no', orderNos, 1, signal);
}

async function fetchBy(
  send: Send,
  systemId: string,
  field: 'src_tid' | 'trade_no',
  numbers: readonly string[],
  most: number,
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  // What has other characters is no number of an order, and a comma would ask for two.
  const ids = [...new Set(numbers)].filter((no) => /^[\w-]{1,64}$/.test(no));
  const rows = await inPieces(ids, most, (some) =>
    readAllPages((index) => readPage(send, method, { [field]: some.join(',') }, list, { index, size }, signal)),
  );
  return { ...sift(rows, (row) => readOrder(row, systemId)), next: undefined };
}
