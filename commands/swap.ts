import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['换班'],
  help: {
    zh: '请别人替我值班到某个时候，对方答应才换',
    en: 'Ask somebody to stand in for me until then; it holds once they agree',
  },
  examples: ['/换班 @王敏 18:00', '/换班 @李建国 明早8点', '/swap @李建国 2h'],
  args: { to: arg.person(), until: arg.text.optional() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.swap(asking, args.to, args.until),
});
