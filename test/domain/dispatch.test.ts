import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/domain/alert.ts';
import {
  bandOf,
  decideGroup,
  type GroupMemory,
  type GroupState,
  type RoomState,
  stateOf,
} from '../../src/domain/dispatch.ts';
import type { Severity } from '../../src/domain/rule.ts';

const now = 1_800_000_000_000;
const hour = 3_600_000;
const alert = (severity: Severity, shipBy?: number): Alert =>
  ({ severity, facts: shipBy === undefined ? {} : { shipBy } }) as unknown as Alert;
const group = (count: number, severity: Severity = 'critical', shipBy: number | null = null): GroupState => ({
  open: Array.from({ length: count }, () => alert(severity)),
  worst: severity,
  nearestShipBy: shipBy,
});
const room = (change: Partial<RoomState> = {}): RoomState => ({
  hears: 'warning',
  saidThisHour: 0,
  perHour: 12,
  ...change,
});
const memory = (change: Partial<GroupMemory> = {}): GroupMemory => ({
  saidAt: now - 60_000,
  count: 3,
  band: 0,
  ...change,
});
const decide = (state: GroupState, said?: GroupMemory, change: Partial<RoomState> = {}) =>
  Object.values(decideGroup(state, said, room(change), now)).join(' ');

describe('how near the wall is', () => {
  it.each([
    [null, 0],
    [now + 12 * hour + 1, 0],
    [now + 12 * hour, 1],
    [now + 4 * hour + 1, 1],
    [now + 4 * hour, 2],
    [now + hour + 1, 2],
    [now + hour, 3],
    [now + 1, 3],
    [now, 4],
    [now - hour, 4],
  ])('ship-by %s is band %i', (shipBy, band) => {
    expect(bandOf(shipBy, now)).toBe(band);
  });
});

describe('whether a room hears of a group [N17]', () => {
  it.each<[string, string, GroupState, GroupMemory | undefined, Partial<RoomState>]>([
    ['a first one', 'said first-of-group', group(1), undefined, {}],
    ['one below its hearing', 'listed below-hearing', group(9, 'info'), undefined, {}],
    ['one below its hearing that it heard of before', 'listed below-hearing', group(9, 'info'), memory(), {}],
    ['one exactly at its hearing', 'said first-of-group', group(1, 'warning'), undefined, {}],
    ['one more', 'grouped said-already', group(4), memory(), {}],
    ['one less than double', 'grouped said-already', group(5), memory(), {}],
    ['double', 'said doubled', group(6), memory(), {}],
    ['double a millisecond early', 'grouped one-a-minute', group(6), memory({ saidAt: now - 59_999 }), {}],
    ['fewer', 'grouped said-already', group(1), memory(), {}],
    ['a nearer wall', 'said nearer-wall', group(1, 'critical', now + hour), memory({ band: 2 }), {}],
    ['the same band', 'grouped said-already', group(1, 'critical', now + hour), memory({ band: 3 }), {}],
    ['a wall that moved away', 'grouped said-already', group(1, 'critical', now + 20 * hour), memory({ band: 3 }), {}],
    [
      'a lesser first one in a full hour',
      'held-back hour-is-full',
      group(1, 'warning'),
      undefined,
      { saidThisHour: 12 },
    ],
    [
      'a lesser one that doubled in a full hour',
      'held-back hour-is-full',
      group(6, 'warning'),
      memory(),
      { saidThisHour: 13 },
    ],
    [
      'a lesser one in an hour with one place left',
      'said first-of-group',
      group(1, 'warning'),
      undefined,
      { saidThisHour: 11 },
    ],
    ['a critical one in a full hour', 'said first-of-group', group(1), undefined, { saidThisHour: 99 }],
    ['a critical one that doubled in a full hour', 'said doubled', group(6), memory(), { saidThisHour: 99 }],
  ])('%s: %s', (_what, verdict, state, said, change) => {
    expect(decide(state, said, change)).toBe(verdict);
  });
});

describe('what is known of a group', () => {
  it('is its worst severity and the nearest wall that is still ahead', () => {
    expect(stateOf([alert('critical', now - 1), alert('critical', now + 5)], now).nearestShipBy).toBe(now + 5);
    expect(stateOf([alert('critical', now - 9), alert('critical', now - 5)], now).nearestShipBy).toBe(now - 5);
    const state = stateOf([alert('info', now + 2), alert('critical'), alert('warning', now + 1)], now);
    expect(state).toMatchObject({ worst: 'critical', nearestShipBy: now + 1 });
    expect(stateOf([], now)).toEqual({ open: [], worst: 'info', nearestShipBy: null });
  });
});
