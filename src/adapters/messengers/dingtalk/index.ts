import { z } from 'zod';
import { defineMessenger, type MessengerContext } from '../../../ports/messenger.ts';
import { type Credentials, createApi } from './api.ts';
import { createListen } from './listen.ts';
import { mostButtons, mostBytes } from './message.ts';
import { createSend } from './send.ts';
import { usualTimings } from './supervisor.ts';

const key = z.string().trim().min(1);

/** The app's robot: hears by its stream, speaks by the API, or by the group's webhook when the API refuses. */
export default defineMessenger<Credentials>({
  name: { zh: '钉钉', en: 'DingTalk' },
  defaultBaseUrl: 'https://api.dingtalk.com',
  credentials: z.strictObject({
    clientId: key,
    clientSecret: key,
    robotCode: key,
    /** Of a published template of this same app; see `variablesOf` for what it shows. */
    cardTemplateId: key.optional(),
    webhookSecret: key.optional(),
  }),
  create: (context) => createDingTalk(context),
});

/** The same with other timings, for tests. */
export function createDingTalk(context: MessengerContext<Credentials>, timings = usualTimings) {
  const api = createApi(context);
  const send = createSend(context, api);
  const listen = createListen(context, { api, send, timings });
  return {
    // Standard edition; sends, card calls and pushes all count towards the month.
    limits: { maxBytes: mostBytes, maxButtons: mostButtons, perMinute: 20, perMonth: 5_000 },
    // The card's own id makes a second attempt harmless, the webhook has none.
    dedupes: context.credentials.cardTemplateId !== undefined && context.webhook === null,
    send,
    ...listen,
  };
}
