import { afterAll, beforeAll, expect, it } from 'vitest';
import plug from '../../../src/adapters/channels/taobao/index.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import { createIdentifier } from '../../../src/adapters/identifier.ts';
import type { Channel, Window } from '../../../src/ports/channel.ts';
import { hour, minute } from '../../kit/builders.ts';
import { type StandIn, startStandIn } from '../../kit/stand-in.ts';

const signal = new AbortController().signal;
const credentials = { appKey: '23000001', appSecret: 'top-secret-demo', session: 'sess-demo' };

let standIn: StandIn;
beforeAll(async () => {
  // At two in the afternoon some 300 orders change in half an hour.
  standIn = await startStandIn({ settings: { ordersPerDay: 3_000, shares: { tmall: 1 } } });
});
afterAll(() => standIn?.sandbox.stop());

const open = (): Channel =>
  plug.create({
    shopId: 'tmall',
    baseUrl: `${standIn.url}/tmall`,
    credentials: plug.credentials.parse(credentials),
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock: standIn.clock,
    identifier: createIdentifier(Buffer.alloc(32, 7)),
  });

const now = (): number => standIn.clock.now();
const made = async (paidAgoMs: number): Promise<string> => {
  const body = (await standIn.control.post('/world/scenarios/short', { paidAgoMs, shop: 'tmall' })) as {
    orderNo: string;
  };
  await standIn.clock.sleep(minute);
  return body.orderNo;
};

/** Every order of a window by number, with what happens between its pages. */
async function pullAll(channel: Channel, window: Window, between: () => Promise<void>): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  let cursor: string | undefined;
  do {
    const page = await channel.pullUpdated(window, cursor, signal);
    for (const { view } of page.orders) seen.set(view.channelOrderNo, view.sourceUpdatedAt);
    cursor = page.next;
    if (cursor !== undefined) await between();
  } while (cursor !== undefined);
  return seen;
}

it('[B2] loses nothing while rows leave and late rows come between the pages: this read or the next has them', async () => {
  const channel = open();
  const { store } = standIn.sandbox.world;
  const window = { from: now() - 3 * hour, to: now() };
  const inside = store.all<{ no: string; updated_at: number }>(
    `SELECT no, updated_at FROM orders WHERE shop = 'tmall' AND updated_at BETWEEN ? AND ? ORDER BY updated_at`,
    window.from,
    window.to,
  );
  // Ten that will turn up late, as if changed within the last minute; the list must be long for this to mean something.
  const late = inside.splice(-10);
  for (const { no } of late) store.run('UPDATE orders SET visible_at = ? WHERE no = ?', now() + hour, no);
  const leaving = [...inside];
  let pages = 1;
  const between = async (): Promise<void> => {
    pages += 1;
    await standIn.clock.sleep(1_000);
    const [left] = leaving.splice(Math.floor(leaving.length / 2), 1);
    if (left !== undefined)
      store.run('UPDATE orders SET updated_at = ?, visible_at = ? WHERE no = ?', now(), now(), left.no);
    const come = late[pages % late.length];
    if (come !== undefined)
      store.run('UPDATE orders SET updated_at = ?, visible_at = ? WHERE no = ?', window.to - 5_000, now(), come.no);
  };

  const first = await pullAll(channel, window, between);
  const next = await pullAll(channel, { from: window.to - channel.lagMs, to: now() }, async () => undefined);

  const lost = [...inside, ...late].filter(({ no }) => !first.has(no) && !next.has(no));
  expect(pages).toBeGreaterThan(5);
  expect(lost).toEqual([]);
});

it('[I1] learns in a single read what no list tells: when sorting began', async () => {
  const { store } = standIn.sandbox.world;
  const sorted = store.get<{ no: string; sorted_at: number }>(
    `SELECT o.no, e.sorted_at FROM orders AS o JOIN erp_orders AS e ON e.so_id = o.no
     WHERE o.shop = 'tmall' AND o.status = 'paid' AND e.sorted_at IS NOT NULL LIMIT 1`,
  );
  const waiting = await made(hour);

  const { orders } = await open().fetchOrders([sorted?.no ?? '', waiting], signal);
  const sortedAt = new Map(orders.map(({ view }) => [view.channelOrderNo, view.sortedAt]));

  expect(sortedAt.get(sorted?.no ?? '')).toBe(Math.floor((sorted?.sorted_at ?? 0) / 1_000) * 1_000);
  expect(sortedAt.get(waiting)).toBeNull();
});

it('[N2] appends a remark once, whoever wrote before, and the list shows it', async () => {
  const channel = open();
  const no = await made(hour);
  standIn.sandbox.world.store.run(`UPDATE orders SET remark = '客户要周五发', flag = 'yellow' WHERE no = ?`, no);
  const remark = { text: '【作战群】核实地址', flag: 'risk' } as const;
  const value = { remark: '客户要周五发\n【作战群】核实地址', flag: 'red' };

  expect(await channel.addRemark?.(no, remark, signal)).toEqual({ kind: 'done', value });
  expect(await channel.addRemark?.(no, remark, signal)).toEqual({ kind: 'already', value });
  await standIn.clock.sleep(minute);
  const { orders } = await channel.pullUpdated({ from: now() - 2 * minute, to: now() }, undefined, signal);
  expect(orders.find(({ view }) => view.channelOrderNo === no)?.view).toMatchObject(value);
});

it('[N2] looks before it writes again when the answer was lost', async () => {
  const channel = open();
  const no = await made(hour);
  const { store } = standIn.sandbox.world;
  const remark = { text: '加急', flag: undefined };
  // The first call of the two reads, so the fault waits for the second.
  await standIn.control.fail('tmall', 'delay', { ms: 1 });
  await standIn.control.fail('tmall', 'drop-after');

  expect(await channel.addRemark?.(no, remark, signal)).toEqual({ kind: 'unknown' });
  expect(await channel.addRemark?.(no, remark, signal)).toMatchObject({ kind: 'already' });
  expect(store.get('SELECT remark FROM orders WHERE no = ?', no)).toEqual({ remark: '加急' });
});
