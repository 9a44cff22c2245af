import { defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['异常', '待处理'],
  help: { zh: '还开着的告警，最急的在前', en: 'Open alerts, most urgent first' },
  examples: ['/异常', '待处理', '/alerts'],
  args: {},
  permission: 'read',
  changes: false,
  run: ({ asking, verbs }) => verbs.listAlerts(asking),
});
