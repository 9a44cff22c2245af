import { z } from 'zod';
import { AppError, RetryableError } from '../../../domain/errors.ts';
import { defineMessenger } from '../../../ports/messenger.ts';
import { fitCard } from './fit.ts';

const limits = { maxBytes: 20_000, maxButtons: 6, perMinute: 600, perMonth: undefined };

/** The room on our own pages: its log is all the network there is. */
export default defineMessenger<Readonly<Record<string, string>>>({
  name: { zh: '自带的群聊', en: 'Built-in room' },
  defaultBaseUrl: '',
  credentials: z.record(z.string(), z.string()),

  create({ roomLog }) {
    return {
      limits,
      dedupes: true,

      async send({ roomId }, card, key, signal) {
        if (signal.aborted) throw new RetryableError('Stopped before the room was written');
        try {
          const id = await roomLog.add({ roomId, key, from: 'bot', card: fitCard(card, limits) });
          return { room: roomId, id: String(id) };
        } catch (error) {
          if (error instanceof AppError) throw error;
          // The key makes a second attempt harmless, whatever became of the first.
          throw new RetryableError('The room could not be written', { cause: error });
        }
      },
    };
  },
});
