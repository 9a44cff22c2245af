import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, compileCondition, type Facts, type FieldTable, orderFields } from '../../src/domain/condition.ts';
import { UserError } from '../../src/domain/errors.ts';
import type { Condition } from '../../src/domain/rule.ts';

const v = (name: string) => ({ var: name });
const ask = (condition: Condition, facts: Facts): Answer => compileCondition(condition, orderFields).test(facts);

describe('what a condition can say [D7]', () => {
  it.each<[string, Condition, Facts, Answer]>([
    ['a constant', true, {}, 'yes'],
    ['a constant', false, {}, 'no'],
    ['equal', { '==': [v('kind'), 'sale'] }, { kind: 'sale' }, 'yes'],
    ['equal', { '==': ['sale', v('kind')] }, { kind: 'postage' }, 'no'],
    ['unequal', { '!=': [v('shop'), 'us'] }, { shop: 'tmall' }, 'yes'],
    ['above, strictly [D1]', { '>': [v('amountPaid'), 50_000] }, { amountPaid: 50_000 }, 'no'],
    ['above, strictly [D1]', { '>': [v('amountPaid'), 50_000] }, { amountPaid: 50_001 }, 'yes'],
    ['one field and another', { '<': [v('amountPaid'), v('amountGoods')] }, { amountPaid: 1, amountGoods: 2 }, 'yes'],
    ['at most', { '<=': [v('payHour'), 6] }, { payHour: 6 }, 'yes'],
    ['between, both ends in', { between: [v('payHour'), 0, 6] }, { payHour: 6 }, 'yes'],
    ['between, both ends in', { between: [v('payHour'), 1, 6] }, { payHour: 0 }, 'no'],
    ['in a list of values', { in: [v('province'), ['新疆', '西藏', '青海']] }, { province: '西藏' }, 'yes'],
    ['in a list of values', { in: [v('province'), ['新疆']] }, { province: '甘肃' }, 'no'],
    ['in a field that is a list, exactly', { in: ['A-1', v('skus')] }, { skus: ['A-10'] }, 'no'],
    ['in a field that is a list, exactly', { in: ['A-1', v('skus')] }, { skus: ['B', 'A-1'] }, 'yes'],
    ['has words', { has: [v('buyerNote'), '刺绣'] }, { buyerNote: '要刺绣名字' }, 'yes'],
    ['has words in some item', { has: [v('titles'), '刺绣'] }, { titles: ['T恤', '刺绣卫衣'] }, 'yes'],
    ['has nothing in an empty list', { has: [v('titles'), '刺绣'] }, { titles: [] }, 'no'],
    ['starts with', { 'starts-with': [v('city'), '杭'] }, { city: '杭州' }, 'yes'],
    ['starts with', { 'starts-with': [v('city'), '州'] }, { city: '杭州' }, 'no'],
    ['a yes-or-no field by itself', v('held'), { held: false }, 'no'],
    ['not', { '!': v('held') }, { held: false }, 'yes'],
    ['not of a list of one', { '!': [{ var: ['held'] }] }, { held: true }, 'no'],
    [
      'text that looks like code',
      { '==': [v('remark'), '`${"\\u2028prev' + "'"] },
      { remark: '`${"\\u2028prev' + "'" },
      'yes',
    ],
  ])('%s: %j of %j is %s', (_, condition, facts, answer) => {
    expect(ask(condition, facts)).toBe(answer);
  });

  it('names the fields it needs, once each', () => {
    const rule = { and: [{ '==': [v('shop'), 'us'] }, { or: [v('held'), { '!=': [v('shop'), 'x'] }] }] };

    expect(compileCondition(rule, orderFields).fields).toEqual(['held', 'shop']);
    expect(compileCondition(true, orderFields).fields).toEqual([]);
  });
});

