import { z } from 'zod';
import { RetryableError } from '../../../domain/errors.ts';
import { toBiz } from './biz.ts';
import type { Call, Send } from './client.ts';

const Count = z.union([z.number(), z.string().regex(/^\d+$/)]).transform(Number);
const Page = z.looseObject({
  has_next: z.boolean().nullish(),
  page_count: Count.nullish(),
  data_count: Count.nullish(),
});

const pageSize = 100;

interface RowPage {
  readonly rows: readonly unknown[];
  readonly pages: number;
}

/** One page of a list, counted from 1. `list` names the array in the answer; without rows it is absent or null. */
export async function readPage(
  send: Send,
  path: Call['path'],
  biz: Readonly<Record<string, unknown>>,
  list: string,
  index: number,
  signal: AbortSignal,
): Promise<RowPage> {
  const answer = await send({ path, biz: toBiz({ ...biz, page_index: index, page_size: pageSize }) }, signal);
  const parsed = Page.safeParse(answer.data ?? {});
  const rows = parsed.success ? (parsed.data[list] ?? []) : undefined;
  if (!parsed.success || !Array.isArray(rows))
    throw new RetryableError(`POST ${path}: the answer is no page`, { code: 'BAD_ANSWER' });
  const { page_count, data_count, has_next } = parsed.data;
  const pages = page_count ?? (typeof data_count === 'number' ? Math.ceil(data_count / pageSize) : undefined);
  if (pages === undefined && has_next === true) {
    throw new RetryableError(`POST ${path}: the answer does not count its pages`, { code: 'BAD_ANSWER' });
  }
  return { rows, pages: pages ?? 1 };
}

/**
 * Where to read on after page `index` of a list (0 = the first look at page 1), undefined at the end.
 * Rows that change while we read leave their place and all later rows move up, so that reading forwards would miss one at
 * each page border. Backwards nothing is missed, only read twice: first the number of pages, then the last page to the first.
 */
export function pageAfter(index: number, pages: number): number | undefined {
  if (index === 0) return pages > 1 ? pages : undefined;
  return index > 1 ? index - 1 : undefined;
}

/** All rows of a list; a row may come twice. */
export async function readAll(
  send: Send,
  path: Call['path'],
  biz: Readonly<Record<string, unknown>>,
  list: string,
  signal: AbortSignal,
): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let index: number | undefined = 0; index !== undefined; ) {
    const page: RowPage = await readPage(send, path, biz, list, Math.max(1, index), signal);
    all.push(...page.rows);
    index = pageAfter(index, page.pages);
  }
  return all;
}
