import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTimeReader } from '../../../src/adapters/files/read-time.ts';

const shanghai = createTimeReader('Asia/Shanghai');
const utc = (text: string): number => Date.parse(`${text}Z`);

it.each([
  ['2026-11-11 00:33:00', '2026-11-10T16:33:00'],
  ['2026-11-11T00:33:00', '2026-11-10T16:33:00'],
  ['2026/11/1 8:05', '2026-11-01T00:05:00'],
  ['2026-11-11', '2026-11-10T16:00:00'],
  ['2026-11-11 00:33:00.9876', '2026-11-10T16:33:00.987'],
  ['2026-11-11 00:33:00,5', '2026-11-10T16:33:00.500'],
  ['2026-11-11T00:33:00Z', '2026-11-11T00:33:00'],
  ['2026-11-11T00:33:00.250-03:00', '2026-11-11T03:33:00.250'],
  ['2026-11-11 00:33:00 +0530', '2026-11-10T19:03:00'],
  [' 1794357180 ', '2026-11-11T00:33:00'],
  ['1794357180.5', '2026-11-11T00:33:00.500'],
  ['1794357180250', '2026-11-11T00:33:00.250'],
  ['2000-02-29 08:00:00', '2000-02-29T00:00:00'],
])('reads %j', (text, expected) => {
  expect(shanghai(text)).toBe(utc(expected));
});

it.each([
  '',
  'yesterday',
  '11/11/2026',
  '2026-02-30 10:00:00',
  '2026-13-01',
  '2026-00-10',
  '2026-11-11 24:00:00',
  '2026-11-11 10:60',
  '2026-11-11 10:00:60',
  '2026-11-11 10',
  '20261111103000',
  '1.79E+09',
  '-1794357180',
  '0000-00-00 00:00:00',
])('refuses %j', (text) => {
  expect(shanghai(text)).toBeUndefined();
});

it('reads an hour that comes twice as the first, and one that is skipped by the clock before', () => {
  const newYork = createTimeReader('America/New_York');

  expect(newYork('2026-11-01 01:30:00')).toBe(utc('2026-11-01T05:30:00'));
  expect(newYork('2026-11-01 02:30:00')).toBe(utc('2026-11-01T07:30:00'));
  expect(newYork('2026-03-08 02:30:00')).toBe(utc('2026-03-08T07:30:00'));
  expect(newYork('2026-03-08 03:30:00')).toBe(utc('2026-03-08T07:30:00'));
});

it('names a zone that does not exist', () => {
  expect(() => createTimeReader('Asia/Shangai')).toThrow(expect.objectContaining({ code: 'BAD_ZONE' }));
});

it.each(['America/Sao_Paulo', 'Australia/Lord_Howe', 'Europe/London', 'Asia/Kathmandu', 'Pacific/Apia'])(
  'goes back to the instant that a clock in %s shows',
  (zone) => {
    const read = createTimeReader(zone);
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    const instant = fc.integer({ min: Date.UTC(2000, 0, 2) / 1_000, max: Date.UTC(2030, 0) / 1_000 });
    fc.assert(
      fc.property(instant, (seconds) => {
        const shown = format.format(seconds * 1_000);
        const again = read(shown) ?? Number.NaN;

        expect(format.format(again)).toBe(shown);
        expect(again).toBeLessThanOrEqual(seconds * 1_000);
      }),
      { numRuns: 500 },
    );
  },
);
