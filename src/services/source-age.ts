import type { Alert } from '../domain/alert.ts';
import type { Stores } from '../ports/stores.ts';
import { type Directory, sourceName } from './directory.ts';

const freshFor = 2 * 60_000;

/** Sources about whose silence an alert is open. */
export async function silentSources(stores: Stores): Promise<ReadonlySet<unknown>> {
  const alerts = await stores.alerts.list({ state: 'unresolved', ruleId: 'source-silent', limit: 50 });
  return new Set(alerts.map(({ facts }) => facts['source']));
}

/** A source that is silent explains what depends on it: that waits until it answers again. */
export function explainedBy(silent: ReadonlySet<unknown>, directory: Directory): (alert: Alert) => boolean {
  return ({ ruleId, facts }) => {
    if (ruleId === 'source-silent') return false;
    // Where a parcel is its carrier tells, whatever the warehouse system does.
    if (facts['waybill'] !== undefined) return silent.has(`shop:${facts.shopId}`);
    const systemId = facts['systemId'] ?? (facts.shopId === undefined ? undefined : directory.systemOf(facts.shopId));
    return silent.has(`shop:${facts.shopId}`) || silent.has(`system:${systemId}`);
  };
}

/** The source heard longest ago; worth a line only when it is not of this minute. */
export async function oldestData(
  stores: Stores,
  directory: Directory,
  now: number,
): Promise<{ name: string; at: number } | null> {
  const rows = (await stores.sources.list()).flatMap(({ id, lastOkAt }) =>
    lastOkAt === null ? [] : [{ name: sourceName(id, directory), at: lastOkAt }],
  );
  const oldest = rows.reduce<{ name: string; at: number } | null>(
    (old, row) => (old === null || row.at < old.at ? row : old),
    null,
  );
  return oldest !== null && now - oldest.at > freshFor ? oldest : null;
}
