import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['查单', '查', '到哪了', '发了没'],
  help: {
    zh: '订单到哪一步、为什么、几点前要发、包裹和告警',
    en: "An order's stage, reason, ship-by time, parcels and alerts",
  },
  examples: ['/查单 018842', '018842到哪了', '/order 018842', '/order SF1234567890123'],
  args: { orders: arg.orders() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.readOrder(asking, args.orders),
});
