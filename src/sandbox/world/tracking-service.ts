import { findOrder, orderReceiver } from './orders.ts';
import type { ErpOrderRow } from './rows.ts';
import { beijing, DAY, HOUR, MINUTE } from './time.ts';
import type { World, WorldEvent } from './world.ts';

/** What a tracking service knows of the company's parcels: late, and only what couriers told it (fulfillment.md §2.2). */
export interface Subscription {
  number: string;
  company: string;
  callback: string;
  salt: string;
  phone: string;
  /** Whether fine state codes were asked for. */
  fine: number;
  created: number;
  changed: number;
  /** Rows that the last push held. */
  told: number;
  state: 'polling' | 'shutdown' | 'abort';
}

/** Between two looks at a subscribed parcel. */
const ROUND = 4 * HOUR;
const NO_RECORD_ENDS = 3 * DAY;
const NO_CHANGE_ENDS = 60 * DAY;

/** Which of its companies carries the parcels of the world's carriers. */
export const companyOf: Readonly<Record<string, string>> = {
  YTO: 'yuantong',
  ZTO: 'zhongtong',
  SF: 'shunfeng',
  'SF-INTL': 'shunfeng',
  STO: 'shentong',
  YUNDA: 'yunda',
  EMS: 'ems',
  JD: 'jd',
  DHL: 'dhl',
  FEDEX: 'fedex',
  UPS: 'ups',
  CAINIAO: 'cainiao',
};

/** State, and its words, of what couriers note down. */
const states: Readonly<Record<string, readonly [fine: string, coarse: string, words: string]>> = {
  ordered: ['102', '1', '待揽收'],
  collected: ['103', '1', '揽收'],
  in_transit: ['1002', '0', '在途'],
  forwarded: ['7', '7', '转投'],
  customs: ['11', '8', '清关中'],
  out_for_delivery: ['5', '5', '派件'],
  delivered: ['301', '3', '签收'],
  refused: ['203', '2', '拒收'],
  returning: ['6', '6', '退回'],
  returned: ['4', '4', '退签'],
};
const OVERDUE = '202';

/** What a courier noted down. */
export interface Trace {
  id: number;
  at: number;
  status: string;
  text: string;
  carrier: string;
}

/** The rows that the service has got by now of a parcel with one of its companies, newest first. */
function rowsOf(world: World, number: string, company: string, at: number): Trace[] {
  const traces = tracesOf(world, number, at).filter((trace) => companyOf[trace.carrier] === company);
  const label = world.store.get<ErpOrderRow>('SELECT * FROM erp_orders WHERE l_id = ?', number);
  // This carrier tells of a label as soon as it is printed.
  if (company === 'zhongtong' && label?.lc_id === 'ZTO' && label.labelled_at !== null && label.labelled_at <= at)
    traces.push({ id: 0, at: label.labelled_at, status: 'ordered', text: '商家已下单，等待揽收', carrier: 'ZTO' });
  return traces;
}

/** What its couriers have uploaded of a parcel by now, newest first. */
export function tracesOf(world: World, number: string, at: number): Trace[] {
  return world.store
    .all<Trace>('SELECT id, at, status, text, carrier FROM traces WHERE waybill = ? ORDER BY at DESC, id DESC', number)
    .filter((trace) => trace.at + lagOf(world, trace) <= at);
}

/** Carriers upload late: minutes mostly, sometimes hours. */
function lagOf(world: World, trace: Trace): number {
  const random = world.random('tracking-lag', trace.id);
  return random.chance(0.1) ? random.int(HOUR, 5 * HOUR) : random.int(3 * MINUTE, 40 * MINUTE);
}

/** The whole list as the service shows it; undefined when it has nothing. */
export function showTracking(
  world: World,
  number: string,
  company: string,
  fine: boolean,
  at: number,
): { result: object; rows: number; isOver: boolean } | undefined {
  const rows = rowsOf(world, number, company, at);
  const [newest] = rows;
  if (newest === undefined) return undefined;
  const stateOf = (status: string): readonly string[] => states[status] ?? ['0', '0', '在途'];
  const isOver = ['delivered', 'returned'].includes(newest.status);
  const [newestFine = '0', newestCoarse = '0'] = stateOf(newest.status);
  const isOverdue = !isOver && at - newest.at > 2 * DAY;
  const result = {
    message: 'ok',
    nu: number,
    ischeck: newest.status === 'delivered' ? '1' : '0',
    com: company,
    condition: '00',
    status: '200',
    state: fine ? (isOverdue ? OVERDUE : newestFine) : newestCoarse,
    data: rows.map((row) => {
      const time = beijing(row.at);
      const [code, , words] = stateOf(row.status);
      const shown = { time, ftime: time, context: row.text, areaCode: '', areaName: '', status: words };
      return fine ? { ...shown, statusCode: code } : shown;
    }),
  };
  return { result, rows: rows.length, isOver };
}

