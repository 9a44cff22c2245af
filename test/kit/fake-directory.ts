import { builtinRules } from '../../src/domain/builtin-rules.ts';
import { RetryableError } from '../../src/domain/errors.ts';
import type { FulfillmentView, Warehouse } from '../../src/domain/fulfillment.ts';
import type { OrderView } from '../../src/domain/order.ts';
import type { Rule } from '../../src/domain/rule.ts';
import type { StockLock } from '../../src/domain/stock.ts';
import type { Channel, ReceiverSecret } from '../../src/ports/channel.ts';
import type { FulfillmentSystem } from '../../src/ports/fulfillment.ts';
import type { Directory } from '../../src/services/directory.ts';
import { told } from './builders.ts';

const people: Readonly<Record<string, string>> = { 'person:li': '李建国', 'person:wang': '王敏' };

export const aWarehouse = (id: string, name: string, code: string, hours: readonly string[] = []): Warehouse => ({
  id,
  name,
  kind: 'own',
  province: '浙江',
  city: name.slice(0, 2),
  systemId: 'wms',
  code,
  hours,
  courierAt: [],
  speedPerHour: 900,
  contact: '',
});

export interface DirectoryOptions {
  /** Of every warehouse; empty = around the clock. */
  readonly hours?: readonly string[];
  readonly rules?: readonly Rule[];
  /** Shops whose stages no source tells. */
  readonly unseen?: readonly string[];
  readonly silentAfter?: number;
}

/** Three shops (mini, tmall, pdd) that one warehouse system (wms: Hangzhou 1001, Guangzhou 1002) serves. */
export function aDirectory({
  hours = [],
  rules = builtinRules,
  unseen = [],
  silentAfter = 600_000,
}: DirectoryOptions = {}): Directory {
  const warehouses = [aWarehouse('hz', '杭州仓', '1001', hours), aWarehouse('gz', '广州仓', '1002', hours)];
  return {
    timezone: 'Asia/Shanghai',
    shopName: (id) => ({ mini: '小程序商城', tmall: '天猫旗舰店', pdd: '拼多多店' })[id] ?? id,
    channelOf: (id) => ({ mini: 'miniprogram', tmall: 'taobao', pdd: 'pinduoduo' })[id] ?? id,
    carrierName: (id) => (id === 'kd' ? '快递100' : id),
    systemName: (id) => (id === 'wms' ? '聚水潭' : id),
    warehouseOf: (systemId, code) => warehouses.find((each) => each.systemId === systemId && each.code === code),
    warehouses: () => warehouses,
    systemOf: () => 'wms',
    stageSourceOf: (shopId) => (unseen.includes(shopId) ? 'none' : 'polled'),
    ruleSay: (ruleId) => rules.find(({ id }) => id === ruleId)?.say ?? { zh: ruleId, en: ruleId },
    personName: (id) => people[id] ?? id,
    silentAfter: () => silentAfter,
  };
}

/** `10002` → mini; a system that names no shop serves mini. */
export const shopOf = (_systemId: string, systemShopId: string): string =>
  ({ '10001': 'tmall', '10003': 'pdd' })[systemShopId] ?? 'mini';

interface Asked {
  /** Set it, and nobody answers. */
  isSilent: boolean;
  readonly asked: string[];
}

export interface FakeChannel extends Channel, Asked {
  /** What it would answer now, by order number. */
  readonly orders: Map<string, OrderView>;
  readonly receivers: Map<string, ReceiverSecret>;
}

export function aChannel(): FakeChannel {
  const orders = new Map<string, OrderView>();
  const receivers = new Map<string, ReceiverSecret>();
  const page = (views: readonly OrderView[], call: string) => {
    channel.asked.push(call);
    if (channel.isSilent) throw new RetryableError('no answer', { code: 'TIMEOUT' });
    return {
      orders: views.map((view) => told(view, receivers.get(view.channelOrderNo) ?? null)),
      skipped: [],
      next: undefined,
    };
  };
  const channel: FakeChannel = {
    isSilent: false,
    asked: [],
    orders,
    receivers,
    lagMs: 1_000,
    windowMs: { updated: Number.POSITIVE_INFINITY, created: Number.POSITIVE_INFINITY },
    grantEndsAt: () => null,
    addRemark: null,
    readPush: null,
    pullUpdated: async ({ from, to }) =>
      page(
        [...orders.values()].filter((view) => view.sourceUpdatedAt >= from && view.sourceUpdatedAt < to),
        'pullUpdated',
      ),
    pullCreated: async () => page([...orders.values()], 'pullCreated'),
    fetchOrders: async (nos) =>
      page(
        nos.flatMap((no) => orders.get(no) ?? []),
        `fetch ${nos.join(',')}`,
      ),
  };
  return channel;
}

export interface FakeSystem extends FulfillmentSystem, Asked {
  readonly fulfillments: Map<string, FulfillmentView>;
  locks: readonly StockLock[];
}

export function aSystem(): FakeSystem {
  const fulfillments = new Map<string, FulfillmentView>();
  const all = () => [...fulfillments.values()];
  const answer = <T>(value: T, call: string): T => {
    system.asked.push(call);
    if (system.isSilent) throw new RetryableError('no answer', { code: 'TIMEOUT' });
    return value;
  };
  const page = (views: readonly FulfillmentView[], call: string) =>
    answer({ fulfillments: views, skipped: [], next: undefined }, call);
  const manual = async () => ({ kind: 'unsupported', manual: { zh: '手工', en: 'by hand' } }) as const;
  const system: FakeSystem = {
    isSilent: false,
    asked: [],
    fulfillments,
    locks: [],
    capabilities: {
      reroute: 'native',
      releaseVirtualLock: 'native',
      cancelOrder: 'native',
      hold: 'native',
      unhold: 'native',
      transfer: 'native',
      purchase: 'native',
    },
    lagMs: 1_000,
    stageSource: () => 'polled',
    pullUpdated: async ({ from, to }) =>
      page(
        all().filter((view) => view.sourceUpdatedAt >= from && view.sourceUpdatedAt < to),
        'pullUpdated',
      ),
    fetchByChannelOrder: async (nos) =>
      page(
        all().filter((view) => view.channelOrderNos.some((no) => nos.includes(no))),
        `fetch ${nos.join(',')}`,
      ),
    fetchBySystemOrder: async (nos) =>
      page(
        all().filter((view) => nos.includes(view.systemOrderNo)),
        `fetch system ${nos.join(',')}`,
      ),
    getStock: async () => answer([], 'stock'),
    listLocks: async () => answer(system.locks, 'locks'),
    reroute: manual,
    releaseLock: manual,
    retakeLock: manual,
    cancelOrder: manual,
    hold: manual,
    unhold: manual,
    requestReplenishment: manual,
  };
  return system;
}
