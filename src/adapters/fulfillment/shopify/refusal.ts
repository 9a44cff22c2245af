import { z } from 'zod';
import type { Outcome, Refusal } from '../../../domain/outcome.ts';

/** Codes of `userErrors` (fulfillment.md §1.7). */
const byCode: ReadonlyMap<string, Refusal> = new Map([
  ['CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS', 'picking'],
  ['FULFILLMENT_ORDER_NOT_FOUND', 'not_found'],
  ['FULFILLMENT_ORDER_HOLD_LIMIT_REACHED', 'limit'],
  ['CHANGE_FROM_QUANTITY_STALE', 'stale'],
  ['COMPARE_QUANTITY_STALE', 'stale'],
  ['INVALID_LOCATION', 'bad_warehouse'],
  ['LOCATION_NOT_FOUND', 'bad_warehouse'],
  ['ITEM_NOT_STOCKED_AT_LOCATION', 'bad_warehouse'],
  ['ITEM_NOT_FOUND', 'not_found'],
  ['IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'duplicate_mismatch'],
]);
/** Many refusals have no code; the first words that fit decide. */
const byWords: readonly (readonly [RegExp, Refusal])[] = [
  [/location.*(not found|does not exist|invalid)/i, 'bad_warehouse'],
  [/not (found|exist)/i, 'not_found'],
  [/negative|not enough|insufficient/i, 'no_stock'],
  [/(fulfilled|closed)/i, 'shipped'],
];

export type Refused = Extract<Outcome<never>, { kind: 'refused' }>;

const UserErrors = z.object({
  userErrors: z.array(z.object({ message: z.string(), code: z.string().nullish() })),
});

/**
 * The refusal in a payload; undefined when there is none. HTTP says 200 all the same, and the code may be null. A payload
 * that is null was not done: the app may not write this.
 */
export function refusalIn(payload: unknown): Refused | undefined {
  if (payload === null) return { kind: 'refused', code: 'forbidden', providerCode: 'ACCESS_DENIED' };
  const [first] = UserErrors.parse(payload).userErrors;
  if (first === undefined) return undefined;
  const text = first.message
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 120);
  const code = byCode.get(first.code ?? '') ?? byWords.find(([words]) => words.test(text))?.[1] ?? 'other';
  return {
    kind: 'refused',
    code,
    ...(first.code ? { providerCode: first.code } : {}),
    ...(text === '' ? {} : { providerText: text }),
  };
}
