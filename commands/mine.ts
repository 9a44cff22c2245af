import { defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['我的'],
  help: { zh: '我认领的告警', en: 'The alerts I have taken' },
  examples: ['/我的', '/mine'],
  args: {},
  permission: 'read',
  changes: false,
  run: ({ asking, verbs }) => verbs.listMine(asking),
});
