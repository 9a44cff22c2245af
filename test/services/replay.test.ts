import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/adapters/clock/manual.ts';
import { openDatabase } from '../../src/adapters/db/database.ts';
import { createStorage } from '../../src/adapters/db/storage.ts';
import { readOrderSheet } from '../../src/adapters/files/read-order-sheet.ts';
import { createIdentifier } from '../../src/adapters/identifier.ts';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import type { Rule } from '../../src/domain/rule.ts';
import type { Storage } from '../../src/ports/stores.ts';
import type { Directory } from '../../src/services/directory.ts';
import { type ReplayOptions, type ReplayResult, replay } from '../../src/services/replay.ts';
import { openTestDb, tempDir } from '../kit/open-test-db.ts';
import { bySize, isLong } from '../kit/size.ts';

const hour = 3_600_000;
const migrations = resolve(import.meta.dirname, '../../prisma/migrations');

/** A company whose only warehouse is never open: none of that may reach a sheet. */
const directory: Directory = {
  timezone: 'Asia/Shanghai',
  shopName: (id) => id,
  channelOf: (id) => id,
  systemName: (id) => id,
  carrierName: (id) => id,
  warehouseOf: () => undefined,
  warehouses: () => [
    {
      id: 'main',
      name: '主仓',
      kind: 'own',
      province: '',
      city: '',
      systemId: 'wms',
      code: 'A',
      hours: ['Mon 09:00-09:01'],
      courierAt: [],
      speedPerHour: null,
      contact: '',
    },
  ],
  systemOf: () => 'wms',
  stageSourceOf: () => 'none',
  ruleSay: (id) => ({ zh: id, en: id }),
  personName: (id) => id,
  silentAfter: () => 0,
};

interface Replayed {
  readonly result: ReplayResult;
  readonly storage: Storage;
}

async function replayFile<T = ReplayResult>(
  path: string,
  look: (replayed: Replayed) => T | Promise<T> = ({ result }) => result as T,
  rules: readonly Rule[] = builtinRules,
  options: ReplayOptions = {},
): Promise<T> {
  const sheet = await readOrderSheet(path, { timezone: directory.timezone });
  const { file, cleanup } = await openTestDb();
  const database = await openDatabase(file, migrations);
  const storage = createStorage(database, { audit: Buffer.alloc(32) });
  const loud = (facts: object, sentence: string): never => {
    throw new Error(`${sentence} ${JSON.stringify(facts)}`);
  };
  try {
    const result = await replay(
      { rows: sheet.rows, skipped: sheet.skipped.length },
      {
        storage,
        clock: createManualClock(0),
        rules,
        directory,
        identifier: createIdentifier(Buffer.alloc(32)),
        log: { info() {}, warn: loud, error: loud },
        wallNow: () => performance.now(),
      },
      options,
    );
    return await look({ result, storage });
  } finally {
    await database.close();
    cleanup();
  }
}

async function withSheet<T>(lines: readonly string[], work: (path: string) => Promise<T>): Promise<T> {
  const { dir, cleanup } = tempDir();
  try {
    const path = join(dir, 'orders.csv');
    writeFileSync(path, lines.join('\n'));
    return await work(path);
  } finally {
    cleanup();
  }
}

/** What one rule alone finds. */
const alertsOf = (ruleId: string, ...lines: string[]): Promise<Readonly<Record<string, number>>> =>
  withSheet(lines, (path) =>
    replayFile(
      path,
      ({ result }) => result.alerts,
      builtinRules.filter(({ id }) => id === ruleId),
    ),
  );

