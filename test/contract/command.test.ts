import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/actor.ts';
import { understand } from '../../src/domain/grammar.ts';
import { argKinds } from '../../src/domain/menu.ts';
import { commandFiles, commandFolder, commands, lexicon, menu } from '../commands/menu.ts';

/** Design §6.3, word for word; raise it with the menu. */
const promised: Readonly<Record<string, readonly string[]>> = {
  help: ['帮助', '怎么用', '?'],
  order: ['查单', '查', '到哪了', '发了没'],
  alerts: ['异常', '待处理'],
  mine: ['我的'],
  why: ['为什么', '为啥', '原因'],
  ack: ['认领', '我来'],
  snooze: ['稍后'],
  done: ['完成', '搞定'],
  handover: ['转交', '给'],
  reroute: ['改仓', '换仓', '走…仓'],
  release: ['释放', '解锁'],
  stock: ['库存'],
  short: ['缺货'],
  health: ['战报', '日报'],
  export: ['导出'],
  tonight: ['今晚', '今天要发多少'],
  hold: ['暂停发货', '先别发', '风险', 'flag'],
  clear: ['放行', '可以发了'],
  intercept: ['拦截'],
  replenish: ['补货', '调货'],
  address: ['改地址'],
  note: ['备注'],
  urgent: ['加急', '插单'],
  urge: ['催'],
  cause: ['标原因'],
  review: ['复核'],
  undo: ['撤销', '点错了'],
  bind: ['绑定'],
  import: ['导入', '传表'],
  login: ['登录'],
  oncall: ['值班'],
  swap: ['换班'],
  shift: ['交班'],
  silence: ['免打扰', '别响了'],
  promo: ['大促'],
  whynot: ['为何没报'],
  call: ['呼叫'],
  label: ['面单', '打单', '打面单'],
};

const writes = [
  'ack',
  'address',
  'bind',
  'call',
  'cause',
  'clear',
  'done',
  'handover',
  'hold',
  'intercept',
  'label',
  'note',
  'promo',
  'release',
  'replenish',
  'reroute',
  'review',
  'shift',
  'silence',
  'snooze',
  'swap',
  'undo',
  'urge',
  'urgent',
];

it('finds the whole menu [O]', () => {
  expect(commandFiles.length).toBeGreaterThanOrEqual(Object.keys(promised).length);
});

it('calls every command what was promised [O]', () => {
  const found = Object.fromEntries(
    menu.filter(({ name }) => name in promised).map(({ name, aliases }) => [name, aliases]),
  );

  expect(found).toEqual(promised);
});

it('gives no word to two commands [O]', () => {
  const words = menu.flatMap(({ name, aliases }) => [name, ...aliases]);

  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
});

it('knows which commands change something [O]', () => {
  expect(
    menu
      .filter(({ name, changes }) => name in promised && changes)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(writes);
});

it('keeps /login private [O]', () => {
  expect(menu.filter(({ isPrivate }) => isPrivate).map(({ name }) => name)).toContain('login');
});

describe.each(commands)('/$name', ({ name, command }) => {
  it('has a plain name, one verb to run and a known permission [O]', () => {
    expect(name).toMatch(/^[a-z][a-z-]*$/);
    expect(command).toHaveProperty('run', expect.any(Function));
    expect(permissions).toContain(command.permission);
    expect(command.changes).toBeTypeOf('boolean');
  });

  it('is called something in Chinese first [O]', () => {
    expect(command.aliases[0]).toMatch(/^[\u4e00-\u9fff]+$/);
  });

  it('helps in Chinese and in English [O]', () => {
    expect(command.help.zh).toMatch(/[\u4e00-\u9fff]/);
    expect(command.help.en).toMatch(/^[\x20-\x7e×]+$/);
  });

  it('has places of known kinds, the optional ones last [O]', () => {
    const places = Object.values(command.args);

    expect(places.filter(({ kind }) => !argKinds.includes(kind))).toEqual([]);
    const firstOptional = places.findIndex(({ isOptional }) => isOptional === true);
    expect(firstOptional < 0 || places.slice(firstOptional).every(({ isOptional }) => isOptional === true)).toBe(true);
  });

  it('shows two to four examples, each understood as this command [P17]', () => {
    expect(command.examples.length).toBeGreaterThanOrEqual(2);
    expect(command.examples.length).toBeLessThanOrEqual(4);
    const answers = command.examples.map((example) => ({ example, answer: understand(example, menu, lexicon) }));
    expect(answers).toMatchObject(command.examples.map((example) => ({ example, answer: { type: 'command', name } })));
  });

  it('answers to its name and to each alias behind the slash [O]', () => {
    const answers = [name, ...command.aliases.filter((alias) => !alias.includes('…'))].map((word) =>
      understand(`/${word}`, menu, lexicon),
    );

    for (const answer of answers) expect(answer).toMatchObject({ name });
    for (const { type } of answers) expect(['command', 'problem']).toContain(type);
  });

  it('is a short file that knows the door only [O]', () => {
    const source = readFileSync(join(commandFolder, `${name}.ts`), 'utf8');

    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect([...source.matchAll(/from '([^']+)'/g)].map((found) => found[1])).toEqual(['../src/command.ts']);
    expect(source).not.toMatch(/\bimport\(|\brequire\(/);
  });
});
