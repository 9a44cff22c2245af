import { actorId } from '../domain/actor.ts';
import type { Asking } from '../domain/asking.ts';
import { type Button, type Card, line, notice } from '../domain/card.ts';
import { type Order, orderSubject, tailOf } from '../domain/order.ts';
import { foreign, type Text } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Stores } from '../ports/stores.ts';
import type { Answer } from './reply.ts';

/** What a person said an order's trouble came from. */
export interface CauseLabel {
  readonly words: string;
  readonly actorId: string;
  readonly at: number;
}

const eventsRead = 1_000;

/** The newest label counts: who labels again corrects. */
export async function causeLabelOf(stores: Stores, order: Order): Promise<CauseLabel | undefined> {
  const events = await stores.events.listFor([orderSubject(order.shopId, order.channelOrderNo)], eventsRead);
  const labels = events.filter(({ kind, facts }) => kind === 'act' && facts['kind'] === 'cause');
  const newest = labels.reduce<(typeof labels)[number] | undefined>(
    (last, each) => (last === undefined || each.id > last.id ? each : last),
    undefined,
  );
  if (newest === undefined) return undefined;
  return { words: String(newest.facts['cause']), actorId: String(newest.facts['actor']), at: newest.occurredAt };
}

const ofRefunds: readonly Text[] = [
  { zh: '买家不想要了', en: 'changed their mind' },
  { zh: '等太久', en: 'waited too long' },
  { zh: '质量或尺码', en: 'quality or size' },
];
/** Where it did not arrive (acceptance L1 names the first two). */
const ofDelivery: readonly Text[] = [
  { zh: '快递员电话错误', en: 'wrong courier phone' },
  { zh: '客户填错楼层号', en: 'wrong floor given' },
  { zh: '买家拒收', en: 'refused at the door' },
];

/** `/cause`: labels what an order's trouble came from. Without words it offers the usual ones, each one tap. */
export function createLabelCause({ clock }: { clock: Clock }) {
  return async (asking: Asking, orders: readonly Order[], words: string | undefined): Promise<Answer> => {
    const { language } = asking;
    const zh = language === 'zh';
    const [first] = orders;
    if (words === undefined) return first === undefined ? [] : [choices(first, orders.length, asking)];
    return async (tx) => {
      const at = clock.now();
      for (const order of orders) {
        const subject = orderSubject(order.shopId, order.channelOrderNo);
        await tx.events.append({
          source: 'act',
          sourceId: `cause-${asking.inboundId ?? at}-${order.id}`,
          subject,
          kind: 'act',
          occurredAt: at,
          receivedAt: at,
          facts: { kind: 'cause', cause: words, actor: actorId(asking.actor) },
        });
        await tx.audit.add({ at, actor: asking.actor, action: 'order.cause-labelled', subject });
      }
      const what =
        orders.length === 1 ? tailOf(first?.channelOrderNo ?? '') : `${orders.length} ${zh ? '单' : 'orders'}`;
      return [
        notice(
          'done',
          line(
            zh ? `${what} 原因：` : `${what} cause: `,
            foreign(words),
            zh ? '。标错了再标一次就行' : '. Label it again to correct',
          ),
        ),
      ];
    };
  };
}

function choices(order: Order, count: number, { language }: Asking): Card {
  const zh = language === 'zh';
  const tail = tailOf(order.channelOrderNo);
  const usual = order.refund === 'none' || order.shippedAt !== null ? ofDelivery : ofRefunds;
  const button = (label: Text, index: number): Button => ({
    label: label[language],
    command: `/${zh ? '标原因' : 'cause'} ${order.channelOrderNo} ${label[language]}`,
    style: index === 0 ? 'primary' : 'plain',
  });
  return {
    tone: 'info',
    lines: [
      line(
        zh
          ? `${tail} 什么原因？点一个，或写：/标原因 ${tail} 原因`
          : `${tail}: what was it? Press one, or write /cause ${tail} words`,
      ),
      ...(count > 1 ? [line(zh ? '多单一起标要写出原因' : 'For many orders write the cause')] : []),
    ],
    buttons: count > 1 ? [] : usual.map(button),
    link: null,
  };
}
