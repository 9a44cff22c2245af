import { z } from 'zod';
import type { Text } from '../../../domain/text.ts';
import { type Capabilities, defineFulfillment } from '../../../ports/fulfillment.ts';
import { checkGoods } from '../refusal.ts';
import { type Credentials, createClient } from './client.ts';
import { cancelOrder, hold, unhold } from './order-writes.ts';
import { fetchOrders, pullUpdated } from './orders.ts';
import { readPush } from './push.ts';
import { getStock } from './stock.ts';
import { requestTransfer } from './transfer.ts';

/** What fulfillment.md §1.1 and §5.3 know no single, safe call for. */
const byHand = {
  reroute: {
    zh: '奇门没有改仓接口。请在下单的系统里取消原仓的出库单，等仓库确认取消成功，再向新仓下单；没确认之前不要下，会发两次。',
    en: 'Qimen cannot move an order. Cancel it at the old warehouse in the system that placed it, wait until that is confirmed, then place it at the new one: earlier, and it is sent twice.',
  },
  releaseVirtualLock: {
    zh: '奇门看不到渠道预占，机器人不能替你释放。请在下单的系统里找到占着货的那张单，取消它，锁定会随它放开。',
    en: 'Qimen does not list reservations, so none can be released from here. Cancel the order that holds the goods in the system that placed it: its lock goes with it.',
  },
  purchase: {
    zh: '采购入库单要在下单的系统里做。请新建采购单，填供应商、仓库、商品编码和数量，再推送给仓库。',
    en: 'Purchases are made in the system that places them: add one with supplier, warehouse, SKU and quantity and pass it on to the warehouse.',
  },
} as const satisfies Partial<Record<keyof Capabilities, Text>>;

const capabilities: Capabilities = {
  reroute: { manual: byHand.reroute },
  releaseVirtualLock: { manual: byHand.releaseVirtualLock },
  cancelOrder: 'native',
  hold: 'native',
  unhold: 'native',
  transfer: 'native',
  purchase: { manual: byHand.purchase },
};

/** Qimen 奇门, the standard between order systems and warehouses: fulfillment.md §1.1. */
export default defineFulfillment<Credentials>({
  name: { zh: '奇门', en: 'Qimen' },
  guide: {
    where: { zh: '奇门 qimen.taobao.com，和仓库一起联调', en: 'qimen.taobao.com, together with the warehouse' },
    who: { zh: '淘宝开放平台的应用管理员', en: 'whoever manages the app in the Taobao open platform' },
    steps: [
      {
        zh: '创建应用并开通奇门仓储场景，拿到 appKey 和 appSecret',
        en: 'Make an app with the Qimen warehouse scenario: it gives appKey and appSecret',
      },
      {
        zh: '向仓库要 customerId、货主编码 ownerCode 和各仓编码',
        en: 'Ask the warehouse for customerId, its ownerCode and the codes of its warehouses',
      },
      {
        zh: '想更快：让仓库把流水和出库结果推到 PUBLIC_URL/hooks/systems/系统编号',
        en: 'To be faster: have the warehouse report steps and shipments to PUBLIC_URL/hooks/systems/<system id>',
      },
      {
        zh: '出库单号要用店铺的订单号；一家店铺配一段 systems，再把四个值写进 .env',
        en: "Delivery orders carry the shop's order number; one systems block per shop, and the four values go into .env",
      },
    ],
    without: {
      zh: '先用仓库导出的表看仓内进度；暂停、取消要打电话给仓库',
      en: "The warehouse's exported sheet tells the stages; holds and cancellations are telephoned",
    },
  },
  defaultBaseUrl: 'https://qimen.api.taobao.com/router/qimen/service',
  credentials: z.object({
    appKey: z.string().min(1),
    appSecret: z.string().min(1),
    customerId: z.string().min(1),
    ownerCode: z.string().min(1),
  }),
  create(context) {
    const { systemId, clock, credentials } = context;
    const { ownerCode } = credentials;
    const send = createClient(context);
    const place = { send, systemId, ownerCode };
    return {
      capabilities,
      readPush: (push) => readPush(push, credentials.appSecret),
      lagMs: 0,
      stageSource: () => 'pushed',
      pullUpdated: (_window, _cursor, signal) => pullUpdated(send, signal),
      fetchByChannelOrder: (orderNos, signal) => fetchOrders(send, systemId, orderNos, signal),
      fetchBySystemOrder: (orderNos, signal) => fetchOrders(send, systemId, orderNos, signal),
      getStock: (skus, warehouseCodes, signal) => getStock(send, clock, ownerCode, skus, warehouseCodes, signal),
      listLocks: async () => [],
      reroute: async () => ({ kind: 'unsupported', manual: byHand.reroute }),
      releaseLock: async () => ({ kind: 'unsupported', manual: byHand.releaseVirtualLock }),
      retakeLock: async () => ({ kind: 'unsupported', manual: byHand.releaseVirtualLock }),
      cancelOrder: (systemOrderNo, reason, _by, signal) => cancelOrder(place, systemOrderNo, reason, signal),
      hold: (wish, signal) => hold(place, wish, signal),
      unhold: (wish, signal) => unhold(place, wish, signal),
      async requestReplenishment(wish, signal) {
        checkGoods(wish);
        if (wish.from === null) return { kind: 'unsupported', manual: byHand.purchase };
        return requestTransfer(send, wish, wish.from, signal);
      },
    };
  },
});
