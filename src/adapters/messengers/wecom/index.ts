import { z } from 'zod';
import { defineMessenger } from '../../../ports/messenger.ts';
import type { Credentials } from './bot.ts';
import { timers } from './connection.ts';
import { createWecomMessenger } from './messenger.ts';

/** WeCom's smart bot over its long connection, with the group's webhook as its voice for names and its second path, and the company's own app, if any, for people. */
export default defineMessenger({
  name: { zh: '企业微信', en: 'WeCom' },
  defaultBaseUrl: 'wss://openws.work.weixin.qq.com',
  credentials: z
    .object({
      botId: z.string().min(1),
      secret: z.string().min(1),
      // What people mention. Only a name with blanks in it has to be told.
      botName: z.string().min(1).optional(),
      // The company's own app, where there is one: all three, or none.
      appCorpId: z.string().min(1).optional(),
      appAgentId: z.string().regex(/^\d+$/, 'a number').optional(),
      appSecret: z.string().min(1).optional(),
      appBaseUrl: z.url().default('https://qyapi.weixin.qq.com'),
    })
    .transform(({ appCorpId, appAgentId, appSecret, appBaseUrl, ...bot }, context): Credentials => {
      const told = [appCorpId, appAgentId, appSecret];
      if (told.every((each) => each === undefined)) return bot;
      if (appCorpId === undefined || appAgentId === undefined || appSecret === undefined) {
        context.addIssue({ code: 'custom', message: 'appCorpId, appAgentId and appSecret go together' });
        return z.NEVER;
      }
      return {
        ...bot,
        app: { corpId: appCorpId, agentId: Number(appAgentId), secret: appSecret, baseUrl: appBaseUrl },
      };
    }),
  create: (context) => createWecomMessenger(context, timers),
});
