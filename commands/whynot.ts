import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['为何没报'],
  help: { zh: '这单为什么没报，或群里为什么没听到', en: 'Why an order raised nothing, or why the room did not hear' },
  examples: ['/为何没报 018842', '为何没报 12号', '/whynot 018842'],
  args: { about: arg.about() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.explainSilence(asking, args.about),
});
