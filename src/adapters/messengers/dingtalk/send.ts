import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { AppError, OutcomeUnknownError, RateLimitedError, RejectedError } from '../../../domain/errors.ts';
import type { MessageRef, MessengerContext, OutgoingCard, Target } from '../../../ports/messenger.ts';
import type { Api, Credentials } from './api.ts';
import { cardRequest, trackId } from './interactive-card.ts';
import { groupMessage, markdown, privateMessage } from './message.ts';
import { legacyRefusalOf } from './refusals.ts';

const shortPauseMs = 60_000;
const mostCalled = 50;

type Send = (target: Target, card: OutgoingCard, key: string, signal: AbortSignal) => Promise<MessageRef>;

const Sent = z.object({
  processQueryKey: z.string().default(''),
  invalidStaffIdList: z.array(z.string()).nullish(),
  flowControlledStaffIdList: z.array(z.string()).nullish(),
});
const Delivered = z.object({
  result: z.object({ deliverResults: z.array(z.object({ success: z.boolean() })).min(1) }),
});

/** By card where a template is configured, else by robot message; by the group's webhook when the app is refused. */
export function createSend(context: MessengerContext<Credentials>, api: Api): Send {
  const { credentials, http, clock, log, roomId, webhook } = context;
  const { robotCode, cardTemplateId: templateId } = credentials;

  async function sendCard(target: Target, card: OutgoingCard, key: string, signal: AbortSignal): Promise<string> {
    const id = trackId(target, key);
    const request = cardRequest({ templateId: templateId ?? '', robotCode, target, card, key });
    try {
      const answer = await api.call('/v1.0/card/instances/createAndDeliver', request, signal);
      const delivered = read(Delivered, answer);
      if (!delivered.result.deliverResults.every(({ success }) => success))
        throw new RejectedError('The card was made and not delivered', { code: 'CARD_NOT_DELIVERED' });
    } catch (error) {
      // An attempt whose answer was lost had made it.
      if (!(error instanceof RejectedError && error.code === 'param.cardAlreadyExist')) throw error;
    }
    return id;
  }

  async function sendToGroup(target: Target, card: OutgoingCard, signal: AbortSignal): Promise<string> {
    const body = { robotCode, openConversationId: target.chatId, ...groupMessage(card) };
    return read(Sent, await api.call('/v1.0/robot/groupMessages/send', body, signal)).processQueryKey;
  }

  async function sendToPerson(target: Target, card: OutgoingCard, signal: AbortSignal): Promise<string> {
    const body = { robotCode, userIds: [target.chatId], ...privateMessage(card) };
    const sent = read(Sent, await api.call('/v1.0/robot/oToMessages/batchSend', body, signal));
    if ((sent.invalidStaffIdList ?? []).length > 0)
      throw new RejectedError('DingTalk does not know this person', { code: 'INVALID_STAFF' });
    if ((sent.flowControlledStaffIdList ?? []).length > 0)
      throw new RateLimitedError('The person was written to too often', 60_000);
    return sent.processQueryKey;
  }

  async function sendByWebhook(card: OutgoingCard, signal: AbortSignal): Promise<string> {
    const called = (card.mentions ?? []).map(({ userId }) => userId).slice(0, mostCalled);
    const url = signed(webhook ?? '', credentials.webhookSecret, clock.now());
    const answer = await http.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        msgtype: 'markdown',
        markdown: markdown(card, 'id'),
        ...(called.length === 0 ? {} : { at: { atUserIds: called, isAtAll: false } }),
      }),
      write: true,
      signal,
    });
    const refusal = legacyRefusalOf('POST webhook', answer.json());
    if (refusal !== undefined) throw refusal;
    return 'webhook';
  }

  return async (target, card, key, signal) => {
    const room = target.roomId;
    // The webhook is the room's own group; what may have been shown is not said there again.
    const isOwnGroup = webhook !== null && !target.isPrivate && target.roomId === roomId;
    if (isOwnGroup && templateId === undefined && (card.mentions ?? []).length > 0) {
      // Without a card only the webhook is sure to ring for people.
      try {
        return { room, id: await sendByWebhook(card, signal) };
      } catch (error) {
        if (signal.aborted || !isWorthAnother(error)) throw error;
        log.warn({ room: roomId, code: error.code }, 'DingTalk refused the webhook: nobody is called by name');
        return { room, id: await sendToGroup(target, card, signal) };
      }
    }
    try {
      if (templateId !== undefined) return { room, id: await sendCard(target, card, key, signal) };
      if (target.isPrivate) return { room, id: await sendToPerson(target, card, signal) };
      return { room, id: await sendToGroup(target, card, signal) };
    } catch (error) {
      if (!isOwnGroup || signal.aborted || !isWorthAnother(error)) throw error;
      log.warn({ room: roomId, code: error.code }, 'DingTalk refused the app, trying the webhook');
      try {
        return { room, id: await sendByWebhook(card, signal) };
      } catch (second) {
        throw second instanceof OutcomeUnknownError ? second : error;
      }
    }
  };
}

/** Nothing was shown, and waiting a moment would not help. */
const isWorthAnother = (error: unknown): error is AppError =>
  error instanceof AppError &&
  !(error instanceof OutcomeUnknownError) &&
  !(error instanceof RateLimitedError && error.afterMs <= shortPauseMs);

/** The webhook's signature: HMAC-SHA256 over `timestamp\nsecret`, keyed with the secret itself. */
export function signed(webhook: string, secret: string | undefined, timestamp: number): string {
  if (secret === undefined) return webhook;
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  return `${webhook}${webhook.includes('?') ? '&' : '?'}timestamp=${timestamp}&sign=${encodeURIComponent(sign)}`;
}

/** A success that cannot be read may have been one. */
function read<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new OutcomeUnknownError('DingTalk answered what nobody understands');
  return parsed.data;
}
