import type { Person } from '../../src/domain/actor.ts';
import type { Alert } from '../../src/domain/alert.ts';
import type { Event } from '../../src/domain/event.ts';
import type { LineForecast } from '../../src/domain/forecast.ts';
import { type FulfillmentView, fulfillmentSubject } from '../../src/domain/fulfillment.ts';
import { type Order, orderSubject } from '../../src/domain/order.ts';
import type { StockLock } from '../../src/domain/stock.ts';
import { bySheet } from '../../src/ports/access.ts';
import type { CheckUp } from '../../src/services/check-up.ts';
import type { Directory } from '../../src/services/directory.ts';
import type { LineReport } from '../../src/services/read-line.ts';
import { at } from '../kit/builders.ts';
import { aWarehouse } from '../kit/fake-directory.ts';

export { at } from '../kit/builders.ts';

export const now = at('14:32');

export const people: readonly Person[] = [
  { id: 'li', name: '李建国', role: 'warehouse-lead' },
  { id: 'wang', name: '王敏', role: 'ops-lead' },
  { id: 'chen', name: '陈静', role: 'cs-lead' },
  { id: 'zhao', name: '赵磊', role: 'finance' },
  { id: 'zhou', name: '周芳', role: 'viewer' },
];

const warehouses = [
  aWarehouse('hz', '杭州仓', '1001'),
  aWarehouse('gz', '广州仓', '1002'),
  aWarehouse('xa', '西安仓', '1003'),
];

export const directory: Directory = {
  timezone: 'Asia/Shanghai',
  channelOf: () => 'miniprogram',
  shopName: (id) => ({ mini: '小程序商城', tmall: '天猫旗舰店' })[id] ?? id,
  carrierName: (id) => (id === 'kd' ? '快递100' : id),
  systemName: (id) => (id === 'wms' ? '聚水潭' : id),
  warehouseOf: (systemId, code) => warehouses.find((each) => each.systemId === systemId && each.code === code),
  warehouses: () => warehouses,
  systemOf: () => 'wms',
  stageSourceOf: (shopId) => (shopId === 'tmall' ? 'none' : 'polled'),
  ruleSay: (ruleId) =>
    ruleId === 'ship-by-risk'
      ? { zh: '{tail} 快超发货时限 · {warehouse}', en: '{tail} may miss its ship-by · {warehouse}' }
      : ruleId === 'source-silent'
        ? { zh: '天猫旗舰店 没有应答', en: 'Tmall does not answer' }
        : {
            zh: '{tail} 付款 2 小时仍未进分拣 · {warehouse}',
            en: '{tail} paid 2 h ago, still not in sorting · {warehouse}',
          },
  personName: (actorId) =>
    people.find(({ id }) => actorId === `person:${id}`)?.name ?? (actorId === 'automation:act' ? '自动办理' : actorId),
  silentAfter: () => 10 * 60_000,
};

export function anOrder(change: Partial<Order> = {}): Order {
  return {
    id: 'o7Kd2mQx',
    shopId: 'mini',
    channelOrderNo: '202611240018842',
    status: 'allocated',
    sourceStatus: 'WAIT_SEND',
    sourceUpdatedAt: at('14:20'),
    kind: 'sale',
    placedAt: at('12:08'),
    paidAt: at('12:09'),
    sortedAt: null,
    shippedAt: null,
    scannedAt: null,
    deliveredAt: null,
    closedAt: null,
    shipBy: at('18:00'),
    promisedAt: null,
    currency: 'CNY',
    goodsMinor: 33_800,
    freightMinor: 0,
    paidMinor: 31_800,
    refund: 'none',
    refundAt: null,
    held: false,
    addressChange: 'none',
    buyerNote: '<b>麻烦快一点</b> 谢谢',
    remark: '老客户',
    flag: '',
    receiver: { name: '张*', phone: '138****8000', province: '浙江', city: '杭州', district: '滨江区' },
    lines: [
      { lineId: '1', sku: 'XZ01-HE-L', title: '绣字卫衣 黑L', qty: 1, unitMinor: 16_900, paidMinor: 15_900 },
      { lineId: '2', sku: 'XZ01-BA-M', title: '绣字卫衣 白M', qty: 1, unitMinor: 16_900, paidMinor: 15_900 },
    ],
    shipments: [],
    identities: [],
    stage: 'queued',
    stageAt: at('12:18'),
    firstSeenAt: at('12:08'),
    ...change,
  };
}

