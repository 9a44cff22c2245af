import { localOf } from '../domain/calendar.ts';
import type { Language, Text } from '../domain/text.ts';

export { localDay } from '../domain/local-day.ts';

export const say = (text: Text, language: Language): string => text[language];

/** 2时10分 · 45分 · 30秒; `en`: 2 h 10 min. Minutes are rounded down: time left is never flattered. */
export function span(ms: number, language: Language): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const zh = language === 'zh';
  if (days >= 2) return zh ? `${days}天${hours % 24}时` : `${days} d ${hours % 24} h`;
  if (hours > 0) return zh ? `${hours}时${minutes % 60}分` : `${hours} h ${minutes % 60} min`;
  if (minutes > 0) return zh ? `${minutes}分` : `${minutes} min`;
  return zh ? `${seconds}秒` : `${seconds} s`;
}

/** Behind the first title of an order: ` 等3款`; empty when there is no more than one. */
export function moreLines(count: number, language: Language): string {
  if (count === 0) return '';
  return language === 'zh' ? ` 等${count + 1}款` : ` +${count}`;
}

/** 14:32 in the company's zone. */
export const clockTime = (at: number, timezone: string): string => hoursAndMinutes(new Date(localOf(timezone, at)));

/** 11月22日 14:32 / 22 Nov 14:32. */
export function dateTime(at: number, timezone: string, language: Language): string {
  const local = new Date(localOf(timezone, at));
  const [month, date, time] = [local.getUTCMonth(), local.getUTCDate(), hoursAndMinutes(local)];
  return language === 'zh' ? `${month + 1}月${date}日 ${time}` : `${date} ${months[month] ?? ''} ${time}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const twoDigits = (value: number): string => String(value).padStart(2, '0');
const hoursAndMinutes = (local: Date): string =>
  `${twoDigits(local.getUTCHours())}:${twoDigits(local.getUTCMinutes())}`;

/** Fills {braces}. A name without a value stays visible, so that nobody reads a sentence with a hole. */
export const fill = (sentence: string, values: Readonly<Record<string, string | number | undefined>>): string =>
  sentence.replace(/\{(\w+)\}/g, (brace, name: string) => String(values[name] ?? brace));

/** What stands beside the line and is not counted as due. */
export const apartWords = {
  postage: { zh: '补邮费', en: 'postage' },
  sample: { zh: '样品', en: 'samples' },
  resend: { zh: '补发', en: 'resends' },
  held: { zh: '暂停发货', en: 'on hold' },
  refund: { zh: '退款中', en: 'refunding' },
} satisfies Record<string, Text>;
