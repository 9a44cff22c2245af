import type { Answer } from '../exchange.ts';

const traceId = '4071991477422416710';

/** HTTP says 200 whatever became of the call. */
export const success = (more: object, applied = false): Answer => ({
  status: 200,
  body: { ...more, traceId, success: true },
  outcome: 'ok',
  applied,
});

export const failure = (code: string, msg: string): Answer => ({
  status: 200,
  body: { traceId, msg, code, success: false },
  outcome: code,
});