export const orders: readonly Order[] = [
  anOrder(),
  anOrder({ id: 'oP3', channelOrderNo: '202611240018851', stage: 'queued' }),
  anOrder({
    id: 'oSent',
    channelOrderNo: '202611230017001',
    status: 'shipped',
    stage: 'shipped',
    stageAt: at('13:10'),
    shippedAt: at('13:10'),
    sortedAt: at('10:02'),
    shipments: [{ carrier: '中通快递', waybill: '78123456789012', shippedAt: at('13:10') }],
  }),
  anOrder({
    id: 'oClosed',
    channelOrderNo: '202611230007710',
    stage: 'closed',
    status: 'closed',
    closedAt: at('09:12'),
    refund: 'done',
    refundAt: at('09:10'),
  }),
  anOrder({
    id: 'oTmall',
    shopId: 'tmall',
    channelOrderNo: '3456789012345670001',
    stage: 'paid',
    stageAt: at('11:00'),
    paidAt: at('11:00'),
  }),
];

export const fulfillment: FulfillmentView = {
  systemId: 'wms',
  systemOrderNo: '1100042',
  channelOrderNos: ['202611240018842'],
  systemShopId: '10002',
  sourceStatus: 'Question',
  sourceUpdatedAt: at('14:20'),
  stage: 'queued',
  stageAt: at('12:18'),
  sortedAt: null,
  shippedAt: null,
  warehouseCode: '1001',
  held: false,
  reason: '缺货',
  carrier: '',
  waybill: '',
  closed: false,
  lines: [{ sku: 'XZ01-HE-L', qty: 1 }],
};

export const deadFulfillment: FulfillmentView = {
  ...fulfillment,
  systemOrderNo: '1100017',
  channelOrderNos: ['202611230007710'],
  lines: [{ sku: 'XZ01-HE-L', qty: 2 }],
};

export const lock: StockLock = {
  systemId: 'wms',
  systemShopId: '10002',
  lockId: 'L1',
  kind: 'virtual',
  sku: 'XZ01-BA-M',
  qty: 3,
  warehouseCode: '1001',
  channelOrderNo: '202611240018851',
  by: '直播间预留',
  createdAt: at('09:30'),
};

export function anAlert(change: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    ruleId: 'paid-not-sorted',
    ruleVersion: 1,
    subject: orderSubject('mini', '202611240018842'),
    number: 12,
    day: '2026-11-24',
    severity: 'critical',
    state: 'open',
    groupKey: 'paid-not-sorted|hz',
    dueAt: at('14:09'),
    raisedAt: at('14:09:10'),
    confirmedAt: at('14:09:08'),
    facts: { shopId: 'mini', warehouseId: 'hz', orderId: 'o7Kd2mQx', orderNo: '202611240018842' },
    claimedBy: null,
    claimedAt: null,
    claimUntil: null,
    snoozedUntil: null,
    resolvedAt: null,
    resolution: null,
    isLateFound: false,
    ...change,
  };
}

export const alerts: readonly Alert[] = [
  anAlert(),
  ...Array.from({ length: 8 }, (_, index) =>
    anAlert({
      id: `b${index}`,
      number: 13 + index,
      subject: `order:mini/2026112400189${10 + index}`,
      dueAt: at('14:11') + index * 90_000,
      facts: {
        shopId: index % 2 === 0 ? 'mini' : 'tmall',
        warehouseId: 'hz',
        orderId: 'oP3',
        orderNo: `2026112400189${10 + index}`,
      },
      ...(index === 2 && { state: 'claimed', claimedBy: 'person:li', claimedAt: at('14:20'), claimUntil: at('14:50') }),
    }),
  ),
  ...[0, 1].map((index) =>
    anAlert({
      id: `c${index}`,
      ruleId: 'ship-by-risk',
      severity: 'warning',
      number: 5 + index,
      subject: `order:mini/2026112400170${10 + index}`,
      dueAt: at('15:40') + index * 600_000,
      state: 'claimed',
      claimedBy: 'person:chen',
      claimUntil: at('14:55'),
      facts: { shopId: 'mini', warehouseId: 'gz', orderId: 'oP3', orderNo: `2026112400170${10 + index}` },
    }),
  ),
  anAlert({
    id: 'd',
    ruleId: 'source-silent',
    severity: 'warning',
    number: 4,
    subject: 'source:shop:tmall',
    dueAt: at('14:05'),
    facts: { shopId: 'tmall', source: 'shop:tmall' },
  }),
];

