import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { size } from '../kit/size.ts';
import { HOUR, MINUTE, noon, quiet, unsoundStock } from './kit.ts';

it('sorts a day of about 8,600 orders in time, and no piece is lost', { timeout: 120_000 }, async () => {
  const eight = noon - 6 * HOUR;
  const sandbox = await quiet({ startAt: eight, settings: { ordersPerDay: 8_600 } });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();

  await sandbox.advance(eight + 27 * HOUR);

  delay.disable();
  const paid = sandbox.world.store.all<{
    pay_date: number;
    sorted_at: number | null;
    status: string;
    question_type: string | null;
  }>('SELECT pay_date, sorted_at, status, question_type FROM erp_orders WHERE pay_date < ?', eight + 24 * HOUR);
  const going = paid.filter((order) => order.status !== 'Cancelled' && order.question_type === null);
  const waits = going
    .filter((order) => order.pay_date > eight + HOUR && order.pay_date < eight + 12 * HOUR)
    .map((order) => (order.sorted_at ?? Number.POSITIVE_INFINITY) - order.pay_date)
    .sort((a, b) => a - b);
  expect(paid.length).toBeGreaterThan(8_200);
  expect(paid.length).toBeLessThan(9_000);
  expect(going.filter((order) => order.sorted_at === null)).toEqual([]);
  expect(waits[Math.floor(waits.length * 0.5)]).toBeGreaterThan(15 * MINUTE);
  expect(waits[Math.floor(waits.length * 0.99)]).toBeLessThan(70 * MINUTE);
  expect(unsoundStock(sandbox)).toEqual([]);
  // A busy machine adds its own; only the whole run has one to itself.
  if (size === 'full') expect(delay.percentile(99)).toBeLessThan(100e6);
  await sandbox.stop();
});
