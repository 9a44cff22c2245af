import { createHash, randomBytes } from 'node:crypto';
import type { TemplateCard } from '@wecom/aibot-node-sdk';
import { z } from 'zod';
import { type Button, markOf } from '../../../domain/card.ts';
import { cutTo } from '../../../domain/text.ts';
import type { OutgoingCard } from '../../../ports/messenger.ts';
import { bytesOf, plainLine } from './dialect.ts';

/** Field lengths that a telephone shows whole (wecom.md §2.11). */
const most = { title: 26, desc: 30, sub: 112, quote: 200, label: 10, jump: 13, keyBytes: 1_024 };
export const mostButtons = 6;

/**
 * All that is needed to draw a card again. It travels in the buttons' keys, because a card can be repainted only after a
 * press, maybe after a restart, and only whole (wecom.md §2.6).
 */
const Face = z.object({
  title: z.string(),
  desc: z.string().optional(),
  sub: z.string().optional(),
  quote: z.string().optional(),
  url: z.string().optional(),
  more: z.string().optional(),
  buttons: z.array(z.tuple([z.string(), z.string(), z.number()])).min(1),
  /** Which buttons were pressed. */
  pressed: z.array(z.number()).default([]),
});
type Face = z.output<typeof Face>;

const Key = Face.extend({ at: z.number().int().nonnegative() });

const styleOf: Readonly<Record<Button['style'], number>> = { primary: 1, plain: 2, danger: 3 };

/** A card with buttons as a template card; undefined when it has none, or more to say than the fields hold. */
export function toTemplateCard(card: OutgoingCard, key: string): TemplateCard | undefined {
  const face = faceOf(card);
  if (face === undefined) return undefined;
  // The bot must never use an id twice, not even for the second attempt at the same message.
  const id = `${createHash('sha256').update(key).digest('hex').slice(0, 24)}_${randomBytes(6).toString('hex')}`;
  return draw(face, id);
}

/** What a press asks for, and the card as it looks after it. Undefined for keys that are not ours. */
export function readPress(
  key: string,
  taskId: string,
  userid: string,
): { readonly command: string; readonly painted: TemplateCard | undefined } | undefined {
  const parsed = Key.safeParse(parseJson(key));
  const button = parsed.data?.buttons[parsed.data.at];
  if (!parsed.success || button === undefined) return undefined;
  const { at, ...face } = parsed.data;
  const pressed = [...new Set([...face.pressed, at])];
  return { command: button[1], painted: draw({ ...face, pressed }, taskId, userid) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const lengthOf = (text: string): number => Array.from(text).length;

/** Title, a line below it, the text, and the rest as a quotation. */
function faceOf(card: OutgoingCard): Face | undefined {
  if (card.buttons.length === 0) return undefined;
  const [head = [], ...rest] = card.lines;
  const { title, left } = titleOf(`${markOf[card.tone]} ${plainLine(head)}`.trim());
  const lines = [left, ...rest.map(plainLine)].filter((line) => line !== '');
  const desc = lengthOf(lines[0] ?? '') <= most.desc ? lines.shift() : undefined;
  const sub: string[] = [];
  while (lines[0] !== undefined && lengthOf([...sub, lines[0]].join('\n')) <= most.sub) sub.push(lines.shift() ?? '');
  const quote = lines.join('\n');
  if (lengthOf(quote) > most.quote) return undefined;
  return {
    title,
    ...(desc === undefined ? {} : { desc }),
    ...(sub.length === 0 ? {} : { sub: sub.join('\n') }),
    ...(quote === '' ? {} : { quote }),
    ...(card.url === null ? {} : { url: card.url, more: cutTo(card.link?.label ?? '…', most.jump) }),
    buttons: card.buttons.slice(0, mostButtons).map(({ label, command, style }) => [label, command, styleOf[style]]),
    pressed: [],
  };
}

/** As many parts of `verb · time left · where` as the title holds; a part too long for it stands whole below. */
function titleOf(text: string): { title: string; left: string } {
  if (lengthOf(text) <= most.title) return { title: text, left: '' };
  const parts = text.split(' · ');
  let count = parts.length;
  while (count > 0 && lengthOf(parts.slice(0, count).join(' · ')) > most.title) count -= 1;
  if (count === 0) return { title: cutTo(text, most.title), left: text };
  return { title: parts.slice(0, count).join(' · '), left: parts.slice(count).join(' · ') };
}

function draw(face: Face, taskId: string, userid?: string): TemplateCard | undefined {
  const keys = face.buttons.map((_button, at) => keyOf(face, at));
  if (keys.some((key) => bytesOf(key) > most.keyBytes)) return undefined;
  const isChinese = /\p{Script=Han}/u.test(face.buttons.map(([label]) => label).join(''));
  const { desc, sub, quote, url, more } = face;
  return {
    card_type: 'button_interaction',
    task_id: taskId,
    main_title: { title: face.title, ...(desc === undefined ? {} : { desc }) },
    ...(sub === undefined ? {} : { sub_title_text: sub }),
    ...(quote === undefined ? {} : { quote_area: { type: 0, quote_text: quote } }),
    ...(url === undefined ? {} : { jump_list: [{ type: 1, title: more ?? '…', url }], card_action: { type: 1, url } }),
    ...(userid === undefined
      ? {}
      : {
          horizontal_content_list: [
            { keyname: isChinese ? '谁在办' : 'By', value: cutTo(userid, 26), type: 3, userid },
          ],
        }),
    button_list: face.buttons.map(([label, , style], at) => ({
      text: cutTo(face.pressed.includes(at) ? `${isChinese ? '处理中' : 'Busy'}·${label}` : label, most.label),
      style: face.pressed.includes(at) ? 2 : style,
      key: keys[at] ?? '',
    })),
  };
}

/** The face in one button's key. What a key cannot hold is missing after a press, and stands behind the link. */
function keyOf(face: Face, at: number): string {
  const { quote: _quote, ...short } = face;
  const { sub: _sub, ...shorter } = short;
  const { url: _url, more: _more, ...shortest } = shorter;
  const all = [face, short, shorter, shortest].map((each) => JSON.stringify({ ...each, at }));
  return all.find((key) => bytesOf(key) <= most.keyBytes) ?? all[0] ?? '';
}
