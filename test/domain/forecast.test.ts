import { describe, expect, it } from 'vitest';
import { nextOpening, openBefore, parseHours } from '../../src/domain/calendar.ts';
import { type Cohort, dueBy, forecastLine, headOf, peopleFor, speedOf } from '../../src/domain/forecast.ts';
import { at, day, hour, minute } from '../kit/builders.ts';

const hours = parseHours(['Mon-Sun 08:30-22:00']);
const always = parseHours([]);
const midnight = at('00:00', '2026-11-25');
const line = (...cohorts: readonly Partial<Cohort>[]): Cohort[] =>
  cohorts.map((each) => ({ shopId: 'mini', since: 0, wall: midnight, count: 1, ...each }));
const base = { now: at('21:00'), calendar: always, perHour: 410, packMs: 0, packing: 0 };

describe('who will be shipped after the platform’s deadline [P1]', () => {
  it('counts who stands too far back, tells when all is done and how many people are lacking', () => {
    const found = forecastLine({ ...base, cohorts: line({ count: 1_990 }) });

    expect(found).toMatchObject({ misses: 760, overdue: 0, firstMissAt: midnight });
    expect(found.finishAt).toBe(at('21:00') + Math.ceil((1_990 / 410) * hour));
    expect(peopleFor(found.lackingPerHour, 30)).toBe(9);
  });

  it('works only while the warehouse is open, and packs after it was sorted', () => {
    const found = forecastLine({
      ...base,
      calendar: hours,
      perHour: 100,
      packMs: hour,
      cohorts: line({ count: 100, wall: at('23:00') }, { count: 50, since: 1, wall: at('10:00', '2026-11-25') }),
    });

    expect(found).toMatchObject({ misses: 0, finishAt: at('10:00', '2026-11-25') });
  });

  it('lets orders without a deadline take their turn, and never calls them late', () => {
    const found = forecastLine({ ...base, cohorts: line({ count: 1_230, wall: null }, { count: 10, since: 1 }) });

    expect(found.misses).toBe(10);
    expect(found.missesByShop).toEqual(new Map([['mini', 10]]));
  });

  it('tells walls that are past from walls that will be missed, and says never of a warehouse that stands still', () => {
    const found = forecastLine({ ...base, perHour: 0, cohorts: line({ wall: at('20:00') }, { since: 1, count: 5 }) });

    expect(found).toMatchObject({ overdue: 1, misses: 5, finishAt: null });
  });

  it('looks at one evening with everybody who stands in front of it', () => {
    const cohorts = line(
      { since: 1, wall: null, count: 3 },
      { since: 2, count: 4 },
      { since: 3, wall: at('23:00', '2026-11-26') },
    );

    expect(dueBy(cohorts, midnight).map(({ wall, count }) => [wall, count])).toEqual([
      [null, 3],
      [midnight, 4],
    ]);
  });
});

describe('how fast a warehouse is [P1]', () => {
  const seen = (count: number, change: Partial<Parameters<typeof speedOf>[0]> = {}) =>
    speedOf({
      calendar: hours,
      now: at('15:00'),
      sorted: [{ at: at('14:00'), count }],
      firstSortedAt: at('09:00'),
      isUntimed: false,
      waiting: 5_000,
      waitingSince: at('09:00'),
      configured: 900,
      ...change,
    });

  it('is what it sorted in its last two open hours', () => {
    expect(seen(820)).toEqual({ perHour: 410, from: 'measured' });
  });

  it('is what it is configured to be before anything was seen, or while it waited for orders', () => {
    expect(seen(0, { sorted: [], firstSortedAt: null })).toEqual({ perHour: 900, from: 'configured' });
    expect(seen(10, { firstSortedAt: at('14:50') })).toEqual({ perHour: 900, from: 'configured' });
    expect(seen(400, { waiting: 3 })).toEqual({ perHour: 900, from: 'configured' });
    expect(seen(0, { firstSortedAt: null, configured: null })).toBeUndefined();
  });

  it('is what it does since the line was never empty again: a quiet hour before a rush is not its speed', () => {
    const quietThenRush = { now: at('15:00'), waitingSince: at('14:15') };
    const sorted = [
      { at: at('13:20'), count: 20 },
      { at: at('14:30'), count: 300 },
      { at: at('14:45'), count: 300 },
    ];

    expect(seen(0, { ...quietThenRush, sorted })).toEqual({ perHour: 800, from: 'measured' });
    // Too short a while to tell.
    const justNow = { sorted: [{ at: at('13:20'), count: 20 }], waitingSince: at('14:55') };
    expect(seen(0, justNow)).toEqual({ perHour: 900, from: 'configured' });
    expect(seen(0, { ...justNow, sorted, configured: null })).toEqual({ perHour: 1_200, from: 'measured' });
    expect(seen(0, { ...justNow, sorted: [], configured: null })).toBeUndefined();
    expect(seen(0, { ...justNow, waiting: 0, waitingSince: null, configured: null })).toEqual({
      perHour: 10,
      from: 'measured',
    });
  });

  it('takes the tenth for the head of the line, so that a few that are stuck do not make it long', () => {
    const cohorts = [
      { since: at('14:50'), count: 500 },
      { since: at('09:00', '2026-11-20'), count: 3 },
    ];

    expect(headOf(cohorts)).toBe(at('14:50'));
    expect(headOf(cohorts.slice(1))).toBe(at('09:00', '2026-11-20'));
    expect(headOf([])).toBeNull();
  });

  it('is nothing where nothing moves though much waits', () => {
    expect(seen(0)).toEqual({ perHour: 0, from: 'measured' });
  });

  it('is what it is configured to be, or unknown, where things were sorted at moments that nobody told', () => {
    expect(seen(0, { isUntimed: true })).toEqual({ perHour: 900, from: 'configured' });
    expect(seen(0, { isUntimed: true, configured: null })).toBeUndefined();
    expect(seen(820, { isUntimed: true })).toEqual({ perHour: 410, from: 'measured' });
  });

  it('reaches back over the night, and leaves out what was sorted after closing', () => {
    expect(openBefore(hours, at('09:00'), 2 * hour, 7 * day)).toBe(at('20:30', '2026-11-23'));
    expect(
      seen(0, {
        now: at('09:00'),
        firstSortedAt: 0,
        waitingSince: at('20:00', '2026-11-23'),
        sorted: [
          { at: at('21:00', '2026-11-23'), count: 600 },
          { at: at('23:00', '2026-11-23'), count: 999 },
        ],
      }),
    ).toEqual({ perHour: 300, from: 'measured' });
  });

  it('tells the finish within 10 % after two hours, however unevenly people work', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const dice = random(seed);
      const now = at('10:30');
      const total = 5_000;
      const sorted: { at: number; count: number }[] = [];
      let done = 0;
      let time = at('08:30');
      const work = (until: number): void => {
        for (; time < until && done < total; time += minute) {
          const count = Math.min(total - done, Math.round((900 / 60) * (0.5 + dice())));
          sorted.push({ at: time, count });
          done += count;
        }
      };
      work(now);
      const speed = speedOf({
        calendar: hours,
        now,
        sorted: [...sorted],
        firstSortedAt: at('08:30'),
        isUntimed: false,
        waiting: total - done,
        waitingSince: at('08:00'),
        configured: 600,
      });
      const told = forecastLine({
        ...base,
        now,
        calendar: hours,
        perHour: speed?.perHour ?? 0,
        cohorts: line({ count: total - done }),
      });
      work(at('22:00'));

      expect(speed?.from).toBe('measured');
      expect(Math.abs((told.finishAt ?? 0) - time) / (time - now)).toBeLessThan(0.1);
    }
  });
});

