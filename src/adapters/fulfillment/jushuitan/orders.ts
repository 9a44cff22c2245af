import { toBeijingText } from '../../../domain/local-time.ts';
import type { Window } from '../../../ports/channel.ts';
import type { FulfillmentPage } from '../../../ports/fulfillment.ts';
import { inPieces, readSpan, sift } from '../windows.ts';
import { asNumber, isNumber } from './biz.ts';
import type { Send } from './client.ts';
import { readOrder } from './order.ts';
import { readAll, readPage } from './pages.ts';

const path = '/open/orders/single/query';
const list = 'orders';
const idsPerCall = 20;
/** A query spans 7 days at most (fulfillment.md §1.2); the seconds at both ends are rounded outwards. */
const spanMs = 7 * 86_400_000 - 2_000;

/**
 * Orders changed inside the window, spans of 7 days one after the other. Both ends are whole seconds and inside, so up to
 * a second more than asked is read.
 */
export async function pullUpdated(
  send: Send,
  systemId: string,
  window: Window,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  const { rows, next } = await readSpan(window, cursor, spanMs, ({ from, to }, page) => {
    const biz = {
      modified_begin: toBeijingText(from),
      modified_end: toBeijingText(Math.ceil(to / 1_000) * 1_000),
    };
    return readPage(send, path, biz, list, page, signal);
  });
  return { ...sift(rows, (row) => readOrder(row, systemId)), next };
}

/** A fresh read by the channel's numbers, 20 a call. Orders of Taobao, Tmall and PDD are absent (fulfillment.md §1.2). */
export function fetchByChannelOrder(
  send: Send,
  systemId: string,
  orderNos: readonly string[],
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  return fetchBy(send, systemId, 'so_ids', [...new Set(orderNos)], signal);
}

/** A fresh read by the ERP's own numbers, 20 a call; what is no number is no order of the ERP and so absent. */
export function fetchBySystemOrder(
  send: Send,
  systemId: string,
  orderNos: readonly string[],
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  return fetchBy(send, systemId, 'o_ids', [...new Set(orderNos)].filter(isNumber).map(asNumber), signal);
}

async function fetchBy(
  send: Send,
  systemId: string,
  field: 'so_ids' | 'o_ids',
  ids: readonly unknown[],
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  const rows = await inPieces(ids, idsPerCall, (some) => readAll(send, path, { [field]: some }, list, signal));
  return { ...sift(rows, (row) => readOrder(row, systemId)), next: undefined };
}
