import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { Window } from '../../../ports/channel.ts';
import type { Client } from './client.ts';

const pageSize = 100;

export interface Rows {
  readonly rows: readonly unknown[];
  readonly next: string | undefined;
}

interface Pages {
  readonly client: Client;
  readonly type: string;
  /** Names of the window's two bounds. */
  readonly bounds: readonly [string, string];
}

const Count = z.union([z.number().int(), z.string().regex(/^\d+$/)]).transform(Number);

/** Statuses that mean "all". */
const everything = { order_status: '5', refund_status: '5' };

// Whether the upper second is inside is not written down: the one of `to` is asked for, too. What it gives twice is harmless.
const boundsOf = ({ bounds: [lower, upper] }: Pages, { from, to }: Window): Record<string, string> => ({
  [lower]: String(Math.floor(from / 1_000)),
  [upper]: String(Math.ceil(to / 1_000)),
});

async function readPage(
  pages: Pages,
  window: Window,
  more: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ rows: readonly unknown[]; body: Record<string, unknown> }> {
  const { client, type } = pages;
  const params = { ...boundsOf(pages, window), ...everything, ...more, page_size: String(pageSize) };
  const body = (await client.send({ type, params }, signal)) as Record<string, unknown>;
  const list = body.order_sn_list ?? body.order_list;
  // An empty list may be null or missing, but only beside the word that there is nothing: all else would lose a window.
  if ((list === null || list === undefined) && (Number(body.total_count) === 0 || body.has_next === false))
    return { rows: [], body };
  if (typeof list !== 'object' || list === null) throw badPage(type);
  return { rows: Array.isArray(list) ? list : [list], body };
}

const badPage = (type: string): RetryableError =>
  new RetryableError(`POST ${type}: the answer is no page of orders`, { code: 'BAD_PAGE' });

/**
 * The list is sorted newest first (channels.md §2.6), and a row that changes leaves the window at the front: page by page
 * from the last to the first nothing is jumped over, as long as nothing comes in. That only happens in the last `lagMs`;
 * so a window of several pages is walked in two parts. What slips through the fresh one is read again when it has settled.
 */
export async function walkBack(
  pages: Pages,
  window: Window,
  settledTo: number,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Rows> {
  const walk = cursor === undefined ? { ...window, page: 0 } : readCursor(pages.type, cursor);
  const isCount = walk.page === 0;
  const { rows, body } = await readPage(
    pages,
    walk,
    // Counting makes the platform slow: only the first call of a part asks for it.
    { is_lucky_flag: '0', page: String(isCount ? 1 : walk.page), use_has_next: String(!isCount) },
    signal,
  );
  const page = isCount ? lastPage(pages.type, rows, body) : walk.page - 1;
  if (page > (isCount ? 1 : 0)) {
    const isWhole = isCount && walk.from === window.from && walk.to === window.to;
    if (isWhole && settledTo > walk.from && settledTo < walk.to)
      return { rows, next: writeCursor({ from: walk.from, to: settledTo, page: 0 }) };
    return { rows, next: writeCursor({ ...walk, page }) };
  }
  return { rows, next: walk.to < window.to ? writeCursor({ from: walk.to, to: window.to, page: 0 }) : undefined };
}

/**
 * Orders never leave a window of confirmation times. Forwards, those that come in or move to the front push others back,
 * which gives them twice; what moves to the front has changed, so that the changed list has it as well.
 */
export async function walkForward(
  pages: Pages,
  window: Window,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Rows> {
  const page = cursor === undefined ? 1 : Number(cursor);
  if (!Number.isSafeInteger(page) || page < 1) throw badCursor(pages.type);
  const { rows, body } = await readPage(pages, window, { page: String(page), use_has_next: 'true' }, signal);
  return { rows, next: body.has_next === true && rows.length > 0 ? String(page + 1) : undefined };
}

function lastPage(type: string, rows: readonly unknown[], body: Readonly<Record<string, unknown>>): number {
  const count = Count.safeParse(body.total_count);
  if (count.success && (rows.length > 0 || count.data === 0)) return Math.ceil(count.data / pageSize);
  if (!count.success && rows.length < pageSize && body.has_next !== true) return 1;
  throw badPage(type);
}

/** Where a walk stands: the part of the window it is in, and the page to read next; 0 counts first. */
interface Walk extends Window {
  readonly page: number;
}

const writeCursor = ({ from, to, page }: Walk): string => `${from}-${to}/${page}`;

function readCursor(type: string, cursor: string): Walk {
  const [, from, to, page] = /^(\d+)-(\d+)\/(\d+)$/.exec(cursor) ?? [];
  if (page === undefined) throw badCursor(type);
  return { from: Number(from), to: Number(to), page: Number(page) };
}

const badCursor = (type: string): RejectedError =>
  new RejectedError(`POST ${type}: no such page; the window is read again from the start`, { code: 'BAD_CURSOR' });
