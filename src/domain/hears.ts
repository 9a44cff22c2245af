import type { Alert } from './alert.ts';
import type { Severity } from './rule.ts';

/** Whom a room belongs to: `all`, or the ids that it wants to hear of. */
export type Wanted = 'all' | readonly string[];

export interface Hears {
  readonly severity: Severity;
  readonly shops: Wanted;
  readonly warehouses: Wanted;
  readonly rules: Wanted;
}

/** Everything from that severity on. */
export const hearsAll = (severity: Severity): Hears => ({ severity, shops: 'all', warehouses: 'all', rules: 'all' });

/** What an alert is about no shop or warehouse in particular concerns every room. */
export function isForRoom({ shops, warehouses, rules }: Hears, { ruleId, facts }: Alert): boolean {
  const source = typeof facts['source'] === 'string' ? /^shop:(.+)$/.exec(facts['source'])?.[1] : undefined;
  return isWanted(rules, ruleId) && isWanted(shops, facts.shopId ?? source) && isWanted(warehouses, facts.warehouseId);
}

const isWanted = (wanted: Wanted, id: string | undefined): boolean =>
  wanted === 'all' || id === undefined || wanted.includes(id);
