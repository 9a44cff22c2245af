import { defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['滞留', '卡件'],
  help: {
    zh: '不动的包裹，按快递和仓库，最久的在前',
    en: 'Parcels that do not move, by carrier and depot, oldest first',
  },
  examples: ['/滞留', '卡件', '/stuck'],
  args: {},
  permission: 'read',
  changes: false,
  run: ({ asking, verbs }) => verbs.listStuck(asking),
});
