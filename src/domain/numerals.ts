/** Digits as they are dictated: 洞幺拐勾 for 0179 over the telephone and the radio, 两 before measure words. */
const digits: Readonly<Record<string, string>> = {
  零: '0',
  〇: '0',
  洞: '0',
  一: '1',
  幺: '1',
  二: '2',
  两: '2',
  三: '3',
  四: '4',
  五: '5',
  六: '6',
  七: '7',
  拐: '7',
  八: '8',
  九: '9',
  勾: '9',
};

export const numeralLetters = '零〇洞一幺二两三四五六七拐八九勾十百';

/** `零幺八八四二` → `018842`: said digit by digit. Undefined when 十 or 百 stand in it. */
export function digitsSaid(words: string): string | undefined {
  let said = '';
  for (const letter of words) {
    const digit = digits[letter];
    if (digit === undefined) return undefined;
    said += digit;
  }
  return said === '' ? undefined : said;
}

const small = /^(?:([一二两三四五六七八九])百)?(零)?(?:([一二三四五六七八九])?(十))?([一二两三四五六七八九])?$/;

/** Only who reads out digits says so; 一二号 are two numbers, and 洞 alone is a hole. */
const spelled = /^(?=.*[零〇洞幺拐勾])..{1,2}$|^[零〇一幺二两三四五六七八九]$/;

/** `一百零三` → 103, up to 999; `幺二` → 12. Undefined for what nobody says, and for what says two numbers. */
export function numberSaid(words: string): number | undefined {
  const said = digitsSaid(words);
  if (said !== undefined) return spelled.test(words) ? Number(said) : undefined;
  const match = small.exec(words);
  if (match === null || words === '') return undefined;
  const [, hundreds, , tens, ten, ones] = match;
  const of = (letter: string | undefined): number => (letter === undefined ? 0 : Number(digits[letter]));
  return of(hundreds) * 100 + (ten === undefined ? 0 : (tens === undefined ? 1 : of(tens)) * 10) + of(ones);
}

const read = '零一二三四五六七八九';

/** 37 → 三十七, 12000 → 一万两千: as a number is read out. Whole and below 100 million; anything else as its digits. */
export function numberRead(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value >= 100_000_000) return digitsRead(String(value));
  if (value >= 10_000) {
    const [much, rest] = [Math.floor(value / 10_000), value % 10_000];
    const small = rest === 0 ? '' : `${rest < 1_000 ? '零' : ''}${withTen(rest)}`;
    return `${numberRead(much).replace(/^二$/, '两')}万${small}`;
  }
  return value >= 10 && value < 20 ? withTen(value).replace(/^一/, '') : withTen(value);
}

/** Below ten thousand: 15 is 一十五, as behind another figure. */
function withTen(value: number): string {
  let words = '';
  let isSkipped = false;
  for (const [unit, name] of [
    [1_000, '千'],
    [100, '百'],
    [10, '十'],
    [1, ''],
  ] as const) {
    const digit = Math.floor(value / unit) % 10;
    if (digit === 0) {
      isSkipped = words !== '';
      continue;
    }
    words += `${isSkipped ? '零' : ''}${digit === 2 && unit >= 1_000 ? '两' : read[digit]}${name}`;
    isSkipped = false;
  }
  return words === '' ? '零' : words;
}

/** 018842 → 零幺八八四二: digit by digit, 1 as 幺 that nobody mishears for 七. Whatever is no digit is left out. */
export const digitsRead = (text: string): string =>
  [...text]
    .filter((letter) => /\d/.test(letter))
    .map((digit) => (digit === '1' ? '幺' : read[Number(digit)]))
    .join('');
