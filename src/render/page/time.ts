import { toBeijingText } from '../../domain/local-time.ts';
import type { Language } from '../../domain/text.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** "2时10分", "45分", "20秒", "3天4时". English: "2h 10m". */
export function spanText(ms: number, language: Language): string {
  const all = Math.max(0, Math.abs(ms));
  const unit = language === 'zh' ? { d: '天', h: '时', m: '分', s: '秒' } : { d: 'd ', h: 'h ', m: 'm', s: 's' };
  if (all < minute) return `${Math.floor(all / 1_000)}${unit.s}`;
  if (all < hour) return `${Math.floor(all / minute)}${unit.m}`;
  const [big, bigUnit, small, smallUnit] =
    all < day
      ? [Math.floor(all / hour), unit.h, Math.floor((all % hour) / minute), unit.m]
      : [Math.floor(all / day), unit.d, Math.floor((all % day) / hour), unit.h];
  return small === 0 ? `${big}${bigUnit}`.trim() : `${big}${bigUnit}${small}${smallUnit}`.trim();
}

/** "10:32" today, "11-23 10:32" on another day. */
export function clockText(at: number, now: number): string {
  const text = toBeijingText(at);
  return text.slice(0, 10) === toBeijingText(now).slice(0, 10) ? text.slice(11, 16) : text.slice(5, 16);
}

export const clockWithSeconds = (at: number): string => toBeijingText(at).slice(11, 19);

/** For `<time datetime>`. */
export const machineTime = (at: number): string => `${toBeijingText(at).replace(' ', 'T')}+08:00`;
