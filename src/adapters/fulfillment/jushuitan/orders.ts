import { RejectedError } from '../../../domain/errors.ts';
import type { FulfillmentView } from '../../../domain/fulfillment.ts';
import { toBeijingText } from '../../../domain/local-time.ts';
import type { SkippedRow, Window } from '../../../ports/channel.ts';
import type { FulfillmentPage } from '../../../ports/fulfillment.ts';
import { asNumber, isNumber } from './biz.ts';
import type { Send } from './client.ts';
import { readOrder } from './order.ts';
import { pageAfter, readAll, readPage } from './pages.ts';

const path = '/open/orders/single/query';
const list = 'orders';
const idsPerCall = 20;
/** A query spans 7 days at most (fulfillment.md §1.2); the seconds at both ends are rounded outwards. */
const spanMs = 7 * 86_400_000 - 2_000;

/**
 * Orders changed inside the window, spans of 7 days one after the other. Both ends are whole seconds and inside, so up to
 * a second more than asked is read. The cursor is `span.page`.
 */
export async function pullUpdated(
  send: Send,
  systemId: string,
  window: Window,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<FulfillmentPage> {
  const { span, page } = readCursor(cursor);
  const from = window.from + span * spanMs;
  const to = Math.min(window.to, from + spanMs);
  if (from >= window.to) return { fulfillments: [], skipped: [], next: undefined };
  const biz = {
    modified_begin: toBeijingText(from),
    modified_end: toBeijingText(Math.ceil(to / 1_000) * 1_000),
  };
  const { rows, pages } = await readPage(send, path, biz, list, Math.max(1, page), signal);
  const nextPage = pageAfter(page, pages);
  const nextSpan = to < window.to ? `${span + 1}.0` : undefined;
  return { ...sift(rows, systemId), next: nextPage === undefined ? nextSpan : `${span}.${nextPage}` };
}

function readCursor(cursor: string | undefined): { span: number; page: number } {
  if (cursor === undefined) return { span: 0, page: 0 };
  const match = /^(\d{1,6})\.(\d{1,6})$/.exec(cursor);
  if (match === null) throw new RejectedError('Jushuitan: this cursor is not one of ours', { code: 'BAD_CURSOR' });
  return { span: Number(match[1]), page: Number(match[2]) };
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
  const rows: unknown[] = [];
  for (let at = 0; at < ids.length; at += idsPerCall) {
    rows.push(...(await readAll(send, path, { [field]: ids.slice(at, at + idsPerCall) }, list, signal)));
  }
  return { ...sift(rows, systemId), next: undefined };
}

function sift(rows: readonly unknown[], systemId: string): { fulfillments: FulfillmentView[]; skipped: SkippedRow[] } {
  const fulfillments: FulfillmentView[] = [];
  const skipped: SkippedRow[] = [];
  for (const row of rows) {
    const read = readOrder(row, systemId);
    if ('stage' in read) fulfillments.push(read);
    else skipped.push(read);
  }
  return { fulfillments, skipped };
}
