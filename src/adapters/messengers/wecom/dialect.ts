import type { Line } from '../../../domain/card.ts';
import { cutTo, type Piece } from '../../../domain/text.ts';

const mostForeign = 40;
/** Controls, zero-width and bidi marks, private use, fillers that take no room. */
const unseen = /\p{Cc}|\p{Cf}|\p{Co}|\p{Cn}|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/gu;

/** The full-width twin: reads the same, is no markup, and the bot reads it back as the plain one. */
const wide = (signs: string): string =>
  signs.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));

/**
 * Somebody else's words as words only: no link, mention, image, markup, line break or unseen sign (wecom.md §2.10 documents
 * no escaping, so what could be markup is replaced). At most 40 characters.
 */
export function foreignWords(text: string): string {
  const seen = text
    .replace(/[\ud800-\udfff]/gu, '\ufffd')
    .replace(/[\s\u2028\u2029]+/gu, ' ')
    .replace(unseen, '')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  return cutTo(seen, mostForeign)
    .replace(/[\\`*_[\]<>|~#@$&]/g, wide)
    .replace(/^[-+=:]+/, wide)
    .replace(/^(\d{1,9})([.)])/, (_all, number: string, sign: string) => number + wide(sign))
    .replace(/([a-z][a-z\d+.-]*):(?=\S)/gi, '$1：')
    .replace(/:(?=\/\/)/g, '：')
    .replace(/(?<=www)\./gi, '．')
    .replace(/(?<=[\p{L}\p{N}-])\.(?=\p{L}{2})/gu, '．')
    .replace(/(?<=\d)\.(?=\d{1,3}\.\d)/g, '．');
}

/** Our own words in markdown: shown as they are written. Addresses stay as they are. */
function ownWords(text: string): string {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/\r?\n/g, ' ').replace(/[\\`*_[\]<>|~]/g, wide)))
    .join('');
}

const joined = (line: Line, own: (text: string) => string): string =>
  line.map((piece: Piece) => (typeof piece === 'string' ? own(piece) : foreignWords(piece.foreign))).join('');

/** One line of markdown. What would open a heading, a list or a quote at its start does not. */
export const markdownLine = (line: Line): string =>
  joined(line, ownWords)
    .trim()
    .replace(/^[-+=#>]+/, wide)
    .replace(/^(\d{1,9})([.)])(?= )/, (_all, number: string, sign: string) => number + wide(sign));

/** One line of plain text, in cards and in text messages; only `<@…>` means anything there. */
export const plainLine = (line: Line): string =>
  joined(line, (text) => text.replace(/\r?\n/g, ' ').replaceAll('<@', '＜@')).trim();

/** An address that ends where the markdown link ends. */
export const markdownUrl = (url: string): string =>
  url.replace(/[()\s<>]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

export const bytesOf = (text: string): number => Buffer.byteLength(text);

/** As many whole characters as fit into `most` bytes, with an ellipsis when some are missing. */
export function cutBytes(text: string, most: number): string {
  if (bytesOf(text) <= most) return text;
  let left = most - bytesOf('…');
  let kept = '';
  for (const sign of text) {
    left -= bytesOf(sign);
    if (left < 0) break;
    kept += sign;
  }
  return `${kept}…`;
}
