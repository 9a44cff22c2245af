import { z } from 'zod';
import { beijing, DAY, fromBeijing, SECOND } from '../../world/time.ts';

export const windowFields = { modified_begin: z.string().optional(), modified_end: z.string().optional() };

/** Paging fields with the list's largest page. */
export function page(largest: number) {
  return {
    page_index: z.coerce.number().int().min(1).default(1),
    page_size: z.coerce.number().int().min(1).max(largest).default(Math.min(30, largest)),
  };
}

/** A window of Beijing local times, both ends inclusive to the second, at most `days` long. */
export function readWindow(
  biz: { modified_begin?: string | undefined; modified_end?: string | undefined },
  days: number,
): { from: number; to: number } | { refused: string } {
  const from = fromBeijing(biz.modified_begin ?? '');
  const to = fromBeijing(biz.modified_end ?? '');
  if (from === undefined || to === undefined) return { refused: `modified_begin与modified_end格式应为${beijing(0)}` };
  if (to < from) return { refused: '结束时间早于开始时间' };
  if (to - from > days * DAY) return { refused: `时间间隔不能超过${days}天` };
  return { from, to: to + SECOND - 1 };
}
