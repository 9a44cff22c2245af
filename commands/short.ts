import { defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['缺货'],
  help: {
    zh: '欠多少、有多少、在途多少、缺多少：按颜色尺码，最急的在前',
    en: 'Owed, there, arriving and short: by colour and size, most urgent first',
  },
  examples: ['/缺货', '缺货', '/short'],
  args: {},
  permission: 'read',
  changes: false,
  run: ({ asking, verbs }) => verbs.short(asking),
});
