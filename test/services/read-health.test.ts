import { expect, it } from 'vitest';
import type { Asking } from '../../src/domain/asking.ts';
import type { FulfillmentView } from '../../src/domain/fulfillment.ts';
import type { Period } from '../../src/domain/health-report.ts';
import type { OrderView } from '../../src/domain/order.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import { createKeepLights } from '../../src/services/keep-lights.ts';
import { createReadAlerts } from '../../src/services/read-alerts.ts';
import { createReadBoard } from '../../src/services/read-board.ts';
import { createReadHealth } from '../../src/services/read-health.ts';
import { aFulfillment, anAlert, anOrder, at, day, hour, minute } from '../kit/builders.ts';
import { shopOf } from '../kit/fake-directory.ts';
import { rateLimits } from '../kit/health.ts';
import { bySize } from '../kit/size.ts';
import { type Flow, startFlow, textOf } from '../kit/test-storage.ts';
import { lineReport } from '../web/company.ts';

const readOf = ({ storage, clock, directory }: Flow) =>
  createReadHealth({ stores: storage, clock, directory, limits: rateLimits });
const lightsOf = (flow: Flow) => {
  const { storage, clock, directory, rulebook, detect, signal } = flow;
  const look = createKeepLights({ storage, clock, directory, rulebook, detect, metrics: silentMetrics });
  return () => look(signal);
};
const start = () => startFlow({ startAt: at('18:00') });
const mean = (all: readonly number[]) =>
  all.length === 0 ? null : all.reduce((sum, each) => sum + each, 0) / all.length;

/** Numbers that look random and are the same in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Life {
  readonly no: string;
  readonly warehouse: '' | 'hz' | 'gz';
  readonly kind: OrderView['kind'];
  readonly paidAt: number | null;
  readonly sortedAt: number | null;
  readonly shippedAt: number | null;
  readonly scannedAt: number | null;
  readonly closedAt: number | null;
}

/** Nine days of orders: some wait, some end early, some are scanned before they were paid. */
function livesOf(count: number, until: number): readonly Life[] {
  const roll = dice(20_261_124);
  return Array.from({ length: count }, (_, index) => {
    const placedAt = Math.floor(until - 9 * day + (index / count) * 9 * day);
    const paidAt = roll() < 0.97 ? placedAt + Math.floor(roll() * 20 * minute) : null;
    const later = (from: number | null, share: number, ms: number): number | null => {
      const time = from === null ? Number.POSITIVE_INFINITY : Math.floor(from + roll() ** 3 * ms);
      return roll() < share && time <= until ? time : null;
    };
    const sortedAt = later(paidAt, 0.96, 12 * hour);
    const shippedAt = later(sortedAt, 0.97, 20 * hour);
    const isOdd = roll() < 0.01;
    const scannedAt = isOdd && paidAt !== null ? paidAt - 1 : later(shippedAt, 0.97, 15 * hour);
    return {
      no: String(202_611_000_000 + index),
      warehouse: (['hz', 'gz', 'hz', ''] as const)[Math.floor(roll() * 4)] ?? '',
      kind: roll() < 0.02 ? 'postage' : 'sale',
      paidAt,
      sortedAt,
      shippedAt,
      scannedAt,
      closedAt: later(placedAt, 0.05, 3 * day),
    };
  });
}

const viewOf = (life: Life, until: number): OrderView => {
  const seen = (time: number | null) => (time !== null && time <= until ? time : null);
  const moments = {
    paidAt: seen(life.paidAt),
    sortedAt: seen(life.sortedAt),
    shippedAt: seen(life.shippedAt),
    scannedAt: seen(life.scannedAt),
    closedAt: seen(life.closedAt),
  };
  const known = Object.values(moments).filter((time) => time !== null);
  return anOrder({
    ...moments,
    channelOrderNo: life.no,
    kind: life.kind,
    status: moments.closedAt === null ? 'allocated' : 'closed',
    sourceUpdatedAt: Math.max(0, ...known),
    placedAt: (life.paidAt ?? until) - minute,
    identities: [],
    lines: [],
  });
};

const partOf = (life: Life, index: number, warehouse: string): FulfillmentView =>
  aFulfillment({
    systemOrderNo: `F${index}`,
    channelOrderNos: [life.no],
    warehouseCode: warehouse === 'gz' ? '1002' : '1001',
    sourceUpdatedAt: warehouse === life.warehouse ? 2 : 1,
    stageAt: 1,
  });