/** models/surge.py: a ×4.12 promotion from 20:00 on day 3, the ordinary shift, promotion nights to 24:00, a wall of 48 h. */
describe('a promotion against an ordinary shift [P1]', () => {
  const curve = [
    3.2, 2.0, 1.2, 0.8, 0.6, 0.6, 0.9, 1.6, 2.6, 3.8, 4.8, 5.0, 4.8, 4.2, 4.2, 4.6, 4.6, 4.4, 4.4, 5.6, 8.6, 10.2, 9.6,
    7.7,
  ];
  const sum = curve.reduce((all, each) => all + each, 0);
  const wallMs = 48 * hour;
  const packMs = 1.5 * hour;
  const start = at('00:00', '2026-11-01');
  const calendar = parseHours([
    'Mon-Sun 08:30-22:00',
    ...['2026-11-04', '2026-11-05', '2026-11-06'].map((date) => `${date} 08:30-24:00`),
  ]);
  const paid: number[] = [];
  const dice = random(5);
  for (let h = 0; h < 240; h += 1) {
    const count = Math.round(((8_600 * (curve[h % 24] ?? 0)) / sum) * (h >= 92 && h < 116 ? 4.12 : 1));
    for (let i = 0; i < count; i += 1) paid.push(start + Math.floor((h + dice()) * hour));
  }
  paid.sort((a, b) => a - b);
  const promotionStarts = start + 92 * hour;
  const isOfPromotion = (at: number): boolean => at >= promotionStarts && at < start + 190 * hour;

  /** What really happens: when each is sorted. */
  const sortAll = (perHour: number): number[] => {
    let free = start;
    return paid.map((at) => {
      const next = nextOpening(calendar, Math.max(free, at));
      free = next + hour / perHour;
      return next;
    });
  };

  it.each([
    { perHour: 700, about: 34_000, within: 600 },
    { perHour: 760, about: 13_000, within: 600 },
    { perHour: 900, about: 0, within: 0 },
  ])('names $about coming misses 40 h ahead at $perHour an hour', ({ perHour, about, within }) => {
    const sortedAt = sortAll(perHour);
    const missed = paid.flatMap((at, index) =>
      (sortedAt[index] ?? 0) + packMs - at > wallMs && isOfPromotion(at) ? [at] : [],
    );
    const named = new Set<string>();
    let knownAt: number | undefined;
    for (let now = promotionStarts; now <= start + 192 * hour; now += 2 * hour) {
      // Each with a name of its own, so that it can be seen whom the forecast means.
      const cohorts = paid.flatMap((since, index) =>
        since < now && (sortedAt[index] ?? 0) >= now
          ? [{ shopId: String(index), since, wall: since + wallMs, count: 1 }]
          : [],
      );
      const found = forecastLine({ now, calendar, perHour, packMs, packing: 0, cohorts });
      if (found.misses >= 50) knownAt ??= now;
      for (const index of found.missesByShop.keys())
        if (isOfPromotion(paid[Number(index)] ?? 0) && (paid[Number(index)] ?? 0) + wallMs - now >= 40 * hour)
          named.add(index);
    }

    expect(Math.abs(named.size - about)).toBeLessThanOrEqual(within);
    expect(Math.abs(missed.length - named.size)).toBeLessThanOrEqual(Math.max(0, missed.length * 0.05));
    if (about > 0) expect(Math.min(...missed) + wallMs - (knownAt ?? Infinity)).toBeGreaterThanOrEqual(40 * hour);
    else expect(knownAt).toBeUndefined();
  });
});

/** Small, seeded, the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
  };
}
