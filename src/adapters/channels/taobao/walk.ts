import { RejectedError } from '../../../domain/errors.ts';

/** Both ends in whole seconds; whether the platform counts the last one in is not written anywhere, so it may come twice. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface Page {
  readonly rows: readonly unknown[];
  /** All rows of the stretch; 0 when it was not asked for. */
  readonly total: number;
}

/** Reads one page, newest first, pages from 1. Only with `counts` it tells how many rows there are. */
export type ReadPage = (stretch: Stretch, page: number, counts: boolean) => Promise<Page>;

/** A page still to be read. Page 0 counts first. */
interface Place extends Stretch {
  readonly page: number;
  /** Rows at the last count. */
  readonly total: number;
}

/**
 * One step through a list that shows the newest first while its rows move (channels.md §1.6).
 *
 * What fits on one page is one read. Else pages go from the last to the first: a row that changes leaves its place to the
 * top, so all behind it come nearer and none is passed over. A row that turns up late pushes others back instead, to pages
 * that were read already; that happens only behind `completeTo` (unix s), so the older stretch is walked for itself, and
 * the newer one again as long as it grows. Until they come, the newest page has been given with the first step.
 */
export async function walk(
  read: ReadPage,
  window: Stretch,
  { pageSize, completeTo, cursor }: { pageSize: number; completeTo: number; cursor: string | undefined },
): Promise<{ rows: readonly unknown[]; next: string | undefined }> {
  const lastOf = (total: number): number => Math.ceil(total / pageSize);
  if (cursor === undefined) {
    const { rows, total } = await read(window, 1, true);
    if (total <= pageSize) return { rows, next: undefined };
    const isSplit = completeTo > window.from && completeTo < window.to;
    return { rows, next: write(isSplit ? start(window.from, completeTo) : { ...window, page: lastOf(total), total }) };
  }
  const place = parse(cursor);
  const { page, total } = place;
  const isCount = page <= 1;
  const found = await read(place, Math.max(page, 1), isCount);
  if (!isCount) return { rows: found.rows, next: write({ ...place, page: page - 1 }) };
  if (found.total > (page === 0 ? pageSize : total))
    return { rows: found.rows, next: write({ ...place, page: lastOf(found.total), total: found.total }) };
  return { rows: found.rows, next: place.to < window.to ? write(start(place.to, window.to)) : undefined };
}

const start = (from: number, to: number): Place => ({ from, to, page: 0, total: 0 });

const write = ({ from, to, page, total }: Place): string => `${from}-${to}/${page}/${total}`;

function parse(cursor: string): Place {
  const parts = /^(\d{1,11})-(\d{1,11})\/(\d{1,6})\/(\d{1,8})$/.exec(cursor)?.slice(1).map(Number);
  const [from, to, page, total] = parts ?? [];
  if (from === undefined || to === undefined || page === undefined || total === undefined)
    throw new RejectedError('the place in the list is not one of ours', { code: 'BAD_CURSOR' });
  return { from, to, page, total };
}