describe('a field that is missing', () => {
  const isUs = { '==': [v('shop'), 'us'] };

  it.each<[Condition, Answer]>([
    [isUs, 'cannot-tell'],
    [{ '!': isUs }, 'cannot-tell'],
    [{ '!=': [v('shop'), 'us'] }, 'cannot-tell'],
    [{ '<': [v('amountPaid'), 1] }, 'cannot-tell'],
    [{ '==': [v('amountPaid'), 0] }, 'cannot-tell'],
    [{ '>=': [v('amountPaid'), v('freight')] }, 'cannot-tell'],
    [{ in: [v('shop'), ['us']] }, 'cannot-tell'],
    [{ has: [v('titles'), 'x'] }, 'cannot-tell'],
    [{ between: [v('payHour'), 0, 23] }, 'cannot-tell'],
    [{ or: [isUs, v('held')] }, 'yes'],
    [{ or: [isUs, { '!': v('held') }] }, 'cannot-tell'],
    [{ and: [isUs, v('held')] }, 'cannot-tell'],
    [{ and: [isUs, { '!': v('held') }] }, 'no'],
    [{ '!': { and: [isUs, { '!': v('held') }] } }, 'yes'],
  ])('%j, with only held known, is %s', (condition, answer) => {
    expect(ask(condition, { held: true })).toBe(answer);
    expect(ask(condition, { held: true, shop: null, amountPaid: null, titles: null, payHour: null })).toBe(answer);
  });

  it.each<[string, Condition, Facts]>([
    ['text for a number', { '<': [v('payHour'), 99] }, { payHour: '1' }],
    ['no number at all', { '!=': [v('payHour'), 1] }, { payHour: Number.NaN }],
    ['half a fen', { '>': [v('amountPaid'), 1] }, { amountPaid: 1.5 }],
    ['a number for text', { '!=': [v('shop'), '1'] }, { shop: 1 }],
    ['1 for yes', v('held'), { held: 1 }],
    ['text for a list', { has: [v('skus'), 'a'] }, { skus: 'abc' }],
    ['a list of other things', { in: ['a', v('skus')] }, { skus: ['a', 1] }],
  ])('counts as missing with %s: nothing is coerced', (_, condition, facts) => {
    expect(ask(condition, facts)).toBe('cannot-tell');
  });
});

const nest = (depth: number): Condition => {
  let condition: Condition = v('held');
  for (let level = 0; level < depth; level += 1) condition = { '!': condition };
  return condition;
};

