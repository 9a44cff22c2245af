import { onBackHome, onDeliver, onDeliveryRun, onHub, onScan, onSendBack } from './couriers.ts';
import { onPush, onReviewPass } from './erp.ts';
import { onClearFault } from './faults.ts';
import { onPrune, onRestock } from './housekeeping.ts';
import { onMischief } from './mischief.ts';
import { onArrival, onCloseUnpaid, onPay } from './orders.ts';
import { onCloseTold, onHoldTold, onRefund, onRefundAccepted, onRefundDone, onRefundTold } from './refunds.ts';
import { onLiveSale } from './scenarios.ts';
import { onReleaseLock } from './stock.ts';
import { onTrackingCheck } from './tracking-service.ts';
import { onArriveGoods } from './transfers.ts';
import { onLockEffect } from './virtual-locks.ts';
import { onLabel, onLookAgain, onSend, onShopShipped, onWave } from './warehouse.ts';
import type { World, WorldEvent } from './world.ts';

/** What each kind of world event does. */
export const handlers: Readonly<Record<string, (world: World, event: WorldEvent) => void>> = {
  arrival: onArrival,
  pay: onPay,
  'close-unpaid': onCloseUnpaid,
  push: onPush,
  'review-pass': onReviewPass,
  wave: onWave,
  'look-again': onLookAgain,
  label: onLabel,
  send: onSend,
  'shop-shipped': onShopShipped,
  scan: onScan,
  hub: onHub,
  'delivery-run': onDeliveryRun,
  deliver: onDeliver,
  'send-back': onSendBack,
  'back-home': onBackHome,
  'tracking-check': onTrackingCheck,
  refund: onRefund,
  'refund-told': onRefundTold,
  'refund-accepted': onRefundAccepted,
  'refund-done': onRefundDone,
  'close-told': onCloseTold,
  'hold-told': onHoldTold,
  'release-lock': onReleaseLock,
  'lock-effect': onLockEffect,
  'goods-arrive': onArriveGoods,
  'live-sale': onLiveSale,
  'clear-fault': onClearFault,
  mischief: onMischief,
  restock: onRestock,
  prune: onPrune,
};
