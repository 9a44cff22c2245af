import { expect, it } from 'vitest';
import { clockTime, dateTime, fill, localDay, span } from '../../src/render/words.ts';

const zone = 'Asia/Shanghai';

it.each([
  [0, '0秒', '0 s'],
  [59_999, '59秒', '59 s'],
  [60_000, '1分', '1 min'],
  [3_599_999, '59分', '59 min'],
  [7_800_000, '2时10分', '2 h 10 min'],
  [47 * 3_600_000 + 59 * 60_000, '47时59分', '47 h 59 min'],
  [48 * 3_600_000, '2天0时', '2 d 0 h'],
  [-90_000, '1分', '1 min'],
])('says %i ms as %s, rounding down so that time left is never flattered', (ms, zh, en) => {
  expect([span(ms, 'zh'), span(ms, 'en')]).toEqual([zh, en]);
});

it('tells times in the zone of the company, midnight as 00:00', () => {
  const midnight = Date.UTC(2026, 10, 23, 16);
  expect(clockTime(midnight, zone)).toBe('00:00');
  expect(dateTime(midnight, zone, 'zh')).toBe('11月24日 00:00');
  expect(dateTime(midnight, zone, 'en')).toBe('24 Nov 00:00');
  expect(localDay(midnight, zone)).toBe('2026-11-24');
  expect(localDay(midnight - 1, zone)).toBe('2026-11-23');
  expect(dateTime(midnight, 'America/New_York', 'en')).toBe('23 Nov 11:00');
});

it.each(['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia'])(
  'tells the time of %s in every hour of a year, and around every change of its clocks',
  (name) => {
    const shown = new Intl.DateTimeFormat('en-GB', {
      timeZone: name,
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    const wrong: string[] = [];
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 30 * 60_000) {
      const wanted = shown.format(at).replace(',', '').replace('Sept', 'Sep');
      if (dateTime(at, name, 'en') !== wanted) wrong.push(`${dateTime(at, name, 'en')} for ${wanted}`);
    }
    expect(wrong).toEqual([]);
  },
);

it('leaves a brace without a value visible', () => {
  expect(fill('{tail} 在 {warehouse}，{n} 单', { tail: '018842', n: 0 })).toBe('018842 在 {warehouse}，0 单');
});
