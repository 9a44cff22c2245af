import type { Alert } from '../domain/alert.ts';
import { openBetween, parseHours } from '../domain/calendar.ts';
import { type Severity, severityRank } from '../domain/rule.ts';
import type { Clock } from '../ports/clock.ts';
import type { Stores } from '../ports/stores.ts';
import type { Directory } from './directory.ts';
import type { Rulebook } from './rulebook.ts';

const hour = 3_600_000;
/** A line in which nothing was sorted for so long, while open, stands still. */
const stillMs = hour / 4;
/** Whoever is passed by as many as leave in a quarter of an hour is not merely picked in another wave. */
const shareOfHour = 4;
const unsorted = 'paid-not-sorted';

/** Why an alert needs no card of its own now: it stays in the list and on the board. */
export type Unsaid = 'in-its-turn' | 'said-otherwise';

/**
 * A busy day is no alarm. `paid-not-sorted` is said where an order was passed over or its line stands still; while the line
 * moves and has only come to those who paid before, the order waits for its turn and is listed (P2, N3). And one order is
 * one card: what one of the rules about its way out has said as loudly, the others only list.
 */
export function createInTurn({
  clock,
  rulebook,
  directory,
}: {
  clock: Clock;
  rulebook: () => Rulebook;
  directory: Directory;
}) {
  /** From here on nobody was passed over; undefined while the line does not move. */
  async function turnFrom(tx: Stores, warehouseId: string, passedBy: number): Promise<number | undefined> {
    const warehouse = directory.warehouses().find(({ id }) => id === warehouseId);
    if (warehouse === undefined) return undefined;
    const key = `${warehouse.systemId}/${warehouse.code}`;
    const now = clock.now();
    const last = await tx.lines.lastSortedAt(key);
    if (last === undefined || openBetween(parseHours(warehouse.hours, directory.timezone), last, now) > stillMs)
      return undefined;
    const { sorted } = await tx.lines.sortedSince(key, last - hour);
    const lastHour = sorted.reduce((sum, { count }) => sum + count, 0);
    const count = Math.max(2, Math.min(passedBy, Math.ceil(lastHour / shareOfHour)));
    return (await tx.lines.sortedMark(key, count)) ?? Number.NEGATIVE_INFINITY;
  }

  /** Subjects of which other rules about an order's way out have spoken, and how loudly. */
  async function saidByOthers(tx: Stores, ruleId: string): Promise<ReadonlyMap<string, Severity>> {
    const loudest = new Map<string, Severity>();
    for (const other of orderRules(rulebook())) {
      if (other === ruleId) continue;
      for (const { subject, severity } of await tx.alerts.listSaid(other)) {
        const known = loudest.get(subject);
        if (known === undefined || severityRank(severity) > severityRank(known)) loudest.set(subject, severity);
      }
    }
    return loudest;
  }

  /** For the alerts of one group. */
  return async (tx: Stores, alerts: readonly Alert[]): Promise<ReadonlyMap<string, Unsaid>> => {
    const unsaid = new Map<string, Unsaid>();
    const ruleId = alerts[0]?.ruleId;
    if (ruleId === undefined || !orderRules(rulebook()).includes(ruleId)) return unsaid;
    const said = await saidByOthers(tx, ruleId);
    for (const { id, subject, severity } of alerts) {
      const other = said.get(subject);
      if (other !== undefined && severityRank(other) >= severityRank(severity)) unsaid.set(id, 'said-otherwise');
    }
    const [rule] = rulebook().rulesOn('overtaken');
    if (rule === undefined || ruleId !== unsorted) return unsaid;
    const turns = new Map<string, number | undefined>();
    for (const { id, facts } of alerts) {
      const { warehouseId } = facts;
      if (facts.visibility !== 'seen' || warehouseId === undefined) continue;
      if (!turns.has(warehouseId)) turns.set(warehouseId, await turnFrom(tx, warehouseId, rule.on.byAtLeast));
      const from = turns.get(warehouseId);
      const since = facts['lineSince'];
      if (from !== undefined && typeof since === 'number' && since >= from) unsaid.set(id, 'in-its-turn');
    }
    return unsaid;
  };
}

/** The rules about an order's way out, those that say most of it first. */
export const orderRules = (rulebook: Rulebook): readonly string[] => [
  unsorted,
  ...[...rulebook.rulesOn('overtaken'), ...rulebook.rulesOn('wall')].map(({ id }) => id),
];
