import type { Role } from './actor.ts';
import type { Alert } from './alert.ts';
import { onCall, type Roster } from './roster.ts';

/** What buyers want, write or suffer: customer service answers for it. */
const ofBuyers: ReadonlySet<string> = new Set([
  'same-buyer-burst',
  'address-change-requested',
  'urge-words',
  'complaint-words',
  'night-care',
]);

/** Who answers for an alert by their role: customer service for buyers, the lead of its warehouse, else operations. */
function ownerRole({ ruleId, facts }: Pick<Alert, 'ruleId' | 'facts'>): Role {
  if (ofBuyers.has(ruleId)) return 'cs-lead';
  return facts.warehouseId === undefined ? 'ops-lead' : 'warehouse-lead';
}

/** The person on duty who answers for an alert; the ops lead on duty where that role has nobody. Nobody off shift. */
export function ownerOf(roster: Roster, alert: Pick<Alert, 'ruleId' | 'facts'>, at: number): string | undefined {
  const role = ownerRole(alert);
  const own = onCall(roster, role, at, role === 'warehouse-lead' ? alert.facts.warehouseId : undefined);
  return own ?? onCall(roster, 'ops-lead', at);
}
