import { RejectedError } from '../../domain/errors.ts';
import type { FulfillmentView } from '../../domain/fulfillment.ts';
import type { SkippedRow, Window } from '../../ports/channel.ts';

/** One page of a list, and of how many pages it is one. */
export interface RowPage {
  readonly rows: readonly unknown[];
  readonly pages: number;
}

/**
 * One page of what changed inside a window, for systems whose windows are short: spans of `spanMs`, one after the other.
 * `read` gets a span and the page of it, counted from 1. The cursor is `span.page`; RejectedError when it is not one of ours.
 */
export async function readSpan(
  window: Window,
  cursor: string | undefined,
  spanMs: number,
  read: (span: Window, page: number) => Promise<RowPage>,
): Promise<{ readonly rows: readonly unknown[]; readonly next: string | undefined }> {
  const { span, page } = readCursor(cursor);
  const from = window.from + span * spanMs;
  const to = Math.min(window.to, from + spanMs);
  if (from >= window.to) return { rows: [], next: undefined };
  const { rows, pages } = await read({ from, to }, Math.max(1, page));
  const nextPage = pageAfter(page, pages);
  const nextSpan = to < window.to ? `${span + 1}.0` : undefined;
  return { rows, next: nextPage === undefined ? nextSpan : `${span}.${nextPage}` };
}

function readCursor(cursor: string | undefined): { span: number; page: number } {
  if (cursor === undefined) return { span: 0, page: 0 };
  const match = /^(\d{1,6})\.(\d{1,6})$/.exec(cursor);
  if (match === null) throw new RejectedError('This cursor is not one of ours', { code: 'BAD_CURSOR' });
  return { span: Number(match[1]), page: Number(match[2]) };
}

/**
 * Where to read on after page `index` of a list (0 = the first look at page 1), undefined at the end.
 * Rows that change while we read leave their place and all later rows move up, so that reading forwards would miss one at
 * each page border. Backwards nothing is missed, only read twice: first the number of pages, then the last page to the first.
 */
function pageAfter(index: number, pages: number): number | undefined {
  if (index === 0) return pages > 1 ? pages : undefined;
  return index > 1 ? index - 1 : undefined;
}

/** All rows of a list; a row may come twice. `read` gets the page, counted from 1. */
export async function readAllPages(read: (page: number) => Promise<RowPage>): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let index: number | undefined = 0; index !== undefined; ) {
    const page: RowPage = await read(Math.max(1, index));
    all.push(...page.rows);
    index = pageAfter(index, page.pages);
  }
  return all;
}

/** Runs `read` over `items`, `most` at a time, one call after the other, and puts the rows together. */
export async function inPieces<T>(
  items: readonly T[],
  most: number,
  read: (piece: readonly T[]) => Promise<readonly unknown[]>,
): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let at = 0; at < items.length; at += most) rows.push(...(await read(items.slice(at, at + most))));
  return rows;
}

/** Views of the rows that could be read, and the names of those that could not. */
export function sift(
  rows: readonly unknown[],
  read: (row: unknown) => FulfillmentView | SkippedRow,
): { fulfillments: FulfillmentView[]; skipped: SkippedRow[] } {
  const fulfillments: FulfillmentView[] = [];
  const skipped: SkippedRow[] = [];
  for (const row of rows) {
    const found = read(row);
    if ('stage' in found) fulfillments.push(found);
    else skipped.push(found);
  }
  return { fulfillments, skipped };
}
