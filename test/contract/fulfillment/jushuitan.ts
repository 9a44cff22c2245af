import type { Binding } from './binding.ts';

export const binding: Binding = {
  server: 'jst',
  routes: {
    orders: '/open/orders/single/query',
    stock: '/open/inventory/query',
    move: '/open/orders/modifywms/upload',
    lock: '/open/webapi/itemapi/lockwarehouse/lwhoperationcreate',
    cancel: '/open/jushuitan/orderbyoid/cancel',
    hold: '/open/webapi/orderapi/questionorder/questions',
    transfer: '/open/allocate/kc/upload',
    refresh: '/openWeb/auth/refreshToken',
  },
  systemOrderNo: String,
  unknownOrders: ['1', 'no number'],
  pageSize: 100,
  ordersPerDay: 3_000,
  tells: ['onHand', 'available', 'orderLocked', 'pickLocked', 'virtualLocked'],
  invisibleChannel: 'taobao',
  refusals: ['skew', 'wrong-ip'],
  restMs: 61_000,
  repeats: 'done',
};
