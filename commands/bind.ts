import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['绑定'],
  help: { zh: '绑定这个群（用启动时的码）或一个人', en: 'Bind this room (with the printed code) or a person' },
  examples: ['/绑定 ABC123', '/bind ABC123', '/bind @x li'],
  args: { words: arg.text.optional() },
  permission: 'read',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.bind(asking, args.words),
});