/** The company's history in pieces and out of order: seen half-way, moved to another warehouse, seen again whole. */
async function live(flow: Flow, lives: readonly Life[], now: number): Promise<void> {
  const { storage } = flow;
  const { derivation } = flow.rulebook();
  const saveOrders = (until: number) =>
    storage.transaction(async (tx) => {
      const records = lives.map((life) => ({ view: viewOf(life, until), seal: null }));
      await tx.views.saveOrders('shop:mini', records, now, derivation);
    });
  const saveParts = (pick: (life: Life) => string) =>
    storage.transaction(async (tx) => {
      const parts = lives.flatMap((life, index) => (life.warehouse === '' ? [] : partOf(life, index, pick(life))));
      await tx.views.saveFulfillments('system:wms', parts, now, derivation, shopOf);
    });
  await saveOrders(now - 3 * day);
  await saveParts(({ warehouse, no }) => (Number(no) % 3 === 0 ? (warehouse === 'hz' ? 'gz' : 'hz') : warehouse));
  await saveOrders(now);
  await saveParts(({ warehouse }) => warehouse);
}

/** The day in Beijing, without any of the product's own reckoning. */
const dayOf = (time: number) => new Date(time + 8 * hour).toISOString().slice(0, 10);

/** What health has to say of these lives, reckoned the long way. */
function oracle(lives: readonly Life[], from: string, to: string) {
  const sales = lives.filter(({ kind, paidAt }) => kind === 'sale' && paidAt !== null);
  const least = (...times: (number | null)[]) => {
    const known = times.filter((time) => time !== null);
    return known.length === 0 ? null : Math.min(...known);
  };
  // A later stage implies the earlier ones.
  const moments = sales.map(({ paidAt, sortedAt, shippedAt, scannedAt }) => {
    const sent = least(shippedAt, scannedAt);
    return { paidAt: paidAt ?? 0, sortedAt: least(sortedAt, sent), shippedAt: sent, scannedAt };
  });
  type Name = 'paidAt' | 'sortedAt' | 'shippedAt' | 'scannedAt';
  const within = (time: number | null) => time !== null && dayOf(time) >= from && dayOf(time) <= to;
  const times = (a: Name, b: Name) =>
    moments.flatMap((each) => {
      const [begin, end] = [each[a], each[b]];
      return begin !== null && end !== null && end >= begin && within(end) ? [end - begin] : [];
    });
  return {
    cycles: times('paidAt', 'scannedAt'),
    negative: moments.filter(({ paidAt, scannedAt }) => scannedAt !== null && scannedAt < paidAt && within(scannedAt))
      .length,
    payToSort: times('paidAt', 'sortedAt'),
    sortToShip: times('sortedAt', 'shippedAt'),
    shipToScan: times('shippedAt', 'scannedAt'),
    paid: moments.filter(({ paidAt }) => within(paidAt)).length,
    sent: moments.filter(({ shippedAt }) => within(shippedAt)).length,
  };
}

function openAgeOracle(lives: readonly Life[], now: number): number | null {
  return mean(
    lives.flatMap(({ kind, paidAt, scannedAt, closedAt }) => {
      if (kind !== 'sale' || paidAt === null || closedAt !== null || paidAt <= now - day || paidAt > now) return [];
      if (scannedAt !== null && scannedAt < paidAt) return [];
      return [(scannedAt ?? now) - paidAt];
    }),
  );
}

const rank = (all: readonly number[], percent: number) => {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((sorted.length * percent) / 100)) - 1] ?? Number.NaN;
};

it('says what an oracle says of thousands of orders: means exactly, percentiles within 2 % [E1, E7, E8, N6]', async () => {
  const flow = await start();
  const now = flow.clock.now();
  const lives = livesOf(bySize({ short: 1_500, moderate: 10_000, full: 10_000 }), now);
  await live(flow, lives, now);
  const spans: readonly [Period, string, string][] = [
    ['day', '2026-11-24', '2026-11-24'],
    ['week', '2026-11-23', '2026-11-24'],
    ['month', '2026-11-01', '2026-11-24'],
  ];

  for (const [period, from, to] of spans) {
    const health = await readOf(flow)(period);
    const want = oracle(lives, from, to);
    expect(health).toMatchObject({ from, to });
    for (const [told, exact] of [
      [health.cycle.all, want.cycles],
      [health.stages.payToSort, want.payToSort],
      [health.stages.sortToShip, want.sortToShip],
      [health.stages.shipToScan, want.shipToScan],
    ] as const) {
      expect(exact.length).toBeGreaterThan(20);
      expect(told).toMatchObject({ n: exact.length, mean: mean(exact) });
      for (const [value, percent] of [
        [told.p50, 50],
        [told.p90, 90],
        [told.p99, 99],
      ] as const) {
        expect(Math.abs((value ?? Number.NaN) - rank(exact, percent))).toBeLessThanOrEqual(rank(exact, percent) * 0.02);
      }
    }
    expect(health.numbers.cycle).toEqual({ n: want.cycles.length, mean: mean(want.cycles) });
    expect(health.cycle.negative).toBe(want.negative);
    expect(health.cycle.day.n + health.cycle.night.n).toBe(want.cycles.length);
  }
  const [whole, ...warehouses] = (await readOf(flow)('day')).lights;
  expect(whole.mean).toBe(openAgeOracle(lives, now));
  expect(warehouses.map(({ mean: told }) => told)).toEqual(
    ['hz', 'gz'].map((id) =>
      openAgeOracle(
        lives.filter(({ warehouse }) => warehouse === id),
        now,
      ),
    ),
  );
});

