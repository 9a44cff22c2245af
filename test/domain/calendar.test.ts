import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addOpen, isOpen, nextOpening, openBetween, parseHours } from '../../src/domain/calendar.ts';
import { UserError } from '../../src/domain/errors.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** A moment of the clock in China. */
const cn = (text: string): number => Date.parse(`${text.replace(' ', 'T')}+08:00`);
const hangzhou = parseHours(['Mon-Sun 08:30-22:00']);

describe('hours of a warehouse [N3] [P2]', () => {
  it('an empty list is open around the clock', () => {
    const always = parseHours([]);

    expect(always.isAlways).toBe(true);
    expect(addOpen(always, cn('2026-11-11 23:00'), 2 * hour)).toBe(cn('2026-11-12 01:00'));
    expect(openBetween(always, 5, 12)).toBe(7);
    expect(isOpen(always, 0)).toBe(true);
  });

  it('is open from the first millisecond to the last before closing', () => {
    expect(isOpen(hangzhou, cn('2026-11-11 08:29:59.999'))).toBe(false);
    expect(isOpen(hangzhou, cn('2026-11-11 08:30'))).toBe(true);
    expect(isOpen(hangzhou, cn('2026-11-11 21:59:59.999'))).toBe(true);
    expect(isOpen(hangzhou, cn('2026-11-11 22:00'))).toBe(false);
  });

  it('carries what is left of two hours into the next morning, to the millisecond', () => {
    expect(addOpen(hangzhou, cn('2026-11-11 21:00:00.001'), 2 * hour)).toBe(cn('2026-11-12 09:30:00.001'));
    expect(addOpen(hangzhou, cn('2026-11-11 23:00'), 2 * hour)).toBe(cn('2026-11-12 10:30'));
    expect(addOpen(hangzhou, cn('2026-11-11 03:00'), 1)).toBe(cn('2026-11-11 08:30:00.001'));
  });

  it('ends at closing, not at the next opening, when the time just fits', () => {
    expect(addOpen(hangzhou, cn('2026-11-11 20:00'), 2 * hour)).toBe(cn('2026-11-11 22:00'));
    expect(addOpen(hangzhou, cn('2026-10-09 20:00'), 2 * hour)).toBe(cn('2026-10-09 22:00'));
    expect(addOpen(hangzhou, cn('2026-11-11 20:00'), 2 * hour + 1)).toBe(cn('2026-11-12 08:30:00.001'));
  });

  it('adding nothing stays where it is, even at night', () => {
    expect(addOpen(hangzhou, cn('2026-11-11 23:00'), 0)).toBe(cn('2026-11-11 23:00'));
  });

  it('knows the next opening, and says now while open', () => {
    expect(nextOpening(hangzhou, cn('2026-11-11 22:00'))).toBe(cn('2026-11-12 08:30'));
    expect(nextOpening(hangzhou, cn('2026-11-11 12:00'))).toBe(cn('2026-11-11 12:00'));
    expect(nextOpening(parseHours(['Sat 10:00-16:00']), cn('2026-11-15 00:00'))).toBe(cn('2026-11-21 10:00'));
  });

  it('has other hours on Saturday, and a night shift belongs to the day it starts on', () => {
    const week = parseHours(['Mon-Fri 09:00-18:00', 'Sat 20:00-02:00']);

    expect(openBetween(week, cn('2026-11-14 00:00'), cn('2026-11-15 00:00'))).toBe(4 * hour);
    expect(openBetween(week, cn('2026-11-15 00:00'), cn('2026-11-16 00:00'))).toBe(2 * hour);
    expect(openBetween(week, cn('2026-11-09 00:00'), cn('2026-11-16 00:00'))).toBe(51 * hour);
    expect(openBetween(week, cn('2026-11-16 00:00'), cn('2026-11-09 00:00'))).toBe(0);
  });

  it('takes lists of days, breaks, and lines that overlap without counting twice', () => {
    const week = parseHours(['Fri-Mon 09:00-12:00, 13:00-18:00', 'Sun,Mon 11:00-14:00', 'Tue 00:00-24:00']);

    expect(openBetween(week, cn('2026-11-13 00:00'), cn('2026-11-14 00:00'))).toBe(8 * hour);
    expect(openBetween(week, cn('2026-11-16 00:00'), cn('2026-11-17 00:00'))).toBe(9 * hour);
    expect(openBetween(week, cn('2026-11-17 00:00'), cn('2026-11-18 00:00'))).toBe(day);
  });

  it('stays shut over the Spring Festival, and a dated opening wins', () => {
    const year = parseHours([
      'Mon-Sun 08:30-22:00',
      'closed 2027-02-17..2027-02-23',
      '2027-02-20 10:00-12:00',
      '2026-11-11 08:30-24:00',
    ]);

    expect(addOpen(year, cn('2027-02-16 21:00'), 2 * hour)).toBe(cn('2027-02-20 11:00'));
    expect(addOpen(year, cn('2027-02-16 21:00'), 4 * hour)).toBe(cn('2027-02-24 09:30'));
    expect(addOpen(year, cn('2026-11-11 22:00'), 2 * hour)).toBe(cn('2026-11-12 00:00'));
    expect(parseHours(['closed 2027-02-17']).isAlways).toBe(false);
  });
});

