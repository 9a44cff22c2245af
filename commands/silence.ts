import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['免打扰', '别响了'],
  help: {
    zh: '一个规则、仓、店、几号或款先别响，到点自己结束；单发看有哪些',
    en: 'Silence a rule, warehouse, shop, alert or style for a while; alone: what is silenced',
  },
  examples: ['/免打扰 杭州仓 2小时 盘点', '/别响了 12号 30分钟 在处理', '/silence lock-orphaned 2h known', '/免打扰'],
  args: { words: arg.text.optional() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.silence(asking, args.words),
});
