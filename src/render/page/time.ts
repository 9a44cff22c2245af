import type { Language } from '../../domain/text.ts';
import { clockTime, dateTime, localDay, span } from '../words.ts';

/** Times as one reader sees them. */
export interface Times {
  readonly now: number;
  /** 10:32 today, 11月23日 10:32 on another day. */
  clock(at: number): string;
  /** 10:32, whatever the day. */
  time(at: number): string;
  /** With seconds. */
  exact(at: number): string;
  /** How far from now, either way: 2时10分. */
  away(at: number): string;
  /** For `<time datetime>`. */
  machine(at: number): string;
}

export function timesFor(language: Language, timezone: string, now: number): Times {
  const today = localDay(now, timezone);
  return {
    now,
    clock: (at) => (localDay(at, timezone) === today ? clockTime(at, timezone) : dateTime(at, timezone, language)),
    time: (at) => clockTime(at, timezone),
    exact: (at) => `${clockTime(at, timezone)}:${String(Math.floor((at / 1_000) % 60)).padStart(2, '0')}`,
    away: (at) => span(at - now, language),
    machine: (at) => new Date(at).toISOString(),
  };
}
