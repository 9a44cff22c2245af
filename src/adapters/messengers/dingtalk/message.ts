import { type Button, markOf } from '../../../domain/card.ts';
import { cutTo } from '../../../domain/text.ts';
import { callLine, type Mention, type OutgoingCard } from '../../../ports/messenger.ts';
import { lineText, ownText } from './dialect.ts';
import { fitLines } from './fit.ts';

/** A message of the robot: the key of its kind, and its parameters. */
export interface RobotMessage {
  readonly msgKey: string;
  readonly msgParam: string;
}

/** The limit of the group send (msgParam); the webhook's body may have 20,000. */
export const mostBytes = 15_000;
/** An action card has five; one is kept for the link. */
export const mostButtons = 4;
const longestTitle = 60;

/** Blanks before the end make DingTalk's markdown break the line. */
const lineBreak = '  \n';

export const titleOf = (card: OutgoingCard): string =>
  cutTo(`${markOf[card.tone]} ${lineText(card.lines[0] ?? [])}`.trim(), longestTitle);

export const linesOf = (card: OutgoingCard): readonly string[] => card.lines.map(lineText);

/** How the line that calls people writes them: the webhook rings for an id that stands in the text, the app's robot does not. */
export type Naming = 'id' | 'name';

/** Markdown has no buttons: what they say is written out, to be sent by hand. A group's robot hears only who mentions it. */
export function markdown(card: OutgoingCard, naming: Naming): { readonly title: string; readonly text: string } {
  const buttons = card.buttons.slice(0, mostButtons);
  const isChinese = /[\u4e00-\u9fff]/.test(buttons.map(({ label }) => label).join(''));
  const spoken = buttons.map(({ label, command }) =>
    isChinese
      ? `回 @机器人 ${ownText(command)} → ${ownText(label)}`
      : `Reply @bot ${ownText(command)} → ${ownText(label)}`,
  );
  const links = linkOf(card).map(({ title, url }) => `[${title}](${url})`);
  return within(card, mostBytes, [...callOf(card, naming), ...spoken, ...links]);
}

function callOf(card: OutgoingCard, naming: Naming): readonly string[] {
  const parts = callLine(card).map((part) => (typeof part === 'string' ? ownText(part) : `@${nameFor(part, naming)}`));
  return parts.length === 0 ? [] : [parts.join('')];
}

const nameFor = ({ userId, name }: Mention, naming: Naming): string => (naming === 'id' ? userId : ownText(name));

/** In private a tap may speak for the person: the robot hears it without being mentioned. */
export function privateMessage(card: OutgoingCard): RobotMessage {
  const taps = [...card.buttons.slice(0, mostButtons).map(tapOf), ...linkOf(card)];
  const [only, ...more] = taps;
  if (only === undefined) return groupMessage(card);
  const buttons =
    more.length === 0
      ? { singleTitle: only.title, singleURL: only.url }
      : Object.fromEntries(
          taps.flatMap(({ title, url }, at) => [
            [`actionTitle${at + 1}`, title],
            [`actionURL${at + 1}`, url],
          ]),
        );
  const room = mostBytes - bytesOf(buttons);
  return {
    msgKey: `sampleActionCard${more.length === 0 ? '' : taps.length}`,
    msgParam: JSON.stringify({ ...within(card, room, []), ...buttons }),
  };
}

export const groupMessage = (card: OutgoingCard): RobotMessage => ({
  msgKey: 'sampleMarkdown',
  msgParam: JSON.stringify(markdown(card, 'name')),
});

const inUrl = (sign: string): string => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`;

interface Tap {
  readonly title: string;
  readonly url: string;
}

const tapOf = ({ label, command }: Button): Tap => ({
  title: ownText(label),
  url: `dtmd://dingtalkclient/sendMessage?content=${encodeURIComponent(command)}`,
});

const linkOf = ({ link, url }: OutgoingCard): readonly Tap[] =>
  link === null || url === null ? [] : [{ title: ownText(link.label), url: url.replace(/[()\s<>]/g, inUrl) }];

/** Title and text, of whose lines as many are kept as fit; `tail` is kept whole. */
function within(card: OutgoingCard, most: number, tail: readonly string[]): { title: string; text: string } {
  const title = titleOf(card);
  const made = (lines: readonly string[]): { title: string; text: string } => {
    const [first = '', ...rest] = lines;
    return { title, text: [`#### ${markOf[card.tone]} ${first}`, ...rest, ...tail].join(lineBreak) };
  };
  return made(fitLines(linesOf(card), (lines) => bytesOf(made(lines)) <= most));
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
