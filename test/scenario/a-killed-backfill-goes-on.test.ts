import { afterEach, beforeEach, expect, it } from 'vitest';
import { getJson, type Lab, openLab, pause, readRows, until } from '../kit/bot-process.ts';
import { bySize } from '../kit/size.ts';

const kills = bySize({ short: 1, moderate: 3, full: 10 });

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

it(`a backfill killed -9 at ${kills} points has every order once [B4]`, {
  timeout: 60_000 + kills * 10_000,
}, async () => {
  // Its time stands still, so that what has to come in is known.
  const sandbox = await lab.sandbox({ SANDBOX_RATE: '0', SANDBOX_SEED: 'backfill' });
  const env = { WARROOM_CLOCK: sandbox.url };
  const stored = (): readonly Record<string, unknown>[] =>
    readRows(lab.databaseFile, 'SELECT channelOrderNo AS no FROM "Order" ORDER BY 1');

  const points: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const before = kill === 0 ? 0 : stored().length;
    const program = lab.run(['backfill', 'mini', '--json'], env);
    const more = await until('orders come in', () => (stored().length > before ? stored().length : undefined));
    await pause((kill * 37) % 90);
    await program.end('SIGKILL');
    points.push(more);
  }
  const done = await lab.cli(['backfill', 'mini', '--json'], env);

  const wanted: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page = (await getJson(`${sandbox.url}/world/orders?limit=2000&after=${after}`)) as {
      orders: { orderNo: string }[];
      next: string | null;
    };
    wanted.push(...page.orders.map(({ orderNo }) => orderNo));
    after = page.next;
  }
  expect(done.err).toBe('');
  expect(wanted.length).toBeGreaterThan(2_000);
  expect(stored().map(({ no }) => no)).toEqual(wanted.sort());
  expect(
    readRows(lab.databaseFile, `SELECT subject FROM Event WHERE kind = 'order' GROUP BY 1 HAVING count(*) > 1`),
  ).toEqual([]);
  // The first kill came in the middle.
  expect(points[0]).toBeLessThan(wanted.length);
});