describe('an order that is paid and not sorted for two hours [C1]', () => {
  const heading = 'order,status,placedAt,paidAt,sortedAt,carrierAt,closedAt';
  const paid = 'A1,paid,2026-11-11 10:00:00,2026-11-11 10:00:00';

  it.each([
    ['one millisecond before the two hours', '2026-11-11 11:59:59.999', {}],
    ['at exactly two hours', '2026-11-11 12:00:00.000', { 'paid-not-sorted': 1 }],
    ['one millisecond after the two hours', '2026-11-11 12:00:00.001', { 'paid-not-sorted': 1 }],
  ])('sorted %s', async (_, sortedAt, alerts) => {
    expect(await alertsOf('paid-not-sorted', heading, `${paid},${sortedAt},,`)).toEqual(alerts);
    expect(await alertsOf('paid-not-sorted', heading, `${paid},,${sortedAt},`)).toEqual(alerts);
    expect(await alertsOf('paid-not-sorted', heading, `${paid},,,${sortedAt}`)).toEqual(alerts);
  });

  it('raises one even when nothing happens after the payment, and none when it was cancelled at once', async () => {
    expect(await alertsOf('paid-not-sorted', heading, `${paid},,,`)).toEqual({ 'paid-not-sorted': 1 });
    expect(await alertsOf('paid-not-sorted', heading, `${paid.replace('paid', 'Canceled')},,,`)).toEqual({});
  });

  it('raises none before the payment, nor for a scan before it', async () => {
    expect(await alertsOf('paid-not-sorted', heading, 'A1,created,2026-11-11 10:00:00,,,,')).toEqual({});
    expect(
      await alertsOf(
        'paid-not-sorted',
        heading,
        'A1,shipped,2026-11-11 10:00:00,2026-11-13 10:00:00,,2026-11-12 10:00:00,',
      ),
    ).toEqual({});
  });

  it('is red, raised at the very due time, seen by the sheet itself, and ends when it is sorted', async () => {
    const look = ({ storage }: Replayed) => storage.alerts.list({ limit: 10 });
    const lines = [heading, `${paid},2026-11-11 15:00:00,,`, paid.replace('A1', 'A2')];
    const alerts = await withSheet(lines, (path) => replayFile(path, look, [builtinRules[0] as Rule]));
    const dueAt = Date.UTC(2026, 10, 11, 4);
    const common = { severity: 'critical', dueAt, raisedAt: dueAt, confirmedAt: dueAt, isLateFound: false };

    expect(alerts.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))).toMatchObject([
      { ...common, subject: 'order:file/A1', state: 'resolved', resolution: 'cleared', resolvedAt: dueAt + 3 * hour },
      { ...common, subject: 'order:file/A2', state: 'open', facts: { visibility: 'seen' } },
    ]);
  });

  it('judges hundreds that are due in the same millisecond', async () => {
    const many = Array.from({ length: 450 }, (_, index) => paid.replace('A1', `N${index}`));

    expect(await alertsOf('paid-not-sorted', heading, ...many)).toEqual({ 'paid-not-sorted': 450 });
  });
});

