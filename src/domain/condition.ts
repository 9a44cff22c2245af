import { LogicEngine } from 'json-logic-engine';
import { UserError } from './errors.ts';
import type { OrderKind } from './order.ts';
import type { Condition } from './rule.ts';
import { stages } from './stage.ts';
import type { Text } from './text.ts';
import { trackKinds } from './track.ts';

export type FieldType = 'number' | 'text' | 'boolean' | 'list' | 'money';

/** `values`: the only texts the field can have, where that is known, so that a misspelt one is refused. */
export type Field = { readonly type: FieldType; readonly label: Text; readonly values?: readonly string[] };
export type FieldTable = Readonly<Record<string, Field>>;

/** A plain record by field name. Money is an integer in the currency's smallest unit, a list holds texts. */
export type Facts = Readonly<Record<string, unknown>>;
export type Answer = 'yes' | 'no' | 'cannot-tell';

export interface Compiled {
  /** Every field that is looked at, sorted. */
  readonly fields: readonly string[];
  /**
   * Kleene's three values. A clause on a field that is missing, null or of another type cannot tell;
   * `or` with a yes is yes all the same, `and` with a no is no, and anything else that contains it cannot tell.
   */
  readonly test: (facts: Facts) => Answer;
}

/** What the engine computes with: yes 1, cannot tell 0, no −1. So `and` is the smallest, `or` the largest, not the negative. */
type Truth = 1 | 0 | -1;
const truth = (is: boolean): Truth => (is ? 1 : -1);
const known = (holds: (a: never, b: never, c: never) => boolean) => ({
  method: ([a, b, c]: readonly unknown[]): Truth =>
    a === null || b === null ? 0 : truth(holds(a as never, b as never, c as never)),
});
const contains = (whole: string | readonly string[], part: string): boolean =>
  typeof whole === 'string' ? whole.includes(part) : whole.some((item) => item.includes(part));