it('says what SQL says of the orders themselves at the same instant [E8]', async () => {
  const flow = await start();
  const now = flow.clock.now();
  await live(flow, livesOf(400, now), now);
  const today = `paidAt IS NOT NULL AND kind = 'sale' AND scannedAt >= ${at('00:00')} AND scannedAt >= paidAt`;
  const open = `kind = 'sale' AND closedAt IS NULL AND paidAt > ${now - day} AND paidAt <= ${now}`;

  const { cycle, lights } = await readOf(flow)('day');

  const [byHand] = flow.rows(
    `SELECT count(*) AS n, sum(scannedAt - paidAt) * 1.0 / count(*) AS mean FROM "Order" WHERE ${today}`,
  );
  expect(cycle.all).toMatchObject(byHand ?? {});
  const [age] = flow.rows(
    `SELECT sum(coalesce(scannedAt, ${now}) - paidAt) * 1.0 / count(*) AS mean, sum(scannedAt IS NULL) AS open
     FROM "Order" WHERE ${open} AND (scannedAt IS NULL OR scannedAt >= paidAt)`,
  );
  expect(lights[0]).toMatchObject(age ?? {});
  expect(age?.['open']).toBeGreaterThan(5);
});

it('rebuilt from the events is what was kept live [E8]', async () => {
  const flow = await start();
  await live(flow, livesOf(300, flow.clock.now()), flow.clock.now());
  await flow.storage.views.noteMark(
    { kind: 'urge', subject: 'order:mini/202611000100', source: 'shop:mini', sourceId: 'u1' },
    { occurredAt: flow.clock.now(), receivedAt: flow.clock.now() },
    flow.rulebook().derivation,
  );
  const kept = () => [
    flow.rows('SELECT * FROM OrderLap ORDER BY orderId'),
    flow.rows('SELECT * FROM HealthTally ORDER BY day, metric, scope, bucket'),
  ];
  const lived = kept();

  await flow.storage.views.rebuild(flow.rulebook().derivation, shopOf);

  expect(lived[0]?.some(({ urgedAt }) => urgedAt !== null)).toBe(true);
  expect(kept()).toEqual(lived);
});

it('agrees across day, week and month: days add up [E7]', async () => {
  const flow = await start();
  await live(flow, livesOf(400, flow.clock.now()), flow.clock.now());
  const read = readOf(flow);
  const days = await Promise.all(['2026-11-23', '2026-11-24'].map((each) => read('day', each)));

  const week = await read('week');

  expect(week.numbers.cycle.n).toBe(days.reduce((sum, each) => sum + each.numbers.cycle.n, 0));
  expect((week.numbers.cycle.mean ?? 0) * week.numbers.cycle.n).toBeCloseTo(
    days.reduce((sum, { numbers }) => sum + (numbers.cycle.mean ?? 0) * numbers.cycle.n, 0),
    0,
  );
  expect((await read('week', '2026-11-23')).from).toBe('2026-11-23');
  expect((await read('week', '2026-11-22')).from).toBe('2026-11-16');
});

it('ends a day at 00:00 in Shanghai [E7]', async () => {
  const flow = await start();
  const scan = (no: string, scannedAt: number) =>
    anOrder({ channelOrderNo: no, paidAt: scannedAt - hour, scannedAt, sourceUpdatedAt: scannedAt });
  await flow.tell(scan('1001', at('00:00') - 1), scan('1002', at('00:00')));
  const read = readOf(flow);

  expect((await read('day', '2026-11-23')).numbers.cycle.n).toBe(1);
  expect((await read('day', '2026-11-24')).numbers.cycle.n).toBe(1);
});

