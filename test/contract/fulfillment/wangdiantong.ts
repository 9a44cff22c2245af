import type { Binding } from './binding.ts';

export const binding: Binding = {
  server: 'wdt',
  routes: {
    orders: 'sales.TradeQuery.queryWithDetail',
    stock: 'wms.StockSpec.search2',
    hold: 'sales.TradeEdit.toException',
    transfer: 'wms.stocktransfer.Edit.createOrder',
    purchase: 'purchase.PurchaseApply.upload',
  },
  systemOrderNo: (oId) => `JY${oId}`,
  unknownOrders: ['JY1', 'no, number'],
  pageSize: 100,
  ordersPerDay: 2_000,
  tells: ['onHand', 'available', 'orderLocked', 'pickLocked', 'virtualLocked'],
  invisibleChannel: 'taobao',
  refusals: ['skew', 'wrong-ip'],
  restMs: 61_000,
  repeats: 'already',
};
