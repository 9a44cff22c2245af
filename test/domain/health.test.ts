import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketOf,
  crossingAt,
  cycleLight,
  delaysOf,
  type Laps,
  type Measure,
  measuresOf,
  openAge,
  rateLight,
  tally,
  worstLight,
} from '../../src/domain/health.ts';
import { addDays, daysBetween, firstOfMonth, localDay, mondayOf, startOfDay } from '../../src/domain/local-day.ts';
import { nearestRank } from '../../src/domain/percentiles.ts';
import { at, hour, minute } from '../kit/builders.ts';

const zone = 'Asia/Shanghai';

const laps = (change: Partial<Laps> = {}): Laps => ({
  warehouse: 'hz',
  paidAt: at('10:00'),
  sortedAt: null,
  shippedAt: null,
  scannedAt: null,
  closedAt: null,
  urgedAt: null,
  misShippedAt: null,
  ...change,
});
const bucketsOf = (values: readonly number[]) => values.map((value) => ({ bucket: bucketOf(value), n: 1, sum: value }));
const named = (measures: readonly Measure[]) => measures.map(({ day, metric }) => `${day} ${metric}`);

describe('days [E7]', () => {
  it('begin at 00:00 in Shanghai, to the millisecond', () => {
    expect(localDay(at('00:00', '2026-11-24') - 1, zone)).toBe('2026-11-23');
    expect(localDay(at('00:00', '2026-11-24'), zone)).toBe('2026-11-24');
    expect(localDay(at('23:59:59.999', '2026-11-24'), zone)).toBe('2026-11-24');
    expect(startOfDay('2026-11-24', zone)).toBe(at('00:00', '2026-11-24'));
  });

  it('make weeks that begin on Monday, and months', () => {
    expect(mondayOf('2026-11-23')).toBe('2026-11-23');
    expect(mondayOf('2026-11-29')).toBe('2026-11-23');
    expect(mondayOf('2026-11-30')).toBe('2026-11-30');
    expect(firstOfMonth('2026-11-30')).toBe('2026-11-01');
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(daysBetween('2026-11-29', '2026-12-01')).toEqual(['2026-11-29', '2026-11-30', '2026-12-01']);
  });

  it('keep their edges where clocks change', () => {
    const newYork = 'America/New_York';
    const changed = startOfDay('2026-11-02', newYork) - startOfDay('2026-11-01', newYork);

    expect(changed).toBe(25 * hour);
    expect(localDay(startOfDay('2026-11-02', newYork) - 1, newYork)).toBe('2026-11-01');
  });
});

describe('what an order adds', () => {
  it('is a cycle of the day it was scanned, though it was paid the day before [E1, E7]', () => {
    const measures = measuresOf(laps({ paidAt: at('23:50', '2026-11-23'), scannedAt: at('00:00') }), zone);

    expect(measures).toContainEqual({ day: '2026-11-24', scope: 'hz', metric: 'cycle-night', value: 10 * minute });
    expect(named(measures)).toContain('2026-11-23 paid');
  });

  it('parts the cycle by when it was paid: 08:00 is day, 20:00 is night', () => {
    const metricAt = (paidAt: number) =>
      measuresOf(laps({ paidAt, scannedAt: paidAt + hour }), zone).find(({ metric }) => metric.startsWith('cycle'))
        ?.metric;

    expect([at('07:59:59.999'), at('08:00'), at('19:59:59.999'), at('20:00')].map(metricAt)).toEqual([
      'cycle-night',
      'cycle-day',
      'cycle-day',
      'cycle-night',
    ]);
  });

  it('counts a scan before the payment apart, and in no time', () => {
    const measures = measuresOf(laps({ scannedAt: at('09:59') }), zone);

    expect(named(measures)).toEqual(['2026-11-24 paid', '2026-11-24 cycle-negative']);
  });

  it('tells our delay and the lag of the platform apart [B6]', () => {
    const told = { occurredAt: at('10:00'), visibleAt: at('10:03'), receivedAt: at('10:03:04') };

    expect(delaysOf('shop:pdd', told, zone).map(({ metric, value }) => [metric, value])).toEqual([
      ['ingest-delay', 4_000],
      ['platform-lag', 180_000],
    ]);
  });
});

describe('histograms', () => {
  it('are within 2 % of the exact nearest rank, over any time from a millisecond to a year', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 365 * 24 * hour }), fc.integer({ min: 0, max: 5_000 })), {
          minLength: 1,
          maxLength: 300,
        }),
        (values) => {
          const sorted = values.toSorted((a, b) => a - b);
          const found = tally(bucketsOf(values));
          expect(found.mean).toBe(values.reduce((sum, value) => sum + value, 0) / values.length);
          for (const [told, percent] of [
            [found.p50, 50],
            [found.p90, 90],
            [found.p99, 99],
          ] as const) {
            const exact = nearestRank(sorted, percent) ?? 0;
            expect(Math.abs((told ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.02);
          }
        },
      ),
    );
  });

  it('merged say the same as one over everything', () => {
    const [a, b] = [
      [1_000, 2_000, 90_000],
      [5, 700_000],
    ];

    expect(tally([...bucketsOf(a ?? []), ...bucketsOf(b ?? [])])).toEqual(
      tally(bucketsOf([...(a ?? []), ...(b ?? [])])),
    );
  });

  it('of nothing say nothing', () => {
    expect(tally([])).toEqual({ n: 0, mean: null, p50: null, p90: null, p99: null });
  });
});

