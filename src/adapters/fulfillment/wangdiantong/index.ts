import { z } from 'zod';
import type { Text } from '../../../domain/text.ts';
import { type Capabilities, defineFulfillment } from '../../../ports/fulfillment.ts';
import { type Credentials, createClient } from './client.ts';
import { hold } from './hold.ts';
import { fetchByChannelOrder, fetchBySystemOrder, pullUpdated } from './orders.ts';
import { requestReplenishment } from './replenish.ts';
import { getStock } from './stock.ts';

/** A change may be written a while after the time it carries. */
const lagMs = 60_000;
/** Channels whose orders the order query does not return. */
const invisible = ['taobao', 'tmall', 'pinduoduo'];

/** What is not in the API of 旗舰版 and only at the screen (fulfillment.md §1.3). */
const byHand = {
  reroute: {
    zh: '旺店通没有改仓的接口。请打开旺店通「订单」→「订单审核」，按订单编号找到这张单，勾选后点「修改仓库」。',
    en: 'Wangdiantong has no interface for this. Open 订单 → 订单审核, find the order by its number, tick it and press 修改仓库.',
  },
  releaseVirtualLock: {
    zh: '旺店通没有释放锁定库存的接口。请打开旺店通「库存」→「库存管理」，按商家编码找到这个货品，看占用明细后解锁。',
    en: 'Wangdiantong has no interface for this. Open 库存 → 库存管理, find the item by its SKU, look who holds it and unlock it.',
  },
  cancelOrder: {
    zh: '旺店通没有取消订单的接口。请打开旺店通「订单」→「订单审核」，按订单编号找到这张单，勾选后点「取消」。',
    en: 'Wangdiantong has no interface for this. Open 订单 → 订单审核, find the order by its number, tick it and press 取消.',
  },
  unhold: {
    zh: '旺店通没有转回正常单的接口。请打开旺店通「订单」→「异常订单」，按订单编号找到这张单，核对后点「转正常」。',
    en: 'Wangdiantong has no interface for this. Open 订单 → 异常订单, find the order by its number and press 转正常.',
  },
} as const satisfies Partial<Record<keyof Capabilities, Text>>;

const capabilities: Capabilities = {
  reroute: { manual: byHand.reroute },
  releaseVirtualLock: { manual: byHand.releaseVirtualLock },
  cancelOrder: { manual: byHand.cancelOrder },
  hold: 'native',
  unhold: { manual: byHand.unhold },
  transfer: 'native',
  purchase: 'native',
};

/** Wangdiantong 旺店通旗舰版, fulfillment.md §1.3. */
export default defineFulfillment<Credentials>({
  name: { zh: '旺店通', en: 'Wangdiantong' },
  guide: {
    where: { zh: '慧策开放平台 open.wangdian.cn（旗舰版）', en: 'Huice open platform, open.wangdian.cn (qjb)' },
    who: { zh: '旺店通管理员', en: "the administrator of the company's Wangdiantong" },
    steps: [
      { zh: '自助对接里建应用，把这台机器的出口 IP 加进白名单', en: 'Create an app and allow this server’s IP' },
      {
        zh: '申请订单查询、订单转异常、库存查询、采购申请、调拨接口，并给接口账号店铺和仓库权限',
        en: 'Ask for order query, exception, stock query, purchase request, transfer, and give the account shops and warehouses',
      },
      {
        zh: '把卖家账号 sid、appKey、appSecret（冒号前后都要）写进 .env',
        en: 'sid, appKey and appSecret (both halves around the colon) go into .env',
      },
    ],
    without: {
      zh: '先用导出的订单表看仓内进度；转异常、补货要在旺店通里手工做',
      en: 'Its exported sheet tells the stages; holds and replenishment are done by hand in Wangdiantong',
    },
  },
  defaultBaseUrl: 'http://wdt.wangdian.cn/openapi',
  credentials: z.object({
    sid: z.string().min(1),
    appKey: z.string().min(1),
    appSecret: z.string().regex(/^[^:]+:[^:]+$/, 'secret:salt, as it was issued'),
  }),
  create(context) {
    const { systemId, clock } = context;
    const send = createClient(context);
    return {
      capabilities,
      lagMs,
      stageSource: (channel) => (invisible.includes(channel) ? 'none' : 'polled'),
      pullUpdated: (window, cursor, signal) => pullUpdated(send, systemId, window, cursor, signal),
      fetchByChannelOrder: (orderNos, signal) => fetchByChannelOrder(send, systemId, orderNos, signal),
      fetchBySystemOrder: (orderNos, signal) => fetchBySystemOrder(send, systemId, orderNos, signal),
      getStock: (skus, warehouseCodes, signal) => getStock(send, clock, skus, warehouseCodes, signal),
      // Its virtual warehouses share out stock by strategy; none of it is a lock that somebody took.
      listLocks: async () => [],
      reroute: async () => ({ kind: 'unsupported', manual: byHand.reroute }),
      releaseLock: async () => ({ kind: 'unsupported', manual: byHand.releaseVirtualLock }),
      retakeLock: async () => ({ kind: 'unsupported', manual: byHand.releaseVirtualLock }),
      cancelOrder: async () => ({ kind: 'unsupported', manual: byHand.cancelOrder }),
      hold: ({ systemOrderNo }, signal) => hold(send, systemId, systemOrderNo, signal),
      unhold: async () => ({ kind: 'unsupported', manual: byHand.unhold }),
      requestReplenishment: (wish, signal) => requestReplenishment(send, wish, signal),
    };
  },
});
