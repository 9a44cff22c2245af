import { z } from 'zod';
import type { Text } from '../../../domain/text.ts';
import { type Capabilities, defineFulfillment } from '../../../ports/fulfillment.ts';
import { type Credentials, createClient } from './client.ts';
import { hold, reroute, unhold } from './order-writes.ts';
import { fetchBy, pullUpdated } from './orders.ts';
import { getStock } from './stock.ts';

/** A change may be written a while after the time it carries. */
const lagMs = 60_000;

/** What fulfillment.md §1.4 and §5.3 know no interface for. */
const byHand = {
  releaseVirtualLock: {
    zh: '快麦没有释放锁定库存的接口。请在快麦里找到占着货的那张单，作废或改仓，锁定会随它放开。',
    en: 'Kuaimai has no interface that frees locked stock. Find the order that holds it in Kuaimai and void or move it: its lock goes with it.',
  },
  cancelOrder: {
    zh: '快麦没有作废订单的接口。请在快麦「订单」里按系统单号找到这张单，勾选后点「作废」。',
    en: 'Kuaimai has no interface that voids an order. Find it by its system number under 订单 in Kuaimai, tick it and press 作废.',
  },
  transfer: {
    zh: '快麦的调拨要在界面里做。请打开快麦「仓储」→「调拨」，新增调拨单，填调出仓、调入仓、商家编码和数量。',
    en: 'Transfers are made at the screen. Open 仓储 → 调拨 in Kuaimai and add one with both warehouses, SKU and quantity.',
  },
  purchase: {
    zh: '快麦的采购要在界面里做。请打开快麦「采购」→「采购单」，新增采购单，填供应商、仓库、商家编码和数量。',
    en: 'Purchases are made at the screen. Open 采购 → 采购单 in Kuaimai and add one with supplier, warehouse, SKU and quantity.',
  },
} as const satisfies Partial<Record<keyof Capabilities, Text>>;

const capabilities: Capabilities = {
  reroute: 'native',
  releaseVirtualLock: { manual: byHand.releaseVirtualLock },
  cancelOrder: { manual: byHand.cancelOrder },
  hold: 'native',
  unhold: 'native',
  transfer: { manual: byHand.transfer },
  purchase: { manual: byHand.purchase },
};

/** Kuaimai 快麦, fulfillment.md §1.4. */
export default defineFulfillment<Credentials>({
  name: { zh: '快麦', en: 'Kuaimai' },
  guide: {
    where: { zh: '快麦开放平台 open.kuaimai.com', en: 'Kuaimai open platform, open.kuaimai.com' },
    who: { zh: '快麦主账号', en: "the main account of the company's Kuaimai" },
    steps: [
      { zh: '申请自研应用，拿到 appKey 和 appSecret', en: 'Apply for an own app: it gives appKey and appSecret' },
      {
        zh: '开通订单查询、库存查询、修改订单仓库、订单挂起和解挂接口',
        en: 'Ask for order query, stock query, change of warehouse, halt and unhalt',
      },
      {
        zh: '授权后把 appKey、appSecret、accessToken、refreshToken 写进 .env',
        en: 'After granting, appKey, appSecret, accessToken and refreshToken go into .env',
      },
    ],
    without: {
      zh: '先用导出的订单表看仓内进度；改仓、挂起要在快麦里手工做',
      en: 'Its exported sheet tells the stages; rerouting and holds are done by hand in Kuaimai',
    },
  },
  defaultBaseUrl: 'https://gw.superboss.cc/router',
  credentials: z.object({
    appKey: z.string().min(1),
    appSecret: z.string().min(1),
    accessToken: z.string().min(1),
    refreshToken: z.string().min(1).optional(),
  }),
  create(context) {
    const { systemId, clock } = context;
    const send = createClient(context);
    return {
      capabilities,
      lagMs,
      // The order query does not return orders of PDD.
      stageSource: (channel) => (channel === 'pinduoduo' ? 'none' : 'polled'),
      pullUpdated: (window, cursor, signal) => pullUpdated(send, systemId, window, cursor, signal),
      fetchByChannelOrder: (orderNos, signal) => fetchBy(send, systemId, 'tid', orderNos, signal),
      fetchBySystemOrder: (orderNos, signal) => fetchBy(send, systemId, 'sid', orderNos, signal),
      getStock: (skus, warehouseCodes, signal) => getStock(send, clock, skus, warehouseCodes, signal),
      // It has no virtual warehouses to list.
      listLocks: async () => [],
      reroute: (move, signal) => reroute(send, systemId, move, signal),
      releaseLock: async () => ({ kind: 'unsupported', manual: byHand.releaseVirtualLock }),
      retakeLock: async () => ({ kind: 'unsupported', manual: byHand.releaseVirtualLock }),
      cancelOrder: async () => ({ kind: 'unsupported', manual: byHand.cancelOrder }),
      hold: ({ systemOrderNo }, signal) => hold(send, systemId, systemOrderNo, signal),
      unhold: ({ systemOrderNo }, signal) => unhold(send, systemId, systemOrderNo, signal),
      requestReplenishment: async ({ from }) => ({
        kind: 'unsupported',
        manual: from === null ? byHand.purchase : byHand.transfer,
      }),
    };
  },
});
