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
export const clockTime = (at: number, timezone: string): string => format(timezone, 'time').format(at);

/** 11月22日 14:32 / 22 Nov 14:32. */
export function dateTime(at: number, timezone: string, language: Language): string {
  const parts = format(timezone, 'parts').formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  const month = Number(of('month'));
  return language === 'zh'
    ? `${month}月${Number(of('day'))}日 ${of('hour')}:${of('minute')}`
    : `${Number(of('day'))} ${months[month - 1] ?? ''} ${of('hour')}:${of('minute')}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const formats = new Map<string, Intl.DateTimeFormat>();

function format(timezone: string, kind: 'time' | 'parts'): Intl.DateTimeFormat {
  const key = `${timezone}/${kind}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    ...time,
    ...(kind === 'parts' ? ({ year: 'numeric', month: '2-digit', day: '2-digit' } as const) : {}),
  });
  formats.set(key, made);
  return made;
}

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
