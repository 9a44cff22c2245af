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
