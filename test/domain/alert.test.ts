import { describe, expect, it } from 'vitest';
import { alertKey, claimEnds, snoozeEnds } from '../../src/domain/alert.ts';

const minute = 60_000;
const now = Date.UTC(2026, 10, 11);

describe('a claim [N19]', () => {
  it('lasts half an hour', () => {
    expect(claimEnds(now, null)).toBe(now + 30 * minute);
    expect(claimEnds(now, now + 24 * 60 * minute)).toBe(now + 30 * minute);
    expect(claimEnds(now, now + 90 * minute)).toBe(now + 30 * minute);
  });

  it('lasts a third of the time left to ship-by when that is shorter', () => {
    expect(claimEnds(now, now + 90 * minute - 3)).toBe(now + 30 * minute - 1);
    expect(claimEnds(now, now + 30 * minute)).toBe(now + 10 * minute);
    expect(claimEnds(now, now + 1)).toBe(now);
  });

  it('lasts half an hour again when ship-by is over', () => {
    expect(claimEnds(now, now)).toBe(now + 30 * minute);
    expect(claimEnds(now, now - 1)).toBe(now + 30 * minute);
  });
});

describe('a snooze', () => {
  it('lasts as long as asked, but never past ship-by', () => {
    expect(snoozeEnds(now, 30 * minute, null)).toBe(now + 30 * minute);
    expect(snoozeEnds(now, 30 * minute, now + 30 * minute + 1)).toBe(now + 30 * minute);
    expect(snoozeEnds(now, 30 * minute, now + 10 * minute)).toBe(now + 10 * minute);
  });

  it('lasts as long as asked when ship-by is over', () => {
    expect(snoozeEnds(now, 30 * minute, now)).toBe(now + 30 * minute);
  });
});

it('one open alert per rule and subject', () => {
  expect(alertKey('paid-not-sorted', 'order:tmall/1')).toBe('paid-not-sorted|order:tmall/1');
});
