import type { Alert } from '../domain/alert.ts';
import type { Stores } from '../ports/stores.ts';

/** The number people call an alert by: its own, or that of the group whose card they saw. */
export async function numberOf(
  stores: Pick<Stores, 'alerts'>,
  alert: Pick<Alert, 'number' | 'groupKey'>,
): Promise<number | null> {
  return alert.number ?? (await stores.alerts.groupNumber(alert.groupKey)) ?? null;
}

/** A group keeps its number when the alert that gave it has ended: then it means the worst that is still open. */
export async function stillOpen(stores: Pick<Stores, 'alerts'>, alert: Alert): Promise<Alert> {
  if (alert.state !== 'resolved') return alert;
  const [worst] = await stores.alerts.list({ state: 'unresolved', groupKey: alert.groupKey, limit: 1 });
  if (worst === undefined || (await stores.alerts.groupNumber(alert.groupKey)) !== alert.number) return alert;
  return { ...worst, number: alert.number };
}
