import type { Alert } from '../domain/alert.ts';
import type { GroupState, Verdict } from '../domain/dispatch.ts';
import type { RoomRow } from '../ports/stores.ts';
import { type Directory, warehouseName } from './directory.ts';

const anHour = 3_600_000;
const aMinute = 60_000;
/** A claim may end a snooze, and then nothing else says so. */
const wholeLookMs = 10 * aMinute;

/**
 * Which of the groups that were said could be said again though nothing came to them: their number follows what is due, not
 * what is open. Forgotten by a restart, which costs one look at all of them.
 */
export function createGroupsDue() {
  const nextLook = new Map<string, number>();
  let soonest = Number.POSITIVE_INFINITY;
  let all = { at: Number.NEGATIVE_INFINITY, heard: '' };
  const heardBy = (rooms: readonly RoomRow[], silent: ReadonlySet<unknown>): string =>
    JSON.stringify([rooms, [...silent]]);

  return {
    /** When that group is to be looked at; undefined = not before something comes to it. */
    note(groupKey: string, at: number | undefined): void {
      if (at === undefined) nextLook.delete(groupKey);
      else nextLook.set(groupKey, at);
      soonest = Math.min(soonest, at ?? Number.POSITIVE_INFINITY);
    },
    /** They stay due until they are noted anew. */
    list(now: number): readonly string[] {
      if (now < soonest) return [];
      soonest = Math.min(...nextLook.values());
      return [...nextLook].filter(([, at]) => at <= now).map(([groupKey]) => groupKey);
    },
    /** Whether every open group has to be looked at: rooms or silent sources are others than last time, or it is time anyway. */
    isAllDue: (rooms: readonly RoomRow[], silent: ReadonlySet<unknown>, now: number): boolean =>
      now >= all.at || heardBy(rooms, silent) !== all.heard,
    allLooked(rooms: readonly RoomRow[], silent: ReadonlySet<unknown>, now: number): void {
      all = { at: now + wholeLookMs, heard: heardBy(rooms, silent) };
    },
  };
}

/** The instant from which time alone could change a verdict; undefined = only a newcomer can. */
export function nextChance(
  { nearestShipBy }: GroupState,
  verdict: Verdict,
  saidAt: number | undefined,
  now: number,
): number | undefined {
  if (verdict.verdict === 'held-back') return now;
  if (verdict.reason === 'below-hearing') return undefined;
  if (verdict.reason === 'one-a-minute') return (saidAt ?? now) + aMinute;
  if (nearestShipBy === null) return undefined;
  return [12, 4, 1, 0].map((hours) => nearestShipBy - hours * anHour).find((at) => at > now);
}

/** Only what is unresolved, announced at all and not snoozed makes a group's message. */
export const isSpoken = (alert: Alert, now: number): boolean =>
  !alert.isLateFound && (alert.snoozedUntil === null || alert.snoozedUntil <= now);

/** Where a group's story happens, out of its key. */
export function placeOf(directory: Directory, groupKey: string): string | null {
  const values = new Map(groupKey.split('|').map((part) => part.split(/=(.*)/s) as [string, string | undefined]));
  const [warehouse = '-', shop = '-'] = [values.get('warehouse'), values.get('shop')];
  if (warehouse !== '-') return warehouseName(warehouse, directory);
  return shop === '-' ? null : directory.shopName(shop);
}
