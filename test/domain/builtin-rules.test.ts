import { expect, it } from 'vitest';
import { builtinRules, notVisibleSay } from '../../src/domain/builtin-rules.ts';
import { parseHours } from '../../src/domain/calendar.ts';
import { judgeClock } from '../../src/domain/clock-rule.ts';
import { compileCondition, orderFields } from '../../src/domain/condition.ts';
import { type ClockTrigger, lowered, Rule } from '../../src/domain/rule.ts';

const ruleOf = (id: string): Rule => {
  const rule = builtinRules.find((each) => each.id === id);
  if (rule === undefined) throw new Error(`No rule ${id}`);
  return rule;
};
const clockOf = (id: string): ClockTrigger => {
  const { on } = ruleOf(id);
  if (on.type !== 'clock') throw new Error(`${id} is no clock`);
  return on;
};
const always = parseHours([]);
const minute = 60_000;
const hour = 60 * minute;

it('has the rules of today, once each and under their public ids', () => {
  const ids = builtinRules.map(({ id }) => id);

  expect(ids).toEqual([
    'paid-not-sorted',
    'same-buyer-burst',
    'tracking-stalled',
    'pickup-by-risk',
    'embroidery-review',
    'ship-by-risk',
    'refund-not-stopped',
    'address-change-requested',
    'backlog-over-capacity',
    'cycle-red',
    'overtaken',
    'spike',
    'labels-stopped',
    'stock-short',
    'lock-orphaned',
    'source-silent',
  ]);
});

it.each(builtinRules.map((rule) => [rule.id, rule] as const))(
  '%s is a form that can be filled in and read [D7]',
  (_, rule) => {
    const { on, ...rest } = rule;
    /** Every time as a person writes it. */
    const written = JSON.parse(JSON.stringify(on), (name, value: unknown) =>
      name === 'before'
        ? (value as number[]).map((ms) => `${ms}ms`)
        : ['after', 'ahead', 'within'].includes(name)
          ? `${String(value)}ms`
          : value,
    ) as Rule['on'];

    expect(Rule.parse({ ...rest, on: written })).toEqual(rule);
    expect(() => compileCondition(rule.when, orderFields)).not.toThrow();
  },
);

it.each(['paid-not-sorted', 'embroidery-review'])('%s counts sales only: no postage, samples or resends [N3]', (id) => {
  const { test } = compileCondition(ruleOf(id).when, orderFields);

  expect(['sale', 'postage', 'sample', 'resend', null].map((kind) => test({ kind }))).toEqual([
    'yes',
    'no',
    'no',
    'no',
    'cannot-tell',
  ]);
});

it('paid-not-sorted is red after two open hours and stopped by anything that takes the order off the shelf [C1]', () => {
  const clock = clockOf('paid-not-sorted');
  const stoppers = [
    'sortedAt',
    'reviewAt',
    'shippedAt',
    'scannedAt',
    'deliveredAt',
    'closedAt',
    'refundAt',
    'heldAt',
  ] as const;

  expect(ruleOf('paid-not-sorted').severity).toBe('critical');
  expect(clock.hours).toBe('open');
  expect(judgeClock(clock, { paidAt: 0 }, always)).toMatchObject({ state: 'waiting', dueAt: 2 * hour });
  for (const name of stoppers) {
    expect(judgeClock(clock, { paidAt: 0, [name]: 2 * hour - 1 }, always)).toMatchObject({ by: name });
    expect(judgeClock(clock, { paidAt: 0, [name]: 2 * hour }, always).state).toBe('waiting');
  }
});

it('an order in review leaves paid-not-sorted for a two-hour clock of its own [N3] [D2]', () => {
  const moments = { paidAt: 0, reviewAt: hour };

  expect(judgeClock(clockOf('paid-not-sorted'), moments, always)).toMatchObject({ state: 'stopped', by: 'reviewAt' });
  expect(judgeClock(clockOf('embroidery-review'), moments, always)).toMatchObject({
    state: 'waiting',
    dueAt: 3 * hour,
  });
});

it('a lock is orphaned after 30 minutes, and a source silent after 10 [N18]', () => {
  expect(ruleOf('lock-orphaned').on).toEqual({ type: 'stock', state: 'lock-without-order', after: 30 * minute });
  expect(ruleOf('source-silent').on).toEqual({ type: 'silence', source: 'any', after: 10 * minute });
});

it('where the stage is not visible the sentence is weaker and names who does not tell [N3]', () => {
  expect(notVisibleSay.zh.replace('{system}', '聚水潭').replace('{channel}', '淘宝')).toBe(
    '付款 2 小时仍未发货（仓内进度看不到：聚水潭不返回淘宝单）',
  );
  expect(notVisibleSay.en).toMatch(/\{system\}.*\{channel\}/);
  expect(lowered(ruleOf('paid-not-sorted').severity)).toBe('warning');
});

it('tracking-stalled has 48 wall hours, and longer ones by lane [C3] [N5]', () => {
  const clock = clockOf('tracking-stalled');
  const lanes = (clock.lanes ?? []).map(({ name, when, after }) => ({
    name: name.zh,
    hours: after / hour,
    fits: (facts: Record<string, unknown>) => compileCondition(when, orderFields).test(facts),
  }));

  expect([clock.subject, clock.hours, clock.after / hour]).toEqual(['parcel', 'wall', 48]);
  expect(lanes.map(({ name, hours }) => `${name} ${hours}`)).toEqual(['清关中 120', '干线运输 72', '偏远地区 72']);
  const [customs, trunk, remote] = lanes;
  expect(customs?.fits({ trackKind: 'customs' })).toBe('yes');
  expect(trunk?.fits({ trackState: '1002' })).toBe('yes');
  expect(['新疆', '西藏自治区', '青海省', '甘肃省', ''].map((province) => remote?.fits({ province }))).toEqual([
    'yes',
    'yes',
    'yes',
    'no',
    'no',
  ]);
  for (const lane of lanes) expect(lane.fits({})).toBe('cannot-tell');
});

it('pickup-by-risk warns four hours before the limit of a platform that has one, and says when it was looked up [P3] [N18]', () => {
  const clock = clockOf('pickup-by-risk');
  const { test } = compileCondition(ruleOf('pickup-by-risk').when, orderFields);

  expect(judgeClock(clock, { uploadedAt: 0 }, always)).toMatchObject({ state: 'waiting', dueAt: 20 * hour });
  expect(clock.lanes?.map(({ name, after, asOf }) => [name.zh, after / hour, asOf])).toEqual([
    ['拼多多', 24, '2026-11-24'],
  ]);
  expect(['pinduoduo', 'miniprogram'].map((channel) => test({ kind: 'sale', channel }))).toEqual(['yes', 'no']);
});

it('a rule cannot be told a lane without a name, a time or a real day [D7]', () => {
  const rule = (lane: object) => ({
    ...ruleOf('tracking-stalled'),
    on: { ...clockOf('tracking-stalled'), after: '48h', lanes: [lane] },
  });
  const lane = { name: { zh: '海运', en: 'by sea' }, when: true, after: '72h', asOf: '2026-11-24' };

  expect(Rule.safeParse(rule(lane)).success).toBe(true);
  for (const wrong of [{ name: undefined }, { after: 'soon' }, { asOf: '2026-02-30' }, { carrier: 'sf' }])
    expect(Rule.safeParse(rule({ ...lane, ...wrong })).success).toBe(false);
});
