import { catalogue, findSku } from './catalogue.ts';
import { findWarehouse, virtualWarehouse, warehouses } from './company.ts';
import { changeErp, insertErpOrder } from './erp-orders.ts';
import { changeOrder, findOrder, payOrder, placeOrder } from './orders.ts';
import { addStock, findStock, freeOf } from './stock.ts';
import { HOUR, MINUTE, SECOND } from './time.ts';
import { ALLOCATE, insertOperation } from './virtual-locks.ts';
import { joinQueue } from './warehouse.ts';
import type { World, WorldEvent } from './world.ts';

export interface Trouble {
  /** World time at which the scenario begins; its orders become visible then. */
  at: number;
  paidAt: number;
  sku?: string | undefined;
  warehouse?: string | undefined;
  /** The shop whose orders they are; the mini-program when absent. */
  shop?: string | undefined;
}

export interface Made {
  orderNo: string;
  /** The order whose lock stands in the way. */
  blockedBy?: string;
  ioId?: number;
  oId?: number;
  sku: string;
  warehouse: number;
}

/** The virtual-warehouse lock of an order closed since then holds the last pieces. */
export function deadLock(world: World, trouble: Trouble): Made {
  const stage = prepare(world, trouble, 'dead-lock');
  setFree(world, stage, stage.pieces, trouble.at);
  const closed = placePaid(world, stage, trouble, 90 * MINUTE, stage.pieces, '', 'dead-lock-owner');
  changeOrder(world, closed, trouble.at, 'closed', { status: 'closed', closed_at: trouble.paidAt - 10 * MINUTE });
  const items = [{ sku: stage.sku, qty: stage.pieces }];
  const made = {
    soId: `LIVE-${closed}`,
    type: ALLOCATE,
    lwhId: virtualWarehouse.lwhId,
    warehouse: stage.warehouse,
  } as const;
  const created = trouble.paidAt - 85 * MINUTE;
  const ioId = insertOperation(
    world,
    { ...made, creator: '直播中控', remark: `${virtualWarehouse.name} ${closed}` },
    items,
    created,
  );
  world.store.run('UPDATE lwh_operations SET applied = 1 WHERE io_id = ?', ioId);
  addStock(world, stage.warehouse, stage.sku, { lock_qty: stage.pieces }, trouble.at);
  return { ...placeBlocked(world, stage, trouble, 'dead-lock'), blockedBy: closed, ioId };
}

/** A closed order's own ERP order still waits, since the closing never reached the ERP, and keeps its lock. */
export function deadOrder(world: World, trouble: Trouble): Made {
  const stage = prepare(world, trouble, 'dead-order');
  setFree(world, stage, stage.pieces, trouble.at);
  const closed = placePaid(world, stage, trouble, 60 * MINUTE, stage.pieces, '', 'dead-order-owner');
  const oId = pushAt(world, closed, trouble.paidAt - 60 * MINUTE + 9 * SECOND, stage.warehouse, trouble.at);
  changeErp(world, oId, trouble.at, { stalled: 1 });
  changeOrder(world, closed, trouble.at, 'closed', { status: 'closed', closed_at: trouble.paidAt - 10 * MINUTE });
  return { ...placeBlocked(world, stage, trouble, 'dead-order'), blockedBy: closed, oId };
}

/** The pieces are truly not there, while another warehouse has them. */
export function short(world: World, trouble: Trouble): Made {
  const stage = prepare(world, trouble, 'short');
  setFree(world, stage, 0, trouble.at);
  return placeBlocked(world, stage, trouble, 'short');
}

/** An order with embroidery waits for a person to look at it. */
function review(world: World, trouble: Trouble): Made {
  const sku =
    trouble.sku ??
    world.random('review', world.store.next('scenario')).pick(catalogue.filter((one) => one.embroidery)).sku;
  const stage = { sku, warehouse: 0, pieces: 1 };
  const no = placePaid(world, stage, trouble, 0, 1, '绣字：永远年轻', 'review');
  world.schedule(trouble.at, 'push', no);
  return { orderNo: no, sku, warehouse: 0 };
}

interface Stage {
  sku: string;
  warehouse: number;
  pieces: number;
}

/** Where it plays: unless a SKU is named, one that only the scenario's own orders want. */
function prepare(world: World, trouble: Trouble, name: string): Stage {
  const warehouse = findWarehouse(trouble.warehouse ?? 'hz')?.code;
  if (warehouse === undefined) throw new Error(`unknown warehouse ${trouble.warehouse}`);
  const random = world.random(name, world.store.next('scenario'));
  const pieces = random.int(1, 3);
  if (trouble.sku !== undefined) {
    if (findStock(world, warehouse, trouble.sku) === undefined) throw new Error(`unknown sku ${trouble.sku}`);
    return { sku: trouble.sku, warehouse, pieces };
  }
  const fit = quietSkus(world, warehouse);
  if (fit.length === 0) throw new Error(`every SKU at ${warehouse} is wanted; name one`);
  return { sku: random.pick(fit), warehouse, pieces };
}

/** SKUs that no order waits for at this warehouse while every warehouse has some. */
export function quietSkus(world: World, warehouse: number): string[] {
  const rows = world.store.all<{ sku: string }>(
    `SELECT sku FROM stock AS s WHERE wms_co_id = ? AND order_lock = pick_lock AND lock_qty = 0
       AND NOT EXISTS (SELECT 1 FROM stock AS t WHERE t.sku = s.sku AND t.qty - t.order_lock - t.lock_qty < 5) ORDER BY sku`,
    warehouse,
  );
  return rows.map(({ sku }) => sku).filter((sku) => findSku(sku)?.embroidery === false);
}

