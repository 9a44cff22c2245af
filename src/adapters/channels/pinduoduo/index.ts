import { z } from 'zod';
import { bySheet } from '../../../ports/access.ts';
import { defineChannel, type OrderPage } from '../../../ports/channel.ts';
import type { Clock } from '../../../ports/clock.ts';
import { inParallel, sift } from '../../../ports/reading.ts';
import { type Client, type Credentials, createClient } from './client.ts';
import { fetchOrder } from './fetch-order.ts';
import { type RowReader, readOrder } from './order.ts';
import { walkBack, walkForward } from './pages.ts';
import { addRemark } from './remark.ts';

const parallelReads = 4;
/** World ms between two reads of one reader: all of them together stay at 8 a second. The limits are not public. */
const breathMs = 500;
/** The list is 3 minutes behind, and an order's own facts come up to 10 minutes after its first sight (channels.md §2.6). */
const lagMs = 10 * 60_000;
/** 30 minutes and 24 hours are refused when the bounds, cut to seconds, lie a second further apart. */
const windowMs = { updated: 30 * 60_000 - 1_000, created: 24 * 3_600_000 - 1_000 };

/** Pinduoduo's open platform, channels.md §2. Its pushes come over a WebSocket only, and are not read. */
export default defineChannel<Credentials>({
  name: { zh: '拼多多', en: 'Pinduoduo' },
  guide: {
    where: { zh: '拼多多开放平台 open.pinduoduo.com', en: 'Pinduoduo open platform, open.pinduoduo.com' },
    who: { zh: '店铺主账号', en: "the shop's main account" },
    steps: [
      {
        zh: '建商家后台系统类应用，把这台机器的出口 IP 加进白名单',
        en: 'Create an app of the kind "merchant back office" and allow this server’s IP',
      },
      {
        zh: '开通订单增量、订单列表、订单详情、备注接口',
        en: 'Ask for changed orders, order list, order details and order notes',
      },
      {
        zh: '用店铺主账号授权，把 clientId、clientSecret、accessToken、refreshToken 写进 .env',
        en: 'Grant access; clientId, clientSecret, accessToken and refreshToken go into .env',
      },
    ],
    without: bySheet,
  },
  defaultBaseUrl: 'https://gw-api.pinduoduo.com/api/router',
  credentials: z.object({
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
    accessToken: z.string().min(1),
    refreshToken: z.string().optional(),
  }),
  create(context) {
    const client = createClient(context);
    const reader: RowReader = { shopId: context.shopId, identifier: context.identifier };
    const changed = {
      client,
      type: 'pdd.order.number.list.increment.get',
      bounds: ['start_updated_at', 'end_updated_at'],
    } as const;
    const confirmed = { client, type: 'pdd.order.list.get', bounds: ['start_confirm_at', 'end_confirm_at'] } as const;
    return {
      lagMs,
      windowMs,
      grantEndsAt: () => client.grantEndsAt(),
      async pullUpdated(window, cursor, signal) {
        const { rows, next } = await walkBack(changed, window, context.clock.now() - lagMs, cursor, signal);
        return { ...sift(rows, (row) => readOrder(row, reader)), next };
      },
      // Orders are not listed before they are paid and their group is complete: that is when they are placed for the shop.
      async pullCreated(window, cursor, signal) {
        const { rows, next } = await walkForward(confirmed, window, cursor, signal);
        return { ...sift(rows, (row) => readOrder(row, reader)), next };
      },
      fetchOrders: (orderNos, signal) => readOrders(client, context.clock, orderNos, reader, signal),
      addRemark: (orderNo, remark, signal) => addRemark(client, orderNo, remark, signal),
      readPush: null,
    };
  },
});

async function readOrders(
  client: Client,
  clock: Clock,
  orderNos: readonly string[],
  reader: RowReader,
  signal: AbortSignal,
): Promise<OrderPage> {
  const rows: unknown[] = [];
  await inParallel(
    [...new Set(orderNos)],
    { atOnce: parallelReads, pause: () => clock.sleep(breathMs, signal) },
    async (no) => {
      const row = await fetchOrder(client, no, signal);
      if (row !== undefined) rows.push(row);
    },
  );
  return { ...sift(rows, (row) => readOrder(row, reader)), next: undefined };
}
