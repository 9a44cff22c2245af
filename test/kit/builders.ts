import type { FulfillmentView } from '../../src/domain/fulfillment.ts';
import { fromBeijingText } from '../../src/domain/local-time.ts';
import type { OrderView } from '../../src/domain/order.ts';
import type { StockLock } from '../../src/domain/stock.ts';
import type { ReceiverSecret, SourceOrder } from '../../src/ports/channel.ts';
import type { NewAlert, NewOutbox } from '../../src/ports/stores.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Beijing time on the day of the tests; a fraction of a second is kept to the ms. */
export function at(time: string, date = '2026-11-24'): number {
  const ms = fromBeijingText(`${date} ${time.length === 5 ? `${time}:00` : time}`);
  if (ms === undefined) throw new Error(`no time: ${date} ${time}`);
  return ms;
}

/** Paid at ten, and nothing has happened to it since. */
export function anOrder(change: Partial<OrderView> = {}): OrderView {
  return {
    shopId: 'mini',
    channelOrderNo: '202611240018842',
    status: 'paid',
    sourceStatus: 'WAIT_SEND',
    sourceUpdatedAt: change.paidAt ?? at('10:00'),
    kind: 'sale',
    placedAt: at('09:59'),
    paidAt: at('10:00'),
    sortedAt: null,
    shippedAt: null,
    scannedAt: null,
    deliveredAt: null,
    closedAt: null,
    shipBy: null,
    promisedAt: null,
    currency: 'CNY',
    goodsMinor: 19_900,
    freightMinor: 0,
    paidMinor: 19_900,
    refund: 'none',
    refundAt: null,
    held: false,
    addressChange: 'none',
    buyerNote: '',
    remark: '',
    flag: '',
    receiver: { name: '张*', phone: '138****8000', province: '浙江', city: '杭州', district: '滨江' },
    lines: [{ lineId: '1', sku: 'XZ-BK-L', title: '绣字卫衣 黑L', qty: 1, unitMinor: 19_900, paidMinor: 19_900 }],
    shipments: [],
    // Everybody orders once.
    identities: [{ kind: 'phone', value: `phone-of-${change.channelOrderNo ?? '202611240018842'}`, scope: 'e164' }],
    ...change,
  };
}

/** What the warehouse system shows of that order: waiting in Hangzhou. */
export function aFulfillment(change: Partial<FulfillmentView> = {}): FulfillmentView {
  return {
    systemId: 'wms',
    systemOrderNo: '7001',
    channelOrderNos: ['202611240018842'],
    systemShopId: '10002',
    sourceStatus: 'WaitConfirm',
    sourceUpdatedAt: at('10:01'),
    stage: 'queued',
    stageAt: change.sourceUpdatedAt ?? at('10:01'),
    sortedAt: null,
    shippedAt: null,
    warehouseCode: '1001',
    held: false,
    reason: '',
    carrier: '',
    waybill: '',
    closed: false,
    lines: [{ sku: 'XZ-BK-L', qty: 1 }],
    ...change,
  };
}

/** Two pieces in Hangzhou, taken for …007710. */
export function aLock(change: Partial<StockLock> = {}): StockLock {
  return {
    systemId: 'wms',
    lockId: '9.501.XZ-BK-L',
    kind: 'virtual',
    sku: 'XZ-BK-L',
    qty: 2,
    warehouseCode: '1001',
    channelOrderNo: '202611230007710',
    systemShopId: '',
    by: '运营小陈',
    createdAt: at('09:00'),
    ...change,
  };
}

export const aReceiver: ReceiverSecret = { name: '张三丰', phone: '13800138000', address: '滨江区江南大道 1 号' };

export const told = (view: OrderView, receiver: ReceiverSecret | null = null): SourceOrder => ({
  view,
  receiver,
  visibleAt: null,
});

export function anAlert(change: Partial<NewAlert> = {}): NewAlert {
  return {
    ruleId: 'paid-not-sorted',
    ruleVersion: 1,
    subject: 'order:mini/202611240018842',
    severity: 'critical',
    groupKey: 'paid-not-sorted|warehouse=hz',
    dueAt: at('12:00'),
    raisedAt: at('12:00'),
    confirmedAt: at('12:00'),
    facts: { shopId: 'mini', warehouseId: 'hz' },
    isLateFound: false,
    ...change,
  };
}

export function aMessage(change: Partial<NewOutbox> = {}): NewOutbox {
  return {
    key: 'k1',
    roomId: 'war',
    kind: 'alert',
    priority: 1,
    alertId: null,
    card: { tone: 'critical', lines: [['12号']], buttons: [], link: null },
    dueAt: at('12:00'),
    ...change,
  };
}
