import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['完成', '搞定'],
  help: { zh: '这条告警处理好了，先核对状态', en: 'This alert is dealt with; the state is checked first' },
  examples: ['/完成 12', '12号搞定', '/done 12'],
  args: { alert: arg.alert() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.finish(asking, args.alert),
});