it('takes back what an order had added when it learns better', async () => {
  const flow = await start();
  await flow.tell(anOrder({ scannedAt: at('12:00'), sourceUpdatedAt: at('12:00') }));
  await flow.tell(anOrder({ scannedAt: at('13:00'), sourceUpdatedAt: at('13:00') }));
  await flow.show(aFulfillment({ warehouseCode: '1002' }));

  const { cycle } = await readOf(flow)('day');

  expect(cycle.all).toMatchObject({ n: 1, mean: 3 * hour });
  expect(flow.rows("SELECT scope, sum(n) AS n FROM HealthTally WHERE metric LIKE 'cycle%' GROUP BY scope")).toEqual([
    { scope: 'gz', n: 1 },
  ]);
});

it('has no urge or mis-ship rate while no source tells, and then counts an order once [E2, E3, N7, N8]', async () => {
  const flow = await start();
  await flow.tell(
    ...['1', '2', '3', '4'].map((no) =>
      anOrder({ channelOrderNo: no, shippedAt: at('12:00'), sourceUpdatedAt: at('12:00') }),
    ),
  );
  const read = readOf(flow);
  const mark = (kind: 'urge' | 'mis-ship', no: string, sourceId: string) =>
    flow.storage.views.noteMark(
      { kind, subject: `order:mini/${no}`, source: 'shop:mini', sourceId },
      { occurredAt: at('15:00'), receivedAt: at('15:00') },
      flow.rulebook().derivation,
    );
  const before = await read('day');

  const noted = [
    await mark('urge', '1', 'u1'),
    await mark('urge', '1', 'u2'),
    await mark('urge', '1', 'u2'),
    await mark('mis-ship', '2', 'm1'),
  ];
  const after = await read('day');

  expect([before.urge, before.misShip]).toMatchObject([
    { rate: null, light: 'none' },
    { rate: null, light: 'none' },
  ]);
  expect(noted).toEqual([true, true, false, true]);
  expect([after.urge, after.misShip]).toMatchObject([
    { rate: { of: 1, n: 4 }, light: 'red' },
    { rate: { of: 1, n: 4 }, light: 'red' },
  ]);
});

it('keeps a red light red until it is below 7:45:00, over a restart [E6, N6]', async () => {
  const flow = await start();
  const keep = lightsOf(flow);
  const now = flow.clock.now();
  const open = anOrder({ channelOrderNo: '1', paidAt: now - 8 * hour - 1_000 });
  await flow.tell(open);
  await keep();
  const red = (await readOf(flow)('day')).lights[0];
  // A second, younger one brings the mean down to 7:50, and a third below 7:45.
  await flow.tell(anOrder({ channelOrderNo: '2', paidAt: now - 8 * hour + 20 * minute + 1_000 }));
  const still = (await readOf(flow)('day')).lights[0];
  await lightsOf(flow)();
  await flow.tell(anOrder({ channelOrderNo: '3', paidAt: now - 7 * hour }));
  const cleared = (await readOf(flow)('day')).lights[0];

  expect([red.light, red.mean, red.since]).toEqual(['red', 8 * hour + 1_000, now]);
  expect([still.light, still.mean]).toEqual(['red', 7 * hour + 50 * minute]);
  expect([cleared.light, cleared.since]).toEqual(['yellow', null]);
});

it('tells the second in which a light turns when nothing else happens [E4, E5]', async () => {
  const flow = await start();
  const now = flow.clock.now();
  await flow.tell(anOrder({ paidAt: now - 5 * hour }));

  const [light] = (await readOf(flow)('day')).lights;
  expect(light).toMatchObject({ light: 'green', next: { light: 'yellow', at: now + hour + 1 } });

  await flow.clock.advanceTo(now + hour);
  expect((await readOf(flow)('day')).lights[0].light).toBe('green');
  await flow.clock.advanceTo(now + hour + 1);
  expect((await readOf(flow)('day')).lights[0]).toMatchObject({ light: 'yellow', next: { light: 'red' } });
});

it('knows no light where nothing was paid, and that is not green [E6]', async () => {
  const flow = await start();

  expect((await readOf(flow)('day')).lights.map(({ light }) => light)).toEqual(['none', 'none', 'none']);
});

