import { AppError, RateLimitedError } from '../../../domain/errors.ts';
import type { Messenger, MessengerContext, OutgoingCard, Target } from '../../../ports/messenger.ts';
import { type Bot, botOf, type Credentials } from './bot.ts';
import { createBudget } from './budget.ts';
import { unreachable } from './codes.ts';
import type { Timers } from './connection.ts';
import { toMarkdown } from './markdown.ts';
import { mostButtons, toTemplateCard } from './template-card.ts';
import { createWebhook, mostPicture } from './webhook.ts';

const limits = { maxBytes: 20_480, maxButtons: mostButtons, perMinute: 30, perMonth: undefined };
const webhookPerMinute = 20;

/** One room: through the bot's connection, and through the group's webhook where the bot cannot. */
export function createWecomMessenger(context: MessengerContext<Credentials>, timers: Timers): Messenger {
  const { roomId, log, clock, http } = context;
  // Looked up anew at each start: a bot that its last room has left is gone.
  let bot: Bot = botOf(context, timers);
  const webhook =
    context.webhook === null
      ? undefined
      : createWebhook({
          url: context.webhook,
          http,
          budget: createBudget(() => clock.now(), [{ ms: 60_000, most: webhookPerMinute }]),
        });

  async function sendByBot({ chatId, isPrivate }: Target, card: OutgoingCard, key: string, signal: AbortSignal) {
    const wait = bot.budget.waitFor(chatId);
    if (wait > 0) throw new RateLimitedError('WeCom bot: the conversation is full', wait);
    const template = toTemplateCard(card, key);
    const body =
      template === undefined
        ? { msgtype: 'markdown' as const, markdown: { content: toMarkdown(card, limits.maxBytes) } }
        : { msgtype: 'template_card' as const, template_card: template };
    const answer = await bot.connection.send((client) => {
      bot.budget.spend(chatId);
      return client.sendMessage(chatId, Object.assign({ chat_type: isPrivate ? 1 : 2 }, body));
    }, signal);
    return answer.headers.req_id;
  }

  /** The card is shown already: what cannot be added to it now must not bring it twice. */
  async function add(what: Promise<void>, otherwise: string): Promise<void> {
    try {
      await what;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ room: roomId, code: error.code }, otherwise);
    }
  }

  return {
    get limits() {
      const isSecondPath = webhook !== undefined && !bot.connection.state().isUp;
      // The bot could carry one only by an upload of its own (wecom.md §1.3); the webhook takes it as it is.
      const maxPictureBytes = webhook === undefined ? undefined : mostPicture;
      return isSecondPath
        ? { ...limits, perMinute: webhookPerMinute, maxButtons: 0, maxPictureBytes }
        : { ...limits, maxPictureBytes };
    },
    dedupes: false,
    async send(target, card, key, signal) {
      const fitting = { ...card, buttons: card.buttons.slice(0, limits.maxButtons) };
      // The webhook posts into this room and nowhere else.
      const second = target.roomId === roomId && !target.isPrivate ? webhook : undefined;
      const addPicture = async (png: Buffer | undefined): Promise<void> => {
        if (second !== undefined && png !== undefined)
          await add(second.sendPicture(png, signal), 'A picture was not shown');
      };
      try {
        const id = await sendByBot(target, fitting, key, signal);
        if (second !== undefined && (card.mentions ?? []).length > 0)
          await add(second.callPeople(fitting, signal), 'Nobody was called by name');
        await addPicture(card.png);
        return { room: target.roomId, id };
      } catch (error) {
        const isUnreachable = error instanceof AppError && unreachable.includes(error.code);
        if (isUnreachable && target.isPrivate && bot.app !== undefined) {
          return { room: target.roomId, id: `app/${await bot.app.sendTo(target.chatId, fitting, signal)}` };
        }
        if (second === undefined || !isUnreachable) throw error;
        await second.sendCard(fitting, signal);
        await addPicture(card.png);
        return { room: target.roomId, id: `webhook/${key}` };
      }
    },
    start() {
      bot = botOf(context, timers);
      bot.join(context);
    },
    async stop() {
      bot.leave(context);
    },
    connection: () => bot.connection.state(),
  };
}
