import { z } from 'zod';
import { defineChannel } from '../../../ports/channel.ts';
import { type Credentials, createClient } from './client.ts';
import type { RowReader } from './order.ts';
import { readOrders, readPage } from './orders.ts';
import { readPush } from './push.ts';
import { createRemarks } from './remark.ts';

/** Changes may show in the list a while after the time they carry. */
const lagMs = 60_000;
const hour = 3_600_000;

/** Douyin shop, by the shop's own app: channels.md §3. */
export default defineChannel<Credentials>({
  name: { zh: '抖店', en: 'Douyin shop' },
  defaultBaseUrl: 'https://openapi-fxg.jinritemai.com',
  credentials: z.object({
    appKey: z.string().min(1),
    appSecret: z.string().min(1),
    shopId: z.string().min(1),
    accessToken: z.string().optional(),
    refreshToken: z.string().optional(),
  }),
  create(context) {
    const send = createClient(context);
    const reader: RowReader = { shopId: context.shopId, identifier: context.identifier };
    return {
      lagMs,
      // The platform names no limit, and is asked in slices all the same (channels.md §3.6, §9).
      windowMs: { updated: hour, created: 24 * hour },
      // The app of the shop itself takes new tokens without a person.
      grantEndsAt: () => null,
      pullUpdated: (window, cursor, signal) => readPage(send, 'update', window, cursor, reader, signal),
      pullCreated: (window, cursor, signal) => readPage(send, 'create', window, cursor, reader, signal),
      fetchOrders: (orderNos, signal) => readOrders(send, context.clock, orderNos, reader, signal),
      addRemark: createRemarks(send),
      readPush: (push) => readPush(push, context.credentials),
    };
  },
});
