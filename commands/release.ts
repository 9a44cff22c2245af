import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['释放', '解锁'],
  help: { zh: '释放库存锁，先给看是谁占的、占了多久', en: 'Release a stock lock; its owner and age are shown first' },
  examples: ['/释放 018842', '018842 解锁', '/释放 12号全部', '/release 018842'],
  args: { orders: arg.orders(), sku: arg.sku.optional() },
  permission: 'stock:release',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.release(asking, args.orders, args.sku),
});
