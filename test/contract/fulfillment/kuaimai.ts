import type { Binding } from './binding.ts';

export const binding: Binding = {
  server: 'kuaimai',
  routes: {
    orders: 'erp.trade.list.query',
    stock: 'stock.api.status.query',
    move: 'erp.trade.change.warehouse',
    hold: 'erp.trade.halt',
    unhold: 'erp.trade.unhalt',
    refresh: 'open.token.refresh',
  },
  systemOrderNo: String,
  unknownOrders: ['1', 'no number'],
  pageSize: 200,
  ordersPerDay: 3_000,
  tells: ['onHand', 'available'],
  invisibleChannel: 'pinduoduo',
  refusals: ['skew'],
  restMs: 2_000,
  repeats: 'done',
};
