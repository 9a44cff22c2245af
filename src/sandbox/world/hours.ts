import { closeAt, openAt } from './company.ts';
import { clockTime, DAY, startOfDay } from './time.ts';

/** Whether people work in the warehouses. */
export function isOpen(at: number): boolean {
  const time = at - startOfDay(at);
  return time >= clockTime(openAt) && time < clockTime(closeAt);
}

/** `at` when the warehouses are open, else the next opening. */
export function nextOpen(at: number): number {
  if (isOpen(at)) return at;
  const today = startOfDay(at) + clockTime(openAt);
  return at < today ? today : today + DAY;
}
