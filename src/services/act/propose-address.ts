import { addressDuty } from '../../domain/address-change.ts';
import type { Asking } from '../../domain/asking.ts';
import { UserError } from '../../domain/errors.ts';
import type { FulfillmentView } from '../../domain/fulfillment.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import { hasReached } from '../../domain/stage.ts';
import type { AddressVerdict } from '../../ports/channel.ts';
import { addressPreview } from '../../render/preview-cards.ts';
import type { Step } from '../reply.ts';
import { noAddressApi } from './address.ts';
import type { Act } from './kind.ts';
import { ask, demand, namedOrder, subjectOf } from './propose.ts';
import { manualOf } from './propose-hold.ts';
import type { ProposeRerouteDeps } from './propose-reroute.ts';
import { readOrdersNow } from './read-now.ts';

const patience = 8_000;

/** Undefined when nothing was said. */
function verdictOf(words: string | undefined): AddressVerdict | undefined {
  const said = words?.trim() ?? '';
  if (said === '') return undefined;
  if (/^(?:不同意|不行|不改|拒绝|refuse|reject|no)$/i.test(said)) return 'refuse';
  if (/^(?:同意|可以|改|接受|accept|ok|yes)$/i.test(said)) return 'accept';
  throw new UserError('WHICH_VERDICT', {
    zh: '写同意或拒绝：/改地址 018842 同意',
    en: 'Write accept or refuse: /address 018842 accept',
  });
}

/**
 * `/address`: how it stands with the buyer's other address, from a fresh read of shop and warehouse, then the decision to
 * confirm. Neither address is ever shown: whoever decides sees them in the shop.
 */
export function createProposeAddress(deps: Omit<ProposeRerouteDeps, 'storage'>) {
  const { clock, directory, ingest, shops, systems } = deps;

  /** With the old address on its label it must not leave: it is stopped before anybody says yes. */
  function holdOf(order: Order, { systemId, systemOrderNo, held }: FulfillmentView): Act[] {
    const capabilities = systems().find(({ id }) => id === systemId)?.system.capabilities;
    if (held || capabilities === undefined || manualOf(capabilities.hold) !== null) return [];
    const request = {
      systemId,
      systemOrderNo,
      orderNo: order.channelOrderNo,
      reason: 'address' as const,
      note: '改地址，重打面单',
      byHand: manualOf(capabilities.unhold),
    };
    return [{ kind: 'hold', subject: subjectOf(order), request }];
  }

  return async (asking: Asking, known: Order, words: string | undefined): Promise<Step> => {
    demand(asking, 'address');
    const verdict = verdictOf(words);
    const signal = AbortSignal.timeout(patience);
    const shop = shops().find(({ id }) => id === known.shopId);
    if (shop !== undefined) await ingest.readOrders(shop, [known.channelOrderNo], signal);
    await readOrdersNow(deps, [known], signal);
    return async (tx) => {
      const order = (await tx.views.findOrder(known.id)) ?? known;
      const views = (await tx.views.fulfillmentsOf(order.id)).filter(({ closed }) => !closed);
      const duty = addressDuty(order, views);
      const labelled = views.filter(({ stage }) => hasReached(stage, 'labelled') && !hasReached(stage, 'shipped'));
      const canDecide = shop?.channel.decideAddress !== undefined;
      const holds = verdict === 'accept' ? labelled.flatMap((view) => holdOf(order, view)) : [];
      const model = {
        order: namedOrder(order),
        tail: tailOf(order.channelOrderNo),
        shop: directory.shopName(order.shopId),
        duty: duty ?? (order.addressChange === 'changed' ? ('changed' as const) : ('none' as const)),
        isLabelled: labelled.length > 0,
        isHeldFirst: holds.length > 0,
        byHand: canDecide ? null : noAddressApi,
        verdict: verdict ?? null,
      };
      if (duty !== 'decide' || !canDecide || verdict === undefined)
        return [addressPreview({ ...model, question: null }, asking.language)];
      const act: Act = {
        kind: 'address',
        subject: subjectOf(order),
        request: { shopId: order.shopId, orderNo: order.channelOrderNo, verdict },
      };
      const proposal = {
        acts: [...holds, act],
        second: null,
        needsReason: false,
        undoOf: null,
        reason: `address:${verdict}`,
      };
      return ask(tx, clock, asking, proposal, (question) => addressPreview({ ...model, question }, asking.language));
    };
  };
}
