import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['补货', '调货'],
  help: {
    zh: '申请补货：别的仓有就调拨，没有就采购；同款同仓一天只提一次',
    en: 'Ask for goods: from a warehouse that has them, else a purchase; once a day per SKU and warehouse',
  },
  examples: ['/补货 XZ01-HE-L 20 杭州仓', '/调货 绣字卫衣 20', '/replenish XZ01-HE-L 20 hz'],
  args: { what: arg.text() },
  permission: 'stock:replenish',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.replenish(asking, args.what),
});
