import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['拦截'],
  help: {
    zh: '退款的包裹要拦：能用命令停的先停，其余告诉谁去哪里做；同包裹的单先给看',
    en: 'Catch a refunded parcel: what a command can stop is stopped, for the rest who does it where; its other orders are shown first',
  },
  examples: ['/拦截 018842', '018842拦截', '/intercept 018842'],
  args: { order: arg.order() },
  permission: 'order:hold',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.intercept(asking, args.order),
});
