import { expect, it } from 'vitest';
import type { Window } from '../../src/ports/channel.ts';
import { createWalkHistory, shareOf } from '../../src/services/walk-history.ts';
import { anOrder, at, hour, minute, told } from '../kit/builders.ts';
import { startFlow } from '../kit/test-storage.ts';

const day = 24 * hour;

/** A shop that shows orders by the time they were placed, two a page. */
async function startWalking(backfillDays = 30) {
  const flow = await startFlow();
  let failAt = -1;
  const asked: { window: Window; cursor: string | undefined }[] = [];
  const channel = {
    ...flow.mini,
    windowMs: { updated: Number.POSITIVE_INFINITY, created: 12 * hour },
    async pullCreated(window: Window, cursor: string | undefined) {
      if (asked.push({ window, cursor }) === failAt) throw new Error('killed');
      const rows = [...flow.mini.orders.values()]
        .filter(({ placedAt }) => placedAt >= window.from && placedAt < window.to)
        .sort((a, b) => a.placedAt - b.placedAt);
      const from = Number(cursor ?? 0);
      const next = from + 2 < rows.length ? String(from + 2) : undefined;
      return { orders: rows.slice(from, from + 2).map((view) => told(view)), skipped: [], next };
    },
  };
  const source = { ...flow.shop, channel, backfillDays };
  const { storage, clock, ingest, directory } = flow;
  const history = createWalkHistory({ storage, clock, ingest, directory, log: { info() {}, warn() {}, error() {} } });
  const place = (no: string, placedAgo: number, paidAgo = placedAgo): void => {
    const now = clock.now();
    flow.mini.orders.set(
      no,
      anOrder({
        channelOrderNo: no,
        placedAt: now - placedAgo,
        paidAt: now - paidAgo,
        sourceUpdatedAt: now - paidAgo,
        shipBy: null,
      }),
    );
  };
  return {
    flow,
    source,
    history,
    asked,
    place,
    failAfter: (calls: number): void => {
      failAt = asked.length + calls;
    },
    walk: async (): Promise<void> => {
      while ((await history.step(source, flow.signal)) > 0);
    },
    stored: () => flow.rows('SELECT channelOrderNo AS no FROM "Order" ORDER BY 1').map(({ no }) => no),
  };
}

it('30 days by payment, to the minute: just inside is in, just outside is not, a late payment is [B4]', async () => {
  const { place, walk, stored, flow } = await startWalking();
  place('inside', 30 * day - minute);
  place('outside', 30 * day + minute);
  place('paid-late', 31 * day, 29 * day);
  place('today', hour);

  await walk();

  expect(stored()).toEqual(['inside', 'paid-late', 'today']);
  expect(await flow.storage.walks.find('backfill/mini')).toMatchObject({ orders: 3, finishedAt: at('10:00') });
});

it('the newest come first, in windows that the platform takes, and it is done once', async () => {
  const { walk, asked, flow, history, source } = await startWalking(1);
  await walk();

  expect(asked[0]?.window).toEqual({ from: at('10:00') - 12 * hour, to: at('10:00') });
  expect(asked).toHaveLength(8);
  expect(Math.min(...asked.map(({ window }) => window.from))).toBe(at('10:00') - 4 * day);
  expect(await history.step(source, flow.signal)).toBe(0);
});

it.each([1, 2, 3, 5, 8, 13])(
  'stopped at page %i it goes on there: nothing is missing and nothing is twice [B4]',
  async (calls) => {
    const { place, walk, stored, failAfter, flow } = await startWalking(2);
    const all = Array.from({ length: 25 }, (_, index) => `n${String(index).padStart(2, '0')}`);
    for (const [index, no] of all.entries()) place(no, index * hour + minute);
    failAfter(calls);
    await expect(walk()).rejects.toThrow('killed');
    await flow.clock.advanceTo(at('10:01'));

    await walk();

    expect(stored()).toEqual(all);
    expect(flow.rows('SELECT count(*) AS n FROM Event')).toEqual([{ n: 25 }]);
  },
);

it('tells how far it is, and that old orders are coming when it takes long [B4]', async () => {
  const { place, walk, history, source, flow } = await startWalking(1);
  place('1', hour);
  await history.step(source, flow.signal);
  await flow.clock.advanceTo(at('10:05'));
  await history.step(source, flow.signal);

  const row = await flow.storage.walks.find('backfill/mini');
  expect(row && shareOf(row)).toBe(0.25);
  expect(flow.messages().map(({ text }) => text)).toEqual([expect.stringContaining('正在补 1 天的老单')]);
  await walk();
  expect(flow.messages().at(-1)?.text).toContain('1 天的老单补齐了');
  expect(flow.messages()).toHaveLength(2);
});

it('every night the shop is compared with what is here: what was missed is put right, named and told [B2]', async () => {
  const { place, walk, stored, flow } = await startWalking(1);
  await walk();
  place('missed', 12 * hour);
  await flow.clock.advanceTo(at('10:00') + 17 * hour);
  await walk();

  expect(stored()).toEqual(['missed']);
  expect(await flow.storage.walks.find('check/mini')).toMatchObject({ differed: 1 });
  expect(await flow.storage.views.listOddities()).toMatchObject([{ kind: 'missing', lastRef: 'missed' }]);
  expect(flow.messages().at(-1)?.text).toContain('2 天 1 单里有 1 单漏了或旧了，已改正');
  const said = flow.messages().length;
  await walk();
  expect(flow.messages()).toHaveLength(said);
});

it('a shop that wants no past gets none', async () => {
  const { walk, asked } = await startWalking(0);
  await walk();

  expect(asked).toEqual([]);
});

it('a shop that refuses is left in peace for a minute, then for two', async () => {
  const { failAfter, walk, asked, history, source, flow } = await startWalking(1);
  failAfter(1);
  await expect(walk()).rejects.toThrow('killed');
  expect(await history.step(source, flow.signal)).toBe(0);
  await flow.clock.advanceTo(at('10:01'));
  failAfter(1);
  await expect(walk()).rejects.toThrow('killed');
  await flow.clock.advanceTo(at('10:02'));
  expect(await history.step(source, flow.signal)).toBe(0);

  expect(asked).toHaveLength(2);
  await flow.clock.advanceTo(at('10:03'));
  await walk();
  expect(await flow.storage.walks.find('backfill/mini')).toMatchObject({ finishedAt: at('10:03') });
});
