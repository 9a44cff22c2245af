import { z } from 'zod';
import { worldWindow } from '../../world/clock.ts';
import { HOUR, MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Frame } from './bot-line.ts';
import { checkCard, overlongFields } from './cards.ts';
import { isActivated, type Office, type Shown, show, within } from './office.ts';
import { renderCard, renderMarkdown } from './render.ts';
import { findGroup, findMember, tenant } from './tenant.ts';

type Command = (office: Office, world: World, frame: Frame) => number;

const mostBytes = 20_480;
const day = 24 * HOUR;
const media: readonly string[] = ['file', 'image', 'voice', 'video'];

/** What a subscribed bot may send; each answers the errcode. */
export const botCommands: Readonly<Record<string, Command>> = {
  /** wecom.md §2.7 */
  aibot_send_msg(office, world, { body }) {
    const chat = chatOf(body);
    const refused = checkContent(office, body, false);
    if (refused === 40_008 || chat === undefined) return refused === 40_008 ? refused : 93_006;
    if (office.knobs.removedFrom.includes(chat) || !isActivated(world, chat)) return 93_001;
    return refused || spend(office, world, chat) || accept(office, world, chat, body);
  },

  /** wecom.md §2.5 */
  aibot_respond_msg(office, world, { headers, body }) {
    const callback = office.callbacks.get(headers.req_id);
    if (callback?.kind !== 'message') return 846_605;
    if (!within(world, callback.at, day)) return 846_604;
    if (body.msgtype === 'stream') return stream(office, world, callback.chat, body.stream);
    return (
      checkContent(office, body, false) ||
      spend(office, world, callback.chat) ||
      accept(office, world, callback.chat, body)
    );
  },

  /** wecom.md §2.4: the greeting may be plain text. */
  aibot_respond_welcome_msg(office, world, { headers, body }) {
    const callback = office.callbacks.get(headers.req_id);
    if (callback?.kind !== 'enter') return 846_605;
    if (!within(world, callback.at, 5 * SECOND)) return 846_604;
    if (body.msgtype !== 'text' && body.msgtype !== 'template_card') return 40_008;
    return checkContent(office, body, true) || accept(office, world, callback.chat, body);
  },

  /** wecom.md §2.6 */
  aibot_respond_update_msg(office, world, { headers, body }) {
    const callback = office.callbacks.get(headers.req_id);
    if (callback?.kind !== 'card') return 846_605;
    if (!within(world, callback.at, 5 * SECOND)) return 846_604;
    const card = body.template_card as Record<string, unknown> | undefined;
    if (body.response_type !== 'update_template_card' || card?.task_id !== callback.taskId) return 40_058;
    const refused = checkCard(card);
    const shown = office.shown.find(({ id }) => id === callback.messageId);
    if (refused !== 0 || shown === undefined) return refused || 846_605;
    const userids = z.array(z.string()).optional().catch(undefined).parse(body.userids);
    if (findGroup(callback.chat) === undefined || userids === undefined || userids.length === 0) {
      shown.card = card;
      for (const userid of Object.keys(shown.cardOf)) delete shown.cardOf[userid];
    } else {
      for (const userid of userids) shown.cardOf[userid] = card;
    }
    shown.overlong = overlongFields(card);
    return 0;
  },
};

/** A group by its id, letter by letter, or a person: `chat_type` says which, without it the group comes first. */
function chatOf({ chatid, chat_type: type }: Record<string, unknown>): string | undefined {
  const group = type === 1 ? undefined : findGroup(chatid)?.chatid;
  return group ?? (type === 2 ? undefined : findMember(chatid)?.userid);
}

/** Size and shape (wecom.md §2.7, §2.8). The code of what is too large is ours. */
function checkContent(office: Office, body: Record<string, unknown>, isWelcome: boolean): number {
  const type = String(body.msgtype);
  if (!isWelcome && !['markdown', 'template_card', ...media].includes(type)) return 40_008;
  if (type === 'template_card') {
    const card = body.template_card as Record<string, unknown> | undefined;
    return checkCard(card) || (office.taskIds.has(String(card?.task_id)) ? 40_058 : 0);
  }
  const content = (body[type] as Record<string, unknown> | undefined)?.[media.includes(type) ? 'media_id' : 'content'];
  if (typeof content !== 'string' || content === '') return 44_004;
  return Buffer.byteLength(content) > mostBytes ? 45_002 : 0;
}

/** 30 a minute and 1,000 an hour for each conversation, answers and pushes together (wecom.md §2.8). */
function spend(office: Office, world: World, chat: string): number {
  const { perMinute, perHour, rateCode } = office.knobs;
  const full = office.rates.take(`bot:${chat}`, world.clock.now(), [
    { ms: worldWindow(world.clock, MINUTE), limit: perMinute },
    { ms: worldWindow(world.clock, HOUR), limit: perHour },
  ]);
  return full === undefined ? 0 : rateCode;
}

function accept(office: Office, world: World, chat: string, body: Record<string, unknown>): number {
  showBotMessage(office, world, chat, body);
  return 0;
}

export function showBotMessage(office: Office, world: World, chat: string, body: Record<string, unknown>): Shown {
  const msgtype = String(body.msgtype);
  const group = findGroup(chat);
  const base = { chat, from: tenant.botId, via: 'bot' as const, msgtype, rung: group === undefined ? [chat] : [] };
  if (msgtype === 'template_card') {
    const card = body.template_card as Record<string, unknown>;
    if (typeof card.task_id === 'string') office.taskIds.add(card.task_id);
    return show(office, world, { ...base, ...renderCard(card), card, overlong: overlongFields(card) });
  }
  const content = (body[msgtype] as { content?: unknown } | undefined)?.content;
  const source = typeof content === 'string' ? content : '';
  return show(office, world, { ...base, ...renderMarkdown(source), bytes: Buffer.byteLength(source) });
}

const Stream = z.object({ id: z.string().min(1), content: z.string().default(''), finish: z.boolean().default(false) });

/** The whole text so far, again and again, until `finish` or the limit (wecom.md §2.5). Only the first spends. */
function stream(office: Office, world: World, chat: string, body: unknown): number {
  const parsed = Stream.safeParse(body);
  if (!parsed.success) return 40_058;
  const { id, content, finish } = parsed.data;
  if (Buffer.byteLength(content) > mostBytes) return 45_002;
  const known = office.streams.get(id);
  if (known !== undefined) {
    if (known.isFinished || !within(world, known.startedAt, office.knobs.streamLimitMs)) return 846_608;
    const shown = office.shown.find((each) => each.id === known.messageId);
    if (shown !== undefined) Object.assign(shown, renderMarkdown(content));
    known.isFinished = finish;
    return 0;
  }
  const refused = spend(office, world, chat);
  if (refused !== 0) return refused;
  const { id: messageId } = showBotMessage(office, world, chat, { msgtype: 'stream', stream: { content } });
  office.streams.set(id, { startedAt: world.clock.now(), messageId, isFinished: finish });
  return 0;
}
