import { z } from 'zod';
import { defineChannel } from '../../../ports/channel.ts';
import { type Credentials, createClient } from './client.ts';
import { createOrders } from './orders.ts';
import { readPush } from './push.ts';
import { addRemark } from './remark.ts';

const hour = 3_600_000;
/** The search index shows a change late, without a promise; what was recorded is well below this (channels.md §4.6). */
const lagMs = 120_000;
/** A list ends at 25,000 rows (§4.6): no window may hold so many. */
const windowMs = 6 * hour;

/** The Admin API of a Shopify shop, channels.md §4. */
export default defineChannel<Credentials>({
  name: { zh: 'Shopify', en: 'Shopify' },
  defaultBaseUrl: null,
  credentials: z
    .object({
      accessToken: z.string().min(1).optional(),
      clientId: z.string().min(1).optional(),
      clientSecret: z.string().min(1).optional(),
      webhookSecret: z.string().min(1).optional(),
    })
    .refine(({ accessToken, clientId, clientSecret }) => accessToken ?? (clientId && clientSecret), {
      message: 'accessToken, or clientId and clientSecret, are needed',
    }),
  create(context) {
    const ask = createClient(context);
    const orders = createOrders(context, ask);
    const webhookSecret = context.credentials.webhookSecret ?? context.credentials.clientSecret;
    return {
      lagMs,
      windowMs: { updated: windowMs, created: windowMs },
      // A token lives until somebody takes it back, or is fetched anew by the app itself.
      grantEndsAt: () => null,
      pullUpdated: (window, cursor, signal) => orders.list('updated_at', window, cursor, signal),
      pullCreated: (window, cursor, signal) => orders.list('created_at', window, cursor, signal),
      fetchOrders: (orderNos, signal) => orders.read(orderNos, signal),
      addRemark: (orderNo, remark, signal) => addRemark(ask, orderNo, remark, signal),
      readPush: webhookSecret === undefined ? null : (push) => readPush(push, webhookSecret),
    };
  },
});
