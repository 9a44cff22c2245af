import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['呼叫'],
  help: {
    zh: '现在给值班的人打电话，要写原因；单发看最近的电话',
    en: 'Ring whoever is on duty now, with a reason; alone: the last calls',
  },
  examples: ['/呼叫 仓储主管 打印机全停了', '/呼叫 @李建国 产线停了', '/call ops-lead the line stands still', '/呼叫'],
  args: { words: arg.text.optional() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.call(asking, args.words),
});