describe('a condition that is refused says where and why [D7]', () => {
  const looped: { and: unknown[] } = { and: [] };
  looped.and.push(looped);

  it.each<[string, unknown, string]>([
    ['an operator that is not listed', { and: [true, { map: [v('skus'), 1] }] }, '/and/1'],
    ['an operator of the engine', { reduce: [v('skus'), { '+': [1, 2] }, 0] }, ''],
    ['its own var with a path', { '==': [v('shop.length'), 4] }, '/==/0/var'],
    ['an empty var, which would be everything', { '==': [v(''), 'x'] }, '/==/0/var'],
    ['a var of an outer scope', { '==': [v('../shop'), 'x'] }, '/==/0/var'],
    ['a var by number', { '==': [{ var: 0 }, 'x'] }, '/==/0/var'],
    ['a var with a default', { '==': [{ var: ['shop', 'us'] }, 'us'] }, '/==/0/var'],
    ['a var made by an operator', { '==': [{ var: { and: [true] } }, 'us'] }, '/==/0/var'],
    ['a field that is not listed', { '==': [v('phone'), 'x'] }, '/==/0/var'],
    ['constructor as a field', v('constructor'), '/var'],
    ['__proto__ as a field', { '==': [v('__proto__'), 'x'] }, '/==/0/var'],
    ['constructor as an operator', { constructor: [1] }, ''],
    ['__proto__ as an operator', JSON.parse('{"__proto__":[true]}'), ''],
    ['toString as an operator', { or: [{ toString: [] }] }, '/or/0'],
    ['a name that cannot be printed', { '==': [{ var: { toString: 1 } }, 'x'] }, '/==/0/var'],
    ['val', { '==': [{ val: 'shop' }, 'x'] }, '/==/0'],
    ['===', { '===': [v('shop'), 'us'] }, ''],
    ['two operators at once', { and: [true], or: [true] }, ''],
    ['no operator', { and: [{}] }, '/and/0'],
    ['null', { and: [null] }, '/and/0'],
    ['a number as a condition', { and: [1] }, '/and/0'],
    ['text as a condition', { '!': 'held' }, '/!'],
    ['a list as a condition', { or: [[true]] }, '/or/0'],
    ['a hole in a list', { and: new Array(2) }, '/and/0'],
    ['and of nothing', { and: [] }, '/and'],
    ['or of no list', { or: { '!': true } }, '/or'],
    ['not of two', { '!': [true, true] }, '/!'],
    ['a comparison of one', { '==': [v('shop')] }, '/=='],
    ['a comparison of three', { '<': [1, v('payHour'), 5] }, '/<'],
    ['a comparison without a list', { '==': v('shop') }, '/=='],
    ['between of two', { between: [v('payHour'), 1] }, '/between'],
    ['between from large to small', { between: [v('payHour'), 22, 6] }, '/between'],
    ['between with a field as its end', { between: [v('payHour'), 1, v('payHour')] }, '/between'],
    ['two constants', { '==': ['a', 'a'] }, '/=='],
    ['a constant in constants', { in: ['a', ['a']] }, '/in/1'],
    ['in nothing', { in: [v('shop'), []] }, '/in/1'],
    ['in text', { in: ['a', v('shop')] }, '/in/1'],
    ['in a list of another type', { in: [v('shop'), ['a', 1]] }, '/in/1/1'],
    ['in a list with a field', { in: [v('shop'), [v('city')]] }, '/in/1/0'],
    ['a number compared with text', { '==': [v('payHour'), '6'] }, '/==/1'],
    ['text in order', { '<': [v('shop'), 'b'] }, '/</0'],
    ['lists compared', { '==': [v('skus'), v('titles')] }, '/==/0'],
    ['money against a plain number', { '<': [v('amountPaid'), v('payHour')] }, '/</1'],
    ['money in fractions of a fen', { '>': [v('amountPaid'), 500.5] }, '/>/1'],
    ['has of a number', { has: [v('payHour'), '1'] }, '/has/0'],
    ['has of empty text', { has: [v('remark'), ''] }, '/has/1'],
    ['has of a field', { has: ['刺绣', v('remark')] }, '/has/1'],
    ['starts-with of a list', { 'starts-with': [v('skus'), 'A'] }, '/starts-with/0'],
    ['text as a yes-or-no', v('shop'), ''],
    ['a value that the field never has', { '==': [v('kind'), 'sales'] }, '/==/1'],
    ['a value that the field never has', { in: [v('stage'), ['paid', 'pcaked']] }, '/in/1/1'],
    ['an infinite number', { '<': [v('payHour'), Number.POSITIVE_INFINITY] }, '/</1'],
    ['a function', { '==': [v('shop'), () => 1] }, '/==/1'],
    ['too deep', nest(17), '/!'.repeat(16)],
    ['deep enough to break a stack', nest(100_000), '/!'.repeat(16)],
    ['a loop', looped, '/and/0'.repeat(16)],
    ['too long', { or: Array.from({ length: 501 }, () => true) }, '/or'],
    ['too many choices', { in: [v('payHour'), Array.from({ length: 600 }, (_, n) => n)] }, '/in/1'],
    ['text too long', { has: [v('remark'), 'x'.repeat(201)] }, '/has/1'],
  ])('%s', (_, condition, place) => {
    const compile = () => compileCondition(condition as Condition, orderFields);
    const at = place === '' ? '' : ` ${place}`;

    expect(compile).toThrow(UserError);
    expect(compile).toThrow(expect.objectContaining({ code: 'BAD_CONDITION' }));
    expect(compile).toThrow(
      expect.objectContaining({
        text: {
          zh: expect.stringContaining(`条件${at}：`),
          en: expect.stringContaining(`Condition${at}: `),
        },
      }),
    );
  });

  it('does not find a field on the prototype of its table or of the facts', () => {
    const table = { toString: orderFields.shop, shop: orderFields.shop } as unknown as FieldTable;

    expect(() => compileCondition({ '==': [v('toString'), 'x'] }, table)).toThrow(UserError);
    expect(() => compileCondition({ '==': [v('hasOwnProperty'), 'x'] }, table)).toThrow(UserError);
  });
});

