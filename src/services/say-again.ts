import type { Alert, AlertFacts } from '../domain/alert.ts';
import type { Severity } from '../domain/rule.ts';
import type { Storage } from '../ports/stores.ts';

/** An alert that is one story of its own has grown: it is said as if it were new, with its present numbers. */
export const sayAgain = (
  storage: Storage,
  alert: Alert,
  change: { readonly severity: Severity; readonly facts: AlertFacts },
): Promise<void> =>
  storage.transaction(async (tx) => {
    await tx.alerts.renew(alert.id, { ...change, again: true });
    await tx.alerts.forgetGroupSaid(alert.groupKey);
  });
