import { setImmediate as breath } from 'node:timers/promises';

/** Rows that are read or written without a breath: a few ms. */
const pieceSize = 250;

/** Works through many rows piece by piece, so that the loop is never held for long: also inside a step. */
export async function inPieces<T>(items: readonly T[], work: (piece: readonly T[]) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += pieceSize) {
    if (from > 0) await breath();
    await work(items.slice(from, from + pieceSize));
  }
}
