import { nameOf } from '../domain/actor.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, line, notice } from '../domain/card.ts';
import { type Order, orderSubject, tailOf } from '../domain/order.ts';
import { onCall } from '../domain/roster.ts';
import { hasReached } from '../domain/stage.ts';
import { foreign, type Language } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage, Stores } from '../ports/stores.ts';
import { stageWords } from '../render/stage-words.ts';
import { say, span } from '../render/words.ts';
import { causeText, mendFor } from './alert-models.ts';
import { diagnose } from './diagnose.ts';
import type { Directory } from './directory.ts';
import type { Duty } from './duty/duty.ts';
import type { Answer } from './reply.ts';
import type { Rulebook } from './rulebook.ts';

export interface UrgeDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly duty: Duty;
  readonly rulebook: () => Rulebook;
}

const eventsRead = 1_000;

/** `/urge`: the buyer asked where it is. Counted, and whoever answers for the order's stage is asked by name. */
export function createUrge({ storage, clock, directory, duty, rulebook }: UrgeDeps) {
  /** The warehouse until it left, customer service from then on; the ops lead where that role has nobody on duty. */
  async function ownerOf(order: Order, warehouseId: string | undefined): Promise<string | undefined> {
    const roster = await duty.roster();
    const now = clock.now();
    const isGone = hasReached(order.stage, 'shipped');
    return (
      (isGone ? onCall(roster, 'cs-lead', now) : onCall(roster, 'warehouse-lead', now, warehouseId)) ??
      onCall(roster, 'ops-lead', now)
    );
  }

  async function cardOf(
    tx: Stores,
    order: Order,
    owner: string | undefined,
    by: string,
    language: Language,
  ): Promise<Card> {
    const zh = language === 'zh';
    const now = clock.now();
    const subject = orderSubject(order.shopId, order.channelOrderNo);
    const times = (await tx.events.listFor([subject], eventsRead)).filter(({ kind }) => kind === 'urge').length;
    const { causes, fulfillment } = await diagnose(
      tx,
      order,
      () => order.shopId,
      directory.systemOf(order.shopId) !== undefined,
    );
    const waits = order.paidAt !== null && !hasReached(order.stage, 'sorting');
    const cause = waits && causes[0] !== undefined ? causeText(causes[0]) : null;
    const mend = waits ? mendFor(causes[0], order.channelOrderNo) : null;
    const where = fulfillment && directory.warehouseOf(fulfillment.systemId, fulfillment.warehouseCode)?.name;
    const tail = tailOf(order.channelOrderNo);
    const stage = `${say(stageWords[order.stage], language)} ${span(now - order.stageAt, language)}`;
    const again = times > 1 ? (zh ? ` · 第 ${times} 次` : ` · time no. ${times}`) : '';
    return {
      tone: 'info',
      lines: [
        line(
          [zh ? `买家在催 ${tail}${again}` : `The buyer urges ${tail}${again}`, where ?? '', stage]
            .filter((part) => part !== '')
            .join(' · '),
        ),
        line(foreign(order.lines[0]?.title ?? ''), ` ×${order.lines.reduce((sum, { qty }) => sum + qty, 0)}`),
        ...(cause === null ? [] : [line(say(cause, language))]),
        line(
          owner === undefined
            ? zh
              ? `${by}记的；现在没有人值班，没能点名`
              : `Noted by ${by}; nobody is on duty to be asked`
            : zh
              ? `${by}记的，请${directory.personName(`person:${owner}`)}看一下`
              : `Noted by ${by}; ${directory.personName(`person:${owner}`)}, please have a look`,
        ),
      ],
      buttons: [
        ...(mend === null
          ? []
          : [{ label: say(mend.label, language), command: mend.command, style: 'primary' as const }]),
        ...(hasReached(order.stage, 'shipped')
          ? []
          : [{ label: zh ? '加急' : 'Urgent', command: `/urgent ${order.channelOrderNo}`, style: 'plain' as const }]),
      ],
      link: { label: zh ? '详情' : 'Details', path: `/o/${order.id}` },
      ...(owner === undefined
        ? {}
        : { call: { who: [owner], before: zh ? '买家在催' : 'A buyer urges:', after: `${tail}，${stage}` } }),
    };
  }

  return async (asking: Asking, order: Order): Promise<Answer> => {
    const { language } = asking;
    const zh = language === 'zh';
    if (order.closedAt !== null)
      return [
        notice(
          'refused',
          zh
            ? `${tailOf(order.channelOrderNo)} 已关闭，没有人要催`
            : `${tailOf(order.channelOrderNo)} is closed: nobody is left to ask`,
        ),
      ];
    const view = (await storage.views.fulfillmentsOf(order.id)).find(({ closed }) => !closed);
    const owner = await ownerOf(order, view && directory.warehouseOf(view.systemId, view.warehouseCode)?.id);
    // Said in private, the owner hears of it where they are.
    const place = asking.isPrivate && owner !== undefined ? await duty.placeFor(owner, asking) : asking.roomId;
    return async (tx) => {
      const now = clock.now();
      const subject = orderSubject(order.shopId, order.channelOrderNo);
      const mark = { kind: 'urge', subject, source: 'act', sourceId: `urge-${asking.inboundId ?? now}` } as const;
      await tx.views.noteMark(mark, { occurredAt: now, receivedAt: now }, rulebook().derivation);
      await tx.audit.add({ at: now, actor: asking.actor, action: 'order.urged', subject });
      const card = await cardOf(tx, order, owner, nameOf(asking.actor), language);
      if (place === asking.roomId) return [card];
      await tx.outbox.add({
        key: `urge/${mark.sourceId}`,
        roomId: place,
        kind: 'notice',
        priority: 0,
        alertId: null,
        card,
        dueAt: now,
      });
      const name = directory.personName(`person:${owner}`);
      return [notice('done', zh ? `记下了，已请${name}看` : `Noted; ${name} was asked`)];
    };
  };
}
