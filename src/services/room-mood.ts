import { type Calendar, nextOpening } from '../domain/calendar.ts';
import { monthState } from '../domain/month.ts';
import type { Clock } from '../ports/clock.ts';
import type { RoomRow } from '../ports/stores.ts';
import type { MonthBudgets } from './month-budget.ts';
import type { RoomMood } from './room-view.ts';

export interface RoomMoodDeps {
  readonly clock: Clock;
  /** When a room may be spoken to; undefined = always. */
  readonly awakeOf: (roomId: string) => Calendar | undefined;
  readonly months: Pick<MonthBudgets, 'ofRoom'>;
  readonly shadow: { isOn(): Promise<boolean> };
  readonly promo: { factorNow(): Promise<number> };
}

/** How each room is to be spoken to now. */
export function createRoomMood({ clock, awakeOf, months, shadow, promo }: RoomMoodDeps) {
  return async ({ id }: RoomRow): Promise<RoomMood> => {
    const wide = await promo.factorNow();
    // In the first days all is counted as on any other day: nobody is woken by it.
    if (await shadow.isOn()) return { quietUntil: null, isTight: false, isShadow: true, wide };
    const now = clock.now();
    const awake = awakeOf(id);
    const opensAt = awake === undefined ? now : nextOpening(awake, now);
    const month = await months.ofRoom(id);
    return {
      quietUntil: opensAt > now ? opensAt : null,
      isTight: month !== undefined && monthState(month) !== 'plenty',
      isShadow: false,
      wide,
    };
  };
}
