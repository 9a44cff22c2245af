import type { Asking } from '../../domain/asking.ts';
import { type FulfillmentView, orphanedSince } from '../../domain/fulfillment.ts';
import { exponentOf, formatMoney } from '../../domain/money.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import type { StockLevel, StockLock } from '../../domain/stock.ts';
import { foreign, type Piece, type Text } from '../../domain/text.ts';
import type { ShopOf } from '../../ports/stores.ts';
import { type ReleaseItem, releasePreview } from '../../render/preview-cards.ts';
import { type Cause, diagnose } from '../diagnose.ts';
import type { Answer } from '../reply.ts';
import type { Act } from './kind.ts';
import { type Asked, ask, demand, type FourEyes, otherHolders, subjectOf } from './propose.ts';
import type { ProposeRerouteDeps } from './propose-reroute.ts';
import { readOrdersNow } from './read-now.ts';

export interface ProposeReleaseDeps extends ProposeRerouteDeps {
  readonly fourEyes: FourEyes;
  readonly shopOf: ShopOf;
}

type Lock = Extract<Cause, { kind: 'dead-lock' | 'dead-order' }>;

const patience = 8_000;

/** `/release`: tells which lock it is, who owns it and since when, from a fresh read; then asks. */
export function createProposeRelease(deps: ProposeReleaseDeps) {
  const { storage, clock, directory, ingest, shops, systems, fourEyes, shopOf } = deps;

  /** What keeps these orders waiting, as of this second: a few questions in all, however many orders. */
  async function readAfresh(orders: readonly Order[], signal: AbortSignal): Promise<void> {
    await readOrdersNow(deps, orders, signal);
    for (const system of systems())
      if (orders.some(({ shopId }) => directory.systemOf(shopId) === system.id)) await ingest.pullLocks(system, signal);
  }

  /** Locks of closed orders that keep an order waiting, or that it keeps itself when it is the closed one. */
  async function locksFor(
    orders: readonly Order[],
    signal: AbortSignal,
  ): Promise<readonly { order: Order; locks: readonly Lock[] }[]> {
    await readAfresh(orders, signal);
    const found: { order: Order; locks: readonly Lock[] }[] = [];
    for (const order of orders)
      found.push({ order, locks: order.closedAt === null ? await around(order) : await ownedBy(order) });
    // An owner may have come back to life: its own channel is asked before anybody takes its stock.
    const owners = found.flatMap(({ locks }) => locks.map(({ owner }) => owner));
    for (const shop of shops()) {
      const nos = owners.filter(({ shopId }) => shopId === shop.id).map(({ channelOrderNo }) => channelOrderNo);
      if (nos.length > 0) await ingest.readOrders(shop, [...new Set(nos)], signal);
    }
    const alive = new Set<string>();
    for (const { id } of owners) if ((await storage.views.findOrder(id))?.closedAt == null) alive.add(id);
    return found.map(({ order, locks }) => ({ order, locks: locks.filter(({ owner }) => !alive.has(owner.id)) }));
  }

  /** The stock of every place where something is locked. */
  async function levelsOf(locks: readonly Lock[], signal: AbortSignal): Promise<ReadonlyMap<string, StockLevel>> {
    const levels = new Map<string, StockLevel>();
    for (const { id, system } of systems()) {
      const places = locks.map(placeOf).filter(({ systemId }) => systemId === id);
      if (places.length === 0) continue;
      const skus = [...new Set(places.map(({ sku }) => sku))];
      const codes = [...new Set(places.map(({ warehouseCode }) => warehouseCode))];
      for (const level of await system.getStock(skus, codes, signal))
        levels.set(`${id}/${level.warehouseCode}/${level.sku}`, level);
    }
    return levels;
  }

  const around = async (order: Order): Promise<readonly Lock[]> => {
    const { causes } = await diagnose(storage, order, (lock) => shopOf(lock.systemId, lock.systemShopId), true);
    return causes.filter((cause): cause is Lock => cause.kind === 'dead-lock' || cause.kind === 'dead-order');
  };

  async function ownedBy(order: Order): Promise<readonly Lock[]> {
    const locks = await storage.views.locksOn(order.lines.map((line) => line.sku));
    const own = locks.filter((lock) => lock.channelOrderNo === order.channelOrderNo);
    const alive: FulfillmentView[] = [];
    for (const each of await storage.views.fulfillmentsOf(order.id)) {
      const orders = await storage.views.ordersOf(each.systemId, each.systemOrderNo);
      if (orphanedSince(each, orders) !== null) alive.push(each);
    }
    return [
      ...own.map((lock): Lock => ({ kind: 'dead-lock', lock, owner: order })),
      ...alive.map(
        (holder): Lock => ({
          kind: 'dead-order',
          holder,
          owner: order,
          sku: holder.lines[0]?.sku ?? '',
          qty: holder.lines[0]?.qty ?? 0,
        }),
      ),
    ];
  }

  function itemOf(order: Order, lock: Lock, levels: ReadonlyMap<string, StockLevel>): ReleaseItem {
    const { systemId, warehouseCode, sku } = placeOf(lock);
    const level = levels.get(`${systemId}/${warehouseCode}/${sku}`);
    const since = lock.kind === 'dead-lock' ? lock.lock.createdAt : lock.holder.stageAt;
    return {
      waiting: tailOf(order.channelOrderNo),
      ownerTail: tailOf(lock.owner.channelOrderNo),
      sku,
      qty: lock.kind === 'dead-lock' ? lock.lock.qty : lock.qty,
      warehouse: directory.warehouseOf(systemId, warehouseCode)?.name ?? warehouseCode,
      ageMs: clock.now() - since,
      closedForMs: clock.now() - (lock.owner.closedAt ?? clock.now()),
      how: lock.kind === 'dead-lock' ? 'virtual' : 'order',
      stock: level === undefined ? null : { onHand: level.onHand, available: level.available, at: level.observedAt },
    };
  }

  const actOf = (order: Order, lock: Lock): Act =>
    lock.kind === 'dead-lock' ? releaseAct(order, lock.lock, lock.owner) : cancelAct(order, lock.holder, lock);

  /** Everything a release lets go: cancelling a dead order frees all its lines, not only the one somebody waits for. */
  function freedBy(order: Order, lock: Lock): { units: number; value: number | undefined; currency: string } {
    const lines = lock.kind === 'dead-lock' ? [lock.lock] : lock.holder.lines;
    const prices = [...order.lines, ...lock.owner.lines];
    const values = lines.map(({ sku, qty }) => {
      const price = prices.find((line) => line.sku === sku)?.unitMinor;
      return price === undefined ? undefined : price * qty;
    });
    return {
      units: lines.reduce((sum, { qty }) => sum + qty, 0),
      value: values.includes(undefined) ? undefined : values.reduce<number>((sum, each) => sum + (each ?? 0), 0),
      currency: lock.owner.currency,
    };
  }

  /** Why one person's yes is not enough. What cannot be valued is not taken for cheap. */
  function secondFor(freed: readonly ReturnType<typeof freedBy>[]): Text | null {
    const units = freed.reduce((sum, each) => sum + each.units, 0);
    if (units > fourEyes.releaseUnits)
      return {
        zh: `超过 ${fourEyes.releaseUnits} 件（${units} 件）要第二人同意`,
        en: `More than ${fourEyes.releaseUnits} pieces (${units}) need a second person`,
      };
    const [first] = freed;
    const currency = first?.currency ?? 'CNY';
    if (freed.some((each) => each.value === undefined || each.currency !== currency))
      return { zh: '金额算不出来，要第二人同意', en: 'The value cannot be told, so a second person is needed' };
    const value = freed.reduce((sum, each) => sum + (each.value ?? 0), 0);
    const limit = fourEyes.releaseValue * 10 ** exponentOf(currency);
    if (value <= limit) return null;
    const [most, sum] = [limit, value].map((minor) => formatMoney({ minor, currency }));
    return {
      zh: `超过 ${most}（约 ${sum}）要第二人同意`,
      en: `More than ${most} (about ${sum}) needs a second person`,
    };
  }

  return async (asking: Asking, orders: readonly Order[], sku: string | undefined): Promise<Answer> => {
    const signal = AbortSignal.timeout(patience);
    demand(asking, 'release-lock');
    const items: ReleaseItem[] = [];
    const acts: Act[] = [];
    const refused: Piece[][] = [];
    const companions = new Set<string>();
    const freed: ReturnType<typeof freedBy>[] = [];
    const found = (await locksFor(orders, signal)).map(({ order, locks }) => ({
      order,
      locks: locks.filter((lock) => sku === undefined || placeOf(lock).sku.toUpperCase() === sku.toUpperCase()),
    }));
    const levels = await levelsOf(
      found.flatMap(({ locks }) => locks),
      signal,
    );
    for (const { order, locks } of found) {
      if (locks.length === 0) refused.push(await nothingToRelease(order, sku, asking));
      for (const lock of locks) {
        const act = actOf(order, lock);
        if (acts.some((each) => JSON.stringify(each.request) === JSON.stringify(act.request))) continue;
        const item = itemOf(order, lock, levels);
        items.push(item);
        acts.push(act);
        freed.push(freedBy(order, lock));
        for (const other of await storage.views.companionsOf(lock.owner.id))
          companions.add(tailOf(other.channelOrderNo));
      }
    }
    const card = (question: Asked | null) =>
      releasePreview(items, { refused, companions: [...companions], question }, directory.timezone, asking.language);
    if (acts.length === 0) return [card(null)];
    const second = secondFor(freed);
    const draft = { acts, second, needsReason: false, undoOf: null, reason: 'release' };
    const isAlone =
      second !== null &&
      asking.actor.type === 'person' &&
      (await otherHolders(storage, draft, `person:${asking.actor.person.id}`)).length === 0;
    return (tx) => ask(tx, clock, asking, { ...draft, needsReason: isAlone }, card);
  };

  /** An honest no: which locks there are, and why none of them can be let go by command. */
  async function nothingToRelease(order: Order, sku: string | undefined, { language }: Asking): Promise<Piece[]> {
    const tail = tailOf(order.channelOrderNo);
    if (sku !== undefined) {
      return language === 'zh'
        ? [`${tail} 的 `, foreign(sku), ' 没有可释放的锁。不写 SKU 再发一次，看其他的']
        : [`${tail}: nothing to release for `, foreign(sku), '. Send it without the SKU to see the rest'];
    }
    const isOpen = (await storage.views.fulfillmentsOf(order.id)).some(({ closed }) => !closed);
    if (language === 'zh') {
      const own = isOpen ? '它自己占的库存会跟着订单走，取消或改仓才会放出。' : '';
      return [`${tail} 没有可释放的锁：没有已关闭的单占着它要的货。${own}`];
    }
    const own = isOpen ? ' Its own stock goes with the order: only cancelling or rerouting frees it.' : '';
    return [`${tail} has nothing to release: no closed order holds what it needs.${own}`];
  }
}

const placeOf = (lock: Lock): { systemId: string; warehouseCode: string; sku: string } =>
  lock.kind === 'dead-lock'
    ? lock.lock
    : { systemId: lock.holder.systemId, warehouseCode: lock.holder.warehouseCode, sku: lock.sku };

const releaseAct = (order: Order, lock: StockLock, owner: Order): Act => ({
  kind: 'release-lock',
  subject: subjectOf(order),
  request: {
    systemId: lock.systemId,
    lockId: lock.lockId,
    sku: lock.sku,
    qty: lock.qty,
    warehouseCode: lock.warehouseCode,
    ownerNo: owner.channelOrderNo,
    orderNo: order.channelOrderNo,
  },
});

const cancelAct = (order: Order, holder: FulfillmentView, lock: { sku: string; qty: number; owner: Order }): Act => ({
  kind: 'cancel-order',
  subject: subjectOf(order),
  request: {
    systemId: holder.systemId,
    systemOrderNo: holder.systemOrderNo,
    sku: lock.sku,
    qty: lock.qty,
    ownerNo: lock.owner.channelOrderNo,
    orderNo: order.channelOrderNo,
  },
});
