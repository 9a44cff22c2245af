import type { MenuEntry } from '../../src/domain/menu.ts';

const entry = (
  name: string,
  aliases: readonly string[],
  zh: string,
  en: string,
  rest: Partial<MenuEntry> = {},
): MenuEntry => ({
  name,
  aliases,
  help: { zh, en },
  examples: [],
  args: {},
  permission: 'read',
  changes: false,
  isPrivate: false,
  ...rest,
});

export const menu: readonly MenuEntry[] = [
  entry('help', ['帮助', '怎么用'], '常用的说法', 'How to say things', {
    args: { word: { kind: 'text', isOptional: true } },
  }),
  entry(
    'order',
    ['查单', '查', '到哪了'],
    '一单的环节、原因、时限和包裹',
    'One order: stage, reason, ship-by, parcels',
    { args: { orders: { kind: 'orders' } } },
  ),
  entry('alerts', ['异常', '待处理'], '现在没处理完的异常', 'What is open now'),
  entry('mine', ['我的'], '我接下的异常', 'What I hold'),
  entry('why', ['为什么', '为啥'], '证据和可能的原因', 'Evidence and likely cause', {
    args: { about: { kind: 'about' } },
  }),
  entry('ack', ['认领', '我来'], '这个异常我来处理', 'I take this alert', {
    args: { alert: { kind: 'alert' } },
    permission: 'alert:act',
    changes: true,
  }),
  entry('snooze', ['稍后'], '过一会儿再提醒', 'Remind later', {
    args: { alert: { kind: 'alert' }, ms: { kind: 'duration' } },
    permission: 'alert:act',
    changes: true,
  }),
  entry('done', ['完成', '搞定'], '处理完了，先核对状态', 'It is done; the state is checked first', {
    args: { alert: { kind: 'alert' } },
    permission: 'alert:act',
    changes: true,
  }),
  entry('reroute', ['改仓', '换仓'], '换一个仓发货，先看每个仓的库存', 'Ship from another warehouse', {
    args: { orders: { kind: 'orders' }, to: { kind: 'warehouse', isOptional: true } },
    permission: 'order:reroute',
    changes: true,
  }),
  entry('release', ['释放', '解锁'], '放开占着的库存', 'Release a stock lock', {
    args: { orders: { kind: 'orders' }, sku: { kind: 'sku', isOptional: true } },
    permission: 'stock:release',
    changes: true,
  }),
  entry('undo', ['撤销', '点错了'], '撤回刚才的操作', 'Take back the last act', {
    args: { order: { kind: 'order', isOptional: true } },
    permission: 'order:reroute',
    changes: true,
  }),
  entry('tonight', ['今晚'], '今晚要发多少', 'What is due before midnight'),
  entry('login', ['登录'], '要一个网页登录码', 'A code to log in to the pages', { isPrivate: true }),
];
