import { markOf } from '../../../domain/card.ts';
import { callLine, type OutgoingCard } from '../../../ports/messenger.ts';
import { bytesOf, cutBytes, markdownLine, markdownUrl, plainLine } from './dialect.ts';

/** A hard line break in every dialect of the family. */
const lineBreak = '  \n';

/**
 * A card as markdown of at most `maxBytes`. Buttons become the words to send instead. What does not fit is cut at a character;
 * the link to the whole stays.
 */
export function toMarkdown(card: OutgoingCard, maxBytes: number): string {
  const [head = [], ...rest] = card.lines;
  const ways = card.buttons.map(({ label, command }) => markdownLine([`${label} → ${command}`]));
  if (card.url !== null) ways.push(`[${markdownLine([card.link?.label ?? '…'])}](${markdownUrl(card.url)})`);
  const tail = ways.map((way) => lineBreak + way).join('');
  const room = maxBytes - bytesOf(tail);
  const title = `${markOf[card.tone]} ${markdownLine(head)}`.trim();
  return fill(title, rest.map(markdownLine), room, lineBreak, (text) => `**${text}**`) + tail;
}

/** `12号 @李建国 杭州仓停了，37 单`: the names for the eye; the list beside the text rings. */
export const callText = (card: OutgoingCard): string =>
  plainLine(callLine(card).map((part) => (typeof part === 'string' ? part : `@${part.name}`)));

/** The same as plain text, for a message that calls people by name. */
export function toText(card: OutgoingCard, maxBytes: number): string {
  const [head = [], ...rest] = card.lines;
  const link = card.url === null ? '' : `\n${plainLine([card.link?.label ?? ''])} ${card.url}`;
  const tail = `${link}${callLine(card).length === 0 ? '' : `\n${callText(card)}`}`;
  const title = `${markOf[card.tone]} ${plainLine(head)}`.trim();
  return fill(title, rest.map(plainLine), maxBytes - bytesOf(tail), '\n', (text) => text) + tail;
}

function fill(
  title: string,
  lines: readonly string[],
  room: number,
  between: string,
  dress: (title: string) => string,
): string {
  let text = dress(cutBytes(title, room - bytesOf(dress(''))));
  for (const line of lines) {
    if (line === '') continue;
    const left = room - bytesOf(text) - bytesOf(between);
    if (bytesOf(line) <= left) {
      text += between + line;
      continue;
    }
    if (left > bytesOf('…')) text += between + cutBytes(line, left);
    break;
  }
  return text;
}
