import { z } from 'zod';
import { RetryableError } from '../../../domain/errors.ts';
import { fromBeijingText, toBeijingText } from '../../../domain/local-time.ts';
import {
  defineChannel,
  type OrderPage,
  type SkippedRow,
  type SourceOrder,
  type Window,
} from '../../../ports/channel.ts';
import { inParallel, sift } from '../../../ports/reading.ts';
import { type Credentials, createClient } from './client.ts';
import { createDetails, parallelReads, readFull } from './details.ts';
import { guide } from './guide.ts';
import { addRemark } from './remark.ts';
import { fields, listOf } from './row.ts';
import { signMethods } from './sign.ts';
import { createTraces } from './traces.ts';
import { readTrade, type TradeReader } from './trade.ts';
import { type ReadPage, type Stretch, walk } from './walk.ts';

/** The platform recommends 40 to 50. */
const pageSize = 50;
/** How long a change may take until the list shows it. */
const lagMs = 60_000;
/** World ms between two reads of one reader: all eight together stay at 16 a second. */
const breathMs = 500;
/** A day is allowed, half an hour recommended. */
const updatedMs = 30 * 60_000;
const createdMs = 24 * 3_600_000;

/** All of them: without this list the platform leaves out all but five kinds, silently (channels.md §1.4). */
const types =
  'fixed,auction,guarantee_trade,step,independent_simple_trade,independent_shop_trade,auto_delivery,ec,cod,game_equipment,' +
  'shopex_trade,netcn_trade,external_trade,instant_trade,b2c_cod,hotel_trade,super_market_trade,super_market_cod_trade,' +
  'taohua,waimai,o2o_offlinetrade,nopaid,eticket,tmall_i18n,insurance_plus,finance,pre_auth_type';

interface List {
  readonly method: string;
  readonly from: string;
  readonly to: string;
}
const updated: List = { method: 'taobao.trades.sold.increment.get', from: 'start_modified', to: 'end_modified' };
const created: List = { method: 'taobao.trades.sold.get', from: 'start_created', to: 'end_created' };

const Count = z.coerce.number().int().nonnegative();
const Page = z.object({ trades: z.unknown().optional(), total_results: Count.nullish() });

/** "2027-03-01", or with a time of Beijing or a zone; unix ms. A day counts from its midnight. */
const Moment = z.string().transform((text, context) => {
  const isZoned = /^\d{4}-\d{2}-\d{2}T.+(Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = isZoned ? Date.parse(text) : fromBeijingText(text);
  if (at !== undefined && !Number.isNaN(at)) return at;
  context.addIssue({ code: 'custom', message: 'no date such as 2027-03-01' });
  return z.NEVER;
});

/** Taobao and Tmall through TOP, channels.md §1. */
export default defineChannel<Credentials>({
  name: { zh: '淘宝/天猫', en: 'Taobao/Tmall' },
  guide,
  defaultBaseUrl: 'https://eco.taobao.com/router/rest',
  credentials: z.object({
    appKey: z.string().min(1),
    appSecret: z.string().min(1),
    session: z.string().min(1),
    sessionEndsAt: Moment.nullish().transform((at) => at ?? null),
    signMethod: z.enum(signMethods).default('hmac-sha256'),
  }),
  create(context) {
    const { shopId, clock, identifier, credentials } = context;
    const send = createClient(context);
    const complete = createDetails(send);
    const sortedAtOf = createTraces(send, clock);
    const reader: TradeReader = {
      shopId,
      identifier,
      appScope: `taobao/${identifier.key('mask', credentials.appKey, 'taobao-app').value}`,
    };

    const listOrders = async (
      list: List,
      window: Window,
      cursor: string | undefined,
      signal: AbortSignal,
    ): Promise<OrderPage> => {
      const stretch = { from: Math.floor(window.from / 1_000), to: Math.ceil(window.to / 1_000) };
      const completeTo = Math.floor((clock.now() - lagMs) / 1_000);
      const read = pageReader(list, signal);
      const { rows, next } = await walk(read, stretch, { pageSize, completeTo, cursor });
      return { ...sift(await complete(rows, signal), (row) => readTrade(row, reader)), next };
    };

    const pageReader =
      ({ method, from, to }: List, signal: AbortSignal): ReadPage =>
      async (stretch: Stretch, page, counts) => {
        const params = {
          fields,
          type: types,
          [from]: toBeijingText(stretch.from * 1_000),
          [to]: toBeijingText(stretch.to * 1_000),
          page_no: String(page),
          page_size: String(pageSize),
          use_has_next: String(!counts),
        };
        const parsed = Page.safeParse(await send({ method, params }, signal));
        const rows = listOf(parsed.data?.trades, 'trade');
        const total = parsed.data?.total_results ?? (rows.length < pageSize ? rows.length : undefined);
        if (!parsed.success || (counts && total === undefined))
          throw new RetryableError(`${method}: the answer is no page of trades`, { code: 'BAD_PAGE' });
        return { rows, total: total ?? 0 };
      };

    return {
      lagMs,
      windowMs: { updated: updatedMs, created: createdMs },
      grantEndsAt: () => credentials.sessionEndsAt,
      pullUpdated: (window, cursor, signal) => listOrders(updated, window, cursor, signal),
      async pullCreated(window, cursor, signal) {
        const page = await listOrders(created, window, cursor, signal);
        // The second after the window belongs to the next one.
        return { ...page, orders: page.orders.filter(({ view }) => view.placedAt < window.to) };
      },
      async fetchOrders(orderNos, signal) {
        const orders: SourceOrder[] = [];
        const skipped: SkippedRow[] = [];
        // Anything else is no number of this platform, and it would refuse to look for it.
        const tids = [...new Set(orderNos)].filter((no) => /^\d{1,20}$/.test(no));
        const readOne = async (tid: string): Promise<void> => {
          const full = await readFull(send, tid, signal);
          const read = full && readTrade(full, reader);
          if (read !== undefined && 'view' in read)
            orders.push({ ...read, view: { ...read.view, sortedAt: await sortedAtOf(read.view, signal) } });
          else if (read !== undefined) skipped.push(read);
        };
        await inParallel(tids, { atOnce: parallelReads, pause: () => clock.sleep(breathMs, signal) }, readOne);
        return { orders, skipped, next: undefined };
      },
      addRemark: (orderNo, remark, signal) => addRemark(send, orderNo, remark, signal),
      readPush: null,
    };
  },
});
