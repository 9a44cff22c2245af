import { expect, it } from 'vitest';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import { promoChanges, scaled } from '../../src/domain/promo.ts';
import { Rule, type RuleInput } from '../../src/domain/rule.ts';

const rule = (id: string, on: RuleInput['on']): Rule =>
  Rule.parse({ id, version: 1, on, when: true, severity: 'warning', group: [], say: { zh: id, en: id }, do: [] });
const spike = rule('spike', { type: 'metric', scope: 'shop', above: 3, clearBelow: 1.5 });
const overtaken = rule('overtaken', { type: 'overtaken', byAtLeast: 5 });
const burst = rule('same-buyer-burst', { type: 'count', by: 'identity', within: '10m', atLeast: 3 });

it('widens what is about the volume of a shop or warehouse, and nothing else', () => {
  expect(scaled(spike, 4).on).toMatchObject({ above: 12, clearBelow: 6 });
  expect(scaled(overtaken, 1.5).on).toMatchObject({ byAtLeast: 8 });
  expect(scaled(burst, 4)).toEqual(burst);
  for (const other of builtinRules.filter(({ on }) => on.type !== 'metric' && on.type !== 'overtaken'))
    expect(scaled(other, 4)).toEqual(other);
});

it('changes nothing at factor one, and names every threshold that moves', () => {
  expect([spike, overtaken].map((each) => scaled(each, 1))).toEqual([spike, overtaken]);
  expect(promoChanges([spike, overtaken, burst], 4)).toEqual([
    { ruleId: 'spike', from: 3, to: 12 },
    { ruleId: 'overtaken', from: 5, to: 20 },
  ]);
});
