import type { Binding } from './binding.ts';

export const binding: Binding = {
  server: 'us',
  routes: {
    orders: 'fulfillmentOrders',
    stock: 'inventoryItems',
    move: 'fulfillmentOrderMove',
    lock: 'inventoryMoveQuantities',
    hold: 'fulfillmentOrderHold',
    unhold: 'fulfillmentOrderReleaseHold',
    transfer: 'inventoryTransferCreate',
  },
  systemOrderNo: String,
  unknownOrders: ['1', 'no number'],
  pageSize: 50,
  ordersPerDay: 700,
  tells: ['onHand', 'available', 'orderLocked', 'virtualLocked'],
  shop: 'us',
  hasNoTime: true,
  listLagMs: 90_000,
  hidesReview: true,
  hidesLockOwners: true,
  invisibleChannel: 'taobao',
  refusals: ['wrong-ip', 'expire-token'],
  restMs: 20_000,
  repeats: 'done',
};