it('counts what was said, taken up, solved and left lying; claimed and fixed are two numbers [C6, N19]', async () => {
  const flow = await start();
  const { storage } = flow;
  const saidAt = at('10:00');
  const raise = async (no: string, verdict: 'said' | 'listed') => {
    const alert = await storage.alerts.raise(anAlert({ subject: `order:mini/${no}`, raisedAt: saidAt }));
    if (alert === undefined) throw new Error('not raised');
    await storage.alerts.markDispatched([alert.id], saidAt);
    await storage.alerts.decide([alert.id], 'war', saidAt, verdict, 'first');
    return alert.id;
  };
  const [a, b, c] = [await raise('1', 'said'), await raise('2', 'said'), await raise('3', 'said')];
  await raise('4', 'said');
  await raise('5', 'listed');
  await storage.alerts.claim(a, 'person:li', saidAt + 4 * minute, saidAt + 34 * minute);
  await storage.alerts.resolve(a, saidAt + 60 * minute, 'cleared');
  await storage.alerts.claim(b, 'person:li', saidAt + 10 * minute, saidAt + 40 * minute);
  await storage.alerts.resolve(c, saidAt + 30 * minute, 'cleared');

  expect((await readOf(flow)('day')).alerts).toEqual({
    said: 4,
    acted: { n: 2, mean: 7 * minute, p90: 10 * minute },
    solved: { n: 2, mean: 45 * minute },
    byThemselves: 1,
    nobody: 1,
  });
  expect((await readOf(flow)('day', '2026-11-23')).alerts.said).toBe(0);
});

it('measures our own delay apart from the lag of the platform, by source [B6]', async () => {
  const flow = await start();
  const now = flow.clock.now();
  const view = anOrder({ sourceUpdatedAt: now - 10 * minute });
  await flow.ingest.saveOrders('shop:mini', [{ view, receiver: null, visibleAt: now - 8_000 }]);
  await flow.ingest.saveOrders('shop:mini', [{ view, receiver: null, visibleAt: now - 8_000 }]);

  const [delay, ...others] = (await readOf(flow)('day')).delays;

  expect(others).toEqual([]);
  expect(delay).toMatchObject({
    source: '小程序商城',
    ours: { n: 1, mean: 8_000 },
    lag: { n: 1, mean: 10 * minute - 8_000 },
  });
});

it('compares with the day before and with the same day a week before [E10]', async () => {
  const flow = await start();
  const scanned = (no: string, date: string, ms: number) =>
    anOrder({
      channelOrderNo: no,
      paidAt: at('10:00', date),
      scannedAt: at('10:00', date) + ms,
      sourceUpdatedAt: at('23:00', date),
    });
  await flow.tell(
    scanned('1', '2026-11-23', 4 * hour),
    scanned('2', '2026-11-22', 5 * hour),
    scanned('3', '2026-11-16', 7 * hour),
  );

  const health = await readOf(flow)('day', '2026-11-23');

  expect(health.numbers.cycle.mean).toBe(4 * hour);
  expect(health.before.cycle.mean).toBe(5 * hour);
  expect(health.weekBefore?.cycle.mean).toBe(7 * hour);
  expect(health.trend.map(({ day: each, n }) => `${each.slice(5)} ${n}`)).toEqual([
    '11-17 0',
    '11-18 0',
    '11-19 0',
    '11-20 0',
    '11-21 0',
    '11-22 1',
    '11-23 1',
  ]);
});

it('counts all that is unresolved, however much it is, and the board and the list say the same number', async () => {
  const flow = await start();
  await flow.storage.transaction(async (tx) => {
    for (let index = 0; index < 600; index += 1)
      await tx.alerts.raise({ ...anAlert(), subject: `order:mini/${index}`, severity: 'critical' });
    for (let index = 0; index < 30; index += 1)
      await tx.alerts.raise({
        ...anAlert(),
        ruleId: 'ship-by-risk',
        subject: `order:mini/${index}`,
        severity: 'warning',
      });
    const [one] = await tx.alerts.list({ ruleId: 'ship-by-risk', limit: 1 });
    if (one !== undefined) await tx.alerts.claim(one.id, 'person:li', at('18:00'), at('19:00'));
  });

  const health = await readOf(flow)('day');
  expect(health.openAlerts).toBe(630);
  expect(health.stuck.map(({ ruleId, count }) => [ruleId, count])).toEqual([
    ['paid-not-sorted', 600],
    ['ship-by-risk', 30],
  ]);
  const board = await createReadBoard({
    ...flow,
    stores: flow.storage,
    readHealth: readOf(flow),
    readLine: async () => lineReport,
    readRisk: async () => null,
  })('zh');
  expect(board).toMatchObject({ alertCount: 630, listed: 500, tiles: { critical: 600, warning: 30, unclaimed: 629 } });
  expect(board.groups.map(({ count, unclaimed, alerts }) => [count, unclaimed, alerts.length])).toEqual([
    [600, 600, 500],
    [30, 29, 0],
  ]);
  const [list] = await createReadAlerts(flow).all({ language: 'zh' } as Asking, undefined);
  expect(list === undefined ? '' : textOf(list)).toContain('630 件没解决 · 1 件有人在办');
});