/** Whether whoever asks may see the parcel: some carriers want the end of the receiver's phone. */
export function phoneFits(world: World, number: string, company: string, phone: string): boolean {
  if (company !== 'shunfeng') return true;
  const label = world.store.get<ErpOrderRow>('SELECT * FROM erp_orders WHERE l_id = ?', number);
  const order = label && findOrder(world, label.so_id);
  return order === undefined || orderReceiver(order).phone.slice(-4) === phone.slice(-4);
}

export function findSubscription(world: World, number: string): Subscription | undefined {
  return world.store.get<Subscription>('SELECT * FROM tracking_subscriptions WHERE number = ?', number);
}

/** Follows a parcel from now on; its first look comes in 15 minutes to 4 hours. */
export function follow(
  world: World,
  wish: Pick<Subscription, 'number' | 'company' | 'callback' | 'salt' | 'phone' | 'fine'>,
  at: number,
): void {
  world.store.run(
    `INSERT INTO tracking_subscriptions (number, company, callback, salt, phone, fine, created, changed, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'polling')
     ON CONFLICT (number) DO UPDATE SET company = excluded.company, callback = excluded.callback, salt = excluded.salt,
       phone = excluded.phone, fine = excluded.fine, created = excluded.created, changed = excluded.changed, told = 0,
       state = 'polling'`,
    wish.number,
    wish.company,
    wish.callback,
    wish.salt,
    wish.phone,
    wish.fine,
    at,
    at,
  );
  const first = world.random('tracking-first', wish.number, at).int(15 * MINUTE, ROUND);
  world.schedule(at + first, 'tracking-check', wish.number, { created: at });
}

/** The service looks at a parcel and pushes when something changed. */
export function onTrackingCheck(world: World, { at, subject: number, data }: WorldEvent): void {
  const subscription = findSubscription(world, number);
  if (subscription?.state !== 'polling' || subscription.created !== data.created) return;
  const { company, phone, fine, told, created, changed } = subscription;
  const seen = phoneFits(world, number, company, phone)
    ? showTracking(world, number, company, fine === 1, at)
    : undefined;
  if (seen !== undefined && seen.rows > told) {
    const state = seen.isOver ? 'shutdown' : 'polling';
    world.store.run(
      'UPDATE tracking_subscriptions SET told = ?, changed = ?, state = ? WHERE number = ?',
      seen.rows,
      at,
      state,
      number,
    );
    pushNow(world, number, at, { status: state });
  } else if (at - (told === 0 ? created : changed) >= (told === 0 ? NO_RECORD_ENDS : NO_CHANGE_ENDS)) {
    world.store.run(`UPDATE tracking_subscriptions SET state = 'abort' WHERE number = ?`, number);
    pushNow(world, number, at, { status: 'abort' });
  }
  if (findSubscription(world, number)?.state === 'polling') world.schedule(at + ROUND, 'tracking-check', number, data);
}

/** Puts a push of the present list out; signed with another salt when one is given. False when nobody subscribed. */
export function pushNow(
  world: World,
  number: string,
  at: number,
  push: { status: 'polling' | 'shutdown' | 'abort' | 'updateall'; salt?: string | undefined },
): boolean {
  const subscription = findSubscription(world, number);
  if (subscription === undefined) return false;
  const { company, fine, callback, salt } = subscription;
  const nothing = {
    message: '3天查询无记录',
    nu: number,
    ischeck: '0',
    com: company,
    status: '201',
    state: '0',
    data: [],
  };
  const param = {
    status: push.status,
    billstatus: push.status === 'polling' ? 'change' : '',
    message: push.status === 'abort' ? '3天查询无记录' : '变化',
    autoCheck: '0',
    comOld: '',
    comNew: '',
    lastResult: showTracking(world, number, company, fine === 1, at)?.result ?? nothing,
  };
  world.store.run(
    'INSERT INTO tracking_pushes (number, due, callback, param, salt) VALUES (?, ?, ?, ?, ?)',
    number,
    at,
    callback,
    JSON.stringify(param),
    push.salt ?? salt,
  );
  return true;
}
