import type { Light, Rate } from '../domain/health.ts';
import type { Language, Text } from '../domain/text.ts';

/** Colour, shape and word, always together: circle, diamond, square, ring. */
export const lightMarks: Readonly<Record<Light, string>> = { green: '🟢', yellow: '🔶', red: '🟥', none: '○' };

export const lightWords: Readonly<Record<Light, Text>> = {
  green: { zh: '绿灯', en: 'green' },
  yellow: { zh: '黄灯', en: 'yellow' },
  red: { zh: '红灯', en: 'red' },
  none: { zh: '无数据', en: 'no data' },
};

export const lightText = (light: Light, language: Language): string =>
  `${lightMarks[light]} ${lightWords[light][language]}`;

/** 6.2: hours with one place; – for none. */
export const hoursText = (ms: number | null): string => (ms === null ? '–' : (ms / 3_600_000).toFixed(1));

export const countText = (count: number): string => count.toLocaleString('en-US');

/** 0.42%（35/8,310 发货单）: never a rate without what it is out of. */
export function rateText(rate: Rate, unit: string, language: Language): string {
  if (rate === null || rate.n === 0) return '';
  const outOf = `${countText(rate.of)}/${countText(rate.n)} ${unit}`;
  const percent = `${((rate.of / rate.n) * 100).toFixed(2)}%`;
  return language === 'zh' ? `${percent}（${outOf}）` : `${percent} (${outOf})`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 2026-11-24 → 11月24日 / 24 Nov. */
export function dayText(day: string, language: Language): string {
  const [month = 1, date = 1] = day.slice(5).split('-').map(Number);
  return language === 'zh' ? `${month}月${date}日` : `${date} ${months[month - 1] ?? ''}`;
}