/** Corrects the count, as a stock-taking would, until exactly `pieces` are free. */
function setFree(world: World, stage: Stage, pieces: number, at: number): void {
  const row = findStock(world, stage.warehouse, stage.sku);
  if (row === undefined) throw new Error(`unknown sku ${stage.sku}`);
  const difference = pieces - freeOf(row);
  addStock(world, stage.warehouse, stage.sku, { qty: difference, adjusted: difference }, at);
}

function placePaid(
  world: World,
  stage: Stage,
  trouble: Trouble,
  before: number,
  qty: number,
  note: string,
  scenario: string,
): string {
  const paidAt = trouble.paidAt - before;
  const random = world.random('scenario-order', world.store.next('scenario'));
  const lines = [{ sku: stage.sku, qty }];
  const no = placeOrder(world, {
    at: paidAt - 25 * SECOND,
    random,
    lines,
    note,
    scenario,
    visibleAt: trouble.at,
    shop: trouble.shop,
  });
  payOrder(world, no, paidAt, trouble.at);
  return no;
}

function pushAt(world: World, no: string, at: number, warehouse: number, changedAt: number): number {
  const order = findOrder(world, no);
  if (order === undefined) throw new Error(`no order ${no}`);
  return insertErpOrder(world, order, at, warehouse, changedAt);
}

function placeBlocked(world: World, stage: Stage, trouble: Trouble, scenario: string): Made {
  const no = placePaid(world, stage, trouble, 0, 1, '', scenario);
  const oId = pushAt(world, no, trouble.paidAt + 8 * SECOND, stage.warehouse, trouble.at);
  changeErp(world, oId, trouble.at, { queue: 'blocked', ready_at: trouble.paidAt + 20 * MINUTE });
  // Should the pieces be free after all, the order must not wait for ever.
  world.schedule(trouble.at + 2 * SECOND, 'look-again', oId);
  return { orderNo: no, sku: stage.sku, warehouse: stage.warehouse };
}

export interface Backlog {
  readonly at: number;
  readonly warehouse: string;
  readonly orders: number;
  /** How long ago they were paid: their deadline is 48 h after that. */
  readonly paidAgoMs: number;
}

/** So many paid orders at once in the line of a warehouse, all of which could be sorted at once. Answers their numbers. */
export function backlog(world: World, { at, warehouse, orders, paidAgoMs }: Backlog): string[] {
  const code = findWarehouse(warehouse)?.code;
  if (code === undefined) throw new Error(`unknown warehouse ${warehouse}`);
  const skus = catalogue.filter(({ embroidery }) => !embroidery).map(({ sku }) => sku);
  return Array.from({ length: orders }, (_, index) => {
    const sku = skus[index % skus.length] ?? '';
    // A moment apart, so that they have an order among themselves.
    const paidAt = at - paidAgoMs + index * 100;
    addStock(world, code, sku, { qty: 1, received: 1 }, at);
    const no = placePaid(world, { sku, warehouse: code, pieces: 1 }, { at, paidAt }, 0, 1, '', 'backlog');
    const oId = pushAt(world, no, Math.min(at, paidAt + 8 * SECOND), code, at);
    joinQueue(world, { o_id: oId, wms_co_id: code }, at, at + index * 100);
    return no;
  });
}

/** An order whose pieces are not there, and so many later ones that pass it by. */
export function overtaken(
  world: World,
  { warehouse, others, at }: { at: number; warehouse: string; others: number },
): Made {
  const made = short(world, { at, paidAt: at - HOUR, warehouse });
  backlog(world, { at, warehouse, orders: others, paidAgoMs: 30 * MINUTE });
  return made;
}

/** More is sold of a SKU than all warehouses have: `pieces` are free in Hangzhou, none elsewhere. Answers the orders. */
export function shortage(
  world: World,
  { at, sku, pieces, orders }: { at: number; sku: string; pieces: number; orders: number },
): string[] {
  const home = findWarehouse('hz')?.code;
  for (const { code } of warehouses) setFree(world, { sku, warehouse: code, pieces }, code === home ? pieces : 0, at);
  return Array.from({ length: orders }, (_, index) => {
    const paidAt = at - 10 * MINUTE + index * SECOND;
    const no = placePaid(world, { sku, warehouse: 0, pieces }, { at, paidAt }, 0, 1, '', 'shortage');
    world.schedule(at + SECOND, 'push', no);
    return no;
  });
}

/** A live room sells one style, piece by piece, until `forMs` is over. */
export function sellLive(
  world: World,
  { at, style, pieces, forMs }: { at: number; style: string; pieces: number; forMs: number },
): void {
  const skus = catalogue.filter((one) => one.style === style).map(({ sku }) => sku);
  if (skus.length === 0) throw new Error(`unknown style ${style}`);
  for (let index = 0; index < pieces; index += 1)
    world.schedule(at + (forMs * index) / pieces, 'live-sale', skus[index % skus.length] ?? '');
}

/** One of them. */
export function onLiveSale(world: World, { at, subject: sku }: WorldEvent): void {
  const random = world.random('live', world.store.next('scenario'));
  const no = placeOrder(world, { at, random, lines: [{ sku, qty: 1 }], note: '', scenario: 'spike' });
  payOrder(world, no, at);
  world.schedule(at + random.int(2_000, 20_000), 'push', no);
}

export const troubles = { 'dead-lock': deadLock, 'dead-order': deadOrder, short, review } as const;
export const unsortedLimit = 2 * HOUR;
