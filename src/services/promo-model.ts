import { type Promo, promoChanges } from '../domain/promo.ts';
import type { Rule } from '../domain/rule.ts';
import type { PromoModel } from '../render/noise-cards.ts';
import type { Directory } from './directory.ts';

/** What a promotion changes, named. `rules`: as they are on any other day. */
export const promoModel = (
  { from, until, factor }: Pick<Promo, 'from' | 'until' | 'factor'>,
  rules: readonly Rule[],
  directory: Directory,
  now: number,
): PromoModel => ({
  from,
  until,
  factor,
  changes: promoChanges(rules, factor).map((change) => ({ ...change, say: directory.ruleSay(change.ruleId) })),
  now,
  timezone: directory.timezone,
});