/** How each type looks among the facts. Anything else reads as missing: nothing is ever coerced. */
const readers: Readonly<Record<FieldType, (value: unknown) => boolean>> = {
  number: Number.isFinite,
  money: Number.isSafeInteger,
  text: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  list: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

/**
 * All that the engine knows. Its own operators walk paths, read prototypes and turn a missing field into 0,
 * so none of them is given to it; and without a prototype the table has no `constructor` either.
 */
const methods = Object.assign(Object.create(null) as Record<string, unknown>, {
  and: { method: (all: readonly Truth[]): number => Math.min(...all) },
  or: { method: (all: readonly Truth[]): number => Math.max(...all) },
  '!': { method: ([one]: readonly [Truth]): number => -one },
  '==': known((a, b) => a === b),
  '!=': known((a, b) => a !== b),
  '<': known((a, b) => a < b),
  '<=': known((a, b) => a <= b),
  '>': known((a, b) => a > b),
  '>=': known((a, b) => a >= b),
  between: known((value: number, low: number, high: number) => value >= low && value <= high),
  in: known((item: unknown, list: readonly unknown[]) => list.includes(item)),
  has: known(contains),
  'starts-with': known((whole: string, start: string) => whole.startsWith(start)),
  var: {
    method: ([name, type]: readonly [string, FieldType], facts: Facts): unknown =>
      readers[type](facts[name]) ? facts[name] : null,
  },
});
const engine = new LogicEngine({});
engine.methods = methods;

const answers: Readonly<Record<Truth, Answer>> = { 1: 'yes', 0: 'cannot-tell', [-1]: 'no' };

/** Preview, backtest and live judge with what this returns and nothing else. Refuses with the place and the reason. */
export function compileCondition(condition: Condition, fields: FieldTable): Compiled {
  const reader: Reader = { table: fields, used: new Set(), parts: 0 };
  const logic = readTruth(reader, condition, '', 0);
  const judge = engine.build(logic) as (facts: Facts) => Truth;
  return { fields: [...reader.used].sort(), test: (facts) => answers[judge(facts)] };
}

/** Walks what a person wrote and builds a fresh tree of known shape; only that reaches the engine. */
type Reader = { readonly table: FieldTable; readonly used: Set<string>; parts: number };
type Logic = number | string | boolean | readonly Logic[] | { readonly [operator: string]: Logic };
/** `field` is missing for a constant. */
type Operand = { readonly logic: Logic; readonly type: FieldType; readonly field?: Field };

const ordered: readonly FieldType[] = ['number', 'money'];
const scalar: readonly FieldType[] = ['number', 'text', 'boolean', 'money'];
const most = { levels: 16, parts: 500, characters: 200 };

function readTruth(reader: Reader, node: unknown, at: string, depth: number): Logic {
  if (typeof node === 'boolean') return truth(node);
  if (depth >= most.levels) return refuse(at, `超过 ${most.levels} 层`, `more than ${most.levels} levels deep`);
  const [operator, args] = readOperator(reader, node, at);
  const inside = `${at}/${operator}`;
  switch (operator) {
    case 'and':
    case 'or':
      if (!Array.isArray(args) || args.length === 0) return refuse(inside, '要条件列表', 'wants a list of conditions');
      count(reader, args.length, inside);
      return { [operator]: Array.from(args, (each, i) => readTruth(reader, each, `${inside}/${i}`, depth + 1)) };
    case '!':
      if (!Array.isArray(args)) return { '!': [readTruth(reader, args, inside, depth + 1)] };
      return { '!': [readTruth(reader, listOf(1, args, inside)[0], `${inside}/0`, depth + 1)] };
    case 'var':
      return { '==': [need(readOperand(reader, node, at), ['boolean'], at).logic, true] };
    default:
      return { [operator]: readClause(reader, operator, args, inside) };
  }
}

function readClause(reader: Reader, operator: string, args: unknown, at: string): Logic {
  const parts = listOf(operator === 'between' ? 3 : 2, args, at);
  const [inFirst, inSecond, inThird] = [`${at}/0`, `${at}/1`, `${at}/2`];
  const first = readOperand(reader, parts[0], inFirst);
  if (operator === 'in' && Array.isArray(parts[1])) {
    return [need(first, scalar, inFirst).logic, readChoices(reader, first, parts[1], inSecond)];
  }
  const second = readOperand(reader, parts[1], inSecond);
  if (first.field === undefined && second.field === undefined) refuse(at, '没有用到字段', 'looks at no field');
  switch (operator) {
    case 'in':
      return [need(first, ['text'], inFirst).logic, need(second, ['list'], inSecond).logic];
    case 'has':
    case 'starts-with':
      if (second.type !== 'text' || second.field || second.logic === '')
        refuse(inSecond, '要一段文字', 'wants some text');
      return [need(first, operator === 'has' ? ['text', 'list'] : ['text'], inFirst).logic, second.logic];
    case 'between': {
      const third = readOperand(reader, parts[2], inThird);
      const range = [mustMatch(first, second, inSecond), mustMatch(first, third, inThird)] as const;
      const isRange = second.field === undefined && third.field === undefined && range[0] <= range[1];
      if (!isRange) refuse(at, '要两个数，小的在前', 'wants two numbers, the smaller first');
      return [need(first, ordered, inFirst).logic, ...range];
    }
    default:
      need(first, operator === '==' || operator === '!=' ? scalar : ordered, inFirst);
      return [first.logic, mustMatch(first, second, inSecond)];
  }
}

function readOperand(reader: Reader, node: unknown, at: string): Operand {
  if (typeof node === 'number' && Number.isFinite(node)) return { logic: node, type: 'number' };
  if (typeof node === 'boolean') return { logic: node, type: 'boolean' };
  if (typeof node === 'string') {
    if (node.length > most.characters) refuse(at, '文字太长', 'the text is too long');
    return { logic: node, type: 'text' };
  }
  const [operator, args] = readOperator(reader, node, at);
  if (operator !== 'var') refuse(at, `这里不能用 ${operator}`, `${operator} cannot stand here`);
  const name: unknown = Array.isArray(args) ? listOf(1, args, `${at}/var`)[0] : args;
  // A table is a plain object, so "constructor" and the like must not be found on its prototype, nor on the facts'.
  const field = typeof name === 'string' && Object.hasOwn(reader.table, name) ? reader.table[name] : undefined;
  if (field === undefined || typeof name !== 'string' || name in Object.prototype) {
    return refuse(`${at}/var`, `没有字段 ${quote(name)}`, `there is no field ${quote(name)}`);
  }
  reader.used.add(name);
  return { logic: { var: [name, field.type] }, type: field.type, field };
}

function readChoices(reader: Reader, wanted: Operand, choices: readonly unknown[], at: string): Logic {
  if (wanted.field === undefined) refuse(at, '没有用到字段', 'looks at no field');
  if (choices.length === 0) refuse(at, '列表是空的', 'the list is empty');
  count(reader, choices.length, at);
  return Array.from(choices, (choice, index) => {
    const operand = readOperand(reader, choice, `${at}/${index}`);
    if (operand.field !== undefined) refuse(`${at}/${index}`, '列表里只能有值', 'a list holds values only');
    return mustMatch(wanted, operand, `${at}/${index}`);
  });
}

function count(reader: Reader, parts: number, at: string): void {
  reader.parts += parts;
  if (reader.parts > most.parts) refuse(at, `超过 ${most.parts} 个部分`, `more than ${most.parts} parts`);
}

/** The one operator of a node and what it is applied to. */
function readOperator(reader: Reader, node: unknown, at: string): [operator: string, args: unknown] {
  count(reader, 1, at);
  const isObject = typeof node === 'object' && node !== null && !Array.isArray(node);
  if (!isObject) return refuse(at, `${quote(node)} 不是条件`, `${quote(node)} is no condition`);
  const [operator, ...more] = Reflect.ownKeys(node);
  if (typeof operator !== 'string' || more.length > 0) refuse(at, '要且只要一个运算', 'wants exactly one operator');
  if (!Object.hasOwn(methods, operator)) refuse(at, `没有运算 ${quote(operator)}`, `no operator ${quote(operator)}`);
  return [operator, (node as Record<string, unknown>)[operator]];
}

function listOf(length: number, args: unknown, at: string): readonly unknown[] {
  if (Array.isArray(args) && args.length === length) return args;
  return refuse(at, `要 ${length} 个值`, `wants ${length} value${length === 1 ? '' : 's'}`);
}

function need(operand: Operand, types: readonly FieldType[], at: string): Operand {
  if (types.includes(operand.type)) return operand;
  return refuse(at, `不能是${typeNames[operand.type].zh}`, `cannot be a ${typeNames[operand.type].en}`);
}

/** Money is compared with whole smallest units, so 500.5 is refused where fen are meant. */
function mustMatch(one: Operand, other: Operand, at: string): Logic {
  const [{ type, field }, value] = one.field === undefined ? [other, one] : [one, other];
  const isUnits = type === 'money' && value.type === 'number' && Number.isSafeInteger(value.logic);
  const { zh, en } = typeNames[type];
  if (value.type !== type && !isUnits) refuse(at, `两边要同为${zh}`, `both sides must be a ${en}`);
  if (typeof value.logic === 'string' && field?.values?.includes(value.logic) === false) {
    refuse(at, `${field.label.zh}没有 ${quote(value.logic)}`, `${field.label.en} is never ${quote(value.logic)}`);
  }
  return other.logic;
}

const typeNames: Readonly<Record<FieldType, Text>> = {
  number: { zh: '数', en: 'number' },
  text: { zh: '文字', en: 'text' },
  boolean: { zh: '是否', en: 'yes or no' },
  list: { zh: '列表', en: 'list' },
  money: { zh: '金额（最小单位的整数）', en: 'whole number of smallest money units' },
};

const quote = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? `"${String(value).slice(0, 40)}"` : '{…}';

function refuse(at: string, zh: string, en: string): never {
  throw new UserError('BAD_CONDITION', { zh: `条件${at && ` ${at}`}：${zh}`, en: `Condition${at && ` ${at}`}: ${en}` });
}

const field = (type: FieldType, zh: string, en: string): Field => ({ type, label: { zh, en } });

/** What a condition about an order may look at. */
export const orderFields: FieldTable = {
  channel: field('text', '渠道', 'channel'),
  shop: field('text', '店铺', 'shop'),
  amountPaid: field('money', '实付金额', 'amount paid'),
  amountGoods: field('money', '商品金额', 'goods amount'),
  freight: field('money', '运费', 'freight'),
  currency: field('text', '币种', 'currency'),
  province: field('text', '省', 'province'),
  city: field('text', '市', 'city'),
  district: field('text', '区县', 'district'),
  kind: { ...field('text', '订单类型', 'kind'), values: ['sale', 'postage', 'sample', 'resend'] satisfies OrderKind[] },
  skus: field('list', '商品编码', 'SKUs'),
  titles: field('list', '商品标题', 'titles'),
  buyerNote: field('text', '买家留言', 'buyer note'),
  remark: field('text', '卖家备注', 'remark'),
  flag: field('text', '旗标', 'flag'),
  warehouse: field('text', '仓库', 'warehouse'),
  stage: { ...field('text', '阶段', 'stage'), values: stages },
  refundRace: field('boolean', '退款时面单已打、还没走远', 'refund asked for while labelled and not far gone'),
  addressDuty: {
    ...field('text', '改地址要做的事', 'what an address change asks for'),
    values: ['decide', 'stop'],
  },
  held: field('boolean', '暂停发货', 'held'),
  trackKind: { ...field('text', '物流进展', 'what the carrier said last'), values: trackKinds },
  trackState: field('text', '物流状态码', "the carrier's own code"),
  payHour: field('number', '付款时刻（0–23 点）', 'hour of payment (0–23)'),
};