describe('a parcel of a sheet that does not move for 48 hours [C3] [N5]', () => {
  const heading = 'order,placedAt,shippedAt,carrierAt,deliveredAt,closedAt,waybill,province';
  const left = 'A1,2026-11-11 10:00:00,2026-11-11 12:00:00';
  const stalled = (...rows: string[]) => alertsOf('tracking-stalled', heading, ...rows);
  const one = { 'tracking-stalled': 1 };

  it.each([
    ['one millisecond before', '2026-11-13 11:59:59.999', {}],
    ['at exactly 48 hours', '2026-11-13 12:00:00.000', one],
    ['one millisecond after', '2026-11-13 12:00:00.001', one],
  ])('is delivered or closed %s', async (_, at, alerts) => {
    expect(await stalled(`${left},,${at},,,`)).toEqual(alerts);
    expect(await stalled(`${left},,,${at},,`)).toEqual(alerts);
    expect(await stalled(`${left},,,${at},SF1,`)).toEqual(alerts);
  });

  it('counts from the later of its upload and its scan, in whichever order they stand', async () => {
    expect(await stalled(`${left},2026-11-12 12:00:00,2026-11-14 11:59:59.999,,,`)).toEqual({});
    expect(await stalled(`${left},2026-11-12 12:00:00,2026-11-14 12:00:00,,,`)).toEqual(one);
    expect(await stalled(`${left},2026-11-11 11:00:00,2026-11-13 11:59:59.999,,,`)).toEqual({});
    expect(await stalled(`${left},2026-11-13 12:00:00,2026-11-13 13:00:00,,,`)).toEqual(one);
  });

  it('counts an order once, though its clock started anew while the alert was open', async () => {
    expect(await stalled(`${left},2026-11-16 12:00:00,2026-11-30 12:00:00,,,`)).toEqual(one);
  });

  it('counts every order of a parcel, and an order of two parcels once [P6]', async () => {
    expect(await stalled(`${left},,,,SF1,`, `${left.replace('A1', 'A2')},,,,sf1,`)).toEqual({ 'tracking-stalled': 2 });
    expect(await stalled(`${left},,,,SF1,`, `${left},,,,SF2,`)).toEqual(one);
  });

  it.each(['新疆维吾尔自治区', '西藏', '青海省'])('has 72 hours on its way to %s', async (province) => {
    expect(await stalled(`${left},,2026-11-14 11:59:59.999,,,${province}`)).toEqual({});
    expect(await stalled(`${left},,2026-11-14 12:00:00,,,${province}`)).toEqual(one);
  });

  it('starts at the scan where the sheet knows no upload, and not at all where nothing left', async () => {
    const few = (...rows: string[]) => alertsOf('tracking-stalled', 'order,carrierAt,deliveredAt,waybill', ...rows);
    const scanned = 'A1,2026-11-11 12:00:00';

    expect(await few(`${scanned},2026-11-13 12:00:00,`)).toEqual(one);
    expect(await few(`${scanned},2026-11-13 11:59:59.999,SF1`)).toEqual({});
    expect(await few('A1,,2026-11-13 12:00:00,SF1')).toEqual({});
    expect(await alertsOf('tracking-stalled', 'order,paidAt,waybill', 'A1,2026-11-11,SF1')).toEqual({});
  });

  it('has 72 hours after the last event to be broken in, and not a millisecond more', async () => {
    const lines = ['order,placedAt,shippedAt', 'A1,2026-11-01,2026-11-02'];
    const [rule] = builtinRules.filter(({ id }) => id === 'tracking-stalled');
    if (rule === undefined) throw new Error('no rule');
    const within = (after: number): Promise<number> => {
      const slower = { ...rule, on: { ...rule.on, after } as Rule['on'] };
      return withSheet(lines, (path) => replayFile(path, ({ storage }) => storage.alerts.count({}), [slower]));
    };

    expect([await within(72 * hour), await within(72 * hour + 1)]).toEqual([1, 0]);
  });
});

describe('orders of one phone in a sheet [C2] [N4]', () => {
  const at = (ms: number): string => new Date(Date.UTC(2026, 10, 11) + ms).toISOString();
  const orders = (phone: string, ...times: number[]): string[] =>
    times.map((ms, index) => `${phone.slice(-2)}${index},${index % 2 === 0 ? 'Canceled' : ''},${at(ms)},${phone}`);
  const bursts = (...rows: string[]) => alertsOf('same-buyer-burst', 'order,status,placedAt,phone', ...rows);
  const one = { 'same-buyer-burst': 1 };

  it('are a case from the fifth within 24 hours, the first not counting any more at 24:00:00.000', async () => {
    expect(await bursts(...orders('13800138000', 0, hour, 2 * hour, 3 * hour))).toEqual({});
    expect(await bursts(...orders('13800138000', 0, hour, 2 * hour, 3 * hour, 24 * hour - 1))).toEqual(one);
    expect(await bursts(...orders('13800138000', 0, hour, 2 * hour, 3 * hour, 24 * hour))).toEqual({});
    expect(await bursts(...orders('13800138000', 0, 0, 0, 0, 0))).toEqual(one);
  });

  it('are one case however many follow, and each phone has its own', async () => {
    const many = Array.from({ length: 30 }, (_, index) => index * hour);

    expect(await bursts(...orders('13800138000', ...many), ...orders('13900139011', ...many))).toEqual({
      'same-buyer-burst': 2,
    });
  });

  it('are found where the phone is foreign or hashed, and not where there is none', async () => {
    expect(await bursts(...orders('a3f1c0de', 0, 1, 2, 3, 4))).toEqual(one);
    expect(await bursts(...orders('', 0, 1, 2, 3, 4).map((row, index) => `N${index}${row}`))).toEqual({});
  });
});

