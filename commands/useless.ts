import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['没用'],
  help: { zh: '这条告警没用：给规则记一笔', en: 'This alert was useless: counted for its rule' },
  examples: ['没用 12号', '/没用 12', '/useless 12'],
  args: { alert: arg.alert() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.callUseless(asking, args.alert),
});
