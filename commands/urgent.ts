import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['加急', '插单'],
  help: {
    zh: '这单先发：叫值班的仓库主管，店铺里打上旗',
    en: "Send this one first: the warehouse's lead on duty is called and the shop shows a flag",
  },
  examples: ['/加急 018842', '018842加急', '/urgent 018842'],
  args: { order: arg.order() },
  permission: 'alert:act',
  changes: true,
  run: ({ args, asking, verbs }) => verbs.urgent(asking, args.order),
});
