import type { Alert, AlertState, Resolution } from '../domain/alert.ts';
import { tailOf } from '../domain/order.ts';
import { type Severity, severityRank } from '../domain/rule.ts';
import type { Language, Text } from '../domain/text.ts';
import { fill, span } from '../render/words.ts';
import { type Directory, sourceName, warehouseName } from './directory.ts';

/** One alert as a list shows it. */
export interface AlertLine {
  readonly id: string;
  readonly number: number | null;
  readonly ruleId: string;
  readonly say: Text;
  readonly severity: Severity;
  readonly state: AlertState;
  readonly orderId: string | null;
  readonly tail: string | null;
  /** What it is about when it is about no order: a source, a SKU. */
  readonly about: string | null;
  readonly shop: string | null;
  readonly dueAt: number;
  readonly raisedAt: number;
  readonly holder: string | null;
  /** Actor id: `person:wang`. */
  readonly holderId: string | null;
  readonly claimUntil: number | null;
  readonly snoozedUntil: number | null;
  readonly resolvedAt: number | null;
  readonly resolution: Resolution | null;
  readonly isLateFound: boolean;
}

export function lineOf(alert: Alert, directory: Directory): AlertLine {
  const { facts } = alert;
  const tail = facts.orderNo === undefined ? null : tailOf(facts.orderNo);
  const shop = facts.shopId === undefined ? null : directory.shopName(facts.shopId);
  const values = Object.fromEntries(
    Object.entries({ ...facts, tail, shop, warehouse: warehouseName(facts.warehouseId, directory) }).map(
      ([name, value]) => [name, typeof value === 'string' || typeof value === 'number' ? value : undefined],
    ),
  );
  const say = directory.ruleSay(alert.ruleId);
  return {
    id: alert.id,
    number: alert.number,
    ruleId: alert.ruleId,
    say: { zh: fill(say.zh, values), en: fill(say.en, values) },
    severity: alert.severity,
    state: alert.state,
    orderId: facts.orderId ?? null,
    tail,
    about: tail === null ? aboutOf(alert, directory) : null,
    shop,
    dueAt: alert.dueAt,
    raisedAt: alert.raisedAt,
    holder: alert.claimedBy === null ? null : directory.personName(alert.claimedBy),
    holderId: alert.claimedBy,
    claimUntil: alert.claimUntil,
    snoozedUntil: alert.snoozedUntil,
    resolvedAt: alert.resolvedAt,
    resolution: alert.resolution,
    isLateFound: alert.isLateFound,
  };
}

/** Time left to the platform's deadline where the alert is about that; else how long it has been broken by `now`. */
export function howLate({ facts, dueAt }: Alert, now: number, language: Language): string {
  const zh = language === 'zh';
  const { shipBy } = facts;
  if (facts['band'] !== undefined && typeof shipBy === 'number' && shipBy > now)
    return zh ? `剩 ${span(shipBy - now, language)}` : `${span(shipBy - now, language)} left`;
  const from = facts['band'] !== undefined && typeof shipBy === 'number' ? shipBy : dueAt;
  const late = span(Math.max(0, now - from), language);
  if (facts['later'] !== undefined || facts['short'] !== undefined) return zh ? `已 ${late}` : `for ${late}`;
  return zh ? `超 ${late}` : `${late} over`;
}

/** Worst first, then what has been broken longest. */
export const worstFirst = (
  a: { readonly severity: Severity; readonly dueAt: number },
  b: { readonly severity: Severity; readonly dueAt: number },
): number => severityRank(b.severity) - severityRank(a.severity) || a.dueAt - b.dueAt;

function aboutOf({ facts }: Alert, directory: Directory): string | null {
  const { source, sku, short } = facts;
  if (typeof source === 'string') return sourceName(source, directory);
  if (typeof short === 'number') return `${sku} −${short}`;
  return typeof sku === 'string' ? sku : null;
}
