import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['标原因'],
  help: {
    zh: '标出退款、拒收、地址错误的原因；不写原因就给常用的点',
    en: 'Label what a refund, a refusal or a wrong address came from; without words the usual ones to press',
  },
  examples: ['/标原因 018842', '/标原因 018842 客户填错楼层号', '/cause 018842 wrong floor given'],
  args: { orders: arg.orders(), cause: arg.text.optional() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.labelCause(asking, args.orders, args.cause),
});
