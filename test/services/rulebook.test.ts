import { describe, expect, it } from 'vitest';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import { Rule, type RuleInput } from '../../src/domain/rule.ts';
import { createRulebook } from '../../src/services/rulebook.ts';
import { aFulfillment, aLock, anOrder, at, minute } from '../kit/builders.ts';
import { aDirectory } from '../kit/fake-directory.ts';

const zone = 'Asia/Shanghai';
const book = (rules: readonly Rule[] = builtinRules, hours: readonly string[] = []) =>
  createRulebook(rules, aDirectory({ hours }), zone);
const clockRule = (change: Partial<RuleInput>): Rule =>
  Rule.parse({
    id: 'slow',
    version: 1,
    on: { type: 'clock', subject: 'order', since: ['paidAt'], after: '1h', until: ['shippedAt'], hours: 'wall' },
    when: true,
    severity: 'info',
    group: [],
    say: { zh: '慢', en: 'slow' },
    do: [],
    ...change,
  } satisfies RuleInput);

describe('the stage of an order', () => {
  const queued = aFulfillment();
  const sorting = aFulfillment({ systemOrderNo: '7002', stage: 'sorting', stageAt: at('11:00') });

  it.each([
    ['placed', anOrder({ paidAt: null }), [], 'placed', at('09:59')],
    ['paid', anOrder(), [], 'paid', at('10:00')],
    ['queued', anOrder(), [queued], 'queued', at('10:01')],
    ['as far as its slowest part', anOrder(), [sorting, queued], 'queued', at('10:01')],
    [
      'not held back by a part that was closed',
      anOrder(),
      [sorting, { ...queued, closed: true }],
      'sorting',
      at('11:00'),
    ],
    ['not moved by a warehouse before it is paid', anOrder({ paidAt: null }), [sorting], 'placed', at('09:59')],
    [
      'shipped when the channel knows and the warehouse lags',
      anOrder({ shippedAt: at('12:00') }),
      [sorting],
      'shipped',
      at('12:00'),
    ],
    ['delivered', anOrder({ shippedAt: at('12:00'), deliveredAt: at('15:00') }), [], 'delivered', at('15:00')],
    [
      'closed wherever it was',
      anOrder({ shippedAt: at('12:00'), closedAt: at('12:30') }),
      [sorting],
      'closed',
      at('12:30'),
    ],
  ] as const)('is %s', (_what, order, fulfillments, stage, stageAt) => {
    expect(book().derivation.order(order, fulfillments)).toMatchObject({ stage, stageAt });
  });
});

describe('the deadlines of an order', () => {
  it('are those of every order clock whose condition holds', () => {
    const rules = [
      ...builtinRules,
      clockRule({ id: 'big', when: { '>=': [{ var: 'amountPaid' }, 10_000] } }),
      clockRule({ id: 'bigger', when: { '>=': [{ var: 'amountPaid' }, 90_000] } }),
      clockRule({
        id: 'parcels',
        on: {
          type: 'clock',
          subject: 'parcel',
          since: ['scannedAt'],
          after: '1h',
          until: ['deliveredAt'],
          hours: 'wall',
        },
      }),
    ];
    expect(book(rules).derivation.order(anOrder(), [aFulfillment()]).deadlines).toEqual([
      { ruleId: 'paid-not-sorted', dueAt: at('12:00') },
      { ruleId: 'big', dueAt: at('11:00') },
    ]);
  });

  it('count the hours of the warehouse that serves it, or else of its system', () => {
    const hours = ['Mon-Sun 08:30-22:00'];
    const late = anOrder({ paidAt: at('21:30') });
    const morning = [{ ruleId: 'paid-not-sorted', dueAt: at('10:00', '2026-11-25') }];
    expect(book(builtinRules, hours).derivation.order(late, [aFulfillment()]).deadlines).toEqual(morning);
    expect(book(builtinRules, hours).derivation.order(late, []).deadlines).toEqual(morning);
    expect(
      book(builtinRules, hours).derivation.order(late, [aFulfillment({ warehouseCode: '9999' })]).deadlines,
    ).toEqual([{ ruleId: 'paid-not-sorted', dueAt: at('23:30') }]);
  });
});

describe('the deadlines of stock', () => {
  const closed = anOrder({ closedAt: at('11:00'), status: 'closed' });
  const { derivation } = book();

  it('start when the order closed or the lock was taken, whichever is later, and never for a living order', () => {
    const due = (dueAt: number) => [{ ruleId: 'lock-orphaned', dueAt }];
    expect(derivation.lock(aLock(), closed)).toEqual(due(at('11:30')));
    expect(derivation.lock(aLock({ createdAt: at('11:20') }), closed)).toEqual(due(at('11:50')));
    expect(derivation.lock(aLock(), anOrder())).toEqual([]);
    expect(derivation.lock(aLock(), undefined)).toEqual([]);
    expect(derivation.lock(aLock({ kind: 'pick' }), closed)).toEqual([]);
  });

  it('start for a fulfillment order when the last of its orders closed, unless it left or was closed', () => {
    const second = anOrder({ ...closed, closedAt: at('11:10') });
    expect(derivation.fulfillment(aFulfillment(), [closed, second])).toEqual([
      { ruleId: 'lock-orphaned', dueAt: at('11:10') + 30 * minute },
    ]);
    expect(derivation.fulfillment(aFulfillment(), [closed, anOrder()])).toEqual([]);
    expect(derivation.fulfillment(aFulfillment(), [])).toEqual([]);
    expect(derivation.fulfillment(aFulfillment({ closed: true }), [closed])).toEqual([]);
    expect(derivation.fulfillment(aFulfillment({ shippedAt: at('10:50') }), [closed])).toEqual([]);
  });
});

describe('what conditions are asked about', () => {
  it('is the order as the company names it', () => {
    expect(book().facts(anOrder({ shopId: 'tmall' }), [aFulfillment({ held: true })])).toMatchObject({
      channel: 'taobao',
      shop: 'tmall',
      kind: 'sale',
      amountPaid: 19_900,
      warehouse: 'hz',
      held: true,
      skus: ['XZ-BK-L'],
    });
    expect(book().facts(anOrder(), [aFulfillment({ closed: true })])).toMatchObject({ warehouse: null });
  });

  it('knows which rules are on', () => {
    expect(book().find('paid-not-sorted')?.severity).toBe('critical');
    expect(book([]).find('paid-not-sorted')).toBeUndefined();
    expect(
      book()
        .rulesOn('silence')
        .map(({ id }) => id),
    ).toEqual(['source-silent']);
  });
});
