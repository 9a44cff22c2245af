import type { Asking } from '../domain/asking.ts';
import type { Card } from '../domain/card.ts';
import { type Order, orderSubject, tailOf } from '../domain/order.ts';
import { hasReached } from '../domain/stage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Stores } from '../ports/stores.ts';
import { orderCard, orderListCard } from '../render/order-cards.ts';
import { isUrgent } from './act/urgent.ts';
import { causeText, mendFor, stageNotSeen } from './alert-models.ts';
import { numberOf } from './alert-number.ts';
import { alertsOf } from './alerts-of.ts';
import { diagnose } from './diagnose.ts';
import { type Directory, sourceName } from './directory.ts';
import type { Step } from './reply.ts';

/** `/order`: one card for one order, a list for many. Reads what is stored; the card says how old that is. */
export function createReadOrder({ clock, directory }: { clock: Clock; directory: Directory }) {
  async function one(stores: Stores, order: Order, asking: Asking): Promise<Card> {
    const waits = !hasReached(order.stage, 'sorting') && order.paidAt !== null;
    const systemId = directory.systemOf(order.shopId);
    const { causes, fulfillment, fulfillments } = await diagnose(
      stores,
      order,
      () => order.shopId,
      systemId !== undefined,
    );
    const [cause] = causes;
    const isSeen = directory.stageSourceOf(order.shopId) !== 'none';
    const companions = await stores.views.companionsOf(order.id);
    const alerts = (await alertsOf(stores, order, fulfillments)).filter((each) => each.state !== 'resolved');
    const numbers = await Promise.all(alerts.map((each) => numberOf(stores, each)));
    const sourceId = systemId === undefined ? `shop:${order.shopId}` : `system:${systemId}`;
    const heardAt = (await stores.sources.find(sourceId))?.lastOkAt ?? null;
    // Of an order that the newest sheet lacks no more is known than the last that showed it told.
    const onSheet = directory.channelOf(order.shopId) === 'file' && systemId === undefined;
    const seen = onSheet ? await stores.imports.lastSeen(order.shopId, [order.channelOrderNo]) : undefined;
    const lastOkAt = seen?.get(order.channelOrderNo) ?? heardAt;
    const warehouse = fulfillment && directory.warehouseOf(fulfillment.systemId, fulfillment.warehouseCode);
    return orderCard(
      {
        id: order.id,
        no: order.channelOrderNo,
        tail: tailOf(order.channelOrderNo),
        stage: order.stage,
        stageAt: order.stageAt,
        shipBy: order.shipBy,
        shop: directory.shopName(order.shopId),
        warehouse: warehouse?.name ?? null,
        title: order.lines[0]?.title ?? '',
        qty: order.lines.reduce((sum, line) => sum + line.qty, 0),
        moreLines: Math.max(0, order.lines.length - 1),
        surname: order.receiver.name,
        notSeen: waits && !isSeen ? stageNotSeen(directory, order.shopId) : null,
        cause: waits && isSeen && cause !== undefined && order.stage !== 'closed' ? causeText(cause) : null,
        sheetSaid: waits && onSheet && order.stage !== 'closed' ? order.sourceStatus : '',
        isUrgent: await isUrgent(stores, orderSubject(order.shopId, order.channelOrderNo)),
        isHeld: order.held || fulfillment?.held === true,
        isRefunding: order.refund === 'requested' || order.refund === 'accepted',
        mend: waits && order.stage !== 'closed' ? mendFor(cause, order.channelOrderNo) : null,
        parcels:
          order.shipments.length > 0
            ? order.shipments
            : fulfillment === undefined || fulfillment.waybill === ''
              ? []
              : [fulfillment],
        isUploadedEarly:
          isSeen && order.shippedAt !== null && fulfillment !== undefined && !hasReached(fulfillment.stage, 'packed'),
        companions: companions.map((each) => tailOf(each.channelOrderNo)),
        alerts: [...new Set(numbers.flatMap((number) => number ?? []))],
        deducted: await stores.imports.deductionsOf(order.shopId, order.channelOrderNo),
        data: lastOkAt === null ? null : { name: sourceName(sourceId, directory), at: lastOkAt },
        now: clock.now(),
        timezone: directory.timezone,
      },
      asking.language,
    );
  }

  // A dozen short reads: in the step that answers they share one look at the database.
  return async (asking: Asking, orders: readonly Order[]): Promise<Step> =>
    async (tx) => {
      const [first] = orders;
      if (first !== undefined && orders.length === 1) return [await one(tx, first, asking)];
      return [orderListCard(orders.map(shortOf), asking.language, null)];
    };
}

export const shortOf = (order: Order) => ({
  tail: tailOf(order.channelOrderNo),
  stage: order.stage,
  surname: order.receiver.name,
  title: order.lines[0]?.title ?? '',
});
