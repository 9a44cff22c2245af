import { z } from 'zod';
import { RetryableError } from '../../../domain/errors.ts';
import { type RowPage, readAllPages } from '../windows.ts';
import { toBiz } from './biz.ts';
import type { Call, Send } from './client.ts';

const Count = z.union([z.number(), z.string().regex(/^\d+$/)]).transform(Number);
const Page = z.looseObject({
  has_next: z.boolean().nullish(),
  page_count: Count.nullish(),
  data_count: Count.nullish(),
});

const pageSize = 100;

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

/** All rows of a list; a row may come twice. */
export const readAll = (
  send: Send,
  path: Call['path'],
  biz: Readonly<Record<string, unknown>>,
  list: string,
  signal: AbortSignal,
): Promise<unknown[]> => readAllPages((page) => readPage(send, path, biz, list, page, signal));
