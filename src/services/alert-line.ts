import type { Alert, AlertState, Resolution } from '../domain/alert.ts';
import { tailOf } from '../domain/order.ts';
import { type Severity, severityRank } from '../domain/rule.ts';
import type { Text } from '../domain/text.ts';
import type { Directory } from './directory.ts';

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
  const names = {
    ...facts,
    shop: facts.shopId === undefined ? undefined : directory.shopName(facts.shopId),
    warehouse: warehouseName(facts.warehouseId, directory) ?? undefined,
    tail: facts.orderNo === undefined ? undefined : tailOf(facts.orderNo),
    number: alert.number,
  };
  const say = directory.ruleSay(alert.ruleId);
  return {
    id: alert.id,
    number: alert.number,
    ruleId: alert.ruleId,
    say: { zh: fill(say.zh, names), en: fill(say.en, names) },
    severity: alert.severity,
    state: alert.state,
    orderId: facts.orderId ?? null,
    tail: names.tail ?? null,
    shop: names.shop ?? null,
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

export const warehouseName = (id: string | undefined, directory: Directory): string | null =>
  id === undefined ? null : (directory.warehouses().find((each) => each.id === id)?.name ?? id);

/** Worst first, then what has been broken longest. */
export const worstFirst = (
  a: { readonly severity: Severity; readonly dueAt: number },
  b: { readonly severity: Severity; readonly dueAt: number },
): number => severityRank(b.severity) - severityRank(a.severity) || a.dueAt - b.dueAt;

function fill(sentence: string, facts: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const filled = sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = facts[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  });
  // What no fact filled leaves its separators behind.
  return filled
    .replace(/[ ]{2,}/g, ' ')
    .replace(/(?: ?· ?)+$|^(?: ?· ?)+/g, '')
    .replace(/( ?· ?){2,}/g, ' · ')
    .trim();
}
