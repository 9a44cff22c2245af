import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['导入', '传表'],
  help: { zh: '导入订单表：给出上传页面', en: 'Import a sheet of orders: the page to send it to' },
  examples: ['/导入', '/import'],
  args: { id: arg.text.optional() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.importSheet(asking, args.id),
});
