import { z } from 'zod';
import {
  AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import { hidePhones } from '../../../domain/hide-phones.ts';
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

type Kept = z.infer<typeof Kept>;

interface Now {
  readonly remark: string;
  readonly flag: string;
}

/**
 * The platform overwrites (channels.md §7.3), so what people wrote is read first, and read again to see what it kept. One
 * remark of an order at a time: of two that read the same text, the second would wipe out the first.
 */
export function createRemarks(
  send: Send,
): (orderNo: string, remark: Remark, signal: AbortSignal) => Promise<Outcome<Now>> {
  const latest = new Map<string, Promise<unknown>>();
  return async (orderNo, remark, signal) => {
    const mine = (latest.get(orderNo) ?? Promise.resolve()).then(() => addRemark(send, orderNo, remark, signal));
    const ended = mine.catch(() => undefined);
    latest.set(orderNo, ended);
    try {
      return await mine;
    } finally {
      if (latest.get(orderNo) === ended) latest.delete(orderNo);
    }
  };
}

async function addRemark(send: Send, orderNo: string, remark: Remark, signal: AbortSignal): Promise<Outcome<Now>> {
  const text = remark.text.trim();
  const wanted = remark.flag === undefined ? undefined : starOf[remark.flag];
  const isAsWished = ({ seller_words, seller_remark_stars }: Kept): boolean =>
    seller_words.includes(text) && (wanted === undefined || seller_remark_stars === wanted);
  try {
    const before = await readKept(send, orderNo, signal);
    if (before === undefined) return { kind: 'refused', code: 'not_found' };
    if (isAsWished(before)) return { kind: 'already', value: nowOf(before) };
    const { seller_words: words } = before;
    const whole = words.includes(text) ? words : [words, text].filter((part) => part !== '').join('；');
    if ([...whole].length > longest) return { kind: 'refused', code: 'limit' };
    const star = wanted === undefined ? {} : { is_add_star: 'true', star: String(wanted) };
    const param = { order_id: orderNo, remark: whole, ...star };
    await send({ method: 'order.addOrderRemark', param, write: true }, signal);
    const after = await readKept(send, orderNo, signal);
    if (after !== undefined && isAsWished(after)) return { kind: 'done', value: nowOf(after) };
    // Somebody wrote over it in between, or it is not shown yet: the next attempt reads what stands there.
    return { kind: 'retryable', afterMs: pauseMs };
  } catch (error) {
    return outcomeOf(error);
  }
}

const nowOf = ({ seller_words, seller_remark_stars }: Kept): Now => ({
  remark: hidePhones(seller_words),
  flag: flagOf(seller_remark_stars),
});

async function readKept(send: Send, orderNo: string, signal: AbortSignal): Promise<Kept | undefined> {
  const detail = await readDetail(send, orderNo, signal);
  if (detail === undefined) return undefined;
  const kept = Kept.safeParse(detail).data;
  if (kept === undefined)
    throw new RetryableError('POST /order/orderDetail: the answer has no readable remark', { code: 'BAD_ANSWER' });
  return kept;
}

/** Refusals of the caller, not of what was asked. */
const forbidden = [
  'NO_RIGHT',
  'NOT_AUTHORISED',
  'TOKEN_REFUSED',
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
