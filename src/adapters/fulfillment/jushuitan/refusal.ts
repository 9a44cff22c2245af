import {
  AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import type { Outcome, Refusal } from '../../../domain/outcome.ts';
import { clean } from './client.ts';

/** When nothing was applied and nobody said how long to wait. */
const pauseMs = 5_000;

/** The ERP refuses in words; the first that fits decides. */
const byWords: readonly (readonly [RegExp, Refusal])[] = [
  [/(订单|商品\S*)不存在/, 'not_found'],
  [/已发货|已出库|已发出/, 'shipped'],
  [/拣货|配货|波次|打印/, 'picking'],
  [/超过锁定/, 'stale'],
  [/库存/, 'no_stock'],
  [/仓/, 'bad_warehouse'],
  [/权限|未授权/, 'forbidden'],
];

export type Refused = Extract<Outcome<never>, { kind: 'refused' }>;

export function refusedBy(code: number | string | null | undefined, words: string | null | undefined): Refused {
  const text = clean(words ?? '');
  const refusal = byWords.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';
  return {
    kind: 'refused',
    code: refusal,
    ...(code === null || code === undefined ? {} : { providerCode: String(code) }),
    ...(text === '' ? {} : { providerText: text }),
  };
}

/** Refusals of the caller, not of what was asked: signature, token, address, right. */
const forbidden = ['JST_10', 'JST_100', 'JST_110', 'JST_150', 'JST_190'];

/** What an error of a write means for what was asked. Errors that are no answer of the ERP (bugs) go on. */
export function outcomeOf(error: unknown): Outcome<never> {
  if (!(error instanceof AppError)) throw error;
  if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
  if (error instanceof RateLimitedError) return { kind: 'retryable', afterMs: error.afterMs, providerCode: error.code };
  if (error instanceof RetryableError) return { kind: 'retryable', afterMs: pauseMs, providerCode: error.code };
  if (error instanceof AuthExpiredError)
    return { kind: 'refused', code: 'forbidden', providerCode: '100', providerText: error.message };
  if (error instanceof RejectedError) {
    const code: Refusal = forbidden.includes(error.code) ? 'forbidden' : 'other';
    return { kind: 'refused', code, providerCode: error.code.replace(/^JST_/, ''), providerText: error.message };
  }
  throw error;
}
