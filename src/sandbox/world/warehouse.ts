import { carriers, courierAt, warehouses } from './company.ts';
import { actOn, changeErp, erpItems, findErpOrder } from './erp-orders.ts';
import { nextOpen } from './hours.ts';
import { changeOrder } from './orders.ts';
import type { ErpOrderRow } from './rows.ts';
import { addStock, missingFor } from './stock.ts';
import { clockTime, DAY, HOUR, MINUTE, SECOND, startOfDay } from './time.ts';
import type { World, WorldEvent } from './world.ts';

/** Puts an order into its warehouse's line; it may be taken from `readyAt` on. */
export function joinQueue(world: World, erp: { o_id: number; wms_co_id: number }, at: number, readyAt: number): void {
  changeErp(world, erp.o_id, at, { queue: 'queued', ready_at: readyAt });
  planWave(world, erp.wms_co_id, readyAt);
}

function planWave(world: World, code: number, at: number): void {
  const changed = world.store.run(
    'UPDATE stations SET next_wave = ? WHERE code = ? AND (next_wave IS NULL OR next_wave > ?)',
    at,
    code,
    at,
  );
  if (changed === 1) world.schedule(at, 'wave', code);
}

/** One place at the sorting line comes free. */
export function onWave(world: World, { at, subject }: WorldEvent): void {
  const code = Number(subject);
  const station = findStation(world, code);
  if (station.next_wave !== at) return;
  world.store.run('UPDATE stations SET next_wave = NULL WHERE code = ?', code);
  const open = worksFrom(world, code, at);
  if (open > at) planWave(world, code, open);
  else takeNext(world, code, at);
}

function takeNext(world: World, code: number, at: number): void {
  for (;;) {
    const next = world.store.get<ErpOrderRow>(
      `SELECT * FROM erp_orders WHERE queue = 'queued' AND wms_co_id = ? ORDER BY ready_at, o_id LIMIT 1`,
      code,
    );
    if (next === undefined) return;
    const readyAt = next.ready_at ?? at;
    if (readyAt > at) {
      planWave(world, code, readyAt);
      return;
    }
    if (!tryToSort(world, next, at)) continue;
    planWave(world, code, at + HOUR / speedOf(world, code, at));
    return;
  }
}

/** A blocked order looks whether its pieces are free now; if so it goes on at once. */
export function onLookAgain(world: World, { at, subject }: WorldEvent): void {
  const erp = findErpOrder(world, Number(subject));
  if (erp?.queue !== 'blocked' || erp.status !== 'WaitConfirm') return;
  const open = worksFrom(world, erp.wms_co_id, at);
  if (open > at) world.schedule(open, 'look-again', erp.o_id);
  else tryToSort(world, erp, at);
}

function tryToSort(world: World, erp: ErpOrderRow, at: number): boolean {
  const items = erpItems(world, erp.o_id);
  const missing = missingFor(world, erp, items);
  if (missing.length > 0) {
    if (erp.queue !== 'blocked') changeErp(world, erp.o_id, at, { queue: 'blocked' });
    return false;
  }
  for (const item of items) addStock(world, erp.wms_co_id, item.sku, { pick_lock: item.qty }, at);
  changeErp(world, erp.o_id, at, { status: 'Delivering', sorted_at: at, queue: 'none' });
  actOn(world, erp.o_id, at, '生成波次', '仓库', '进入分拣');
  world.schedule(at + world.random('label', erp.o_id).int(5 * MINUTE, 20 * MINUTE), 'label', erp.o_id);
  return true;
}

/** The waybill is printed. */
export function onLabel(world: World, { at, subject }: WorldEvent): void {
  const erp = findErpOrder(world, Number(subject));
  if (erp?.status !== 'Delivering') return;
  const random = world.random('carrier', erp.o_id);
  const carrier = random.pick(carriers);
  const waybill =
    carrier.prefix + String(random.int(1_000_000, 9_999_999)) + String(erp.o_id % 1_000_000).padStart(6, '0');
  changeErp(world, erp.o_id, at, {
    l_id: waybill,
    lc_id: carrier.id,
    logistics_company: carrier.name,
    labelled_at: at,
  });
  actOn(world, erp.o_id, at, '打印快递单', '仓库', waybill);
  world.schedule(at + random.int(35 * MINUTE, 65 * MINUTE), 'send', erp.o_id);
}

/** The parcel is packed and handed over; its pieces leave the stock. */
export function onSend(world: World, { at, subject }: WorldEvent): void {
  const erp = findErpOrder(world, Number(subject));
  if (erp?.status !== 'Delivering') return;
  for (const { sku, qty } of erpItems(world, erp.o_id)) {
    addStock(world, erp.wms_co_id, sku, { qty: -qty, order_lock: -qty, pick_lock: -qty, sent: qty }, at);
  }
  changeErp(world, erp.o_id, at, { status: 'Sent', send_date: at });
  actOn(world, erp.o_id, at, '发货', '仓库', erp.l_id ?? '');
  const random = world.random('send', erp.o_id);
  const waybill = { carrier: erp.lc_id, waybill: erp.l_id };
  world.schedule(at + random.int(2 * SECOND, 10 * SECOND), 'shop-shipped', erp.so_id, { ...waybill, sentAt: at });
  const collected = nextCourier(at) + random.int(10 * SECOND, 12 * MINUTE);
  world.schedule(Math.max(collected, at + 15 * SECOND), 'scan', erp.so_id, waybill);
}

/** The ERP tells the shop the waybill. A refund that is under way keeps its status. */
export function onShopShipped(world: World, { at, subject: no, data }: WorldEvent): void {
  const { carrier, waybill, sentAt } = data as { carrier: string; waybill: string; sentAt: number };
  const shipped = { carrier, waybill, shipped_at: sentAt };
  if (changeOrder(world, no, at, 'shipped', { ...shipped, status: 'shipped' }, ['paid'])) return;
  changeOrder(world, no, at, 'shipped', shipped);
}

/** Stops the sorting line of a warehouse until `until`. */
export function stopWarehouse(world: World, code: number, until: number): void {
  world.store.run('UPDATE stations SET stopped_until = ? WHERE code = ?', until, code);
}

/** The sorting line of a warehouse is slower, or faster, than usual until `until`. */
export function paceWarehouse(world: World, code: number, perHour: number, until: number): void {
  world.store.writeMeta(`pace:${code}`, JSON.stringify({ perHour, until }));
}

function speedOf(world: World, code: number, at: number): number {
  const pace = JSON.parse(world.store.readMeta(`pace:${code}`) ?? '{}') as { perHour?: number; until?: number };
  if (pace.perHour !== undefined && at < (pace.until ?? 0)) return pace.perHour;
  return warehouses.find((one) => one.code === code)?.speedPerHour ?? 500;
}

function worksFrom(world: World, code: number, at: number): number {
  return nextOpen(Math.max(at, findStation(world, code).stopped_until));
}

function findStation(world: World, code: number): { next_wave: number | null; stopped_until: number } {
  const found = world.store.get<{ next_wave: number | null; stopped_until: number }>(
    'SELECT next_wave, stopped_until FROM stations WHERE code = ?',
    code,
  );
  if (found === undefined) throw new Error(`no station ${code}`);
  return found;
}

function nextCourier(at: number): number {
  const day = startOfDay(at);
  const today = courierAt.map((text) => day + clockTime(text)).find((time) => time >= at);
  return today ?? day + DAY + clockTime(courierAt[0]);
}
