import { may, roleOf } from '../domain/actor.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, line, notice } from '../domain/card.ts';
import type { MenuEntry } from '../domain/menu.ts';
import { say } from '../render/words.ts';

/** What a new person tries first, by what their role can do. */
const firstSteps = ['order', 'alerts', 'ack', 'release', 'reroute', 'done', 'why', 'stock'];
const shown = 5;

/** `/help`: five examples for my role; with a word, that command. */
export function createHelp(menu: () => readonly MenuEntry[]) {
  const usage = (entry: MenuEntry, asking: Asking): string => {
    const example = entry.examples.find((each) =>
      asking.language === 'zh' ? /[\u4e00-\u9fff]/.test(each) : !/[\u4e00-\u9fff]/.test(each),
    );
    return example ?? entry.examples[0] ?? `/${entry.name}`;
  };

  return async (asking: Asking, word: string | undefined): Promise<readonly Card[]> => {
    const zh = asking.language === 'zh';
    const role = roleOf(asking.actor);
    const entries = menu();
    if (word !== undefined) {
      const wanted = word.replace(/^\//, '').trim().toLowerCase();
      const entry =
        entries.find((each) => each.name === wanted || each.aliases.includes(wanted)) ??
        entries.find((each) => each.help.zh.includes(wanted) || each.aliases.some((alias) => alias.includes(wanted)));
      if (entry === undefined)
        return [
          notice(
            'refused',
            zh ? `没有“${word.slice(0, 12)}”这个命令，发 /帮助 看全部` : `There is no such command; /help lists them`,
          ),
        ];
      const names = [`/${entry.name}`, ...entry.aliases.map((alias) => `/${alias}`)].join(zh ? '、' : ', ');
      return [
        {
          tone: 'info',
          lines: [
            line(names),
            line(say(entry.help, asking.language)),
            ...entry.examples.map((each) => line(`· ${each}`)),
            ...(may(role, entry.permission) ? [] : [line(zh ? '你的角色不能用这个' : 'Your role may not use it')]),
          ],
          buttons: [],
          link: null,
        },
      ];
    }
    const mine = firstSteps
      .flatMap((name) => entries.find((each) => each.name === name && may(role, each.permission)) ?? [])
      .slice(0, shown);
    const others = entries
      .filter((each) => may(role, each.permission) && !mine.includes(each))
      .map((each) => `/${zh ? (each.aliases[0] ?? each.name) : each.name}`);
    return [
      {
        tone: 'info',
        lines: [
          line(zh ? '直接发订单号就是查单。常用：' : 'An order number alone is a question. Mostly used:'),
          ...mine.map((entry) => line(`${usage(entry, asking)}  ${say(entry.help, asking.language)}`)),
          ...(others.length === 0 ? [] : [line(zh ? `还有：${others.join(' ')}` : `Also: ${others.join(' ')}`)]),
          line(
            zh
              ? '改之前都会先给你看，回“确认”才做'
              : 'Everything that changes something is shown first and waits for your yes',
          ),
        ],
        buttons: [],
        link: null,
      },
    ];
  };
}
