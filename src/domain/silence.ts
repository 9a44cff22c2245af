import type { Alert } from './alert.ts';

/** What a silence is about. `group` is all of one card with a number, `alert` one finding. */
export type SilenceScope =
  | { readonly kind: 'rule'; readonly ruleId: string }
  | { readonly kind: 'warehouse'; readonly warehouseId: string }
  | { readonly kind: 'shop'; readonly shopId: string }
  | { readonly kind: 'alert'; readonly ruleId: string; readonly subject: string }
  | { readonly kind: 'group'; readonly groupKey: string }
  | { readonly kind: 'sku'; readonly words: string; readonly skus: readonly string[] };

/** A room asked not to hear of something until then. Ends by itself. */
export interface Silence {
  readonly id: number;
  readonly roomId: string;
  readonly scope: SilenceScope;
  readonly from: number;
  readonly until: number;
  readonly reason: string;
  /** Actor id: `person:wang`. */
  readonly by: string;
}

/** Nobody wants to have silenced something yesterday. */
export const longestSilenceMs = 24 * 3_600_000;

export function covers(scope: SilenceScope, alert: Alert, skus: readonly string[]): boolean {
  switch (scope.kind) {
    case 'rule':
      return alert.ruleId === scope.ruleId;
    case 'warehouse':
      return alert.facts.warehouseId === scope.warehouseId;
    case 'shop':
      return alert.facts.shopId === scope.shopId;
    case 'alert':
      return alert.ruleId === scope.ruleId && alert.subject === scope.subject;
    case 'group':
      return alert.groupKey === scope.groupKey;
    case 'sku':
      return scope.skus.some((sku) => skus.includes(sku));
  }
}

/**
 * Until when a silence that covers an alert keeps it quiet. A critical one speaks at its ship-by, and one about a refund
 * has no time to lose at all.
 */
export function quietUntil({ until }: Pick<Silence, 'until'>, alert: Alert): number {
  if (alert.severity !== 'critical') return until;
  const shipBy = alert.facts['shipBy'];
  if (typeof shipBy === 'number') return Math.min(until, shipBy);
  return alert.ruleId.startsWith('refund') ? Number.NEGATIVE_INFINITY : until;
}
