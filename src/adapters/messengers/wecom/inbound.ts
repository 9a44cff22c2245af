import { decryptFile, type WSClient, type WsFrame } from '@wecom/aibot-node-sdk';
import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { Http } from '../../../ports/http.ts';
import type { Log } from '../../../ports/log.ts';
import type { Heard, HeardFile } from '../../../ports/messenger.ts';
import { readPress } from './template-card.ts';

const mostRemembered = 2_000;

const Said = z.object({
  msgid: z.string().min(1),
  chatid: z.string().optional(),
  chattype: z.string().optional(),
  from: z.object({ userid: z.string().min(1) }),
  msgtype: z.string(),
  text: z.object({ content: z.string() }).optional(),
  file: z
    .object({ url: z.url(), aeskey: z.string().optional(), filename: z.string().optional() })
    .optional()
    .catch(undefined),
  mixed: z
    .object({
      msg_item: z.array(z.object({ msgtype: z.string(), text: z.object({ content: z.string() }).optional() })),
    })
    .optional(),
});
type Said = z.output<typeof Said>;

const downloadMs = 60_000;

const Press = z.object({ event_key: z.string(), task_id: z.string() });
const Event = Said.extend({
  event: z.object({
    eventtype: z.string(),
    // The client's types put these one level up; the platform nests them (wecom.md §1.6: 8).
    template_card_event: Press.optional(),
    event_key: z.string().optional(),
    task_id: z.string().optional(),
  }),
});

const onlyText = '这里只看得懂文字，请打字说。\nI can read text only: please type it.';
const notKept = '刚才这句没记下来，请再发一次。\nThat was not kept: please send it again.';

export interface EarsDeps {
  readonly log: Log;
  readonly botName: string | undefined;
  readonly hear: (heard: Heard) => Promise<boolean>;
  readonly http: Http;
  /** Sends one frame; the answer does not matter to anybody here. */
  readonly send: (frame: (client: WSClient) => Promise<WsFrame>) => Promise<unknown>;
  readonly spend: (chat: string) => boolean;
}

export interface Ears {
  onMessage(frame: WsFrame): Promise<void>;
  onEvent(frame: WsFrame): Promise<void>;
}

/** What people say and press. Each message is heard once; there is nothing to acknowledge, so it is stored at once. */
export function createEars({ log, botName, hear, http, send, spend }: EarsDeps): Ears {
  const mention = botName === undefined ? undefined : mentionOf(botName);
  const seen = new Set<string>();
  function isNew({ msgid }: Said): boolean {
    if (seen.has(msgid)) return false;
    seen.add(msgid);
    if (seen.size > mostRemembered) seen.delete(seen.values().next().value ?? '');
    return true;
  }

  async function keep(said: Said, text: string, frame: WsFrame, file?: HeardFile): Promise<void> {
    try {
      await hear({
        messageId: said.msgid,
        ...chatOf(said),
        senderId: said.from.userid,
        text,
        ...(file === undefined ? {} : { file }),
      });
    } catch (error) {
      // The platform never says it again.
      seen.delete(said.msgid);
      log.error({ message: said.msgid, error: error instanceof Error ? error.name : '' }, 'A message was not stored');
      await answer(said, frame, notKept);
    }
  }

  async function answer(said: Said, frame: WsFrame, content: string): Promise<void> {
    const { chatId, isPrivate } = chatOf(said);
    if (!spend(chatId)) return;
    const isEvent = said.msgtype === 'event';
    const body = { msgtype: 'markdown' as const, markdown: { content } };
    // An event's id answers nothing but its card (wecom.md §2.5).
    const sent = send((client) =>
      isEvent
        ? client.sendMessage(chatId, Object.assign({ chat_type: isPrivate ? 1 : 2 }, body))
        : client.reply(frame, body),
    );
    await sent.catch((error: unknown) => note(log, 'An answer was not delivered', error));
  }

  /** Media lies encrypted at an address that lives five minutes (wecom.md §2.3). */
  function fileOf({ file }: Said): HeardFile | undefined {
    if (file === undefined) return undefined;
    const { url, aeskey, filename } = file;
    return {
      name: filename ?? '',
      async fetch(mostBytes, signal) {
        // The block cipher adds a block of padding at most.
        const bytes = await http.download({ url, mostBytes: mostBytes + 64, timeoutMs: downloadMs, signal });
        return aeskey === undefined ? bytes : opened(bytes, aeskey);
      },
    };
  }

  return {
    async onMessage(frame) {
      const said = Said.parse(frame.body);
      if (!isNew(said)) return;
      const text = textOf(said);
      // Where sheets go is a question like any other.
      if (said.msgtype === 'file') return keep(said, '/import', frame, fileOf(said));
      if (text === '') return answer(said, frame, onlyText);
      const words = mention === undefined ? text : text.replace(mention, ' ').trim();
      return keep(said, words, frame);
    },
    async onEvent(frame) {
      const said = Event.safeParse(frame.body).data;
      if (said?.event.eventtype !== 'template_card_event' || !isNew(said)) return;
      const pressed = Press.parse(said.event.template_card_event ?? said.event);
      const press = readPress(pressed.event_key, pressed.task_id, said.from.userid);
      const { painted } = press ?? {};
      // Painted first: five seconds after the press nobody can paint it any more.
      const painting =
        painted === undefined
          ? undefined
          : send((client) => client.updateTemplateCard(frame, painted)).catch((error: unknown) =>
              note(log, 'A pressed card was not repainted', error),
            );
      await Promise.all([painting, keep(said, press?.command ?? pressed.event_key, frame)]);
    },
  };
}

/** What the key does not open is no file of the platform. */
function opened(bytes: Uint8Array, aeskey: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(decryptFile(Buffer.from(bytes), aeskey));
  } catch {
    throw new RejectedError('WeCom: a file cannot be decrypted', { code: 'BAD_MEDIA' });
  }
}

const note = (log: Log, sentence: string, error: unknown): void =>
  log.warn({ code: (error as { code?: unknown }).code }, sentence);

/** A private chat has no id of its own; it goes by the person. */
function chatOf({ chattype, chatid, from }: Said): { chatId: string; isPrivate: boolean } {
  if (chatid === undefined || chattype === 'single') return { chatId: from.userid, isPrivate: true };
  return { chatId: chatid, isPrivate: false };
}

/** The bot's own mention, wherever it stands; its blanks may be others than the name's. */
const mentionOf = (name: string): RegExp =>
  new RegExp(`\\s*[@＠]${name.trim().split(/\s+/).map(literally).join('\\s+')}(?=\\s|$)\\s*`, 'g');

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The words of a message; what it quotes was said by somebody else. */
function textOf({ msgtype, text, mixed }: Said): string {
  if (msgtype === 'text') return text?.content.trim() ?? '';
  if (msgtype !== 'mixed') return '';
  return (mixed?.msg_item ?? [])
    .map((item) => item.text?.content.trim() ?? '')
    .filter((words) => words !== '')
    .join(' ');
}
