import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['催'],
  help: {
    zh: '买家催单：记一次，点名请负责这一步的人看',
    en: 'The buyer asks where it is: counted, and whoever answers for its stage is asked by name',
  },
  examples: ['/催 018842', '/urge 018842'],
  args: { order: arg.order() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.urge(asking, args.order),
});
