import type { Rule } from './rule.ts';

/** A planned window in which more of everything is normal. */
export interface Promo {
  readonly id: number;
  readonly roomId: string;
  readonly from: number;
  readonly until: number;
  /** How many times the usual volume: 4. */
  readonly factor: number;
  /** Actor id. */
  readonly by: string;
}

export interface PromoChange {
  readonly ruleId: string;
  readonly from: number;
  readonly to: number;
}

/**
 * What a rule waits for while there is `factor` times the usual volume. Only rules about the volume of a whole shop or
 * warehouse move: a time to ship stays a time to ship, and one buyer's twelfth order is odd on any day.
 */
export function scaled(rule: Rule, factor: number): Rule {
  switch (rule.on.type) {
    case 'metric':
      return { ...rule, on: { ...rule.on, above: rule.on.above * factor, clearBelow: rule.on.clearBelow * factor } };
    case 'overtaken':
      return { ...rule, on: { ...rule.on, byAtLeast: Math.ceil(rule.on.byAtLeast * factor) } };
    default:
      return rule;
  }
}

const thresholdOf = ({ on }: Rule): number | undefined =>
  on.type === 'metric' ? on.above : on.type === 'overtaken' ? on.byAtLeast : undefined;

export const promoChanges = (rules: readonly Rule[], factor: number): readonly PromoChange[] =>
  rules.flatMap((rule) => {
    const [from, to] = [thresholdOf(rule), thresholdOf(scaled(rule, factor))];
    return from === undefined || to === undefined ? [] : [{ ruleId: rule.id, from, to }];
  });
