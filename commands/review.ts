import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['复核'],
  help: {
    zh: '人工复核的结论：通过就放行，不通过就暂停发货',
    en: 'The outcome of a manual review: pass lets the order go, fail holds it',
  },
  examples: ['/复核 018842 通过', '/复核 018842 不通过', '/review 018842 pass'],
  args: { orders: arg.orders(), verdict: arg.text() },
  permission: 'order:hold',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.review(asking, args.orders, args.verdict),
});
