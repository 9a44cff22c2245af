import { z } from 'zod';
import { bySheet } from '../../../ports/access.ts';
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
  guide: {
    where: { zh: '抖店开放平台 op.jinritemai.com', en: 'Douyin shop open platform, op.jinritemai.com' },
    who: { zh: '店铺主账号（应用要归店铺自己）', en: "the shop's main account (the app has to be the shop's own)" },
    steps: [
      {
        zh: '建自用型应用，由店铺授权给它，并把这台机器的出口 IP 加进白名单',
        en: 'Create an app for own use, let the shop authorise it, and allow this server’s IP',
      },
      {
        zh: '开通订单列表、订单详情、商家备注接口',
        en: 'Ask for order list, order details and seller remarks',
      },
      {
        zh: '把 appKey、appSecret、shopId（店铺 ID）写进 .env；令牌由机器人自己换',
        en: 'appKey, appSecret and shopId go into .env; the bot takes the tokens itself',
      },
      {
        zh: '想更快（尤其是退款）：消息推送里订阅订单和售后消息，地址填 PUBLIC_URL/hooks/shops/店铺编号',
        en: 'To be faster, above all with refunds: subscribe to order and after-sale messages at PUBLIC_URL/hooks/shops/<shop id>',
      },
    ],
    without: bySheet,
  },
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
