import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { BugError, UserError } from '../../domain/errors.ts';
import type { SheetOrder } from '../../domain/sheet-order.ts';
import type { Text } from '../../domain/text.ts';
import type { Sheet, SheetReader } from '../../ports/sheets.ts';
import { damaged, say } from './read-rows.ts';

/** What a sheet may take: one that unpacks to more is no export. */
const mostMegabytes = 1_024;

type Answer =
  | { readonly told: Sheet['told'] }
  | { readonly orders: readonly SheetOrder[] }
  | { readonly refused: { readonly code: string; readonly text: Text } };

/** Wall ms. The largest export takes a tenth of it, what takes longer would keep all others waiting again and again. */
const longestMs = 5 * 60_000;

/** Reads each sheet in a thread of its own, so that nobody waits for it and no file can take the bot down. */
export function createSheetReader(patienceMs = longestMs): SheetReader {
  return {
    async read(bytes, options, signal) {
      signal.throwIfAborted();
      const worker = startWorker({
        workerData: { bytes, options },
        transferList: [bytes.buffer],
        resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
      });
      const answers = answersOf(worker);
      const stop = (): void => void worker.terminate();
      signal.addEventListener('abort', stop, { once: true });
      let isTooSlow = false;
      const patience = setTimeout(() => {
        isTooSlow = true;
        stop();
      }, patienceMs);
      const close = async (): Promise<void> => {
        signal.removeEventListener('abort', stop);
        await worker.terminate();
      };
      try {
        const answer = await answers.next();
        clearTimeout(patience);
        if ('refused' in answer) throw new UserError(answer.refused.code, answer.refused.text);
        if (!('told' in answer)) throw new BugError('A sheet was answered by orders before it was told');
        return {
          told: answer.told,
          async *batches() {
            for (;;) {
              worker.postMessage('next');
              const next = await answers.next();
              if (!('orders' in next) || next.orders.length === 0) return;
              yield next.orders;
            }
          },
          close,
        };
      } catch (error) {
        clearTimeout(patience);
        await close();
        signal.throwIfAborted();
        if (isTooSlow) throw damaged(say.tooBig);
        throw error;
      }
    },
  };
}

function startWorker(options: WorkerOptions): Worker {
  const extension = import.meta.filename.slice(-3);
  const url = new URL(`./sheet-worker${extension}`, import.meta.url);
  if (extension === '.js') return new Worker(url, options);
  // Run from source, a thread knows of no compiler by itself.
  const compiler = pathToFileURL(
    createRequire(import.meta.url)
      .resolve('tsx/esm/api')
      .replace(/cjs$/, 'mjs'),
  ).href;
  const code = `import('${compiler}').then(({ register }) => { register(); return import('${url.href}'); })`;
  return new Worker(code, { ...options, eval: true });
}

function answersOf(worker: Worker): { next(): Promise<Answer> } {
  const ended = new Promise<never>((_resolve, reject) => {
    worker.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? damaged(say.tooBig) : error),
    );
    worker.once('exit', () => reject(new BugError('The thread of a sheet ended')));
  });
  ended.catch(() => {}); // whoever waits hears of it
  return {
    next: () => Promise.race([once(worker, 'message').then(([answer]) => answer as Answer), ended]),
  };
}
