import { expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/start.ts';
import { control, HOUR, jst, MINUTE, noon, SECOND, truth, unsoundStock } from './kit.ts';

interface Listed {
  orderNo: string;
  scenario: string | null;
  stages: { paidAt: number };
}

it('shows paid orders two hours unsorted within a minute, and only those that it made so', {
  timeout: 20_000,
}, async () => {
  const settings = { mischief: true, jushuitanPerSecond: 1_000, jushuitanPerMinute: 10_000 };
  const sandbox = await startSandbox({ mode: 'manual', startAt: noon, settings });
  await sandbox.advance(noon + 60 * SECOND);
  const late = () =>
    sandbox.world.store.all<{ no: string; scenario: string | null }>(
      `SELECT o.no, o.scenario FROM orders AS o JOIN erp_orders AS e ON e.so_id = o.no
       WHERE o.status = 'paid' AND e.status = 'WaitConfirm' AND e.sorted_at IS NULL AND o.paid_at <= ?`,
      sandbox.world.clock.now() - 2 * HOUR,
    );

  const first = late();
  const seen = await jst(sandbox, '/open/orders/single/query', { so_ids: first.map(({ no }) => no) });
  await sandbox.advance(noon + 90 * MINUTE);
  const later = late();

  expect(new Set(first.map(({ scenario }) => scenario))).toEqual(new Set(['dead-lock', 'short']));
  expect(first).toHaveLength(2);
  expect(seen.body.data.orders.map((order: { status: string }) => order.status)).toEqual([
    'WaitConfirm',
    'WaitConfirm',
  ]);
  expect(later.filter(({ scenario }) => scenario === null)).toEqual([]);
  expect(later.length).toBeGreaterThan(12);
  expect(unsoundStock(sandbox)).toEqual([]);
  await sandbox.stop();
});

it('tells the truth of orders, locks and configuration', { timeout: 20_000 }, async () => {
  const sandbox = await startSandbox({ mode: 'manual', startAt: noon, settings: { mischief: true } });

  const { orders } = (await control(sandbox, '/world/orders?scenario=any')).body as { orders: Listed[] };
  const locks = (await control(sandbox, '/world/locks')).body;
  const company = (await control(sandbox, '/company')).body;
  const owner = orders.find(({ scenario }) => scenario === 'dead-lock-owner');

  expect(locks.virtual).toMatchObject([{ orderNo: owner?.orderNo, orderStatus: 'closed', warehouse: 1001 }]);
  expect(locks.orphaned).toMatchObject([{ status: 'closed' }]);
  expect((await truth(sandbox, owner?.orderNo ?? '')).changes.map((change: { stage: string }) => change.stage)).toEqual(
    ['created', 'paid', 'closed'],
  );
  expect(Object.keys(company)).toEqual([
    'timezone',
    'shops',
    'systems',
    'warehouses',
    'carriers',
    'rooms',
    'staff',
    'voice',
    'sms',
    'roster',
    'summary',
    'limits',
  ]);
  expect(company.shops[0].baseUrl).toBe(`${sandbox.url}/mini`);
  await sandbox.stop();
});

it('bears the same world from the same seed', { timeout: 20_000 }, async () => {
  const born = async (seed: string): Promise<unknown[]> => {
    const sandbox = await startSandbox({ mode: 'manual', startAt: noon, seed, settings: { ordersPerDay: 1_000 } });
    await sandbox.advance(noon + HOUR);
    const rows = sandbox.world.store.all('SELECT no, status, paid_at, waybill, receiver FROM orders ORDER BY no');
    await sandbox.stop();
    return rows;
  };

  const [one, two, other] = [await born('a'), await born('a'), await born('b')];

  expect(one.length).toBeGreaterThan(200);
  expect(two).toEqual(one);
  expect(other).not.toEqual(one);
});

it('begins anew on reset and follows a new rate', { timeout: 20_000 }, async () => {
  const sandbox = await startSandbox({ startAt: noon, history: false, rate: 0 });
  const at = (await control(sandbox, '/clock')).body.now;
  const { body: faster } = await control(sandbox, '/world/clock', { rate: 600 });
  await new Promise((done) => setTimeout(done, 300));
  const later = (await control(sandbox, '/clock')).body.now;
  const count = () => sandbox.world.store.get<{ n: number }>('SELECT COUNT(*) AS n FROM orders')?.n;
  const before = count();

  await control(sandbox, '/world/clock', { rate: 0 });
  const { body: anew } = await control(sandbox, '/world/reset', {});

  expect([at, faster.rate, anew.now]).toEqual([noon, 600, noon]);
  expect(later - noon).toBeGreaterThan(2 * MINUTE);
  expect(before).toBeGreaterThan(8);
  expect(count()).toBe(5);
  await sandbox.stop();
});
