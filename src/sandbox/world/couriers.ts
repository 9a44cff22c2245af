import { changeOrder } from './orders.ts';
import { DAY, HOUR, MINUTE, startOfDay } from './time.ts';
import type { World, WorldEvent } from './world.ts';

/** How a parcel's way goes wrong (fulfillment.md §8, carrier timeline). */
export const courierLies = [
  'never-picked-up',
  'lost',
  'returned',
  'customs-stop',
  'second-waybill',
  'reused-number',
  'pickup-after-delivery-run',
  'date-only-pickup',
] as const;
export type CourierLie = (typeof courierLies)[number];

const SHARE_OF_LIES = 0.012;

/** Decides how an order's parcel will travel, before it is collected. */
export function setLie(world: World, no: string, lie: CourierLie): void {
  world.store.run(
    'INSERT INTO courier_lies (no, lie) VALUES (?, ?) ON CONFLICT (no) DO UPDATE SET lie = excluded.lie',
    no,
    lie,
  );
}

function lieOf(world: World, no: string): CourierLie | undefined {
  const told = world.store.get<{ lie: CourierLie }>('SELECT lie FROM courier_lies WHERE no = ?', no);
  if (told !== undefined) return told.lie;
  const random = world.random('courier', no);
  return world.settings.mischief && random.chance(SHARE_OF_LIES) ? random.pick(courierLies) : undefined;
}

/** The courier scans the parcel. */
export function onScan(world: World, { at, subject: no, data }: WorldEvent): void {
  const lie = lieOf(world, no);
  if (lie === 'never-picked-up') return;
  if (lie === 'reused-number') travelLastYear(world, no, at, data);
  addTrace(world, no, lie === 'date-only-pickup' ? startOfDay(at) : at, 'collected', '快件已揽收', data);
  if (!changeOrder(world, no, at, 'in_transit', { status: 'in_transit', scanned_at: at }, ['shipped'])) {
    changeOrder(world, no, at, 'scanned', { scanned_at: at });
  }
  const random = world.random('trunk', no);
  const hub = at + random.int(6 * HOUR, 16 * HOUR);
  world.schedule(hub, 'hub', no, data);
  if (lie === 'lost') return;
  const delayed = lie === 'customs-stop' ? 6 * DAY : lie === 'second-waybill' ? 3 * DAY : 0;
  const deliver = hub + random.int(8 * HOUR, 30 * HOUR) + delayed;
  world.schedule(deliver - random.int(2 * HOUR, 5 * HOUR), 'delivery-run', no, data);
  world.schedule(deliver, 'deliver', no, data);
}

/** The same number was on another parcel, which arrived. */
function travelLastYear(world: World, no: string, at: number, data: WorldEvent['data']): void {
  addTrace(world, no, at - 365 * DAY, 'collected', '快件已揽收', data);
  addTrace(world, no, at - 363 * DAY, 'delivered', '快件已签收', data);
}

/** The parcel passes a hub. */
export function onHub(world: World, { at, subject: no, data }: WorldEvent): void {
  addTrace(world, no, at, 'in_transit', '快件已到达转运中心', data);
  const lie = lieOf(world, no);
  if (lie === 'customs-stop') addTrace(world, no, at + 5 * MINUTE, 'customs', '快件清关中', data);
  if (lie === 'second-waybill')
    addTrace(world, no, at + 5 * MINUTE, 'forwarded', `快件已转由其他公司派送，新单号 EX${String(data.waybill)}`, data);
}

/** It is on the van. */
export function onDeliveryRun(world: World, { at, subject: no, data }: WorldEvent): void {
  addTrace(world, no, at, 'out_for_delivery', '快递员李师傅（13700137000）正在派件', data);
  if (lieOf(world, no) === 'pickup-after-delivery-run')
    addTrace(world, no, at + 10 * MINUTE, 'collected', '快件已揽收', data);
}

/** The buyer has the parcel, or does not want it. */
export function onDeliver(world: World, { at, subject: no, data }: WorldEvent): void {
  if (lieOf(world, no) === 'returned') {
    addTrace(world, no, at, 'refused', '收件人拒收', data);
    world.schedule(at + 4 * HOUR, 'send-back', no, data);
    return;
  }
  addTrace(world, no, at, 'delivered', '快件已签收', data);
  if (!changeOrder(world, no, at, 'delivered', { status: 'delivered', delivered_at: at }, ['in_transit', 'shipped'])) {
    changeOrder(world, no, at, 'delivered-while-refunding', { delivered_at: at });
  }
}

/** A refused parcel goes home. */
export function onSendBack(world: World, { at, subject: no, data }: WorldEvent): void {
  addTrace(world, no, at, 'returning', '快件正在退回', data);
  world.schedule(at + 30 * HOUR, 'back-home', no, data);
}

export function onBackHome(world: World, { at, subject: no, data }: WorldEvent): void {
  addTrace(world, no, at, 'returned', '退回件已签收', data);
}

function addTrace(
  world: World,
  no: string,
  at: number,
  status: string,
  text: string,
  { waybill, carrier }: WorldEvent['data'],
): void {
  world.store.run(
    'INSERT INTO traces (no, at, status, text, waybill, carrier) VALUES (?, ?, ?, ?, ?, ?)',
    no,
    at,
    status,
    text,
    String(waybill),
    String(carrier),
  );
}
