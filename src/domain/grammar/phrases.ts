/**
 * Closed lists. A write is understood only when every word of the sentence stands in `polite`, is the command's own
 * word or one of its arguments; so a word may enter `polite` only if it can never turn an order into a report,
 * a question, a promise or its opposite.
 */
export const words = (list: string): readonly string[] => list.split(/\s+/).filter((word) => word !== '');

export const polite = words(`
  请 麻烦 帮我 帮忙 帮 把 先 一下 下 吧 谢谢 谢了 多谢 辛苦 辛苦了 订单 订单号 单号 单子 单 这单 这几单 这些单 这些订单 以下订单 尾号 运单 运单号 快递单号 快递 号 告警 警报 的锁 的库存锁 掉 呗
  please pls plz thanks thx order orders alert to for of the 🙏 👍 💪 👌 [抱拳] [强] [玫瑰] [握手] [OK] [合十] [爱心] [加油]`);

/** Around a reading they change nothing; in a write they are words too many. */
export const soft = words(`
  看 看看 看下 看一下 给我 给我看 我 我想 我要 想 要 这个 那个 这 那 今天 现在 目前 还 还有 还有没有 有 有没有 哪些 什么 啥 几个 的 了 呢 啊 呀 哦 亲 你好 您好
  怎么样 怎么样了 怎么回事 什么情况 啥情况 怎么了 情况 状态 响 响了 报 能 可以 能不能 可不可以 问 问下 问一下 下单 一共 一个 刚才 刚 列表
  show me check look at what is what's where status my i see`);

export const negations = words(`
  不 没 别 勿 未 非 莫 甭 无需 禁止 严禁 取消 停止 拒绝 暂停 暂缓 要不要
  not no don't dont don’t never stop cancel cannot can't won't`);

export const questions = words('? 吗 么 嘛 谁 谁能 怎么 怎样 如何 是否 什么时候 几时 who how when');

export const everything = words('全部 所有 所有单 所有订单 全部订单 的全部 的所有 都 整批 all');

/** How people ask whether a style is there; it stands behind the style. */
export const stockQuestions = words(
  '还有货吗 还有货没 还有没有货 还有货 有货吗 有货没 有没有货 还有吗 还有多少 还剩多少 剩多少',
);

/** Ships from: only these may stand between the verb and a warehouse. */
export const towards = words('到 去 至 成 为');

/** Behind a number they make it a count, a sum or a moment, never an order. */
export const measure = /^\s?(?:单|件|个|元|块|人|年|月|日|点|度|分|秒|家|箱|包|票|款|%|％|¥|rmb|pcs)/i;

/** Said for a command besides its aliases, which are what /help teaches. */
export const alsoSaid: Readonly<Record<string, readonly string[]>> = {
  ack: words('我来处理 我来跟 我来跟进 我来弄'),
  alerts: words('清单'),
  handover: words('转给 交给 转'),
  tonight: words('今晚要发多少 今晚发多少 今晚要发几单'),
  snooze: words('后再提醒我 后提醒我 再提醒我 再提醒'),
};

/** With a reading whose words are free, they ask for more of it. */
export const further: Readonly<Record<string, readonly string[]>> = { tonight: words('详细 明细 list long') };

export const yesWords = words('确认 是 yes confirm');
export const noWords = words('取消 否 算了 不用了 no cancel');
