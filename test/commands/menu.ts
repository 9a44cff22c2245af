import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from '../../src/command.ts';
import type { Lexicon, MenuEntry } from '../../src/domain/menu.ts';

export const commandFolder = resolve(import.meta.dirname, '../../commands');

export const commandFiles: readonly string[] = readdirSync(commandFolder).filter((file) => file.endsWith('.ts'));

/** Every command as it lies in the folder, with its file's name. */
export const commands: readonly { readonly name: string; readonly command: Command }[] = await Promise.all(
  commandFiles.map(async (file) => {
    const module = (await import(resolve(commandFolder, file))) as { default: Command };
    return { name: file.replace(/\.ts$/, ''), command: module.default };
  }),
);

export const menu: readonly MenuEntry[] = commands.map(({ name, command }) => ({
  name,
  aliases: command.aliases,
  help: command.help,
  examples: command.examples,
  args: command.args,
  permission: command.permission,
  changes: command.changes,
  isPrivate: command.isPrivate ?? false,
}));

export const lexicon: Lexicon = {
  botNames: ['订单机器人', 'Order Bot', '作战室 小助手'],
  warehouses: [
    { id: 'gz', words: ['广州仓', '广州'] },
    { id: 'hz', words: ['杭州仓', '杭州'] },
    { id: 'cd', words: ['成都仓', '成都'] },
  ],
  people: [
    { id: 'li', words: ['李建国', '老李', '建国'] },
    { id: 'wang', words: ['王敏'] },
    { id: 'chen', words: ['陈晓'] },
  ],
};
