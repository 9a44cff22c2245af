import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['改仓', '换仓', '走…仓'],
  help: {
    zh: '换一个仓发，先给看每个仓的库存',
    en: "Ship from another warehouse; each one's stock is shown first",
  },
  examples: ['/改仓 018842 广州仓', '018842走广州仓', '/reroute 018842 gz', '12号全部 改仓 广州'],
  args: { orders: arg.orders(), to: arg.warehouse.optional() },
  permission: 'order:reroute',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.reroute(asking, args.orders, args.to),
});
