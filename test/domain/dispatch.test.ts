import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/domain/alert.ts';
import { bandOf, decideGroup, type GroupMemory, type RoomState, stateOf } from '../../src/domain/dispatch.ts';
import { hearsAll } from '../../src/domain/hears.ts';
import type { Severity } from '../../src/domain/rule.ts';
import type { Silence, SilenceScope } from '../../src/domain/silence.ts';

const now = 1_800_000_000_000;
const hour = 3_600_000;
const alert = (severity: Severity, shipBy: number | null = null, change: Partial<Alert> = {}): Alert => ({
  id: Math.random().toString(36),
  ruleId: 'paid-not-sorted',
  ruleVersion: 1,
  subject: 'order:mini/1',
  number: null,
  day: null,
  severity,
  state: 'open',
  groupKey: 'paid-not-sorted|warehouse=hz',
  dueAt: now,
  raisedAt: now,
  confirmedAt: now,
  claimedBy: null,
  claimedAt: null,
  claimUntil: null,
  snoozedUntil: null,
  resolvedAt: null,
  resolution: null,
  isLateFound: false,
  ...change,
  facts: { shopId: 'mini', warehouseId: 'hz', ...(shipBy === null ? {} : { shipBy }), ...change.facts },
});
const group = (count: number, severity: Severity = 'critical', shipBy: number | null = null): readonly Alert[] =>
  Array.from({ length: count }, () => alert(severity, shipBy));
const room = (change: Partial<RoomState> = {}): RoomState => ({
  hears: hearsAll('warning'),
  isExplained: () => false,
  whyUnsaid: () => undefined,
  silences: [],
  skusOf: () => [],
  isQuiet: false,
  isTight: false,
  isShadow: false,
  wide: 1,
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
const silence = (scope: SilenceScope, until = now + hour): Silence => ({
  id: 7,
  roomId: 'war',
  scope,
  from: now - hour,
  until,
  reason: '盘点',
  by: 'person:wang',
});
const ofHangzhou: SilenceScope = { kind: 'warehouse', warehouseId: 'hz' };

/** What becomes of the message, or of the alerts when none of them is in it. */
const decide = (alerts: readonly Alert[], said?: GroupMemory, change: Partial<RoomState> = {}) => {
  const { verdict, apart } = decideGroup(alerts, said, room(change), now);
  return Object.values(verdict ?? apart[0]?.verdict ?? {}).join(' ');
};

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
  it.each<[string, string, readonly Alert[], GroupMemory | undefined, Partial<RoomState>]>([
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
    ['in a promotion, double', 'grouped said-already', group(6), memory(), { wide: 4 }],
    ['in a promotion, four times', 'said doubled', group(12), memory({ saidAt: now - 4 * 60_000 }), { wide: 4 }],
    [
      'in a promotion, four times within four minutes',
      'grouped one-a-minute',
      group(12),
      memory({ saidAt: now - 4 * 60_000 + 1 }),
      { wide: 4 },
    ],
    ['a lesser one in quiet hours', 'held-back quiet-hours', group(1, 'warning'), undefined, { isQuiet: true }],
    ['a critical one in quiet hours', 'said first-of-group', group(1), undefined, { isQuiet: true }],
    ['a lesser one in a short month', 'held-back month-is-tight', group(1, 'warning'), undefined, { isTight: true }],
    ['a critical one in a short month', 'said first-of-group', group(1), undefined, { isTight: true }],
    ['a first one in the first days', 'held-back shadow', group(1), undefined, { isShadow: true }],
    ['one more in the first days', 'grouped said-already', group(4), memory(), { isShadow: true }],
  ])('%s: %s', (_what, verdict, alerts, said, change) => {
    expect(decide(alerts, said, change)).toBe(verdict);
  });
});

describe('the order of decisions: inhibit, hears, silence, quiet hours, month, digest, shadow', () => {
  const everything: Partial<RoomState> = {
    isExplained: () => true,
    hears: { ...hearsAll('warning'), warehouses: ['gz'] },
    silences: [silence(ofHangzhou)],
    isQuiet: true,
    isTight: true,
    isShadow: true,
    saidThisHour: 99,
  };

  it.each<[string, Partial<RoomState>]>([
    ['held-back source-silent', everything],
    ['listed not-for-this-room', { ...everything, isExplained: () => false }],
    ['held-back silenced', { ...everything, isExplained: () => false, hears: hearsAll('warning') }],
    ['listed below-hearing', { ...everything, isExplained: () => false, hears: hearsAll('critical') }],
    ['held-back quiet-hours', { isQuiet: true, isTight: true, isShadow: true, saidThisHour: 99 }],
    ['held-back month-is-tight', { isTight: true, isShadow: true, saidThisHour: 99 }],
    ['held-back hour-is-full', { isShadow: true, saidThisHour: 99 }],
    ['held-back shadow', { isShadow: true }],
    ['said first-of-group', {}],
  ])('%s comes before what follows it', (verdict, change) => {
    expect(decide(group(1, 'warning'), undefined, change)).toBe(verdict);
  });

  it('keeps apart what is snoozed before it asks anything else', () => {
    const snoozed = alert('critical', null, { snoozedUntil: now + 1 });

    expect(decide([snoozed], undefined, everything)).toBe('held-back snoozed');
    expect(decide([alert('critical', null, { snoozedUntil: now })])).toBe('said first-of-group');
  });
});

