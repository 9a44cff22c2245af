import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['导出'],
  help: {
    zh: '一组告警的单，或一个仓（供应商、云仓）的全部告警单，导成表格；没有电话地址，可以转发',
    en: 'The orders of one group, or of all alerts of a warehouse, as a sheet without phones and addresses',
  },
  examples: ['/导出 12号', '12号 导出', '/export 12'],
  args: { alert: arg.alert.optional(), warehouse: arg.warehouse.optional() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.exportOrders(asking, args),
});
