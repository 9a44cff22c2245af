import { createHash } from 'node:crypto';
import { z } from 'zod';
import { OutcomeUnknownError, RateLimitedError } from '../../../domain/errors.ts';
import type { Http } from '../../../ports/http.ts';
import type { OutgoingCard } from '../../../ports/messenger.ts';
import type { Budget } from './budget.ts';
import { refusalOf } from './codes.ts';
import { callText, toMarkdown, toText } from './markdown.ts';

const mostText = 2_048;
const mostMarkdown = 4_096;
const mostCalled = 50;
/** wecom.md §3: the raw picture. */
export const mostPicture = 2 * 1_024 * 1_024;

/** The group's webhook: it cannot carry buttons or hear, but it can call people by name and needs no connection. */
export interface Webhook {
  /** The card, with its people called when it names any. */
  sendCard(card: OutgoingCard, signal: AbortSignal): Promise<void>;
  /** One line that rings for people, behind a card that the bot has shown. */
  callPeople(card: OutgoingCard, signal: AbortSignal): Promise<void>;
  /** A message that is a picture and nothing else. */
  sendPicture(png: Buffer, signal: AbortSignal): Promise<void>;
}

const Answer = z.object({ errcode: z.number() });

export function createWebhook({ url, http, budget }: { url: string; http: Http; budget: Budget }): Webhook {
  async function post(body: object, signal: AbortSignal): Promise<void> {
    const wait = budget.waitFor('webhook');
    if (wait > 0) throw new RateLimitedError('WeCom webhook: the minute is full', wait);
    budget.spend('webhook');
    const answer = await http.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      write: true,
      signal,
    });
    const parsed = Answer.safeParse(answer.json());
    if (!parsed.success) throw new OutcomeUnknownError('WeCom webhook: the answer has no code');
    if (parsed.data.errcode !== 0) throw refusalOf(parsed.data.errcode, 'webhook');
  }

  const called = (card: OutgoingCard): readonly string[] =>
    (card.mentions ?? []).map(({ userId }) => userId).slice(0, mostCalled);
  const text = (content: string, people: readonly string[]): object => ({
    msgtype: 'text',
    text: { content, mentioned_list: people },
  });

  return {
    sendCard(card, signal) {
      const people = called(card);
      // A list of people exists for plain text only.
      if (people.length > 0) return post(text(toText(card, mostText), people), signal);
      return post(
        { msgtype: 'markdown', markdown: { content: toMarkdown({ ...card, buttons: [] }, mostMarkdown) } },
        signal,
      );
    },
    callPeople(card, signal) {
      return post(text(callText(card), called(card)), signal);
    },
    sendPicture(png, signal) {
      const md5 = createHash('md5').update(png).digest('hex');
      return post({ msgtype: 'image', image: { base64: png.toString('base64'), md5 } }, signal);
    },
  };
}
