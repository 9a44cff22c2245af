import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['稍后'],
  help: { zh: '这条告警过一会儿再提醒', en: 'Remind of this alert again later' },
  examples: ['/稍后 12 30分钟', '12号 稍后 半小时', '/snooze 12 30m'],
  args: { alert: arg.alert(), for: arg.duration() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.snooze(asking, args.alert, args.for),
});
