import { z } from 'zod';
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
import { Whole, Words } from './fields.ts';
import { flagOf } from './order.ts';
import { readDetail } from './orders.ts';

/** What the platform keeps (channels.md §3.2); what is longer would be cut by it. */
const longest = 60;
/** When nothing was applied and nobody said how long to wait. */
const pauseMs = 2_000;

/** seller_remark_stars: 5 red, 4 orange, 3 green (channels.md §7.2). */
const starOf: Readonly<Record<Flag, number>> = { risk: 5, attention: 4, fine: 3 };

const Kept = z.object({ seller_words: Words, seller_remark_stars: Whole });

interface Now {
  readonly remark: string;
  readonly flag: string;
}

/** The platform overwrites, so what people wrote is read first, and read again to see what it kept (channels.md §7.3). */
export async function addRemark(
  send: Send,
  orderNo: string,
  { text, flag }: Remark,
  signal: AbortSignal,
): Promise<Outcome<Now>> {
  try {
    const before = await readKept(send, orderNo, signal);
    if (before === undefined) return { kind: 'refused', code: 'not_found' };
    const isThere = before.remark.includes(text);
    if (isThere && (flag === undefined || before.flag === flagOf(starOf[flag])))
      return { kind: 'already', value: before };
    const remark =
      isThere || text === '' ? before.remark : [before.remark, text].filter((part) => part !== '').join('；');
    if ([...remark].length > longest) return { kind: 'refused', code: 'limit' };
    const star = flag === undefined ? {} : { is_add_star: 'true', star: String(starOf[flag]) };
    await send({ method: 'order.addOrderRemark', param: { order_id: orderNo, remark, ...star }, write: true }, signal);
    const after = await readKept(send, orderNo, signal).catch(() => undefined);
    // Written, as the platform said; only what stands there by now could not be seen.
    if (after === undefined)
      return { kind: 'done', value: { remark, flag: flag === undefined ? before.flag : flagOf(starOf[flag]) } };
    // Somebody wrote over it in between: the next attempt sees what.
    return after.remark.includes(text) ? { kind: 'done', value: after } : { kind: 'retryable', afterMs: pauseMs };
  } catch (error) {
    return outcomeOf(error);
  }
}

async function readKept(send: Send, orderNo: string, signal: AbortSignal): Promise<Now | undefined> {
  const detail = await readDetail(send, orderNo, signal);
  if (detail === undefined) return undefined;
  const kept = Kept.safeParse(detail).data;
  if (kept === undefined)
    throw new RetryableError('POST /order/orderDetail: the answer has no readable remark', { code: 'BAD_ANSWER' });
  return { remark: kept.seller_words, flag: flagOf(kept.seller_remark_stars) };
}

/** Refusals of the caller, not of what was asked. */
const forbidden = [
  'NO_RIGHT',
  'NOT_AUTHORISED',
  'GRANT_REFUSED',
  'WRONG_IP',
  'BAD_SIGNATURE',
  'BAD_TIMESTAMP',
  'SECURITY',
];

/** What an error means for the remark. Errors that are no answer of the platform (bugs) go on. */
function outcomeOf(error: unknown): Outcome<never> {
  if (!(error instanceof AppError)) throw error;
  if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
  if (error instanceof RateLimitedError) return { kind: 'retryable', afterMs: error.afterMs, providerCode: error.code };
  if (error instanceof RetryableError) return { kind: 'retryable', afterMs: pauseMs, providerCode: error.code };
  if (error instanceof RejectedError || error instanceof AuthExpiredError) {
    const isForbidden = error instanceof AuthExpiredError || forbidden.includes(error.code);
    const code = isForbidden ? 'forbidden' : error.code === 'ORDER_NOT_FOUND' ? 'not_found' : 'other';
    return { kind: 'refused', code, providerCode: error.code, providerText: error.message };
  }
  throw error;
}
