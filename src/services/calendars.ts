import { type Calendar, parseHours } from '../domain/calendar.ts';
import type { Warehouse } from '../domain/fulfillment.ts';
import type { Directory } from './directory.ts';

/** Calendars of warehouses, read once per set of hours; whoever is not configured is open around the clock. */
export function createCalendars(directory: Directory): (warehouse: Pick<Warehouse, 'hours'> | undefined) => Calendar {
  const known = new Map<string, Calendar>();
  return (warehouse) => {
    const hours = warehouse?.hours ?? [];
    const key = hours.join('\n');
    const calendar = known.get(key) ?? parseHours(hours, directory.timezone);
    known.set(key, calendar);
    return calendar;
  };
}
