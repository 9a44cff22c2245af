import { type GroupDecision, pauseOf } from '../domain/dispatch.ts';
import { quietUntil } from '../domain/silence.ts';
import { type Directory, warehouseName } from './directory.ts';
import type { RoomView } from './room-view.ts';

const anHour = 3_600_000;
/** A claim may end a snooze, and then nothing else says so. */
const wholeLookMs = 10 * 60_000;

/**
 * Which of the groups that were said could be said again though nothing came to them: their number follows what is due, not
 * what is open. Forgotten by a restart, which costs one look at all of them.
 */
export function createGroupsDue() {
  const nextLook = new Map<string, number>();
  let soonest = Number.POSITIVE_INFINITY;
  let all = { at: Number.NEGATIVE_INFINITY, under: '' };

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
    /** Whether every open group has to be looked at: what all of it is decided under is other than last time, or it is time anyway. */
    isAllDue: (under: string, now: number): boolean => now >= all.at || under !== all.under,
    allLooked(under: string, now: number): void {
      all = { at: now + wholeLookMs, under };
    },
  };
}

/** The instant from which time alone could change a decision; undefined = only a newcomer, or another mood of the room, can. */
export function nextChance(
  { apart, state, verdict }: GroupDecision,
  room: Pick<RoomView, 'silences' | 'wide'>,
  saidAt: number | undefined,
  now: number,
): number | undefined {
  // A critical one speaks at its ship-by, silenced or not.
  const speaks = apart.flatMap(({ alert, silence }) =>
    room.silences.filter(({ id }) => id === silence).map((each) => quietUntil(each, alert)),
  );
  const next = [...speaks, nextOfMessage(state, verdict, room.wide, saidAt, now)].filter((at) => at !== undefined);
  return next.length === 0 ? undefined : Math.min(...next);
}

function nextOfMessage(
  { nearestShipBy }: GroupDecision['state'],
  verdict: GroupDecision['verdict'],
  wide: number,
  saidAt: number | undefined,
  now: number,
): number | undefined {
  switch (verdict?.reason) {
    case 'hour-is-full':
      return now;
    case undefined:
    case 'below-hearing':
    case 'quiet-hours':
    case 'month-is-tight':
      return undefined;
    case 'one-a-minute':
      return (saidAt ?? now) + pauseOf(wide);
    default:
      if (nearestShipBy === null) return undefined;
      return [12, 4, 1, 0].map((hours) => nearestShipBy - hours * anHour).find((at) => at > now);
  }
}

/** Where a group's story happens, out of its key. */
export function placeOf(directory: Directory, groupKey: string): string | null {
  const values = new Map(groupKey.split('|').map((part) => part.split(/=(.*)/s) as [string, string | undefined]));
  const [warehouse = '-', shop = '-', style] = [values.get('warehouse'), values.get('shop'), values.get('style')];
  if (style !== undefined) return style;
  if (warehouse !== '-') return warehouseName(warehouse, directory);
  return shop === '-' ? null : directory.shopName(shop);
}
