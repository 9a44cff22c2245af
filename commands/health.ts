import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['战报', '日报'],
  help: {
    zh: '今天、本周或本月的周期、红黄绿灯、催单、错发、响应',
    en: 'Cycle, lights, urges, mis-ships, response of the day, week or month',
  },
  examples: ['/战报', '/战报 本周', '/health month'],
  args: { period: arg.text.optional() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.tellHealth(asking, args.period),
});
