import {
  AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import type { Flag, Remark } from '../../../ports/channel.ts';
import type { Send } from './client.ts';
import { fetchOrder } from './fetch-order.ts';
import { readNotes } from './order.ts';

/** When nothing was applied and nobody said how long to wait. */
const pauseMs = 5_000;

/** There are no colours: the flag is a word in front (channels.md §7.2). */
const words: Readonly<Record<Flag, string>> = { risk: '【风控】', attention: '【关注】', fine: '【正常】' };

/** Reads the notes, appends, and writes them whole, for the platform only replaces (channels.md §7.3). */
export async function addRemark(
  send: Send,
  orderNo: string,
  { text, flag }: Remark,
  signal: AbortSignal,
): Promise<Outcome<{ readonly remark: string; readonly flag: string }>> {
  try {
    const row = await fetchOrder(send, orderNo, signal);
    if (row === undefined) return { kind: 'refused', code: 'not_found' };
    const before = readNotes(row);
    if (before === undefined) return { kind: 'refused', code: 'other', providerText: 'the remark cannot be read' };
    const added = [flag === undefined ? '' : words[flag], text].filter((part) => !before.includes(part)).join('');
    if (added === '') return { kind: 'already', value: { remark: before, flag: '' } };
    const remark = before === '' ? added : `${before}；${added}`;
    const body = { order_id: orderNo, merchant_notes: remark };
    await send({ path: '/channels/ec/order/merchantnotes/update', body, write: true }, signal);
    return { kind: 'done', value: { remark, flag: '' } };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** What an error means for the remark. Errors that are no answer of the platform (bugs) go on. */
function outcomeOf(error: unknown): Outcome<never> {
  if (!(error instanceof AppError)) throw error;
  if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
  if (error instanceof RateLimitedError) return { kind: 'retryable', afterMs: error.afterMs, providerCode: error.code };
  if (error instanceof RetryableError) return { kind: 'retryable', afterMs: pauseMs, providerCode: error.code };
  if (error instanceof AuthExpiredError || error instanceof RejectedError) {
    const isForbidden = ['WX_48001', 'WX_48004', 'WX_61004', 'WX_45035', 'WX_40164', 'WX_TOKEN'].includes(error.code);
    return {
      kind: 'refused',
      code: isForbidden ? 'forbidden' : 'other',
      providerCode: error.code,
      providerText: error.message,
    };
  }
  throw error;
}
