import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../../domain/errors.ts';
import type { SheetOptions } from '../../ports/sheets.ts';
import { readSheet } from './read-sheet.ts';

/** What one message may carry: its unpacking must not hold the event loop of the other side. */
const batchSize = 200;

const { bytes, options } = workerData as { bytes: Uint8Array<ArrayBuffer>; options: SheetOptions };

try {
  const { told, orders } = await readSheet(bytes, options);
  let sent = 0;
  parentPort?.on('message', () => {
    parentPort?.postMessage({ orders: orders.slice(sent, sent + batchSize) });
    sent += batchSize;
  });
  parentPort?.postMessage({ told });
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  parentPort?.postMessage({ refused: { code: error.code, text: error.text } });
}
