import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['认领', '我来'],
  help: { zh: '这条告警我来处理', en: 'Take an alert: I will handle it' },
  examples: ['/认领 12', '12号我来', '/ack 12'],
  args: { alert: arg.alert() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.acknowledge(asking, args.alert),
});
