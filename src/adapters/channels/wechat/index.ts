import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import { bySheet } from '../../../ports/access.ts';
import { defineChannel, type OrderPage, type Window } from '../../../ports/channel.ts';
import { inParallel, sift } from '../../../ports/reading.ts';
import { decideAddress } from './address.ts';
import { type Credentials, createClient, type Send } from './client.ts';
import { fetchOrder } from './fetch-order.ts';
import { type RowReader, readOrder } from './order.ts';
import { createReadPush } from './push.ts';
import { addRemark } from './remark.ts';

/** Each number of a page costs a call of its own: a page stays within what one step may take. */
const pageSize = 50;
const parallelReads = 6;
/** How long a change may take to be listed is not written down; the lists are read again for so long (channels.md §9.4). */
const lagMs = 60_000;
const weekMs = 7 * 24 * 3_600_000;
/** Seven days are refused when the bounds, cut to seconds, lie a second further apart. */
const windowMs = { updated: weekMs - 1_000, created: weekMs - 1_000 };

const listPath = '/channels/ec/order/list/get';
const Page = z.object({
  order_id_list: z.array(z.union([z.string().min(1), z.number()]).transform(String)).nullish(),
  next_key: z.string().nullish(),
  has_more: z.boolean().nullish(),
});

const secret = z.string().min(1);

/** WeChat shop (微信小店), channels.md §5. */
export default defineChannel<Credentials>({
  name: { zh: '微信小店', en: 'WeChat shop' },
  guide: {
    where: { zh: '微信小店后台 store.weixin.qq.com', en: 'WeChat shop back office, store.weixin.qq.com' },
    who: { zh: '小店超级管理员', en: "the shop's super administrator" },
    steps: [
      {
        zh: '打开开发者配置（自研），把这台机器的出口 IP 加进白名单',
        en: 'Open the developer settings (own system) and allow this server’s IP',
      },
      {
        zh: '把小店自己的 AppID、AppSecret 写进 .env；小程序的不能用',
        en: "The shop's own AppID and AppSecret go into .env; those of a mini-program do not work",
      },
      {
        zh: '想更快：消息推送填机器人的地址、Token、EncodingAESKey，选 JSON 和安全模式',
        en: 'To be faster: enter the bot’s address, Token and EncodingAESKey for messages, as JSON in the safe mode',
      },
    ],
    without: bySheet,
  },
  defaultBaseUrl: 'https://api.weixin.qq.com',
  credentials: z
    .object({
      appId: secret,
      appSecret: secret,
      token: secret.optional(),
      encodingAesKey: secret.length(43).optional(),
    })
    .refine(({ token, encodingAesKey }) => (token === undefined) === (encodingAesKey === undefined), {
      message: 'token and encodingAesKey belong together',
    }),
  create(context) {
    const { appId, token, encodingAesKey } = context.credentials;
    const send = createClient(context);
    const reader: RowReader = { shopId: context.shopId, identifier: context.identifier };
    return {
      lagMs,
      windowMs,
      grantEndsAt: () => null,
      pullUpdated: (window, cursor, signal) =>
        readPage(send, { update_time_range: rangeOf(window) }, cursor, reader, signal),
      pullCreated: (window, cursor, signal) =>
        readPage(send, { create_time_range: rangeOf(window) }, cursor, reader, signal),
      async fetchOrders(orderNos, signal) {
        const found = await readOrders(send, orderNos, signal);
        return { ...sift([...found.values()], (row) => readOrder(row, reader)), next: undefined };
      },
      decideAddress: (orderNo, verdict, signal) => decideAddress(send, orderNo, verdict, signal),
      addRemark: (orderNo, remark, signal) => addRemark(send, orderNo, remark, signal),
      readPush:
        token === undefined || encodingAesKey === undefined ? null : createReadPush({ appId, token, encodingAesKey }),
    };
  },
});

// Whether the upper second is inside is not written down: the one of `to` is asked for, too. What it gives twice is harmless.
const rangeOf = ({ from, to }: Window): object => ({
  start_time: Math.floor(from / 1_000),
  end_time: Math.ceil(to / 1_000),
});

/** The lists give numbers alone, and the orders have to be read one by one. */
async function readPage(
  send: Send,
  range: object,
  cursor: string | undefined,
  reader: RowReader,
  signal: AbortSignal,
): Promise<OrderPage> {
  const body = { ...range, page_size: pageSize, ...(cursor === undefined ? {} : { next_key: cursor }) };
  const answer = await send({ path: listPath, body }, signal);
  const { data } = Page.safeParse(answer);
  // An empty list may be missing, but only beside the word that all is well: all else would lose a window.
  if (data === undefined || (data.order_id_list == null && answer?.errcode !== 0))
    throw new RetryableError(`POST ${listPath}: the answer is no page of orders`, { code: 'BAD_PAGE' });
  const orderNos = data.order_id_list ?? [];
  const next = data.has_more === true ? data.next_key || undefined : undefined;
  if (data.has_more === true && next === undefined)
    throw new RetryableError(`POST ${listPath}: there is more, but no key to it`, { code: 'BAD_PAGE' });
  if (next !== undefined && next === cursor)
    throw new RejectedError(`POST ${listPath}: the platform answers the same page for ever`, { code: 'CURSOR_STUCK' });
  const found = await readOrders(send, orderNos, signal);
  const { orders, skipped } = sift(
    orderNos.flatMap((no) => found.get(no) ?? []),
    (row) => readOrder(row, reader),
  );
  const gone = orderNos.filter((no) => !found.has(no)).map((ref) => ({ ref, reason: 'order: listed, but not there' }));
  return { orders, skipped: [...skipped, ...gone], next };
}

async function readOrders(
  send: Send,
  orderNos: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  await inParallel([...new Set(orderNos)], { atOnce: parallelReads }, async (no) => {
    const row = await fetchOrder(send, no, signal);
    if (row !== undefined) found.set(no, row);
  });
  return found;
}
