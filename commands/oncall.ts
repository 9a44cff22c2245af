import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['值班'],
  help: {
    zh: '现在谁值班、下一个是谁；后面贴排班表就是排班',
    en: 'Who is on duty and who is next; paste a roster behind it to set it',
  },
  examples: ['/值班', '/oncall', '/值班 周一 李建国 08:30-17:30 / 王敏 17:30-08:30'],
  args: { sheet: arg.text.optional() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.onCall(asking, args.sheet),
});