describe('zones that move their clocks', () => {
  const newYork = parseHours(['Mon-Sun 00:00-06:00'], 'America/New_York');

  it('a night with the hour taken out is one hour shorter, one with the hour twice is longer', () => {
    expect(openBetween(newYork, Date.parse('2026-03-08T05:00Z'), Date.parse('2026-03-09T04:00Z'))).toBe(5 * hour);
    expect(openBetween(newYork, Date.parse('2026-11-01T04:00Z'), Date.parse('2026-11-02T05:00Z'))).toBe(7 * hour);
  });

  it('opening inside the skipped hour opens when the clock jumps', () => {
    const gap = parseHours(['Mon-Sun 02:30-06:00'], 'America/New_York');

    expect(nextOpening(gap, Date.parse('2026-03-08T05:00Z'))).toBe(Date.parse('2026-03-08T07:00Z'));
  });

  it('opening inside the doubled hour opens the first time', () => {
    const fold = parseHours(['Mon-Sun 01:30-06:00'], 'America/New_York');

    expect(nextOpening(fold, Date.parse('2026-11-01T04:00Z'))).toBe(Date.parse('2026-11-01T05:30Z'));
  });

  it('a day that a country left out is never open', () => {
    const apia = parseHours(['closed 2011-12-29', 'closed 2011-12-31'], 'Pacific/Apia');

    expect(nextOpening(apia, Date.parse('2011-12-29T12:00Z'))).toBe(Date.parse('2011-12-31T10:00Z'));
  });
});