describe('what a replay tells', () => {
  it('gives cycles in hours over orders with both ends, and counts negative ones apart [E1] [N6]', async () => {
    const lines = [
      'order,placedAt,paidAt,carrierAt,deliveredAt',
      'A1,2026-11-11 08:00:00,2026-11-11 08:00:00,2026-11-11 09:00:00,',
      'A2,2026-11-11 08:00:00,2026-11-11 08:00:00,2026-11-11 08:00:01,',
      'A3,2026-11-11 08:00:00,2026-11-11 08:00:00,,2026-11-12 08:00:00',
      'A4,2026-11-11 08:00:00,2026-11-11 08:00:00,,',
      'A5,2026-11-11 08:00:00,,2026-11-11 09:00:00,',
      'A6,2026-11-11 08:00:00,2026-11-11 10:00:00,2026-11-11 09:00:00,',
      'A7,2026-11-11 08:00:00,2026-11-11 08:00:00,2026-11-11 08:00:00,',
      'no time,,,,',
    ];
    const result = await withSheet(lines, (path) => replayFile(path));

    expect(result).toMatchObject({
      orders: 7,
      skipped: 1,
      cycles: { n: 4, mean: 6.2501, p50: 0.0003, p90: 24, negative: 1 },
    });
    expect(result.seconds).toBeGreaterThan(0);
  });

  it('has no number where there is none to give [N6]', async () => {
    expect(await withSheet(['order,paidAt'], (path) => replayFile(path))).toMatchObject({
      orders: 0,
      skipped: 0,
      alerts: {},
      cycles: { n: 0, mean: null, p50: null, p90: null, negative: 0 },
    });
  });

  it('keeps of the people a mask and a hash that joins their orders, never the number itself', async () => {
    const lines = [
      'order,paidAt,phone,province',
      'A1,2026-11-11,13800138000,广东',
      'A2,2026-11-12,+86 138 0013 8000,广东',
    ];
    const look = async ({ storage }: Replayed) => ({
      orders: await Promise.all(['A1', 'A2'].map((no) => storage.views.findOrderByNo('file', no))),
      events: await storage.events.listFor(['order:file/A1', 'order:file/A2'], 100),
    });
    const { orders, events } = await withSheet(lines, (path) => replayFile(path, look));

    expect(orders.map((order) => order?.receiver.phone)).toEqual(['138****8000', '138****8000']);
    expect(orders[0]?.identities).toHaveLength(1);
    expect(orders[0]?.identities).toEqual(orders[1]?.identities);
    expect(events.length).toBeGreaterThan(0);
    expect(JSON.stringify([orders, events])).not.toMatch(/138\s*0013\s*8000/);
  });

  it('tells how far it is, and ends when it is told to', async () => {
    const row = (index: number): string => {
      const at = new Date(Date.UTC(2026, 0, 1) + index * 3 * hour).toISOString();
      return `N${index},${at},${at}`;
    };
    const lines = ['order,placedAt,paidAt', ...Array.from({ length: 200 }, (_, index) => row(index))];
    const seen: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }): void => void seen.push(done / total);
    await withSheet(lines, (path) => replayFile(path, undefined, undefined, { onProgress }));

    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);

    const ending = new AbortController();
    const stopped = withSheet(lines, (path) =>
      replayFile(path, undefined, undefined, { signal: ending.signal, onProgress: () => ending.abort() }),
    );
    await expect(stopped).rejects.toThrow('aborted');
  });
});

