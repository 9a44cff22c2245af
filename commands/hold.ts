import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['暂停发货', '先别发', '风险', 'flag'],
  help: {
    zh: '先不发：在仓库系统里暂停，写上原因（风险、退款、地址、买家）；同包裹的单先给看',
    en: 'Stop an order in its warehouse system, with a reason; all orders of its parcel are shown first',
  },
  examples: ['/暂停发货 018842 地址不对', '018842先别发', '/hold 018842 refund', '12号全部 先别发'],
  args: { orders: arg.orders(), reason: arg.text.optional() },
  permission: 'order:hold',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.hold(asking, args.orders, args.reason),
});
