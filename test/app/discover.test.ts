import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { discover } from '../../src/app/discover.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'commands-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const good = {
  aliases: ['问好'],
  help: { zh: '问好', en: 'Greet' },
  examples: ['/问好'],
  args: {},
  permission: 'read',
};

function command(name: string, changed: object = {}): void {
  const text = JSON.stringify({ ...good, ...changed });
  writeFileSync(join(folder, `${name}.ts`), `export default { ...${text}, run: async () => [] };\n`);
}

it('finds every command and plug of the program by its file name', async () => {
  const { commands, channels, fulfillment, carriers, messengers, voices } = await discover();
  expect([...commands.keys()]).toEqual(expect.arrayContaining(['order', 'release', 'help']));
  expect([
    ...channels.keys(),
    ...fulfillment.keys(),
    ...carriers.keys(),
    ...messengers.keys(),
    ...voices.keys(),
  ]).toEqual(expect.arrayContaining(['miniprogram', 'jushuitan', 'kuaidi100', 'web', 'dingtalk', 'aliyun']));
});

it('takes a folder of well-formed commands', async () => {
  command('greet');
  command('part', { aliases: ['再见'] });
  expect([...(await discover(folder)).commands.keys()].sort()).toEqual(['greet', 'part']);
});

it('refuses a file without a default export, and names it', async () => {
  command('greet');
  writeFileSync(join(folder, 'empty.ts'), 'export const other = 1;\n');
  await expect(discover(folder)).rejects.toThrow(/empty: has no default export/);
});

it('refuses an empty folder', async () => {
  await expect(discover(folder)).rejects.toThrow(/Nothing to load/);
});

it.each([
  ['an alias that another command has', 'part', { aliases: ['问好'] }, /"问好" is a word of commands\/greet already/],
  ["an alias that is another command's name", 'part', { aliases: ['greet'] }, /"greet" is a word of/],
  ['an alias that differs in letters or width only', 'part', { aliases: ['ＧＲＥＥＴ'] }, /is a word of/],
  ['an alias that stands twice', 'part', { aliases: ['再见', '再见'] }, /"再见" is a word of/],
  ['no help', 'part', { aliases: ['再见'], help: undefined }, /part: has no help in zh and en/],
  ['help in one language only', 'part', { aliases: ['再见'], help: { zh: '再见' } }, /has no help in zh and en/],
  ['no aliases', 'part', { aliases: [] }, /has no aliases/],
  ['no examples', 'part', { aliases: ['再见'], examples: [] }, /has no examples/],
  ['an unknown permission', 'part', { aliases: ['再见'], permission: 'everything' }, /has no known permission/],
  ['an unknown argument', 'part', { aliases: ['再见'], args: { a: { kind: 'x' } } }, /an argument of no known kind/],
])('refuses a command with %s', async (_what, name, changed, message) => {
  command('greet');
  command(name, changed);
  await expect(discover(folder)).rejects.toThrow(message);
});
