import type { Asking } from '../../domain/asking.ts';
import { UserError } from '../../domain/errors.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import { onCall } from '../../domain/roster.ts';
import { hasReached } from '../../domain/stage.ts';
import type { Clock } from '../../ports/clock.ts';
import { urgentPreview } from '../../render/preview-cards.ts';
import type { Directory } from '../directory.ts';
import type { Duty } from '../duty/duty.ts';
import type { ShopSource } from '../ingest.ts';
import type { Step } from '../reply.ts';
import type { Act } from './kind.ts';
import { ask, demand, namedOrder, subjectOf } from './propose.ts';
import { signed } from './propose-note.ts';
import { isUrgent } from './urgent.ts';

export interface ProposeUrgentDeps {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly duty: Pick<Duty, 'roster'>;
  readonly shops: () => readonly ShopSource[];
}

/** `/urgent`: seen by everybody who looks at the order, called out to its warehouse's lead, and flagged in the shop where that is possible. */
export function createProposeUrgent({ clock, directory, duty, shops }: ProposeUrgentDeps) {
  return async (asking: Asking, order: Order): Promise<Step> => {
    demand(asking, 'urgent');
    const tail = tailOf(order.channelOrderNo);
    if (order.closedAt !== null || hasReached(order.stage, 'shipped')) {
      const zh = order.closedAt === null ? '已经发货' : '已关闭';
      const en = order.closedAt === null ? 'has been shipped' : 'is closed';
      throw new UserError('TOO_LATE', { zh: `${tail} ${zh}，加急没用了`, en: `${tail} ${en}: urgency helps no more` });
    }
    const roster = await duty.roster();
    const { shopId, channelOrderNo: orderNo } = order;
    const canFlag = (shops().find(({ id }) => id === shopId)?.channel.addRemark ?? null) !== null;
    return async (tx) => {
      const subject = subjectOf(order);
      if (await isUrgent(tx, subject))
        throw new UserError('ALREADY', { zh: `${tail} 已经是加急了`, en: `${tail} is urgent already` });
      const view = (await tx.views.fulfillmentsOf(order.id)).find(({ closed }) => !closed);
      const warehouse = view && directory.warehouseOf(view.systemId, view.warehouseCode);
      const now = clock.now();
      const owner = onCall(roster, 'warehouse-lead', now, warehouse?.id) ?? onCall(roster, 'ops-lead', now) ?? null;
      const text = signed(asking, '加急');
      const acts: Act[] = [
        ...(canFlag ? [{ kind: 'note', subject, request: { shopId, orderNo, text, flag: 'attention' } } as const] : []),
        {
          kind: 'urgent',
          subject,
          request: { shopId, orderNo, title: order.lines[0]?.title ?? '', where: warehouse?.name ?? '', owner },
        },
      ];
      const called = owner === null ? null : directory.personName(`person:${owner}`);
      return ask(
        tx,
        clock,
        asking,
        { acts, second: null, needsReason: false, undoOf: null, reason: 'urgent' },
        (question) => urgentPreview({ order: namedOrder(order), called, canFlag }, question, asking.language),
      );
    };
  };
}
