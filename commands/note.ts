import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['备注'],
  help: {
    zh: '写进店铺的卖家备注：只追加，别人写的不动',
    en: "Add to the seller's remark in the shop; what others wrote stays",
  },
  examples: ['/备注 018842 送货前先打电话', '/备注 12号全部 换大箱', '/note 018842 call before delivery'],
  args: { orders: arg.orders(), text: arg.text() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.note(asking, args.orders, args.text),
});
