import type { Binding } from './binding.ts';

export const binding: Binding = {
  server: 'qimen',
  routes: {
    orders: 'orderprocess.query',
    stock: 'inventory.query',
    cancel: 'order.cancel',
    hold: 'order.pending',
    unhold: 'order.pending restore',
    transfer: 'transferorder.create',
  },
  systemOrderNo: (_oId, soId) => soId,
  unknownOrders: ['19990101000000', 'no number'],
  pageSize: 1,
  ordersPerDay: 400,
  tells: ['onHand', 'available'],
  hasNoList: true,
  hidesReview: true,
  refusals: ['skew'],
  restMs: 2_000,
  repeats: 'done',
};
