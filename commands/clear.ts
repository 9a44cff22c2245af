import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['放行', '可以发了'],
  help: {
    zh: '放行暂停的单；仓库系统没有接口的，告诉在哪点',
    en: 'Let a stopped order go; where the system has no interface, where to click',
  },
  examples: ['/放行 018842', '018842可以发了', '/clear 018842'],
  args: { orders: arg.orders() },
  permission: 'order:clear',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.clear(asking, args.orders),
});