const facts = fc.record(
  {
    shop: fc.constantFrom('us', 'tmall', null),
    payHour: fc.constantFrom(0, 6, 23, null, '6'),
    amountPaid: fc.constantFrom(0, 50_000, 50_001, undefined),
    skus: fc.constantFrom([], ['A'], ['B', 'AB'], null),
    held: fc.constantFrom(true, false, null),
  },
  { requiredKeys: [] },
);
const clause: fc.Arbitrary<Condition> = fc.oneof(
  fc.boolean(),
  fc.constant(v('held')),
  fc
    .tuple(fc.constantFrom('==', '!='), fc.constantFrom('us', 'tmall'))
    .map(([op, shop]) => ({ [op]: [v('shop'), shop] })),
  fc
    .tuple(fc.constantFrom('<', '<=', '>', '>=', '==', '!='), fc.constantFrom(0, 6))
    .map(([op, n]) => ({ [op]: [v('payHour'), n] })),
  fc.constantFrom('<', '>=').map((op) => ({ [op]: [50_001, v('amountPaid')] })),
  fc.constantFrom('A', 'B').map((sku) => ({ in: [sku, v('skus')] })),
  fc.constantFrom('A', 'B').map((sku) => ({ has: [v('skus'), sku] })),
  fc.constant({ between: [v('payHour'), 1, 6] }),
  fc.constant({ in: [v('shop'), ['us', 'uk']] }),
);
const { condition: anyCondition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 5 },
    clause,
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('condition'), { minLength: 1, maxLength: 3 }))
      .map(([op, all]) => ({ [op]: all })),
    tie('condition').map((one) => ({ '!': one })),
    tie('condition').map((one) => ({ '!': [one] })),
  ),
}));

describe('for any condition and any facts', () => {
  it('answers as a naive reading of three-valued logic does', () => {
    const check = fc.property(anyCondition, facts, (condition, known) => {
      expect(compileCondition(condition, orderFields).test(known)).toBe(readNaively(condition, known));
    });
    fc.assert(check, { numRuns: 3_000 });
  });

  it('an answer does not change when something more becomes known', () => {
    const check = fc.property(
      anyCondition,
      facts,
      fc.constantFrom('shop', 'payHour', 'skus', 'held'),
      (condition, known, name) => {
        const judge = compileCondition(condition, orderFields);
        const answer = judge.test({ ...known, [name]: undefined });

        expect(answer === 'cannot-tell' ? answer : judge.test(known)).toBe(answer);
      },
    );
    fc.assert(check, { numRuns: 1_000 });
  });

  it('never runs anything strange: it compiles or is refused', () => {
    const hostile = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>(null, 0, '', 'shop', '__proto__', true, {}, [], 'a.b', Number.NaN),
        fc.array(tie('node'), { maxLength: 3 }),
        fc
          .tuple(
            fc.constantFrom('and', '==', 'var', 'in', 'has', 'map', 'method', '__proto__', 'constructor'),
            tie('node'),
          )
          .map(([op, node]) => JSON.parse(`{${JSON.stringify(op)}:${JSON.stringify(node)}}`)),
      ),
    }));
    const check = fc.property(hostile.node, (node) => {
      try {
        expect(['yes', 'no', 'cannot-tell']).toContain(compileCondition(node as Condition, orderFields).test({}));
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    });
    fc.assert(check, { numRuns: 2_000 });
  });
});

function readNaively(condition: unknown, known: Facts): Answer {
  const not = { yes: 'no', no: 'yes', 'cannot-tell': 'cannot-tell' } as const;
  if (typeof condition === 'boolean') return condition ? 'yes' : 'no';
  const [operator, args] = Object.entries(condition as Record<string, unknown>)[0] ?? ['', []];
  if (operator === 'var') return readNaively({ '==': [condition, true] }, known);
  if (operator === '!') return not[readNaively(Array.isArray(args) ? args[0] : args, known)];
  const parts = args as unknown[];
  if (operator === 'and' || operator === 'or') {
    const all = parts.map((each) => readNaively(each, known));
    const decisive = operator === 'and' ? 'no' : 'yes';
    if (all.includes(decisive)) return decisive;
    return all.includes('cannot-tell') ? 'cannot-tell' : not[decisive];
  }
  const types = { shop: 'string', payHour: 'number', amountPaid: 'number', skus: 'object', held: 'boolean' };
  const values = parts.map((part) => {
    if (typeof part !== 'object' || Array.isArray(part)) return part;
    const name = (part as { var: keyof typeof types }).var;
    return typeof known[name] === types[name] ? known[name] : null;
  });
  if (values.includes(null)) return 'cannot-tell';
  const [a, b, c] = values as [number, number, number];
  const list = b as unknown as readonly unknown[];
  const holds: Record<string, () => boolean> = {
    '==': () => a === b,
    '!=': () => a !== b,
    '<': () => a < b,
    '<=': () => a <= b,
    '>': () => a > b,
    '>=': () => a >= b,
    in: () => list.includes(a),
    has: () => (a as unknown as string[]).some((item) => item.includes(b as unknown as string)),
    between: () => b <= a && a <= c,
  };
  return holds[operator]?.() ? 'yes' : 'no';
}