/** The same question put to plain arithmetic on the cells: no views, no clock, no database. */
interface Cells {
  readonly status: string;
  readonly placedAt: number | undefined;
  readonly paidAt: number | undefined;
  readonly sortedAt: number | undefined;
  readonly shippedAt: number | undefined;
  readonly carrierAt: number | undefined;
  readonly deliveredAt: number | undefined;
  readonly closedAt: number | undefined;
  readonly phone: string;
}
const least = (...moments: (number | undefined)[]): number | undefined => {
  const told = moments.filter((at) => at !== undefined);
  return told.length === 0 ? undefined : Math.min(...told);
};

function naive(rows: readonly Cells[]) {
  let alerts = 0;
  let stalled = 0;
  const all = rows
    .flatMap(({ status: _status, phone: _phone, ...times }) => Object.values(times))
    .filter((at) => at !== undefined);
  const ends = Math.max(...all) + 72 * hour;
  const cycles: number[] = [];
  let negative = 0;
  for (const row of rows) {
    const { paidAt, sortedAt, shippedAt, carrierAt, deliveredAt, placedAt } = row;
    const told = [placedAt, paidAt, sortedAt, shippedAt, carrierAt, deliveredAt].filter((at) => at !== undefined);
    const isClosed = /^(cancell?ed|closed|unavailable)$/i.test(row.status);
    const closedAt = row.closedAt ?? (isClosed ? Math.max(...told) : undefined);
    const stops = [sortedAt, shippedAt, carrierAt, deliveredAt, closedAt].filter((at) => at !== undefined);
    if (paidAt !== undefined && !stops.some((at) => at < paidAt + 2 * hour)) alerts += 1;
    const scannedAt = carrierAt ?? deliveredAt;
    const left = [shippedAt ?? least(carrierAt, deliveredAt), scannedAt].filter((at) => at !== undefined);
    const ended = [deliveredAt, closedAt].filter((at) => at !== undefined);
    const isStalled = left.some((start) => {
      const due = start + 48 * hour;
      return due <= ends && !left.some((at) => at > start && at < due) && !ended.some((at) => at < due);
    });
    if (isStalled) stalled += 1;
    if (paidAt === undefined || scannedAt === undefined) continue;
    if (scannedAt < paidAt) negative += 1;
    else cycles.push((scannedAt - paidAt) / hour);
  }
  cycles.sort((a, b) => a - b);
  const rank = (share: number): number | null =>
    cycles.find((_, index) => (index + 1) / cycles.length >= share) ?? null;
  const mean = cycles.length === 0 ? null : cycles.reduce((sum, each) => sum + each, 0) / cycles.length;
  const phones = [...new Set(rows.map(({ phone }) => phone))].filter((phone) => phone !== '');
  const bursts = phones.filter((phone) => {
    const placed = rows
      .filter((row) => row.phone === phone)
      .map(({ placedAt, paidAt }) => placedAt ?? paidAt ?? Number.NaN);
    return placed.some((end) => placed.filter((at) => at <= end && at > end - 24 * hour).length >= 5);
  }).length;
  return { alerts, stalled, bursts, n: cycles.length, mean, p50: rank(0.5), p90: rank(0.9), negative };
}

