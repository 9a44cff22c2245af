import { z } from 'zod';
import { defineMessenger } from '../../../ports/messenger.ts';
import { timers } from './connection.ts';
import { createWecomMessenger } from './messenger.ts';

/** WeCom's smart bot over its long connection, with the group's webhook as its voice for names and its second path. */
export default defineMessenger({
  name: { zh: '企业微信', en: 'WeCom' },
  defaultBaseUrl: 'wss://openws.work.weixin.qq.com',
  credentials: z.object({
    botId: z.string().min(1),
    secret: z.string().min(1),
    // What people mention. Only a name with blanks in it has to be told.
    botName: z.string().min(1).optional(),
  }),
  create: (context) => createWecomMessenger(context, timers),
});
