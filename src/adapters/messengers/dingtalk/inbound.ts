import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { Heard } from '../../../ports/messenger.ts';
import { chatOfTrack } from './interactive-card.ts';

/** Something that is no words: what it was, and what a recording is thought to say. */
export interface Unreadable {
  readonly kind: 'audio' | 'file' | 'picture' | 'video' | 'other';
  readonly recognised: string;
  /** Of a file: what fetches it. */
  readonly file?: { readonly name: string; readonly downloadCode: string };
}

export type Read = { readonly heard: Heard; readonly unreadable?: Unreadable };

const Robot = z.object({
  msgId: z.string().min(1),
  msgtype: z.string(),
  conversationId: z.string().min(1),
  conversationType: z.coerce.string(),
  senderId: z.string().default(''),
  senderStaffId: z.string().optional(),
  text: z.object({ content: z.string() }).optional(),
  content: z
    .looseObject({
      recognition: z.string().optional(),
      fileName: z.string().optional(),
      downloadCode: z.string().optional(),
    })
    .optional()
    .catch(undefined),
});
const RichText = z.object({ richText: z.array(z.object({ text: z.string().default('') }).catch({ text: '' })) });

const Click = z.object({
  outTrackId: z.string().min(1),
  userId: z.string().min(1),
  spaceId: z.string().optional(),
  spaceType: z.string().optional(),
  content: z.string().optional(),
  value: z.string().optional(),
});
const Pressed = z.object({
  cardPrivateData: z.object({ params: z.looseObject({ command: z.string().optional() }).default({}) }),
});

/** A message to the robot. Unknown fields and kinds are expected; what cannot be a message throws. */
export function readMessage(data: string): Read {
  const message = parse(Robot, data);
  const isPrivate = message.conversationType === '1';
  // Somebody of another company has no staff id, only a hidden one.
  const senderId = message.senderStaffId || message.senderId;
  if (senderId === '') throw new RejectedError('A robot message names no sender', { code: 'BAD_FRAME' });
  const heard = {
    messageId: message.msgId,
    chatId: isPrivate ? senderId : message.conversationId,
    isPrivate,
    senderId,
  };
  const text = textOf(message);
  if (text !== '') return { heard: { ...heard, text } };
  const kind = kinds.get(message.msgtype);
  if (kind === undefined) return { heard: { ...heard, text: '' } };
  const { recognition = '', fileName = '', downloadCode } = message.content ?? {};
  const file = kind === 'file' && downloadCode !== undefined ? { file: { name: fileName, downloadCode } } : {};
  return { heard: { ...heard, text: '' }, unreadable: { kind, recognised: recognition, ...file } };
}

const kinds = new Map<string, Unreadable['kind']>([
  ['audio', 'audio'],
  ['file', 'file'],
  ['picture', 'picture'],
  ['richText', 'picture'],
  ['video', 'video'],
  ['unknownMsgType', 'other'],
]);

/** The person's own words; a quoted message is somebody else's. */
function textOf({ msgtype, text, content }: z.output<typeof Robot>): string {
  if (msgtype === 'text') return text?.content.trim() ?? '';
  if (msgtype !== 'richText') return '';
  const rich = RichText.safeParse(content);
  return rich.success
    ? rich.data.richText
        .map((part) => part.text)
        .join('')
        .trim()
    : '';
}

/** A press of a card's button says the button's command. Undefined when the card is none of ours. */
export function readClick(messageId: string, data: string): Heard | undefined {
  const click = parse(Click, data);
  const pressed = parse(Pressed, click.content ?? click.value ?? '{}');
  const text = pressed.cardPrivateData.params.command?.trim() ?? '';
  const isPrivate = click.spaceType === 'IM_ROBOT';
  const told =
    click.spaceId === undefined ? undefined : { chatId: isPrivate ? click.userId : click.spaceId, isPrivate };
  const chat = chatOfTrack(click.outTrackId) ?? told;
  if (chat === undefined || !text.startsWith('/')) return undefined;
  return { ...chat, messageId, senderId: click.userId, text };
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RejectedError('A frame holds no JSON', { code: 'BAD_FRAME' });
  }
  const parsed = schema.safeParse(value);
  // What zod says would quote the frame.
  if (!parsed.success) throw new RejectedError('A frame lacks what it must have', { code: 'BAD_FRAME' });
  return parsed.data;
}
