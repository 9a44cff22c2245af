import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['为什么', '为啥', '原因'],
  help: { zh: '为什么报、卡在哪：证据和可能的原因', en: 'Why it was raised: evidence and likely cause' },
  examples: ['/为什么 12', '018842为什么没发', '/why 12', '/why 018842'],
  args: { about: arg.about() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.explain(asking, args.about),
});
