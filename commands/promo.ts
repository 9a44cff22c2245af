import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['大促'],
  help: {
    zh: '大促时段：按量的规则放宽、同组少报，到点自己结束',
    en: 'A planned promotion: rules about volume and digests are wider, it ends by itself',
  },
  examples: ['/大促 20:00 24:00 x4', '/promo on 20:00 24:00 x4', '/promo off'],
  args: { words: arg.text.optional() },
  permission: 'admin',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.promo(asking, args.words),
});
