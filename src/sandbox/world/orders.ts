import { drawNote, drawReceiver, type Receiver } from './buyers.ts';
import { drawSku, findSku } from './catalogue.ts';
import { nextArrival, type Surge } from './curve.ts';
import type { Random } from './random.ts';
import type { Line, OrderRow } from './rows.ts';
import { type Shop, shopOf } from './shops.ts';
import { HOUR, MINUTE, SECOND } from './time.ts';
import type { World, WorldEvent } from './world.ts';

const UNPAID_SHARE = 0.06;
const UNPAID_CLOSES = 30 * MINUTE;
const PROMISE = 48 * HOUR;

export interface NewOrder {
  at: number;
  random: Random;
  lines?: readonly { sku: string; qty: number }[];
  note?: string;
  /** The mini-program when absent. */
  shop?: string | undefined;
  scenario?: string;
  receiver?: Receiver;
  /** When the API begins to show it; later than `at` for an order that is told about afterwards. */
  visibleAt?: number;
}

/** Puts a new unpaid order into the shop and returns its number. */
export function placeOrder(world: World, order: NewOrder): string {
  const { random, at } = order;
  const shop = shopOf(order.shop ?? 'mini');
  const no = shop.number(at, world.store.next('order'));
  const wanted = order.lines ?? drawLines(random);
  const lines: Line[] = wanted.map(({ sku, qty }, index) => {
    const found = findSku(sku);
    if (found === undefined) throw new Error(`unknown sku ${sku}`);
    const paid = found.price * qty;
    return { line_id: `${no}-${index + 1}`, sku, title: found.title, qty, unit_price: found.price, paid };
  });
  const amount = lines.reduce((sum, line) => sum + line.paid, 0);
  const freight = amount >= 9_900 ? 0 : 800;
  const visible = order.visibleAt ?? at;
  const custom = lines.some((line) => findSku(line.sku)?.embroidery === true) && random.chance(0.3);
  const note =
    order.note ?? (custom ? `绣字：${random.pick(['平安', '小满', 'LUCKY', '一家三口', 'MING'])}` : drawNote(random));
  world.store.run(
    `INSERT INTO orders (no, shop, channel, status, created_at, updated_at, amount, freight, paid_amount, currency,
       buyer_id, buyer_note, receiver, lines, scenario, visible_at)
     VALUES (?, ?, ?, 'created', ?, ?, ?, ?, 0, 'CNY', ?, ?, ?, ?, ?, ?)`,
    no,
    shop.id,
    shop.channel,
    at,
    visible,
    amount,
    freight,
    `u${random.int(100_000, 999_999)}`,
    note,
    JSON.stringify(order.receiver ?? drawReceiver(random)),
    JSON.stringify(lines),
    order.scenario ?? null,
    listed(world, shop, no, visible),
  );
  noteChange(world, no, at, 'created', listed(world, shop, no, visible));
  return no;
}

/** The buyer pays; `visible` is when the API begins to show it. */
export function payOrder(world: World, no: string, at: number, visible = at): void {
  const shown = listed(world, shopOfOrder(world, no), no, visible);
  const changed = world.store.run(
    `UPDATE orders SET status = 'paid', paid_at = ?, ship_by = ?, paid_amount = amount + freight, updated_at = ?,
       visible_at = ? WHERE no = ? AND status = 'created'`,
    at,
    at + PROMISE,
    visible,
    shown,
    no,
  );
  if (changed === 1) noteChange(world, no, at, 'paid', shown);
}

/** Changes columns of an order as of `at` and writes the change down; nothing happens to an order in another status. */
export function changeOrder(
  world: World,
  no: string,
  at: number,
  stage: string,
  columns: Partial<OrderRow>,
  from?: readonly string[],
): boolean {
  const entries = Object.entries(columns);
  const sets = [...entries.map(([name]) => name), 'updated_at', 'visible_at'].map((name) => `${name} = ?`).join(', ');
  const guard = from === undefined ? '' : ` AND status IN (${from.map((status) => `'${status}'`).join(', ')})`;
  const shown = listed(world, shopOfOrder(world, no), no, at);
  const changed = world.store.run(
    `UPDATE orders SET ${sets} WHERE no = ?${guard}`,
    ...entries.map(([, value]) => value),
    at,
    shown,
    no,
  );
  if (changed === 1) noteChange(world, no, at, stage, shown);
  return changed === 1;
}

