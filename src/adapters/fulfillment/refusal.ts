import {
  AuthExpiredError,
  BugError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../domain/errors.ts';
import type { FulfillmentView } from '../../domain/fulfillment.ts';
import type { Outcome, Refusal } from '../../domain/outcome.ts';
import { hasReached } from '../../domain/stage.ts';
import type { FulfillmentPage, Replenishment } from '../../ports/fulfillment.ts';

/** When nothing was applied and nobody said how long to wait. */
const pauseMs = 5_000;

/** Chinese ERPs refuse in words; the first that fits decides. */
const byWords: readonly (readonly [RegExp, Refusal])[] = [
  [/(订单|单品|商品\S*)不存在/, 'not_found'],
  [/已发货|已出库|已发出/, 'shipped'],
  [/拣货|配货|波次|打印|picking/, 'picking'],
  [/超过锁定/, 'stale'],
  [/权限|未授权/, 'forbidden'],
  [/库存|可出库/, 'no_stock'],
  [/仓/, 'bad_warehouse'],
];

export type Refused = Extract<Outcome<never>, { kind: 'refused' }>;

/** A system's words on one line, at most 120 characters, for a person to read. */
export const clean = (words: string): string =>
  words
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 120);

/** What a Chinese ERP said no with, in neutral words; `otherwise` when none of its words is known. */
export function refusedBy(
  code: number | string | null | undefined,
  words: string | null | undefined,
  otherwise: Refusal = 'other',
): Refused {
  const text = clean(words ?? '');
  return {
    kind: 'refused',
    code: byWords.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise,
    ...(code === null || code === undefined ? {} : { providerCode: String(code) }),
    ...(text === '' ? {} : { providerText: text }),
  };
}

/**
 * What an error of a write means for what was asked; `isForbidden` knows the codes that refuse the caller and not what was
 * asked. Errors that are no answer of the system (bugs) go on.
 */
export function outcomeOf(error: unknown, isForbidden: (code: string) => boolean): Outcome<never> {
  if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
  if (error instanceof RateLimitedError) return { kind: 'retryable', afterMs: error.afterMs, providerCode: error.code };
  if (error instanceof RetryableError) return { kind: 'retryable', afterMs: pauseMs, providerCode: error.code };
  if (error instanceof AuthExpiredError || error instanceof RejectedError) {
    const code = error instanceof AuthExpiredError || isForbidden(error.code) ? 'forbidden' : 'other';
    // `JST_170` is our name for what the ERP calls 170.
    return {
      kind: 'refused',
      code,
      providerCode: error.code.replace(/^[A-Z]+_(?=-?\d)/, ''),
      providerText: error.message,
    };
  }
  throw error;
}

/** The order of this number as the system has it, or why there is none to act on. */
export function oneOf({ fulfillments, skipped }: FulfillmentPage, systemOrderNo: string): FulfillmentView | Refused {
  const found = fulfillments.find((one) => one.systemOrderNo === systemOrderNo);
  if (found !== undefined) return found;
  const unreadable = skipped[0];
  if (unreadable !== undefined)
    return { kind: 'refused', code: 'other', providerText: `${unreadable.ref}: ${unreadable.reason}` };
  return { kind: 'refused', code: 'not_found' };
}

/** Why nothing can be done to an order any more; undefined while something may. */
export function whyGone({ sourceStatus, stage, closed }: FulfillmentView): Refused | undefined {
  if (closed) return { kind: 'refused', code: 'invalid', providerText: sourceStatus };
  return hasReached(stage, 'shipped') ? { kind: 'refused', code: 'shipped', providerText: sourceStatus } : undefined;
}

/** Throws BugError for a wish without goods: to some systems an empty quantity means everything. */
export function checkGoods({ lines }: Replenishment): void {
  if (lines.length === 0 || lines.some(({ qty }) => !Number.isSafeInteger(qty) || qty <= 0))
    throw new BugError('A replenishment without a positive quantity');
}
