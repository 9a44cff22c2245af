import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['撤销', '点错了'],
  help: { zh: '撤销刚才的操作，或这单的操作', en: "Undo my last act, or this order's" },
  examples: ['/撤销 018842', '点错了', '/undo'],
  args: { order: arg.order.optional() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.undo(asking, args.order),
});