const event = (id: number, time: string, kind: Event['kind'], facts: Event['facts']): Event => ({
  id,
  source: kind === 'order' ? 'shop:mini' : 'system:wms',
  sourceId: `${id}`,
  subject: kind === 'order' ? orderSubject('mini', '202611240018842') : fulfillmentSubject('wms', '1100042'),
  kind,
  occurredAt: at(time),
  receivedAt: at(time) + 4_000,
  facts,
});

export const events: readonly Event[] = [
  event(1, '12:08', 'order', {
    status: 'created',
    receiver: { name: '张*' },
    identities: [{ kind: 'phone', value: 'f00d', scope: '' }],
  }),
  event(2, '12:09', 'order', { status: 'paid', paidAt: at('12:09') }),
  event(3, '12:18', 'fulfillment', {
    stage: 'queued',
    stageAt: at('12:18'),
    warehouseCode: '1001',
    sourceStatus: 'WaitConfirm',
  }),
  event(4, '12:41', 'fulfillment', { reason: '缺货', sourceStatus: 'Question' }),
];

/** Hangzhou will not be done tonight, Guangzhou will. */
export const lineReport: LineReport = {
  at: now,
  wall: at('00:00', '2026-11-25'),
  warehouses: [
    {
      id: 'hz',
      warehouse: warehouses[0],
      due: 2_400,
      done: 800,
      shops: [
        { shopId: 'mini', due: 1_900, done: 500, misses: 700 },
        { shopId: 'tmall', due: 500, done: 300, misses: 60 },
      ],
      waiting: 9_800,
      speed: { perHour: 410.4, from: 'measured' },
      tonight: forecast({ finishAt: at('01:51', '2026-11-25'), misses: 760, firstMissAt: at('23:59') }),
      ahead: forecast({ finishAt: at('14:20', '2026-11-26'), misses: 5_000, firstMissAt: at('16:00', '2026-11-26') }),
      peopleTonight: 9,
      peopleAhead: 11,
      capacityTonight: 1_230,
    },
    {
      id: 'gz',
      warehouse: warehouses[1],
      due: 720,
      done: 330,
      shops: [
        { shopId: 'mini', due: 500, done: 200, misses: 0 },
        { shopId: 'tmall', due: 220, done: 130, misses: 0 },
      ],
      waiting: 390,
      speed: { perHour: 600, from: 'configured' },
      tonight: forecast({ finishAt: at('16:40') }),
      ahead: forecast({ finishAt: at('16:40') }),
      peopleTonight: 0,
      peopleAhead: 0,
      capacityTonight: 3_000,
    },
  ],
  apart: new Map([
    ['resend', 3],
    ['sample', 2],
  ]),
  withoutWall: 12,
};

function forecast(change: Partial<LineForecast>): LineForecast {
  return {
    finishAt: null,
    misses: 0,
    overdue: 0,
    firstMissAt: null,
    missesByShop: new Map(),
    lackingPerHour: 0,
    ...change,
  };
}

const guide = (where: string) => ({
  where: { zh: where, en: where },
  who: { zh: '店铺主账号', en: 'the main account' },
  steps: [{ zh: '建应用，等审核', en: 'Create an app, wait for approval' }],
  without: bySheet,
});

/** One shop whose session ends, one that refuses us, and a platform nobody connected. */
export const checkUp: CheckUp = {
  at: now,
  findings: [
    {
      id: 'shop:pdd',
      name: '拼多多店',
      platform: { zh: '拼多多', en: 'Pinduoduo' },
      guide: guide('拼多多开放平台'),
      pollMs: 5_000,
      lagMs: 180_000,
      aheadMs: 200_000,
      grantEndsAt: null,
      state: 'no-right',
      lastOkAt: null,
      error: 'PERMISSION',
      worstDelayMs: 185_000,
      backfill: null,
    },
    {
      id: 'shop:tmall',
      name: '天猫店',
      platform: { zh: '淘宝/天猫', en: 'Taobao/Tmall' },
      guide: guide('淘宝开放平台'),
      pollMs: 5_000,
      lagMs: 60_000,
      aheadMs: 1_000,
      grantEndsAt: now + 3 * 86_400_000,
      state: 'ends-soon',
      lastOkAt: now - 4_000,
      error: null,
      worstDelayMs: 65_000,
      backfill: 0.42,
    },
  ],
  open: [{ platform: { zh: '抖店', en: 'Douyin shop' }, guide: guide('抖店开放平台') }],
  oddities: [
    {
      source: 'shop:tmall',
      kind: 'missing',
      what: 'WAIT_SELLER_SEND_GOODS',
      count: 3,
      lastRef: '4026112400188420',
      lastAt: now,
    },
  ],
};
