import { datedNumber } from '../domain/alert.ts';
import { type Card, line } from '../domain/card.ts';
import type { Severity } from '../domain/rule.ts';
import type { Language, Text } from '../domain/text.ts';
import { localDay, say, span } from './words.ts';

export interface HeldGroup {
  readonly number: number;
  readonly severity: Severity;
  readonly say: Text;
  readonly where: string | null;
  readonly count: number;
  readonly nearestShipBy: number | null;
}

export interface HeldModel {
  /** "免打扰结束（杭州仓）", "早上好，夜里没响的". */
  readonly title: Text;
  /** Everything that was held, and how much of it is over by now. */
  readonly total: number;
  readonly over: number;
  /** Still open, the worst first. */
  readonly groups: readonly HeldGroup[];
  readonly now: number;
  readonly timezone: string;
}

const mostGroups = 4;

/** What a room did not hear when it happened, as one list. */
export function heldCard(model: HeldModel, language: Language): Card {
  const zh = language === 'zh';
  const { title, total, over, groups, now, timezone } = model;
  const open = total - over;
  const counts =
    total === 0
      ? zh
        ? '没有新的'
        : 'nothing meanwhile'
      : zh
        ? ` ${total} 条：${over} 条好了，${open} 条还开着`
        : `${total}: ${over} over by now, ${open} still open`;
  const shown = groups.slice(0, groups.length > mostGroups ? mostGroups : groups.length);
  const [worst] = groups;
  const left = groups.length - shown.length;
  return {
    tone: worst?.severity ?? 'info',
    lines: [
      line(`${say(title, language)}${zh ? '' : ': '}${counts}`),
      ...shown.map((group) => line(groupLine(group, now, language))),
      ...(left > 0 ? [line(zh ? `还有 ${left} 组，看 /异常` : `${left} more groups: /alerts`)] : []),
    ],
    buttons:
      worst === undefined
        ? []
        : [
            {
              label: zh ? `${worst.number}号我来` : `No. ${worst.number} mine`,
              command: `/ack ${datedNumber(worst.number, localDay(now, timezone))}`,
              style: 'plain',
            },
            { label: zh ? '看清单' : 'List', command: '/alerts', style: 'plain' },
          ],
    link: null,
  };
}

function groupLine({ number, say: what, where, count, nearestShipBy }: HeldGroup, now: number, language: Language) {
  const zh = language === 'zh';
  const parts = [
    where === null ? '' : where,
    say(what, language),
    count > 1 ? (zh ? `${count} 单` : `${count} orders`) : '',
    nearestShipBy === null
      ? ''
      : nearestShipBy <= now
        ? zh
          ? '已过发货时限'
          : 'past ship-by'
        : zh
          ? `最急剩 ${span(nearestShipBy - now, language)}`
          : `worst ${span(nearestShipBy - now, language)} left`,
  ].filter((part) => part !== '');
  return `${zh ? `${number}号` : `No. ${number}`} · ${parts.join(' · ')}`;
}
