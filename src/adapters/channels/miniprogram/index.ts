import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import { bySheet } from '../../../ports/access.ts';
import { defineChannel, type OrderPage } from '../../../ports/channel.ts';
import type { Clock } from '../../../ports/clock.ts';
import { inParallel, sift } from '../../../ports/reading.ts';
import { type Client, type Credentials, createClient } from './client.ts';
import { type RowReader, readOrder } from './order.ts';
import { createReadPush } from './push.ts';
import { addRemark } from './remark.ts';

const pageSize = 200;
const parallelReads = 8;
/** World ms between two reads of one reader: all of them together stay at 16 a second. */
const breathMs = 500;
/** Rows may be committed a while after the time they carry. */
const lagMs = 60_000;

const Page = z.object({ orders: z.array(z.unknown()), next_cursor: z.string().nullish() });

/** The merchant's own backend, channels.md §6. */
export default defineChannel<Credentials>({
  name: { zh: '小程序', en: 'mini-program' },
  guide: {
    where: { zh: '自己的商城后台', en: "the shop's own backend" },
    who: { zh: '自己的后端工程师', en: "the shop's backend engineer" },
    steps: [
      {
        zh: '按 README 的「自建小程序接口」开放订单读取',
        en: 'Serve the orders as README describes (own mini-program)',
      },
      { zh: '给机器人一对 key 和 secret，写进 .env', en: 'Give the bot a key and a secret; they go into .env' },
    ],
    without: bySheet,
  },
  defaultBaseUrl: null,
  credentials: z.object({ key: z.string().min(1), secret: z.string().min(1), phoneSalt: z.string().min(1).optional() }),
  create(context) {
    const client = createClient(context);
    const reader: RowReader = {
      shopId: context.shopId,
      identifier: context.identifier,
      hashScope: hashScopeOf(context),
    };
    return {
      lagMs,
      windowMs: { updated: Number.POSITIVE_INFINITY, created: Number.POSITIVE_INFINITY },
      grantEndsAt: () => null,
      pullUpdated: (window, cursor, signal) => {
        return readPage(
          client,
          { updated_from: first(window.from), updated_to: last(window.to) },
          cursor,
          reader,
          signal,
        );
      },
      pullCreated: (window, cursor, signal) => {
        return readPage(
          client,
          { created_from: first(window.from), created_to: last(window.to) },
          cursor,
          reader,
          signal,
        );
      },
      fetchOrders: (orderNos, signal) => readOrders(client, context.clock, orderNos, reader, signal),
      addRemark: (orderNo, remark, signal) => addRemark(client, orderNo, remark, signal),
      readPush: createReadPush(context),
    };
  },
});

/** Shops that name the same salt share a scope; the salt itself does not show in it. */
function hashScopeOf({
  shopId,
  identifier,
  credentials: { phoneSalt },
}: Pick<RowReader, 'shopId' | 'identifier'> & { credentials: Credentials }): string {
  return phoneSalt === undefined
    ? `miniprogram/${shopId}`
    : `salt/${identifier.key('mask', phoneSalt, 'phone-salt').value}`;
}

// The contract counts whole seconds: the lower one is inside, the upper one too (everything before the next second).
const first = (from: number): string => String(Math.floor(from / 1_000));
/** The last second that has something before `to`. */
const last = (to: number): string => String(Math.ceil(to / 1_000) - 1);

async function readPage(
  client: Client,
  window: Readonly<Record<string, string>>,
  cursor: string | undefined,
  reader: RowReader,
  signal: AbortSignal,
): Promise<OrderPage> {
  const query = { ...window, limit: String(pageSize), ...(cursor === undefined ? {} : { cursor }) };
  const parsed = Page.safeParse(await client.get('/v1/orders', query, signal));
  if (!parsed.success)
    throw new RetryableError('GET /v1/orders: the answer is no page of orders', { code: 'BAD_PAGE' });
  const next = parsed.data.next_cursor ?? undefined;
  if (next !== undefined && next === cursor) {
    throw new RejectedError('GET /v1/orders: the shop answers the same page for ever', { code: 'CURSOR_STUCK' });
  }
  return { ...sift(parsed.data.orders, (row) => readOrder(row, reader)), next };
}

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
      const row = await client.get(`/v1/orders/${encodeURIComponent(no)}`, {}, signal);
      if (row !== undefined) rows.push(row);
    },
  );
  return { ...sift(rows, (row) => readOrder(row, reader)), next: undefined };
}