describe('the cycle with open age [E1, N6]', () => {
  const now = at('18:00');

  it('is (Σ closed + n_open·now − Σ paid_open) ÷ (n + n_open), to the millisecond', () => {
    const all = [laps({ paidAt: now - 5 * hour, scannedAt: now - hour }), laps({ paidAt: now - 3 * hour - 1 })];

    expect(openAge(all, now)).toEqual({ scanned: 1, open: 1, mean: (4 * hour + 3 * hour + 1) / 2 });
  });

  it('leaves out what is older than 24 h, or paid later', () => {
    const all = [laps({ paidAt: now - 24 * hour }), laps({ paidAt: now + 1 }), laps({ paidAt: now - 24 * hour + 1 })];

    expect(openAge(all, now)).toEqual({ scanned: 0, open: 1, mean: 24 * hour - 1 });
  });

  it('crosses 6:00:00 in the millisecond after it', () => {
    const all = [laps({ paidAt: now - 4 * hour })];

    expect(crossingAt(all, now, 6 * hour)).toBe(now + 2 * hour + 1);
    expect(crossingAt(all, now, 4 * hour)).toBe(now + 1);
  });

  it('is above at once when it is above now, and never crosses when nothing is open', () => {
    expect(crossingAt([laps({ paidAt: now - 9 * hour })], now, 8 * hour)).toBe(now);
    expect(crossingAt([laps({ paidAt: now - 9 * hour, scannedAt: now - 8 * hour })], now, 8 * hour)).toBeUndefined();
    expect(crossingAt([], now, 8 * hour)).toBeUndefined();
  });

  it('crosses when a quick one leaves the window', () => {
    const quick = laps({ paidAt: now - 23 * hour, scannedAt: now - 23 * hour });
    const slow = laps({ paidAt: now - 22 * hour, scannedAt: now - 12 * hour });

    expect(crossingAt([slow, quick], now, 8 * hour)).toBe(now + hour);
  });

  it('is found by formula where a search by the millisecond finds it', () => {
    const small = fc.record({
      paidAt: fc.integer({ min: -80, max: 0 }),
      cycle: fc.option(fc.integer({ min: 0, max: 60 })),
    });
    const step = 20 * minute;
    fc.assert(
      fc.property(fc.array(small, { maxLength: 8 }), fc.integer({ min: 0, max: 40 }), (orders, limit) => {
        const all = orders.map(({ paidAt, cycle }) =>
          laps({ paidAt: now + paidAt * step, scannedAt: cycle === null ? null : now + (paidAt + cycle) * step }),
        );
        const found = crossingAt(all, now, limit * step);
        const isAbove = (time: number) => (openAge(all, time).mean ?? 0) > limit * step;
        if (found === undefined) {
          for (let time = now; time < now + 25 * hour; time += step) expect(isAbove(time)).toBe(false);
        } else {
          expect(isAbove(found)).toBe(true);
          if (found > now) expect(isAbove(found - 1)).toBe(false);
          for (let time = now; time < found; time += step) expect(isAbove(time)).toBe(false);
        }
      }),
    );
  });
});

describe('lights', () => {
  it('are yellow above 6:00:00 and red above 8:00:00 [E4, N6]', () => {
    const light = (mean: number) => cycleLight(mean, undefined);

    expect([6 * hour, 6 * hour + 1_000, 8 * hour, 8 * hour + 1_000].map(light)).toEqual([
      'green',
      'yellow',
      'yellow',
      'red',
    ]);
  });

  it('stay red until the value is below 7:45:00 [E6, N6]', () => {
    const values = [8.1, 7.9, 7.75, 7.75 - 0.001, 7.9, 8].map((hours) => hours * hour);
    const seen: string[] = [];
    let before: ReturnType<typeof cycleLight> | undefined;
    for (const value of values) {
      before = cycleLight(value, before);
      seen.push(before);
    }

    expect(seen).toEqual(['red', 'red', 'red', 'yellow', 'yellow', 'yellow']);
  });

  it('know no value without data, and it is not green [E6]', () => {
    expect(cycleLight(null, 'red')).toBe('none');
    expect(rateLight(null, { green: 0.3, yellow: 1 })).toBe('none');
    expect(rateLight({ of: 0, n: 0 }, { green: 0.3, yellow: 1 })).toBe('none');
  });

  it('of mis-ships: green to 0.3 %, yellow to 1 %, red above [E2, N7, A6]', () => {
    const light = (of: number) => rateLight({ of, n: 10_000 }, { green: 0.3, yellow: 1 });

    expect([0, 30, 31, 100, 101, 970].map(light)).toEqual(['green', 'green', 'yellow', 'yellow', 'red', 'red']);
  });

  it('of urges: green to 1.2 %, yellow to 8.3 %, red above [E3, N8]', () => {
    const light = (of: number) => rateLight({ of, n: 1_000 }, { green: 1.2, yellow: 8.3 });

    expect([12, 13, 83, 84].map(light)).toEqual(['green', 'yellow', 'yellow', 'red']);
  });

  it('together show the worst', () => {
    expect(worstLight(['none', 'green', 'yellow'])).toBe('yellow');
    expect(worstLight(['none', 'none'])).toBe('none');
  });
});
