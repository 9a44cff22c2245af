import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { RowPage } from '../windows.ts';
import type { Send } from './client.ts';

const Page = z.looseObject({ total_count: z.number().int().nonnegative() });

/** One page of a list, counted from 1. `list` names the array in the answer; without rows it is absent. */
export async function readPage(
  send: Send,
  method: string,
  params: Readonly<Record<string, unknown>>,
  list: string,
  { index, size }: { readonly index: number; readonly size: number },
  signal: AbortSignal,
): Promise<RowPage> {
  const answer = await send({ method, args: [params], page: { index, size } }, signal);
  if (answer.status !== 0) {
    // Asked for by number, what does not exist is refused and not an empty list.
    if (/未找到/.test(answer.message ?? '')) return { rows: [], pages: 0 };
    throw new RejectedError(`${method}: refused (${answer.status})`, { code: `WDT_${answer.status}` });
  }
  const page = Page.safeParse(answer.data).data;
  const rows = page?.[list] ?? [];
  if (page === undefined || !Array.isArray(rows))
    throw new RetryableError(`${method}: the answer is no page`, { code: 'BAD_ANSWER' });
  return { rows, pages: Math.ceil(page.total_count / size) };
}
