import type { Random } from './random.ts';
import { DAY, HOUR, startOfDay } from './time.ts';

/** Share of a day's orders in each hour, in percent. */
const hourlyCurve = [
  3.2, 2.0, 1.2, 0.8, 0.6, 0.6, 0.9, 1.6, 2.6, 3.8, 4.8, 5.0, 4.8, 4.2, 4.2, 4.6, 4.6, 4.4, 4.4, 5.6, 8.6, 10.2, 9.6,
  7.7,
] as const;

const total = hourlyCurve.reduce((sum, share) => sum + share, 0);

/** More buyers than usual, or fewer, until world time `until`. */
export interface Surge {
  factor: number;
  until: number;
}

/** When the next order comes: a Poisson stream whose intensity follows the curve and the running surge. */
export function nextArrival(at: number, perDay: number, surge: Surge | undefined, random: Random): number {
  let work = random.exponential();
  let now = at;
  for (;;) {
    const hourEnd = (Math.floor(now / HOUR) + 1) * HOUR;
    const surging = surge !== undefined && now < surge.until;
    const end = surging ? Math.min(hourEnd, surge.until) : hourEnd;
    const perMs = (perDay * shareAt(now) * (surging ? surge.factor : 1)) / HOUR;
    if (work <= perMs * (end - now)) return Math.ceil(now + work / perMs);
    work -= perMs * (end - now);
    now = end;
  }
}

function shareAt(at: number): number {
  const hour = Math.floor(((at - startOfDay(at)) % DAY) / HOUR);
  return (hourlyCurve[hour] ?? 0) / total;
}
