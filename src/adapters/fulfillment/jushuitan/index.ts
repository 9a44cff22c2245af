import { z } from 'zod';
import { type Capabilities, defineFulfillment } from '../../../ports/fulfillment.ts';
import { type Credentials, createClient } from './client.ts';
import { listLocks, releaseLock, retakeLock } from './locks.ts';
import { cancelOrder, reroute } from './order-writes.ts';
import { fetchByChannelOrder, fetchBySystemOrder, pullUpdated } from './orders.ts';
import { getStock } from './stock.ts';

/** A change may be written a while after the time it carries. */
const lagMs = 60_000;
/** Channels whose orders the order query does not return (fulfillment.md §1.2). */
const invisible = ['taobao', 'tmall', 'pinduoduo'];

const capabilities: Capabilities = {
  reroute: 'native',
  releaseVirtualLock: 'native',
  cancelOrder: 'native',
  hold: 'native',
  unhold: {
    manual: {
      zh: '聚水潭没有取消异常的接口。请打开聚水潭「订单」→「订单列表」，按内部订单号找到这张单，勾选后点「转正常单」。',
      en: 'Jushuitan has no interface for this. Open 订单 → 订单列表 in Jushuitan, find the order by its internal number, tick it and press 转正常单.',
    },
  },
};

/** Jushuitan 聚水潭, fulfillment.md §1.2. */
export default defineFulfillment<Credentials>({
  name: { zh: '聚水潭', en: 'Jushuitan' },
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
    };
  },
});
