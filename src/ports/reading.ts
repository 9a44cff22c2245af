import type { SkippedRow, SourceOrder } from './channel.ts';

/** Orders of the rows that could be read, and the names of those that could not, each in the order of the rows. */
export function sift<Row>(
  rows: readonly Row[],
  read: (row: Row) => SourceOrder | SkippedRow,
): { orders: SourceOrder[]; skipped: SkippedRow[] } {
  const orders: SourceOrder[] = [];
  const skipped: SkippedRow[] = [];
  for (const row of rows) {
    const found = read(row);
    if ('view' in found) orders.push(found);
    else skipped.push(found);
  }
  return { orders, skipped };
}

/**
 * Runs `work` over all items, `atOnce` at a time, each worker with a `pause` before its next one. After a failure, which
 * is thrown, the others finish what they asked for and take nothing new.
 */
export async function inParallel<T>(
  items: readonly T[],
  { atOnce, pause = async () => undefined }: { readonly atOnce: number; readonly pause?: () => Promise<unknown> },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await work(item);
      if (waiting.length > 0) await pause();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  } finally {
    waiting.length = 0;
  }
}
