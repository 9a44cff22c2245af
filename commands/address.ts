import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['改地址'],
  help: {
    zh: '买家要改地址：同意或拒绝；面单打过就提醒先停。地址不会出现在群里',
    en: 'Decide on an address change that a buyer asked for; warns when the label is printed. The address never appears in the group',
  },
  examples: ['/改地址 018842', '/改地址 018842 同意', '/address 018842 refuse'],
  args: { order: arg.order(), verdict: arg.text.optional() },
  permission: 'order:hold',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.address(asking, args.order, args.verdict),
});
