import type { Line } from '../../../domain/card.ts';
import { cutTo } from '../../../domain/text.ts';

/** What a stranger's words may fill on a card. */
const longestForeign = 40;

/** Unseen or misleading: controls, bidi and zero-width marks, halves of characters, private signs, line separators. */
const unseen = /\p{Cc}|\p{Cf}|\p{Cs}|\p{Co}|\p{Cn}|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}/gu;
const lineEnds = /[\r\n\t\v\f\u0085\u2028\u2029]+/g;
const heapedMarks = /(\p{M}{2})\p{M}+/gu;

/** DingTalk's markdown knows no escape that can be relied on, so signs that mean something become their wide twins. */
const markup = /[*_`~<>[\]\\|#]/g;
const foreignMarkup = /[*_`~<>[\]\\|#@&$!(){}^]/g;
/** Clients make links of schemes, domains and addresses by themselves; 10:32, 19.90 and 1/2 stay. */
const linkSigns = [
  /(?<!\d):|:(?!\d)/g,
  /\.(?=[\p{L}\p{N}-]*\p{L})/gu,
  /(?<=\d\.\d+)\.|\.(?=\d+\.\d)/g,
  /\/(?=\/)|(?<=\/)\//g,
  // What stands beside it on the line could complete a link.
  /^[./:]|[./:]$/g,
];
/** A list or a heading underlined: only where a line begins. */
const opening = /^[-+=.)]|(?<=^\d{1,9})[.)]/;

const wide = (sign: string): string => String.fromCharCode(sign.charCodeAt(0) + 0xfee0);

/** Somebody else's words as plain text on one line: no link, mention, image or markup, at most 40 characters. */
export function foreignText(words: string): string {
  const plain = words
    .replace(lineEnds, ' ')
    .replace(unseen, '')
    .replace(heapedMarks, '$1')
    .replace(/\p{Zs}+/gu, ' ');
  return linkSigns
    .reduce((text, sign) => text.replace(sign, wide), cutTo(plain, longestForeign))
    .replace(foreignMarkup, wide);
}

/** Our own words may hold a name from the configuration, which is no markup either. */
export const ownText = (words: string): string =>
  words.replace(lineEnds, ' ').replace(unseen, '').replace(markup, wide);

export function lineText(line: Line): string {
  const text = line.map((piece) => (typeof piece === 'string' ? ownText(piece) : foreignText(piece.foreign))).join('');
  return text.trim().replace(opening, wide);
}
