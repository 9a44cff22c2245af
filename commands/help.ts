import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['帮助', '怎么用', '?'],
  help: { zh: '我能用哪些命令，一个命令怎么写', en: 'What I may ask, and how a command is written' },
  examples: ['/帮助', '/帮助 改仓', '/help reroute', '改仓怎么用'],
  args: { word: arg.text.optional() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.help(asking, args.word),
});
