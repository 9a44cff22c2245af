import { createHash } from 'node:crypto';
import type { OutgoingCard, Target } from '../../../ports/messenger.ts';
import { ownText } from './dialect.ts';
import { fitLines } from './fit.ts';
import { linesOf, mostButtons, titleOf } from './message.ts';

/** A variable of a card holds 1 KB; longer texts are spread over several. */
const longestValue = 1_000;
const textVariables = 8;
const lineBreak = '  \n';

/**
 * The card's own id, the same on every attempt: the platform shows it once. It carries the chat, because a click is not
 * sure to tell where it was.
 */
export function trackId({ chatId, isPrivate }: Target, key: string): string {
  const mark = createHash('sha256').update(`${chatId}\n${key}`).digest('hex').slice(0, 24);
  return `wr-${isPrivate ? 'p' : 'g'}-${Buffer.from(chatId).toString('base64url')}-${mark}`;
}

/** The chat of a card that this module made. */
export function chatOfTrack(outTrackId: string): { readonly chatId: string; readonly isPrivate: boolean } | undefined {
  const [, kind, chat = ''] = /^wr-([pg])-([\w-]+)-[0-9a-f]{24}$/.exec(outTrackId) ?? [];
  if (kind === undefined) return undefined;
  return { chatId: Buffer.from(chat, 'base64url').toString('utf8'), isPrivate: kind === 'p' };
}

/**
 * The variables of the template: title, tone, text1–text8, b1–b4 with the commands c1–c4, url with urlLabel, status.
 * All are strings; what is empty is hidden by the template.
 */
export function variablesOf(card: OutgoingCard): Readonly<Record<string, string>> {
  const [, ...lines] = linesOf(card);
  const texts = spread(lines);
  const link = card.link !== null && card.url !== null ? { url: card.url, urlLabel: ownText(card.link.label) } : {};
  const buttons = Array.from({ length: mostButtons }, (_, at) => card.buttons[at]);
  return {
    title: titleOf(card),
    tone: card.tone,
    status: '',
    url: '',
    urlLabel: '',
    ...link,
    ...numbered('text', textVariables, (at) => texts[at] ?? ''),
    ...numbered('b', mostButtons, (at) => ownText(buttons[at]?.label ?? '')),
    ...numbered('c', mostButtons, (at) => buttons[at]?.command ?? ''),
  };
}

const numbered = (name: string, count: number, value: (at: number) => string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${at + 1}`, value(at)]));

/** Lines packed into the text variables; the last one that fits may be cut. */
function spread(lines: readonly string[]): readonly string[] {
  const pack = (some: readonly string[]): readonly string[] => {
    const packed: string[] = [];
    for (const line of some) {
      const joined = packed.length === 0 ? line : `${packed.at(-1)}${lineBreak}${line}`;
      if (Buffer.byteLength(joined) <= longestValue && packed.length > 0) packed[packed.length - 1] = joined;
      else packed.push(line);
    }
    return packed;
  };
  const fits = (some: readonly string[]): boolean => {
    const packed = pack(some);
    return packed.length <= textVariables && packed.every((text) => Buffer.byteLength(text) <= longestValue);
  };
  // Pieces of a line that is too long for one variable continue in the next.
  return pack(fitLines(lines.flatMap(split), fits));
}

function split(line: string): readonly string[] {
  if (Buffer.byteLength(line) <= longestValue) return [line];
  const pieces: string[] = [];
  let piece = '';
  let size = 0;
  for (const sign of line) {
    const more = Buffer.byteLength(sign);
    if (size + more > longestValue) {
      pieces.push(piece);
      piece = '';
      size = 0;
    }
    piece += sign;
    size += more;
  }
  return [...pieces, piece];
}

/** The body of createAndDeliver. */
export function cardRequest(options: {
  readonly templateId: string;
  readonly robotCode: string;
  readonly target: Target;
  readonly card: OutgoingCard;
  readonly key: string;
}): object {
  const { templateId, robotCode, target, card, key } = options;
  const title = titleOf(card);
  const called = (card.mentions ?? []).map(({ userId, name }) => [userId, name]);
  const space = target.isPrivate
    ? {
        openSpaceId: `dtv1.card//IM_ROBOT.${target.chatId}`,
        imRobotOpenSpaceModel: { supportForward: false, lastMessageI18n: { ZH_CN: title } },
        imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT', robotCode },
      }
    : {
        openSpaceId: `dtv1.card//IM_GROUP.${target.chatId}`,
        imGroupOpenSpaceModel: {
          supportForward: false,
          lastMessageI18n: { ZH_CN: title },
          notification: { alertContent: title },
        },
        imGroupOpenDeliverModel: {
          robotCode,
          ...(called.length === 0 ? {} : { atUserIds: Object.fromEntries(called) }),
        },
      };
  return {
    cardTemplateId: templateId,
    outTrackId: trackId(target, key),
    callbackType: 'STREAM',
    userIdType: 1,
    cardData: { cardParamMap: variablesOf(card) },
    ...space,
  };
}
