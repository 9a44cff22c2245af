import { instantOf } from './calendar.ts';

const day = 86_400_000;

/** 2026-11-24: the day that a clock in the zone shows at that instant. */
export function localDay(at: number, zone: string): string {
  let date = Math.floor(at / day);
  while (instantOf(zone, (date + 1) * day) <= at) date += 1;
  while (instantOf(zone, date * day) > at) date -= 1;
  return textOf(date * day);
}

/** The instant at which the zone's clock shows `HH:MM` on that day. */
export function instantAt(localDay: string, time: string, zone: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return minutesInto(localDay, hours * 60 + minutes, zone);
}

/** The instant at which that many minutes of a local day are over; 1,440 is the next midnight. */
export const minutesInto = (localDay: string, minutes: number, zone: string): number =>
  instantOf(zone, utcOf(localDay) + minutes * 60_000);

/** The first instant of a local day. */
export const startOfDay = (localDay: string, zone: string): number => instantOf(zone, utcOf(localDay));

export const addDays = (localDay: string, count: number): string => textOf(utcOf(localDay) + count * day);

/** From one day to another, both included. */
export const daysBetween = (from: string, to: string): readonly string[] =>
  Array.from({ length: Math.max(0, (utcOf(to) - utcOf(from)) / day + 1) }, (_, index) => addDays(from, index));

/** Weeks begin on Monday. */
export const mondayOf = (localDay: string): string =>
  addDays(localDay, -((new Date(utcOf(localDay)).getUTCDay() + 6) % 7));

export const firstOfMonth = (localDay: string): string => `${localDay.slice(0, 8)}01`;

const utcOf = (localDay: string): number => Date.parse(`${localDay}T00:00:00Z`);
const textOf = (utc: number): string => new Date(utc).toISOString().slice(0, 10);
