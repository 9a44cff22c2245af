import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { MINUTE, startOfDay } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import { write } from './bot-line.ts';
import { activate, type Callback, nextId, type Office, type Shown, show } from './office.ts';
import { renderText } from './render.ts';
import { findGroup, findMember, members, tenant } from './tenant.ts';

export interface Told {
  /** The ids of the callback; null when the bot was not told. */
  readonly msgid: string | null;
  readonly reqId: string | null;
}

const nobody: Told = { msgid: null, reqId: null };
const Quote = z.object({ msgtype: z.string(), text: z.object({ content: z.string() }).optional() });

export const Say = z.object({
  /** A group; absent in a private chat with the bot. */
  chat: z.string().optional(),
  user: z.string(),
  text: z.string().default(''),
  msgtype: z.enum(['text', 'mixed', 'image', 'voice', 'file', 'video']).default('text'),
  quote: Quote.optional(),
  /** The bytes of a file, in base64, and its name. */
  file: z.object({ name: z.string(), bytes: z.base64() }).optional(),
  /** Types `text` as it is, without the mention that a person would choose from the list first. */
  isExact: z.boolean().default(false),
});

/** A person writes. In a group the bot hears only what mentions it (wecom.md §2.3). */
export function say(office: Office, world: World, said: z.output<typeof Say>, url: string): Told {
  const { chat, user, msgtype, quote } = said;
  const group = chat === undefined ? undefined : findGroup(chat);
  if (findMember(user) === undefined || (chat !== undefined && group?.userids.includes(user) !== true))
    throw new Error('nobody of that name is in that chat');
  const name = tenant.botName;
  const isMentioned = new RegExp(`[@＠]${name}(?:\\s|$)`).test(said.text);
  const typed =
    group === undefined || isMentioned || said.isExact
      ? said.text
      : `@${name}${' '.repeat(office.knobs.mentionBlanks)}${said.text}`;
  show(office, world, {
    chat: chat ?? user,
    from: user,
    via: 'person',
    msgtype,
    rung: [],
    ...renderText(typed),
  });
  const isHeard = group === undefined || (new RegExp(`[@＠]${name}(?:\\s|$)`).test(typed) && !mediaOnly(msgtype));
  if (!isHeard || (chat !== undefined && office.knobs.removedFrom.includes(chat))) return nobody;
  const told = deliver(office, world, 'aibot_msg_callback', { kind: 'message', chat: chat ?? user, user }, (extra) => ({
    ...extra,
    msgtype,
    ...(said.file === undefined ? contentOf(msgtype, typed) : { file: keepFile(office, world, said.file, url) }),
    ...(quote === undefined ? {} : { quote }),
  }));
  if (told.msgid !== null) activate(world, chat ?? user);
  return told;
}

/** A file lies encrypted at an address of its own for five minutes, its key goes with the message (wecom.md §2.3). */
function keepFile(office: Office, world: World, file: { name: string; bytes: string }, url: string): object {
  const key = randomBytes(32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.from(file.bytes, 'base64');
  const pad = 32 - (plain.length % 32);
  const sealed = Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])), cipher.final()]);
  const id = nextId(office, 'MEDIA');
  office.media.set(id, { sealed, until: world.clock.now() + 5 * MINUTE });
  return { url: `${url}/wecom/media/${id}`, aeskey: key.toString('base64'), filename: file.name };
}

const mediaOnly = (msgtype: string): boolean => ['image', 'voice', 'file', 'video'].includes(msgtype);

function contentOf(msgtype: string, text: string): object {
  const media = { url: 'https://ww-aibot-img.example/file', aeskey: Buffer.alloc(32, 7).toString('base64') };
  if (msgtype === 'text' || msgtype === 'voice') return { [msgtype]: { content: text } };
  if (msgtype !== 'mixed') return { [msgtype]: media };
  return {
    mixed: {
      msg_item: [
        { msgtype: 'text', text: { content: text } },
        { msgtype: 'image', image: media },
      ],
    },
  };
}

export const Click = z.object({
  message: z.number().int(),
  user: z.string(),
  /** The button by its key or its words; the submit button or menu entry likewise. */
  key: z.string().optional(),
  label: z.string().optional(),
  /** How long the press was under way. */
  lateMs: z.number().int().nonnegative().default(0),
  selected: z.array(z.object({ question_key: z.string(), option_ids: z.array(z.string()) })).default([]),
});

