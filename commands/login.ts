import { defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['登录'],
  help: { zh: '私聊里拿一次性登录码', en: 'A one-time code to log in, in private' },
  examples: ['/登录', '/login'],
  args: {},
  permission: 'read',
  changes: false,
  isPrivate: true,
  run: ({ asking, verbs }) => verbs.login(asking),
});
