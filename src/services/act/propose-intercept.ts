import type { Asking } from '../../domain/asking.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import { isRefunding, raceEnd } from '../../domain/refund-race.ts';
import { hasReached } from '../../domain/stage.ts';
import type { Text } from '../../domain/text.ts';
import { companionWords, parcelIn } from '../../render/case-words.ts';
import { type InterceptModel, interceptPreview } from '../../render/preview-cards.ts';
import type { Step } from '../reply.ts';
import type { Act } from './kind.ts';
import { ask, demand, namedOrder, subjectOf } from './propose.ts';
import { manualOf, type ProposeHoldDeps } from './propose-hold.ts';
import type { ProposeRerouteDeps } from './propose-reroute.ts';
import { readOrdersNow } from './read-now.ts';

export type ProposeInterceptDeps = ProposeHoldDeps & Pick<ProposeRerouteDeps, 'shops'>;

const patience = 8_000;

/**
 * `/intercept`: what can be done by command to stop a refunded parcel, what has to be done by hand and by whom, from a fresh
 * read of shop and warehouse. It never says that a parcel is caught: only the carrier, or who holds the box, knows.
 */
export function createProposeIntercept(deps: ProposeInterceptDeps) {
  const { storage, clock, directory, ingest, systems, shops } = deps;

  const byHand = (systemId: string): Text | null =>
    manualOf(systems().find(({ id }) => id === systemId)?.system.capabilities.unhold);

  return async (asking: Asking, known: Order): Promise<Step> => {
    demand(asking, 'hold');
    const signal = AbortSignal.timeout(patience);
    const shop = shops().find(({ id }) => id === known.shopId);
    if (shop !== undefined) await ingest.readOrders(shop, [known.channelOrderNo], signal);
    await readOrdersNow(deps, [known], signal);
    const order = (await storage.views.findOrder(known.id)) ?? known;
    return async (tx) => {
      const views = (await tx.views.fulfillmentsOf(order.id)).filter(({ closed }) => !closed);
      const parcels = await tx.views.parcelsOf(order.id);
      const companions = await tx.views.companionsOf(order.id);
      const parcel = parcelIn(order, views);
      const toHold = views.filter(
        ({ held, stage, systemId }) =>
          !held &&
          !hasReached(stage, 'shipped') &&
          manualOf(systems().find(({ id }) => id === systemId)?.system.capabilities.hold) === null,
      );
      const [view] = views;
      const model: Omit<InterceptModel, 'question'> = {
        order: namedOrder(order),
        state: !isRefunding(order) ? 'no-refund' : raceEnd(order, views, parcels) === 'left' ? 'left' : 'here',
        refund: order.refund,
        parcel: parcel ?? null,
        others: companions.length === 0 ? null : companionWords(companions),
        system: view === undefined ? null : directory.systemName(view.systemId),
        hold:
          toHold.length === 0
            ? 'impossible'
            : toHold.some(({ stage }) => hasReached(stage, 'sorting'))
              ? 'late'
              : 'early',
        shop: directory.shopName(order.shopId),
        oneWay: view !== undefined && byHand(view.systemId) !== null,
        tail: tailOf(order.channelOrderNo),
      };
      if (model.state !== 'here' || toHold.length === 0)
        return [interceptPreview({ ...model, question: null }, asking.language)];
      const acts = toHold.map(
        ({ systemId, systemOrderNo }): Act => ({
          kind: 'hold',
          subject: subjectOf(order),
          request: {
            systemId,
            systemOrderNo,
            orderNo: order.channelOrderNo,
            reason: 'refund',
            note: asking.language === 'zh' ? '退款拦截' : 'refund',
            byHand: byHand(systemId),
          },
        }),
      );
      const proposal = { acts, second: null, needsReason: false, undoOf: null, reason: 'intercept' };
      return ask(tx, clock, asking, proposal, (question) => interceptPreview({ ...model, question }, asking.language));
    };
  };
}
