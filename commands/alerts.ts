import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['异常', '待处理'],
  help: {
    zh: '还开着的告警，最急的在前；加编号只看那一组',
    en: 'Open alerts, most urgent first; with a number only its group',
  },
  examples: ['/异常', '待处理', '/异常 12号', '/alerts'],
  args: { alert: arg.alert.optional() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.listAlerts(asking, args.alert),
});
