import { z } from 'zod';
import type { Text } from '../../../domain/text.ts';
import { type Capabilities, defineFulfillment } from '../../../ports/fulfillment.ts';
import { createClient, type TokenCredentials } from '../../shopify/client.ts';
import { hold, reroute, unhold } from './order-writes.ts';
import { createOrders } from './orders.ts';
import { getStock, listLocks, releaseLock, retakeLock } from './stock.ts';
import { transfer } from './transfer.ts';

/** The search index shows a change late, without a promise; what was recorded is well below this (channels.md §4.6). */
const lagMs = 120_000;

/** Fields without which a part would be taken for another: null is a word of theirs. */
const essential: readonly string[] = ['fulfillmentHolds', 'fulfillments', 'assignedLocation', 'location', 'lineItems'];

const cancelByHand: Text = {
  zh: '机器人不替你取消 Shopify 的订单（会牵涉退款）。请在 Shopify 后台打开这单，点「取消订单」，库存会自动放出来。',
  en: 'The bot cancels no Shopify order, since money is paid back with it. Open the order in the Shopify admin and press Cancel order: its stock comes free by itself.',
};
const buyByHand: Text = {
  zh: 'Shopify 的采购单没有接口。请在 Shopify 后台「产品」→「采购订单」里新建一张，写上要补的 SKU 和数量。',
  en: 'Shopify has no interface for purchase orders. Make one in the Shopify admin under Products → Purchase orders, with the SKUs and quantities.',
};

const capabilities: Capabilities = {
  reroute: 'native',
  releaseVirtualLock: 'native',
  cancelOrder: { manual: cancelByHand },
  hold: 'native',
  unhold: 'native',
  transfer: 'native',
  purchase: { manual: buyByHand },
};

/** The fulfillment orders and the stock of a Shopify shop, fulfillment.md §1.7. */
export default defineFulfillment<TokenCredentials>({
  name: { zh: 'Shopify', en: 'Shopify' },
  guide: {
    where: { zh: 'Shopify Dev Dashboard dev.shopify.com', en: 'Shopify Dev Dashboard, dev.shopify.com' },
    who: { zh: '店主', en: 'the owner of the shop' },
    steps: [
      {
        zh: '给店里那个应用加勾 read/write_merchant_managed_fulfillment_orders、read/write_third_party_fulfillment_orders、read_locations、read_inventory、write_inventory、write_inventory_transfers',
        en: 'Give the app of the shop read and write for merchant_managed_fulfillment_orders and third_party_fulfillment_orders, read_locations, read_inventory, write_inventory and write_inventory_transfers',
      },
      {
        zh: '凭据同这家店的渠道：clientId、clientSecret 或 accessToken 写进 .env，baseUrl 填 https://店名.myshopify.com',
        en: 'Credentials are those of the shop as a channel: clientId and clientSecret, or accessToken, go into .env; baseUrl is https://<shop>.myshopify.com',
      },
      {
        zh: 'warehouses 里每个仓的 code 填 Shopify 地点的数字 ID（地点页网址最后一段）',
        en: 'The code of each warehouse is the number of its Shopify location, the last part of the address of its page',
      },
    ],
    without: {
      zh: '只看得到渠道的发货状态；改仓、暂停、补货要在 Shopify 后台手工做',
      en: 'Only what the channel tells of shipping is seen; moving, holding and transfers are done by hand in the Shopify admin',
    },
  },
  defaultBaseUrl: null,
  credentials: z
    .object({
      accessToken: z.string().min(1).optional(),
      clientId: z.string().min(1).optional(),
      clientSecret: z.string().min(1).optional(),
    })
    .refine(({ accessToken, clientId, clientSecret }) => accessToken ?? (clientId && clientSecret), {
      message: 'accessToken, or clientId and clientSecret, are needed',
    }),
  create(context) {
    const { systemId, clock } = context;
    const ask = createClient(context, essential);
    const orders = createOrders(ask, systemId);
    return {
      capabilities,
      lagMs,
      stageSource: (channel) => (channel === 'shopify' ? 'polled' : 'none'),
      pullUpdated: (window, cursor, signal) => orders.list(window, cursor, signal),
      fetchByChannelOrder: (orderNos, signal) => orders.readByOrder(orderNos, signal),
      async fetchBySystemOrder(systemOrderNos, signal) {
        const { parts, skipped } = await orders.read(systemOrderNos, signal);
        return { fulfillments: parts.map(({ view }) => view), skipped, next: undefined };
      },
      getStock: (skus, warehouseCodes, signal) => getStock(ask, clock, skus, warehouseCodes, signal),
      listLocks: (signal) => listLocks(ask, systemId, signal),
      reroute: (move, signal) => reroute(ask, orders, move, signal),
      releaseLock: (move, signal) => releaseLock(ask, move, signal),
      retakeLock: (move, signal) => retakeLock(ask, move, signal),
      cancelOrder: async () => ({ kind: 'unsupported', manual: cancelByHand }),
      hold: (wish, signal) => hold(ask, orders, wish, signal),
      unhold: (wish, signal) => unhold(ask, orders, wish, signal),
      requestReplenishment: async (wish, signal) =>
        wish.from === null ? { kind: 'unsupported', manual: buyByHand } : transfer(ask, wish, wish.from, signal),
    };
  },
});
