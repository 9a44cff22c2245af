import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['今晚', '今天要发多少'],
  help: {
    zh: '今晚 24 点前要发多少、发得完吗；加「详细」按仓按店，加「清单」看会晚的单',
    en: 'What is due before midnight and whether it will be done; "long" by warehouse and shop, "list" for the late ones',
  },
  examples: ['/今晚', '今天要发多少', '/今晚 详细', '/tonight list'],
  args: { part: arg.text.optional() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.tonight(asking, args.part),
});
