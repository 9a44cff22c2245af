import { RejectedError } from '../../../domain/errors.ts';
import { inParallel } from '../../../ports/reading.ts';
import type { Send } from './client.ts';
import { fields, isObject, isPartial, tidOf } from './row.ts';

export const parallelReads = 8;
/** Trades whose full rows are kept: more than the overlap of two reads holds at a storm. */
const mostKept = 2_000;

/** The full trade; undefined when the shop has none of that number. */
export async function readFull(
  send: Send,
  tid: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const body = await send(
      { method: 'taobao.trade.fullinfo.get', params: { tid, fields, include_oaid: 'true' } },
      signal,
    );
    return isObject(body) && isObject(body['trade']) ? body['trade'] : undefined;
  } catch (error) {
    if (error instanceof RejectedError && error.code === 'TRADE_NOT_EXIST') return undefined;
    throw error;
  }
}

/**
 * Replaces rows of a list that leave something out by the full trades. Windows overlap and bring the same rows again and
 * again, so a full one is kept for as long as the list shows the same change.
 */
export function createDetails(send: Send): (rows: readonly unknown[], signal: AbortSignal) => Promise<unknown[]> {
  const kept = new Map<string, { readonly modified: unknown; readonly full: unknown }>();

  function keep(tid: string, modified: unknown, full: unknown): void {
    kept.delete(tid);
    kept.set(tid, { modified, full });
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  }

  return async (rows, signal) => {
    const complete = [...rows];
    await inParallel([...rows.entries()], { atOnce: parallelReads }, async ([index, row]) => {
      const tid = tidOf(row);
      if (tid === undefined || !isObject(row) || !isPartial(row)) return;
      const known = kept.get(tid);
      const isKnown = known !== undefined && known.modified === row['modified'];
      const full = isKnown ? known.full : await readFull(send, tid, signal);
      if (full === undefined) return;
      keep(tid, row['modified'], full);
      complete[index] = full;
    });
    return complete;
  };
}