/** A person presses a button (wecom.md §2.4, §2.6). */
export function click(office: Office, world: World, input: z.output<typeof Click>): Told & { key: string } {
  const shown = office.shown.find(({ id }) => id === input.message);
  const card = shown?.cardOf[input.user] ?? shown?.card;
  if (shown === undefined || card === undefined || card === null) throw new Error('no such card');
  const button = buttonsOf(card).find(({ key, text }) => key === input.key || text === input.label);
  if (button === undefined) throw new Error('no such button on the card');
  const target = {
    kind: 'card',
    chat: shown.chat,
    user: input.user,
    messageId: shown.id,
    taskId: String(card.task_id),
    at: world.clock.now() - input.lateMs,
  } as const;
  const told = deliver(office, world, 'aibot_event_callback', target, (extra) => ({
    ...extra,
    msgtype: 'event',
    event: {
      eventtype: 'template_card_event',
      template_card_event: {
        card_type: card.card_type,
        event_key: button.key,
        task_id: card.task_id,
        selected_items: {
          selected_item: input.selected.map((each) => ({
            question_key: each.question_key,
            option_ids: { option_id: each.option_ids },
          })),
        },
      },
    },
  }));
  return { ...told, key: button.key };
}

export function buttonsOf(card: Record<string, unknown>): readonly { key: string; text: string }[] {
  const lists = [
    card.button_list,
    [card.submit_button],
    (card.action_menu as { action_list?: unknown } | undefined)?.action_list,
  ];
  const Button = z.object({ key: z.string(), text: z.string() });
  return lists.flat().flatMap((each) => (Button.safeParse(each).success ? [Button.parse(each)] : []));
}

/** A person opens the private chat: the bot is told the first time of a day. */
export function enter(office: Office, world: World, user: string): Told {
  const today = startOfDay(world.clock.now());
  if (findMember(user) === undefined || office.entered.get(user) === today) return nobody;
  office.entered.set(user, today);
  return deliver(office, world, 'aibot_event_callback', { kind: 'enter', chat: user, user }, (extra) => ({
    ...without(extra, ['chatid', 'chattype', 'response_url']),
    msgtype: 'event',
    event: { eventtype: 'enter_chat' },
  }));
}

/** A person judges an answer; whatever the bot answers to that is refused. */
export function judge(office: Office, world: World, user: string, type: number): Told {
  return deliver(office, world, 'aibot_event_callback', { kind: 'feedback', chat: user, user }, (extra) => ({
    ...extra,
    msgtype: 'event',
    event: { eventtype: 'feedback_event', feedback_event: { id: 'F1', type } },
  }));
}

const without = (fields: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** Sends a callback to whoever is connected; what nobody hears is lost. */
function deliver(
  office: Office,
  world: World,
  cmd: string,
  target: Pick<Callback, 'kind' | 'chat' | 'user'> & Partial<Callback>,
  bodyOf: (extra: object) => object,
): Told {
  const { line } = office;
  if (line === undefined || office.knobs.isSilent) return nobody;
  const msgid = nextId(office, 'MSG');
  const code = nextId(office, 'RC');
  const isGroup = findGroup(target.chat) !== undefined;
  const body = bodyOf({
    msgid,
    aibotid: tenant.botId,
    ...(isGroup ? { chatid: target.chat } : {}),
    chattype: isGroup ? 'group' : 'single',
    from: { userid: office.knobs.isUseridHidden ? hiddenUserid(target.user) : target.user },
    create_time: Math.floor(world.clock.now() / 1_000),
    response_url: `https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=${code}`,
  });
  office.responseCodes.set(code, { chat: target.chat, at: world.clock.now() });
  let reqId: string | null = null;
  for (let copy = 0; copy < office.knobs.copies; copy += 1) {
    const id = nextId(office, 'CB');
    office.callbacks.set(id, { messageId: 0, taskId: '', at: world.clock.now(), ...target });
    if (write(line, { cmd, headers: { req_id: id }, body })) reqId ??= id;
  }
  return reqId === null ? nobody : { msgid, reqId };
}

/** The id that a bot sees whose maker is no super-admin (wecom.md §2.3). */
const hiddenUserid = (userid: string): string =>
  `wo${createHash('sha256').update(`${tenant.corpId}:${userid}`).digest('base64url').slice(0, 30)}`;

export const userOfHidden = (hidden: string): string | undefined =>
  members.find(({ userid }) => hiddenUserid(userid) === hidden)?.userid;

export const cardSeenBy = (shown: Shown, user: string | null): Record<string, unknown> | null =>
  (user === null ? undefined : shown.cardOf[user]) ?? shown.card;
