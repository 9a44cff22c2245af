import type { Answer } from '../exchange.ts';

/** HTTP says 200 whatever became of the call. */
export const success = (data: unknown, applied = false): Answer => ({
  status: 200,
  body: { status: 0, data },
  outcome: 'ok',
  applied,
});

export const failure = (status: number, message: string): Answer => ({
  status: 200,
  body: { status, message },
  outcome: String(status),
});

/** A refusal that looks like a success until its words are read. */
export const politely = (message: string): Answer => ({
  status: 200,
  body: { status: 0, data: { message } },
  outcome: 'polite refusal',
});
