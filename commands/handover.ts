import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['转交', '给'],
  help: { zh: '把这条告警交给别人', en: 'Hand an alert to somebody else' },
  examples: ['/转交 12 @李建国', '12号给李建国', '/handover 12 @李建国'],
  args: { alert: arg.alert(), to: arg.person() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.handOver(asking, args.alert, args.to),
});
