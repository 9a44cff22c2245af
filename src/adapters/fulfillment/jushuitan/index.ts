import { z } from 'zod';
import { type Capabilities, defineFulfillment } from '../../../ports/fulfillment.ts';
import { type Credentials, createClient } from './client.ts';
import { listLocks, releaseLock, retakeLock } from './locks.ts';
import { cancelOrder, hold, reroute } from './order-writes.ts';
import { fetchByChannelOrder, fetchBySystemOrder, pullUpdated } from './orders.ts';
import { getStock } from './stock.ts';
import { transfer } from './transfer.ts';

/** A change may be written a while after the time it carries. */
const lagMs = 60_000;
/** Channels whose orders the order query does not return (fulfillment.md §1.2). */
const invisible = ['taobao', 'tmall', 'pinduoduo'];

const unholdByHand = {
  zh: '聚水潭没有取消异常的接口。请打开聚水潭「订单」→「订单列表」，按内部订单号找到这张单，勾选后点「转正常单」。',
  en: 'Jushuitan has no interface for this. Open 订单 → 订单列表 in Jushuitan, find the order by its internal number, tick it and press 转正常单.',
};
/** A purchase needs the supplier (fulfillment.md §1.2), and only the buyer knows which one it is. */
const purchaseByHand = {
  zh: '采购要先选供应商，接口替不了人。请打开聚水潭「采购」→「采购管理」→「新增采购单」，选供应商、仓库，填商品编码和数量。',
  en: 'A purchase needs its supplier, which a person has to choose. In Jushuitan open 采购 → 采购管理 → 新增采购单, choose supplier and warehouse, and enter SKU and quantity.',
};

const capabilities: Capabilities = {
  reroute: 'native',
  releaseVirtualLock: 'native',
  cancelOrder: 'native',
  hold: 'native',
  unhold: { manual: unholdByHand },
  transfer: 'native',
  purchase: { manual: purchaseByHand },
};

/** Jushuitan 聚水潭, fulfillment.md §1.2. */
export default defineFulfillment<Credentials>({
  name: { zh: '聚水潭', en: 'Jushuitan' },
  guide: {
    where: { zh: '聚水潭开放平台 openapi.jushuitan.com', en: 'Jushuitan open platform, openapi.jushuitan.com' },
    who: { zh: '聚水潭主账号', en: "the main account of the company's Jushuitan" },
    steps: [
      { zh: '建自研应用，把这台机器的出口 IP 加进白名单', en: 'Create an own app and allow this server’s IP' },
      {
        zh: '开通订单查询、库存查询、改仓、转异常、取消、虚拟仓、调拨接口',
        en: 'Ask for order query, stock query, change of warehouse, questions, cancel, virtual warehouses, transfers',
      },
      {
        zh: '授权后把 appKey、appSecret、accessToken、refreshToken 写进 .env',
        en: 'After granting, appKey, appSecret, accessToken and refreshToken go into .env',
      },
    ],
    without: {
      zh: '先用导出的订单表看仓内进度；改仓、释放锁要在聚水潭里手工做',
      en: 'Its exported sheet tells the stages; rerouting and locks are done by hand in Jushuitan',
    },
  },
  defaultBaseUrl: 'https://openapi.jushuitan.com',
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
      stageSource: (channel) => (invisible.includes(channel) ? 'none' : 'polled'),
      pullUpdated: (window, cursor, signal) => pullUpdated(send, systemId, window, cursor, signal),
      fetchByChannelOrder: (orderNos, signal) => fetchByChannelOrder(send, systemId, orderNos, signal),
      fetchBySystemOrder: (orderNos, signal) => fetchBySystemOrder(send, systemId, orderNos, signal),
      getStock: (skus, warehouseCodes, signal) => getStock(send, clock, skus, warehouseCodes, signal),
      listLocks: (signal) => listLocks(send, systemId, signal),
      reroute: (move, signal) => reroute(send, systemId, move, signal),
      releaseLock: (move, signal) => releaseLock(send, move, signal),
      retakeLock: (move, signal) => retakeLock(send, move, signal),
      cancelOrder: (systemOrderNo, reason, by, signal) =>
        cancelOrder(send, systemId, systemOrderNo, reason, by, signal),
      hold: (wish, signal) => hold(send, systemId, wish, signal),
      unhold: async () => ({ kind: 'unsupported', manual: unholdByHand }),
      requestReplenishment: async (wish, signal) => {
        if (wish.from === null) return { kind: 'unsupported', manual: purchaseByHand };
        return transfer(send, wish, wish.from, signal);
      },
    };
  },
});
