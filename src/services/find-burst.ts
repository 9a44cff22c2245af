import type { Alert, AlertFacts } from '../domain/alert.ts';
import { burstMembers, buyerSubject, surer } from '../domain/burst.ts';
import type { IdentityKey, Order } from '../domain/order.ts';
import { hasReached } from '../domain/stage.ts';
import type { Due, Stores } from '../ports/stores.ts';
import type { CountRule, Rulebook } from './rulebook.ts';

/** A review case about one buyer's many orders, or more for one that is open already. */
export interface Burst {
  readonly facts: AlertFacts;
  /** The open case that holds some of these orders: it is the same story. */
  readonly known: Alert | undefined;
}

const mostCases = 500;

/**
 * What a count rule finds when its deadline is due. Orders that a person has reviewed do not count again; another key that
 * joins the same orders adds to their case instead of opening a second one.
 */
export async function findBurst(
  tx: Stores,
  rulebook: Rulebook,
  rule: CountRule,
  { dueAt }: Due,
  key: IdentityKey,
): Promise<Burst | undefined> {
  const { within } = rule.on;
  const placed = await tx.views.listByIdentity(key, dueAt - 2 * within, dueAt);
  const condition = rulebook.condition(rule.id);
  const counted = placed.filter((order) => condition.test(rulebook.facts(order, [])) !== 'no');
  const members = burstMembers(counted, rule.on);
  const open = await tx.alerts.list({ state: 'unresolved', ruleId: rule.id, limit: mostCases });
  const known = open.find(
    (alert) =>
      alert.subject === buyerSubject(key) || orderIds(alert).some((id) => members.some((order) => order.id === id)),
  );
  const past = (await tx.alerts.listFor([buyerSubject(key)])).filter(({ state }) => state === 'resolved');
  const reviewed = new Set(past.flatMap(orderIds));
  const fresh = members.filter(({ id }) => !reviewed.has(id));
  if (known === undefined && fresh.length < rule.on.atLeast) return undefined;
  const before = known === undefined ? [] : await tx.views.listOrders(orderIds(known));
  const orders = [...before, ...fresh.filter(({ id }) => !before.some((each) => each.id === id))].sort(
    (a, b) => a.placedAt - b.placedAt,
  );
  const evidence = known === undefined ? key.kind : surer(evidenceOf(known), key.kind);
  return {
    known,
    facts: {
      buyer: known === undefined ? `${key.kind}/${key.value}` : String(known.facts['buyer']),
      evidence,
      orders: orders.map(({ id }) => id).join(','),
      ...(await parcelsOf(tx, orders, evidence)),
    },
  };
}

export const orderIds = ({ facts }: Pick<Alert, 'facts'>): readonly string[] =>
  typeof facts['orders'] === 'string' && facts['orders'] !== '' ? facts['orders'].split(',') : [];

const evidenceOf = ({ facts }: Pick<Alert, 'facts'>): IdentityKey['kind'] => facts['evidence'] as IdentityKey['kind'];

/** How many travel together already, and how many more could: unshipped, to one receiver in one place. */
async function parcelsOf(
  tx: Stores,
  orders: readonly Order[],
  evidence: IdentityKey['kind'],
): Promise<{ readonly merged: number; readonly mergeable: number }> {
  const together = new Set<string>();
  const alone = new Map<string, number>();
  for (const order of orders) {
    const companions = await tx.views.companionsOf(order.id);
    if (companions.some(({ id }) => orders.some((each) => each.id === id))) {
      together.add(order.id);
      continue;
    }
    const isWaiting = order.paidAt !== null && order.closedAt === null && !hasReached(order.stage, 'labelled');
    // A buyer's account sends to many people, and a mask may be anybody's.
    if (!isWaiting || (evidence !== 'phone' && evidence !== 'receiver')) continue;
    const { name, province, city, district } = order.receiver;
    const place = JSON.stringify([name, province, city, district]);
    alone.set(place, (alone.get(place) ?? 0) + 1);
  }
  const mergeable = [...alone.values()].filter((count) => count > 1).reduce((sum, count) => sum + count, 0);
  return { merged: together.size, mergeable };
}
