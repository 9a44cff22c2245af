import { numberSaid, numeralLetters } from '../numerals.ts';

const minute = 60_000;
const amount = `(\\d{1,4}(?:\\.\\d)?|[${numeralLetters}]{1,3})`;
const noLetter = '(?![a-z0-9])';

const shapes: readonly (readonly [RegExp, (one: number, two: number) => number])[] = [
  [/半\s?个?(?:小时|钟头)/y, () => 30],
  [/一刻钟/y, () => 15],
  [new RegExp(`${amount}\\s?个半\\s?(?:小时|钟头)`, 'y'), (hours) => hours * 60 + 30],
  [new RegExp(`${amount}\\s?个?(?:小时|钟头)半`, 'y'), (hours) => hours * 60 + 30],
  [new RegExp(`${amount}\\s?个?(?:小时|钟头)\\s?${amount}\\s?分钟?`, 'y'), (hours, minutes) => hours * 60 + minutes],
  [new RegExp(`${amount}\\s?个?(?:小时|钟头)`, 'y'), (hours) => hours * 60],
  [new RegExp(`${amount}\\s?分钟?`, 'y'), (minutes) => minutes],
  [new RegExp(`${amount}\\s?天`, 'y'), (days) => days * 1440],
  [new RegExp(`(\\d{1,3})\\s?h\\s?(\\d{1,2})\\s?m(?:in)?${noLetter}`, 'y'), (hours, minutes) => hours * 60 + minutes],
  [new RegExp(`(\\d{1,3}(?:\\.\\d)?)\\s?(?:hours?|hrs?|h)${noLetter}`, 'y'), (hours) => hours * 60],
  [new RegExp(`(\\d{1,4})\\s?(?:minutes?|mins?|m)${noLetter}`, 'y'), (minutes) => minutes],
  [new RegExp(`(\\d{1,2})\\s?(?:days?|d)${noLetter}`, 'y'), (days) => days * 1440],
];

/** No length of time has five digits: most numbers are orders. */
const starts = new RegExp(`(?!\\d{5})[\\d半${numeralLetters}]`, 'y');

/** A length of time that begins exactly here: 30m, 2h, 1h30m, 30分钟, 两小时, 一个半小时, 半小时. */
export function durationAt(text: string, at: number): { readonly ms: number; readonly end: number } | undefined {
  starts.lastIndex = at;
  if (!starts.test(text)) return undefined;
  for (const [shape, minutesOf] of shapes) {
    shape.lastIndex = at;
    const match = shape.exec(text);
    if (match === null) continue;
    const minutes = minutesOf(read(match[1]), read(match[2]));
    if (Number.isFinite(minutes) && minutes > 0) return { ms: Math.round(minutes * minute), end: at + match[0].length };
  }
  return undefined;
}

function read(words: string | undefined): number {
  if (words === undefined) return 0;
  return /^\d/.test(words) ? Number(words) : (numberSaid(words) ?? Number.NaN);
}
