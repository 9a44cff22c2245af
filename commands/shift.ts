import { defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['交班'],
  help: {
    zh: '把手里的都交给接班的人，两边都确认才算',
    en: 'Hand everything that is mine to the next person on duty; both confirm',
  },
  examples: ['/交班', '/shift'],
  args: {},
  permission: 'alert:act',
  changes: true,
  run: ({ asking, verbs }) => verbs.shift(asking),
});
