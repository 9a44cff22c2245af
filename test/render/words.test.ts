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

it('leaves a brace without a value visible', () => {
  expect(fill('{tail} 在 {warehouse}，{n} 单', { tail: '018842', n: 0 })).toBe('018842 在 {warehouse}，0 单');
});
