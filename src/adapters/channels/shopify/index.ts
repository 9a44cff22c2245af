import { z } from 'zod';
import { bySheet } from '../../../ports/access.ts';
import { defineChannel } from '../../../ports/channel.ts';
import { createClient, type TokenCredentials } from '../../shopify/client.ts';
import { createOrders } from './orders.ts';
import { readPush } from './push.ts';
import { addRemark } from './remark.ts';

interface Credentials extends TokenCredentials {
  /** The app's client secret: signs what the shop pushes. */
  readonly webhookSecret?: string | undefined;
}

/** Fields without which an order would be taken for another: null is a word of theirs. */
const essential: readonly string[] = [
  'displayFinancialStatus',
  'displayFulfillmentStatus',
  'returnStatus',
  'cancelledAt',
  'transactions',
  'fulfillments',
  'lineItems',
];
const hour = 3_600_000;
/** The search index shows a change late, without a promise; what was recorded is well below this (channels.md §4.6). */
const lagMs = 120_000;
/** A list ends at 25,000 rows (§4.6): no window may hold so many. */
const windowMs = 6 * hour;

/** The Admin API of a Shopify shop, channels.md §4. */
export default defineChannel<Credentials>({
  name: { zh: 'Shopify', en: 'Shopify' },
  guide: {
    where: { zh: 'Shopify Dev Dashboard dev.shopify.com', en: 'Shopify Dev Dashboard, dev.shopify.com' },
    who: { zh: '店主', en: 'the owner of the shop' },
    steps: [
      {
        zh: '建一个应用并装到自己店里，勾 read_orders、write_orders、read_customers、read_merchant_managed_fulfillment_orders；要补 60 天以前的单再申请 read_all_orders',
        en: 'Create an app and install it in your shop with read_orders, write_orders, read_customers and read_merchant_managed_fulfillment_orders; read_all_orders, too, for orders older than 60 days',
      },
      {
        zh: '申请受保护的客户数据（姓名、电话、地址）；没批之前看不到收件人',
        en: 'Ask for protected customer data (name, phone, address); until it is granted no receiver is seen',
      },
      {
        zh: '把 clientId、clientSecret 写进 .env（旧的自定义应用写 accessToken 和 webhookSecret），baseUrl 填 https://店名.myshopify.com',
        en: 'clientId and clientSecret go into .env (of an old custom app: accessToken and webhookSecret); baseUrl is https://<shop>.myshopify.com',
      },
    ],
    without: bySheet,
  },
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
    const ask = createClient(context, essential);
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