/** The shop order of this number. */
export function findOrder(world: World, no: string): OrderRow | undefined {
  return world.store.get<OrderRow>('SELECT * FROM orders WHERE no = ?', no);
}

/** What was bought. */
export function orderLines(order: OrderRow): Line[] {
  return JSON.parse(order.lines) as Line[];
}

/** Who gets it. */
export function orderReceiver(order: OrderRow): Receiver {
  return JSON.parse(order.receiver) as Receiver;
}

/** One buyer arrives; the next one is on the way. */
export function onArrival(world: World, { at, subject }: WorldEvent): void {
  const n = Number(subject);
  const random = world.random('order', n);
  const no = placeOrder(world, { at, random, shop: drawShop(world, n) });
  if (random.chance(UNPAID_SHARE)) world.schedule(at + UNPAID_CLOSES, 'close-unpaid', no);
  else world.schedule(at + random.int(4, 180) * SECOND, 'pay', no);
  scheduleArrival(world, at, n + 1);
}

/** Decides when the next buyer comes. */
export function scheduleArrival(world: World, at: number, n: number): void {
  const perDay = world.settings.ordersPerDay / (1 - UNPAID_SHARE);
  if (perDay <= 0) return;
  const surge = world.store.readMeta('surge');
  const next = nextArrival(
    at,
    perDay,
    surge === undefined ? undefined : (JSON.parse(surge) as Surge),
    world.random('gap', n),
  );
  world.schedule(next, 'arrival', n);
}

/** The buyer pays, and sometimes regrets it later. */
export function onPay(world: World, { at, subject: no }: WorldEvent): void {
  payOrder(world, no, at);
  const random = world.random('paid', no);
  world.schedule(at + random.int(2_000, 20_000), 'push', no);
  if (random.chance(0.012)) world.schedule(at + random.int(30, 900) * SECOND, 'refund', no);
  else if (random.chance(0.015)) world.schedule(at + random.int(40, 90) * HOUR, 'refund', no);
}

/** The shop closes an order nobody paid. */
export function onCloseUnpaid(world: World, { at, subject: no }: WorldEvent): void {
  changeOrder(world, no, at, 'closed', { status: 'closed', closed_at: at }, ['created']);
}

function noteChange(world: World, no: string, at: number, stage: string, visible: number): void {
  world.store.run('INSERT INTO order_changes (no, at, stage, visible_at) VALUES (?, ?, ?, ?)', no, at, stage, visible);
}

function drawLines(random: Random): { sku: string; qty: number }[] {
  const count = random.chance(0.75) ? 1 : random.chance(0.8) ? 2 : 3;
  const lines = new Map<string, number>();
  for (let i = 0; i < count; i += 1) lines.set(drawSku(random).sku, random.chance(0.94) ? 1 : 2);
  return [...lines].map(([sku, qty]) => ({ sku, qty }));
}

function drawShop(world: World, n: number): string {
  const shares = Object.entries(world.settings.shares);
  let left = world.random('shop', n).next() * shares.reduce((sum, [, share]) => sum + share, 0);
  const drawn = shares.find(([, share]) => {
    left -= share;
    return left < 0;
  });
  return drawn?.[0] ?? 'mini';
}

const shopOfOrder = (world: World, no: string): Shop | undefined => {
  const row = world.store.get<{ shop: string }>('SELECT shop FROM orders WHERE no = ?', no);
  return row && shopOf(row.shop);
};

/** From when on the platform's lists show what changed at `at`. */
function listed(world: World, shop: Shop | undefined, no: string, at: number): number {
  const lag = shop?.listLagMs ?? 0;
  return lag === 0 ? at : at + world.random('lag', no, at).int(0, lag);
}