describe('hours that cannot be read', () => {
  it.each([
    '',
    'Mon-Sun',
    'Mon-Sun 8:30-22:00',
    'Mon-Sun 08:30-25:00',
    'Mon-Sun 08:30-24:30',
    'Mon-Sun 24:00-08:00',
    'Mon-Sun 08:30-08:30',
    'Mon-Sun 08:30',
    'Mon-Sun 08:30-22:00;',
    'Funday 08:30-22:00',
    'Mon-Tue-Wed 08:30-22:00',
    'Mon, 08:30-22:00',
    'closed',
    'closed tomorrow',
    'closed 2027-02-30',
    'closed 2027-02-23..2027-02-17',
    'closed 2027-02-17..2029-02-17',
    '2026-13-01 08:30-22:00',
    '2026-11-11',
    '__proto__ 08:30-22:00',
  ])('refuses "%s" and names the line in both languages', (line) => {
    const read = () => parseHours(['Mon-Sun 08:30-22:00', line]);

    expect(read).toThrow(UserError);
    expect(read).toThrow(expect.objectContaining({ code: 'BAD_HOURS' }));
    expect(read).toThrow(
      expect.objectContaining({
        text: { zh: expect.stringContaining(`营业时间“${line}”`), en: expect.stringContaining(`Hours "${line}"`) },
      }),
    );
  });

  it('refuses a zone that does not exist', () => {
    expect(() => parseHours([], 'Asia/Hangzhou')).toThrow(expect.objectContaining({ code: 'BAD_ZONE' }));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('does not search for ever: %s ms', (ms) => {
    expect(() => addOpen(hangzhou, 0, ms)).toThrow(/./);
    expect(() => nextOpening(hangzhou, Number.NaN)).toThrow(/./);
    expect(() => openBetween(hangzhou, Number.NaN, 0)).toThrow(/./);
  });
});

const two = (n: number) => String(n).padStart(2, '0');
const time = fc.integer({ min: 0, max: 1_439 }).map((n) => `${two(Math.floor(n / 60))}:${two(n % 60)}`);
const span = fc.tuple(time, time).filter(([open, close]) => open !== close);
const dayName = fc.constantFrom('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun');
const dateText = fc
  .integer({ min: 0, max: 40 })
  .map((n) => new Date(Date.UTC(2026, 9, 10) + n * day).toISOString().slice(0, 10));
const lines = fc.array(
  fc.oneof(
    fc.tuple(dayName, dayName, span).map(([a, b, [open, close]]) => `${a}-${b} ${open}-${close}`),
    fc.tuple(dateText, span).map(([date, [open, close]]) => `${date} ${open}-${close}`),
    dateText.map((date) => `closed ${date}`),
  ),
  { maxLength: 5 },
);
const zone = fc.constantFrom(
  'Asia/Shanghai',
  'America/New_York',
  'Australia/Lord_Howe',
  'Europe/London',
  'America/Havana',
);
const anyCalendar = fc.tuple(lines, zone).map(([hours, name]) => ({ hours, name, calendar: parseHours(hours, name) }));
/** The layout of a calendar is cut every 64 days: 2026-10-10 00:00 UTC is such a cut. */
const someInstant = fc.integer({ min: Date.UTC(2026, 9, 8), max: Date.UTC(2026, 10, 15) });

describe('for any hours in any zone', () => {
  it('adding open time and measuring it are inverse', () => {
    const check = fc.property(
      anyCalendar,
      someInstant,
      fc.integer({ min: 1, max: 90 * day }),
      ({ calendar }, from, ms) => {
        const at = addOpen(calendar, from, ms);

        expect(openBetween(calendar, from, at)).toBe(ms);
        expect(openBetween(calendar, from, at - 1)).toBe(ms - 1);
      },
    );
    fc.assert(check, { numRuns: 200 });
  });

  it('more time or a later start never ends earlier', () => {
    const gap = fc.integer({ min: 0, max: 3 * day });
    const check = fc.property(anyCalendar, someInstant, gap, gap, gap, ({ calendar }, from, later, ms, more) => {
      expect(addOpen(calendar, from + later, ms)).toBeGreaterThanOrEqual(addOpen(calendar, from, ms));
      expect(addOpen(calendar, from, ms + more)).toBeGreaterThanOrEqual(addOpen(calendar, from, ms));
    });
    fc.assert(check, { numRuns: 200 });
  });

  it('agrees with a clock that is read every minute', { timeout: 60_000 }, () => {
    const check = fc.property(anyCalendar, someInstant, ({ hours, name, calendar }, near) => {
      const from = Math.floor(near / minute) * minute;
      const isOpenAt = readEveryMinute(hours, name, from - 3 * day);
      let open = 0;
      for (let at = from; at < from + 2 * day; at += minute) {
        const expected = isOpenAt(at);
        if (isOpen(calendar, at) !== expected)
          throw new Error(`${name} ${new Date(at).toISOString()} is not ${expected}`);
        if (expected) open += minute;
      }

      expect(openBetween(calendar, from, from + 2 * day)).toBe(open);
    });
    fc.assert(check, { numRuns: 60, examples: dstNights.map((each) => [each.case, each.near] as const) });
  });
});

const nightAt = (name: string, hours: string[], at: string) => ({
  case: { hours, name, calendar: parseHours(hours, name) },
  near: Date.parse(at),
});
const dstNights = [
  nightAt('America/New_York', ['Mon-Sun 01:15-02:45'], '2026-03-07T12:00Z'),
  nightAt('America/New_York', ['Mon-Sun 01:15-01:45', 'Mon-Sun 22:00-01:30'], '2026-10-31T12:00Z'),
  nightAt('America/Havana', ['Sun-Sun 00:00-00:30', 'Sat-Sat 20:00-24:00'], '2026-10-31T12:00Z'),
  nightAt('Australia/Lord_Howe', ['Mon-Sun 01:40-02:10'], '2026-10-03T00:00Z'),
  nightAt('Asia/Shanghai', ['Mon-Sun 20:00-09:00'], '2026-10-09T12:00Z'),
  nightAt('Africa/Cairo', ['Fri-Fri 00:10-08:00'], '2026-04-23T00:00Z'),
];

/** The same promise told naively: walk the minutes, and go by the latest time that the wall clock has shown. */
function readEveryMinute(hours: readonly string[], name: string, from: number): (at: number) => boolean {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' });
  const names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  const isWeekly = (line: string) => /^[A-Z]/.test(line);
  const spansOn = (midnight: number): string[] => {
    const date = new Date(midnight).toISOString().slice(0, 10);
    const dated = hours.filter((line) => line.startsWith(date)).map((line) => line.slice(11));
    if (dated.length > 0) return dated;
    if (hours.includes(`closed ${date}`)) return [];
    if (!hours.some(isWeekly)) return ['00:00-24:00'];
    return hours.filter(isWeekly).flatMap((line) => {
      const [first = 0, last = 0] = line
        .slice(0, 7)
        .split('-')
        .map((each) => names.indexOf(each));
      const reach = (last - first + 7) % 7;
      return (new Date(midnight).getUTCDay() - first + 7) % 7 <= reach ? [line.slice(8)] : [];
    });
  };
  const spansOf = new Map<number, string[]>();
  const cached = (midnight: number): string[] => {
    if (!spansOf.has(midnight)) spansOf.set(midnight, spansOn(midnight));
    return spansOf.get(midnight) ?? [];
  };
  let shown = -Infinity;
  let walked = from;
  return (at) => {
    for (; walked <= at; walked += minute) {
      shown = Math.max(shown, Date.parse(`${format.format(walked).replace(' ', 'T')}Z`));
    }
    const today = Math.floor(shown / day) * day;
    return [today - day, today].some((midnight) =>
      cached(midnight).some((text) => {
        const [open = 0, close = 0] = text.split('-').map(minutesOf);
        const minutes = (shown - midnight) / minute;
        return minutes >= open && minutes < (close > open ? close : close + 1_440);
      }),
    );
  };
}
