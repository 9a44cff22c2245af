import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['面单', '打单', '打面单'],
  help: {
    zh: '下单打面单：先看快递和同包的单，确认后才下；同一包裹不会打两次',
    en: 'Make the label of a parcel: carrier and companions first, then a yes; never two for one parcel',
  },
  examples: ['/面单 018842 顺丰', '018842打单', '/label 018842 sf'],
  args: { order: arg.order(), carrier: arg.text.optional() },
  permission: 'label:make',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.label(asking, args.order, args.carrier),
});