it('equals plain arithmetic on any sheet with any of the columns [C1] [C2] [C3] [E1] [N6]', {
  timeout: 300_000,
}, async () => {
  const start = Date.UTC(2026, 10, 11);
  // Quarters of an hour and a millisecond beside them: many moments, due times and orders fall together.
  const moment = fc
    .tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(0, 0, 24, 48, 96), fc.constantFrom(-1, 0, 0, 0, 1))
    .map(([quarter, hours, ms]) => start + quarter * 900_000 + hours * hour + ms);
  const maybe = fc.option(moment, { nil: undefined, freq: 2 });
  const row = fc.record({
    status: fc.constantFrom('delivered', 'shipped', 'Canceled', 'CLOSED', 'unavailable', 'processing', ''),
    placedAt: moment,
    paidAt: fc.option(moment, { nil: undefined, freq: 5 }),
    sortedAt: maybe,
    shippedAt: maybe,
    carrierAt: maybe,
    deliveredAt: maybe,
    closedAt: fc.option(moment, { nil: undefined, freq: 1 }),
    phone: fc.constantFrom('', '13800138000', '13900139000', 'e4d909c2'),
  });
  const columns = [
    'status',
    'placedAt',
    'paidAt',
    'sortedAt',
    'shippedAt',
    'carrierAt',
    'deliveredAt',
    'closedAt',
    'phone',
  ] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 60 }),
      fc.subarray([...columns]),
      fc.boolean(),
      async (told, some, named) => {
        const kept = [...new Set([...some, 'placedAt' as const])];
        const rows = told.map((each) => {
          const cells = Object.fromEntries(kept.map((column) => [column, each[column]]));
          return { status: '', phone: '', ...cells } as Cells;
        });
        // With waybills the parcels are asked, without them the orders: that must not matter.
        const lines = rows.map((each, index) =>
          [`N${index}`, ...kept.map((column) => each[column] ?? ''), ...(named ? [`SF${index}`] : [])].join(','),
        );
        const { result, late } = await withSheet(
          [`order,${kept.join(',')}${named ? ',waybill' : ''}`, ...lines],
          (path) =>
            replayFile(path, async ({ result: told, storage }) => ({
              result: told,
              late: (await storage.alerts.list({ limit: 1_000 })).filter(
                ({ ruleId, raisedAt, dueAt }) => ruleId === 'paid-not-sorted' && raisedAt !== dueAt,
              ),
            })),
        );
        const expected = naive(rows);
        const { alerts, cycles } = result;

        expect(late).toEqual([]);
        expect([result.orders, alerts['paid-not-sorted'] ?? 0]).toEqual([rows.length, expected.alerts]);
        expect([alerts['tracking-stalled'] ?? 0, alerts['same-buyer-burst'] ?? 0]).toEqual([
          expected.stalled,
          expected.bursts,
        ]);
        expect([cycles.n, cycles.negative]).toEqual([expected.n, expected.negative]);
        for (const name of ['mean', 'p50', 'p90'] as const) {
          if (expected[name] === null) expect(cycles[name]).toBeNull();
          else expect(Math.abs((cycles[name] ?? Number.NaN) - expected[name])).toBeLessThanOrEqual(0.000051);
        }
      },
    ),
    { numRuns: bySize({ short: 30, moderate: 100, full: 300 }) },
  );
});

it('finds in 1,500 real orders what plain arithmetic finds, in a few seconds [C1] [C3] [E1]', {
  timeout: 300_000,
}, async () => {
  const path = join(process.env.WARROOM_SAMPLES ?? '', 'data/real-orders.csv');
  if (process.env.WARROOM_SAMPLES !== undefined && existsSync(path)) {
    const result = await replayFile(path);

    expect(result).toMatchObject({ orders: 1_500, skipped: 0 });
    expect(result.alerts).toEqual({ 'paid-not-sorted': 1_465, 'tracking-stalled': 1_331 });
    expect(result.cycles).toEqual({ n: 1_459, mean: 76.3927, p50: 49.4494, p90: 150.9767, negative: 1 });
    expect(result.seconds).toBeLessThan(20);
    return;
  }
  if (isLong) throw new Error('WARROOM_SAMPLES must name the folder that holds data/real-orders.csv');
  const start = Date.UTC(2026, 0, 1);
  const iso = (hours: number): string => new Date(start + hours * hour).toISOString();
  // Every third is sorted in time, every third late, every third never.
  const rows = Array.from({ length: 300 }, (_, index) => {
    const carrierAt = ['', iso(index + 1), iso(index + 30)][index % 3] ?? '';
    return `N${index},${iso(index)},${iso(index)},${carrierAt}`;
  });
  const result = await withSheet(['order,placedAt,paidAt,carrierAt', ...rows], (made) => replayFile(made));

  expect(result).toMatchObject({ orders: 300, skipped: 0 });
  expect(result.alerts).toEqual({ 'paid-not-sorted': 200, 'tracking-stalled': 200 });
  expect(result.cycles).toEqual({ n: 200, mean: 15.5, p50: 1, p90: 30, negative: 0 });
});
