import type { Stage, Visibility } from './stage.ts';

/** A warehouse system's view of what it has to send. Joined many-to-many with orders (splits, merges). */
export interface FulfillmentView {
  readonly systemId: string;
  readonly systemOrderNo: string;
  /** Channel order numbers it serves, with the system's own shop id. */
  readonly channelOrderNos: readonly string[];
  readonly systemShopId: string;
  readonly sourceStatus: string;
  readonly sourceUpdatedAt: number;
  readonly stage: Stage;
  /** When this stage was entered, as exactly as the system tells. */
  readonly stageAt: number;
  readonly sortedAt: number | null;
  readonly shippedAt: number | null;
  readonly warehouseCode: string;
  readonly held: boolean;
  /** Why it waits, in the system's words: "缺货", "人工复核". */
  readonly reason: string;
  readonly carrier: string;
  readonly waybill: string;
  readonly closed: boolean;
  readonly lines: readonly { readonly sku: string; readonly qty: number }[];
}

export const fulfillmentSubject = (systemId: string, systemOrderNo: string): string =>
  `fulfillment:${systemId}/${systemOrderNo}`;

/**
 * Since when a fulfillment order serves nobody: every order it names is known and closed, and it is still alive in its
 * system. Null while one of them lives, or is unknown to us: what we have not seen may well be alive.
 */
export function orphanedSince(
  view: Pick<FulfillmentView, 'closed' | 'shippedAt' | 'channelOrderNos'>,
  orders: readonly { readonly closedAt: number | null }[],
): number | null {
  if (view.closed || view.shippedAt !== null || orders.length === 0) return null;
  if (orders.length < view.channelOrderNos.length) return null;
  const ends = orders.map(({ closedAt }) => closedAt);
  return ends.includes(null) ? null : Math.max(...ends.map((at) => at ?? 0));
}

/** How a fulfillment system learns and tells the stage of a channel's orders. */
export type StageSource = 'polled' | 'pushed' | 'uploaded' | 'none';

export const visibilityFrom = (source: StageSource, isSilent: boolean): Visibility => {
  if (source === 'none') return 'not-visible-here';
  return isSilent ? 'source-silent' : 'seen';
};

/** Where goods lie. `hours` empty = open around the clock. */
export interface Warehouse {
  readonly id: string;
  readonly name: string;
  readonly kind: 'own' | '3pl' | 'supplier' | 'overseas';
  readonly province: string;
  readonly city: string;
  readonly systemId: string;
  readonly code: string;
  readonly hours: readonly string[];
  readonly courierAt: readonly string[];
  readonly speedPerHour: number | null;
  /** Who is asked about it: a name or a group, never a telephone number; empty = nobody named. */
  readonly contact: string;
}
