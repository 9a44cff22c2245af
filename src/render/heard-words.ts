import type { Text } from '../domain/text.ts';

/** Why a room heard of an alert, or did not; by the reason kept with the decision. */
const words: Readonly<Record<string, Text>> = {
  'first-of-group': { zh: '在群里报过', en: 'said in the room' },
  doubled: { zh: '数量翻倍，又报过', en: 'said again: doubled' },
  'nearer-wall': { zh: '离时限更近，又报过', en: 'said again: nearer the wall' },
  'snooze-over': { zh: '稍后到时，又报过', en: 'said again: snooze over' },
  'claim-expired': { zh: '认领到期，又报过', en: 'said again: claim expired' },
  'said-already': { zh: '没单独报：同组已经报过', en: 'not said singly: its group had been said' },
  'one-a-minute': { zh: '没单独报：同组刚报过，隔一会儿才再报', en: 'not said singly: its group had just been said' },
  'found-late': { zh: '没报：发现时已超 2 小时，只进清单', en: 'not said: found more than 2 h late, listed only' },
  'not-for-this-room': {
    zh: '没报：这个群不管这个店、仓或规则',
    en: 'not said: the room is not for this shop, warehouse or rule',
  },
  'in-its-turn': {
    zh: '没单独报：仓库按顺序在拣，还没轮到它',
    en: 'not said singly: the warehouse works in order and has not come to it yet',
  },
  'said-otherwise': { zh: '没再报：这单已经报过', en: 'not said again: this order has been said' },
  'below-hearing': { zh: '没报：这个群不听这个级别', en: 'not said: the room does not hear this severity' },
  'source-silent': { zh: '先没报：数据源断了', en: 'held back: its source is silent' },
  snoozed: { zh: '先没报：有人点了稍后', en: 'held back: snoozed' },
  silenced: { zh: '没报：在免打扰里，结束时列出', en: 'not said: silenced, listed at the end' },
  'quiet-hours': { zh: '没报：安静时段，结束时列出', en: 'not said: quiet hours, listed at the end' },
  'month-is-tight': {
    zh: '没报：本月接口次数紧，只报红色',
    en: 'not said: the month is short of calls, criticals only',
  },
  'hour-is-full': { zh: '先没报：这一小时消息满了', en: 'held back: the hour is full' },
  shadow: { zh: '没报到群里：试运行，只发给一个人', en: 'not said in the room: first days, one person hears' },
  'silence-over': { zh: '免打扰结束时列过', en: 'listed when the silence ended' },
  'quiet-hours-over': { zh: '安静时段结束时列过', en: 'listed when the quiet hours ended' },
  'month-over': { zh: '额度恢复时列过', en: 'listed when there were calls again' },
};

export const heardWords = (reason: string): Text => words[reason] ?? { zh: reason, en: reason };
