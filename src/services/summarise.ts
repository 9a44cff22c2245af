import { addDays, instantAt, localDay } from '../domain/local-day.ts';
import type { Clock } from '../ports/clock.ts';
import type { RoomRow, Storage } from '../ports/stores.ts';
import { healthCard } from '../render/health-card.ts';
import { clockTime } from '../render/words.ts';
import type { ReadHealth } from './read-health.ts';

export interface SummariseDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  /** IANA zone of the company. */
  readonly timezone: string;
  readonly readHealth: ReadHealth;
  /** Local times (`08:30`), and rooms by id; without any, every room. Read at each use: they come with a reload. */
  readonly summary: { readonly at: readonly string[]; readonly rooms?: readonly string[] | undefined };
}

interface Slot {
  readonly day: string;
  readonly time: string;
  readonly at: number;
}

/** Later than this it says so. */
const lateMs = 5 * 60_000;
const noon = '12:00';

/**
 * Puts out the daily summary when its time has come, once for each room and time: the outbox key says so, whatever dies
 * in between. What was missed while nobody ran comes once afterwards, marked late. Answers how many were put out.
 */
export function createSummarise(deps: SummariseDeps) {
  const { storage, clock, timezone, readHealth } = deps;
  /** Saves reading health again; the outbox knows it for good. */
  const done = new Set<string>();

  async function lastSlot(now: number): Promise<Slot | undefined> {
    const today = localDay(now, timezone);
    const slots = [addDays(today, -1), today].flatMap((day) =>
      deps.summary.at.map((time): Slot => ({ day, time, at: instantAt(day, time, timezone) })),
    );
    const last = slots.filter(({ at }) => at <= now).sort((a, b) => b.at - a.at)[0];
    // What lies before a company's first start was not missed.
    return last === undefined || last.at < (await storage.bornAt()) ? undefined : last;
  }

  async function put({ day, time, at }: Slot, room: RoomRow, now: number): Promise<boolean> {
    const isMorning = time < noon;
    const health = await readHealth('day', isMorning ? addDays(day, -1) : day);
    const lateAt = now - at > lateMs ? clockTime(now, timezone) : null;
    return await storage.outbox.add({
      key: `summary/${day}/${time}/${room.id}`,
      roomId: room.id,
      kind: 'notice',
      priority: 2,
      alertId: null,
      card: healthCard(health, room.language, { type: isMorning ? 'morning' : 'evening', day, lateAt }),
      dueAt: now,
    });
  }

  return async (): Promise<number> => {
    const now = clock.now();
    const slot = await lastSlot(now);
    if (slot === undefined) return 0;
    // Where nobody is bound yet it would wait, and come with all that had waited before it.
    const rooms = (await storage.rooms.list()).filter(
      ({ id, chatId }) => chatId !== '' && (deps.summary.rooms?.includes(id) ?? true),
    );
    let count = 0;
    for (const room of rooms) {
      const key = `${slot.at}/${room.id}`;
      if (done.has(key)) continue;
      if (await put(slot, room, now)) count += 1;
      done.add(key);
    }
    return count;
  };
}