describe('who hears what [P12]', () => {
  const mini = alert('critical');
  const tmall = alert('critical', null, { facts: { shopId: 'tmall', warehouseId: 'gz' } });

  it.each<[string, Partial<RoomState['hears']>, readonly Alert[]]>([
    ['everything', {}, [mini, tmall]],
    ['one shop', { shops: ['mini'] }, [mini]],
    ['one warehouse', { warehouses: ['gz'] }, [tmall]],
    ['one rule', { rules: ['lock-orphaned'] }, []],
    ['a shop and another warehouse', { shops: ['mini'], warehouses: ['gz'] }, []],
  ])('a room that hears %s', (_what, wanted, heard) => {
    const { state, apart } = decideGroup(
      [mini, tmall],
      undefined,
      room({ hears: { ...hearsAll('warning'), ...wanted } }),
      now,
    );

    expect(state.open).toEqual(heard);
    expect(apart.map(({ verdict }) => verdict.reason)).toEqual(
      Array.from({ length: 2 - heard.length }, () => 'not-for-this-room'),
    );
  });

  it('hears what is about no shop or warehouse, and of a source only when it is its own shop', () => {
    const hears = { ...hearsAll('warning'), shops: ['mini'], warehouses: ['hz'] };
    const about = (source: string) => ({
      ...alert('critical', null, { ruleId: 'source-silent' }),
      facts: { source },
    });

    expect(decide([about('system:wms')], undefined, { hears })).toBe('said first-of-group');
    expect(decide([about('shop:mini')], undefined, { hears })).toBe('said first-of-group');
    expect(decide([about('shop:tmall')], undefined, { hears })).toBe('listed not-for-this-room');
  });
});

describe('a silence', () => {
  it.each<[string, SilenceScope, boolean]>([
    ['its rule', { kind: 'rule', ruleId: 'paid-not-sorted' }, true],
    ['another rule', { kind: 'rule', ruleId: 'lock-orphaned' }, false],
    ['its warehouse', ofHangzhou, true],
    ['another warehouse', { kind: 'warehouse', warehouseId: 'gz' }, false],
    ['its shop', { kind: 'shop', shopId: 'mini' }, true],
    ['its group', { kind: 'group', groupKey: 'paid-not-sorted|warehouse=hz' }, true],
    ['this very finding', { kind: 'alert', ruleId: 'paid-not-sorted', subject: 'order:mini/1' }, true],
    ['another finding', { kind: 'alert', ruleId: 'paid-not-sorted', subject: 'order:mini/2' }, false],
    ['its style', { kind: 'sku', words: '绣字', skus: ['XZ-BK-L', 'XZ-BK-M'] }, true],
    ['another style', { kind: 'sku', words: '绣字', skus: ['TX-1'] }, false],
  ])('of %s', (_what, scope, isHidden) => {
    const { apart } = decideGroup(
      group(1, 'warning'),
      undefined,
      room({ silences: [silence(scope)], skusOf: () => ['XZ-BK-M'] }),
      now,
    );

    expect(apart.map((each) => each.silence)).toEqual(isHidden ? [7] : []);
  });

  it.each<[string, Alert, string]>([
    ['a critical one before its ship-by', alert('critical', now + 1), 'held-back silenced'],
    ['a critical one from its ship-by on', alert('critical', now), 'said first-of-group'],
    ['a critical one long past it', alert('critical', now - hour), 'said first-of-group'],
    ['a lesser one past its ship-by', alert('warning', now - hour), 'held-back silenced'],
    ['a critical refund', alert('critical', null, { ruleId: 'refund-not-stopped' }), 'said first-of-group'],
    ['a critical one with no ship-by', alert('critical'), 'held-back silenced'],
  ])('of %s', (_what, one, verdict) => {
    expect(decide([one], undefined, { silences: [silence({ kind: 'rule', ruleId: one.ruleId })] })).toBe(verdict);
  });

  it('hides only what it is about: the rest of the group is said, without it', () => {
    const [own, other] = [alert('warning'), alert('warning', null, { facts: { shopId: 'tmall' } })];
    const { state, verdict, apart } = decideGroup(
      [own, other],
      undefined,
      room({ silences: [silence({ kind: 'shop', shopId: 'mini' })] }),
      now,
    );

    expect([state.open, verdict?.reason, apart.map((each) => each.alert)]).toEqual([[other], 'first-of-group', [own]]);
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
