import { expect, it } from 'vitest';
import { timesFor } from '../../../src/render/page/time.ts';

const now = Date.parse('2026-11-24T06:32:08Z');

it("says today by the clock and other days by their date, in the company's zone", () => {
  const zh = timesFor('zh', 'Asia/Shanghai', now);

  expect(zh.clock(now)).toBe('14:32');
  expect(zh.exact(now)).toBe('14:32:08');
  expect(zh.clock(Date.parse('2026-11-23T15:59:00Z'))).toBe('11月23日 23:59');
  expect(timesFor('en', 'UTC', now).clock(now)).toBe('06:32');
});

it('says how far away a moment is, before or after', () => {
  expect(timesFor('zh', 'Asia/Shanghai', now).away(now - 130 * 60_000)).toBe('2时10分');
  expect(timesFor('en', 'Asia/Shanghai', now).away(now + 130 * 60_000)).toBe('2 h 10 min');
});
