import type { Asking } from '../../domain/asking.ts';
import { UserError } from '../../domain/errors.ts';
import type { FulfillmentView } from '../../domain/fulfillment.ts';
import { type HoldReason, holdReasonOf } from '../../domain/hold-reason.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import { hasReached } from '../../domain/stage.ts';
import type { Piece, Text } from '../../domain/text.ts';
import type { Capabilities, Capability } from '../../ports/fulfillment.ts';
import type { Stores } from '../../ports/stores.ts';
import { clearPreview, type HoldItem, holdPreview } from '../../render/preview-cards.ts';
import type { Step } from '../reply.ts';
import type { Act } from './kind.ts';
import { type Asked, ask, demand, namedOrder, subjectOf } from './propose.ts';
import type { ProposeRerouteDeps } from './propose-reroute.ts';
import { readOrdersNow } from './read-now.ts';

export type ProposeHoldDeps = Pick<ProposeRerouteDeps, 'storage' | 'clock' | 'directory' | 'ingest' | 'systems'>;

const patience = 8_000;

/** Lines of their own: why not, and the number a person looks it up by. */
type Refusal = Text & { readonly no?: string };

/** `/hold` and `/clear`: what is stopped or let go, with every order that goes along, from a fresh read; then asks. */
export function createProposeHold(deps: ProposeHoldDeps) {
  const { clock, directory, systems } = deps;

  const byHand = (systemId: string, operation: keyof Capabilities): Text | null =>
    manualOf(systems().find(({ id }) => id === systemId)?.system.capabilities[operation]);

  /** What the warehouses are still to send of it, or why nothing can be done by command. */
  async function openOf(
    tx: Stores,
    known: Order,
  ): Promise<{ order: Order; views: readonly FulfillmentView[] } | Refusal> {
    const systemId = directory.systemOf(known.shopId);
    if (systemId === undefined) {
      const name = directory.shopName(known.shopId);
      return { zh: `${name}没有接仓库系统`, en: `${name} has no warehouse system connected` };
    }
    const order = (await tx.views.findOrder(known.id)) ?? known;
    if (order.closedAt !== null) return { zh: '订单已关闭', en: 'the order is closed' };
    const views = (await tx.views.fulfillmentsOf(order.id)).filter(({ closed }) => !closed);
    if (views.length > 0) return { order, views };
    const name = directory.systemName(systemId);
    return {
      zh: `${name}里看不到这单，请在${name}里按订单号处理`,
      en: `${name} does not show it; look it up there by its order number`,
      no: order.channelOrderNo,
    };
  }

  function holdable({
    order,
    views,
  }: {
    order: Order;
    views: readonly FulfillmentView[];
  }): readonly FulfillmentView[] | Refusal {
    const left = views.filter(({ stage }) => !hasReached(stage, 'shipped'));
    const [first] = left;
    if (first === undefined) return { zh: '已经发货，停不下来了', en: 'it has been shipped: too late to stop it' };
    const manual = byHand(first.systemId, 'hold');
    if (manual !== null) return { ...manual, no: order.channelOrderNo };
    const running = left.filter(({ held }) => !held);
    return running.length > 0 ? running : { zh: '已经暂停了', en: 'it is on hold already' };
  }

  function clearable({
    order,
    views,
  }: {
    order: Order;
    views: readonly FulfillmentView[];
  }): readonly FulfillmentView[] | Refusal {
    if (order.held) {
      const name = directory.shopName(order.shopId);
      return { zh: `是${name}自己暂停的，请在店铺后台放行`, en: `${name} itself stopped it; let it go in the shop` };
    }
    const stopped = views.filter(({ held, stage }) => held || stage === 'review');
    const [first] = stopped;
    if (first === undefined) return { zh: '没有暂停，不用放行', en: 'nothing stops it' };
    const manual = byHand(first.systemId, 'unhold');
    if (manual !== null) return { ...manual, no: first.systemOrderNo };
    // A queue for people is no hold of ours: what lets go of a hold does not empty it.
    const system = directory.systemName(first.systemId);
    return first.held
      ? stopped
      : {
          zh: `在${system}的人工审核里，不是暂停：请到那里审核通过`,
          en: `it waits for a review in ${system}, which is no hold: pass it there`,
          no: first.systemOrderNo,
        };
  }

  /** One act for each warehouse order, however many of the named orders it serves. */
  async function collect(
    tx: Stores,
    orders: readonly Order[],
    pick: (open: { order: Order; views: readonly FulfillmentView[] }) => readonly FulfillmentView[] | Refusal,
    actOf: (order: Order, view: FulfillmentView) => Act,
    { language }: Asking,
  ) {
    const items: HoldItem[] = [];
    const acts: Act[] = [];
    const refused: Piece[][] = [];
    const companions = new Set<string>();
    const taken = new Set<string>();
    const chosen = new Set(orders.map(({ id }) => id));
    for (const each of orders) {
      const open = await openOf(tx, each);
      const views = 'zh' in open ? open : pick(open);
      if ('zh' in open || 'zh' in views) {
        const { [language]: why, no } = ('zh' in open ? open : views) as Refusal;
        refused.push([`${tailOf(each.channelOrderNo)} ${why}`]);
        if (no !== undefined) refused.push([no]);
        continue;
      }
      const [view] = views;
      const warehouse = view && (directory.warehouseOf(view.systemId, view.warehouseCode)?.name ?? view.warehouseCode);
      items.push({ order: namedOrder(open.order), warehouse: warehouse ?? '', stage: open.order.stage });
      for (const one of views) {
        const key = `${one.systemId}/${one.systemOrderNo}`;
        if (!taken.has(key)) acts.push(actOf(open.order, one));
        taken.add(key);
      }
      for (const other of await tx.views.companionsOf(each.id))
        if (!chosen.has(other.id)) companions.add(tailOf(other.channelOrderNo));
    }
    return { items, acts, refused, companions: [...companions] };
  }

  const proposal = (acts: readonly Act[], reason: string) => ({
    acts,
    second: null,
    needsReason: false,
    undoOf: null,
    reason,
  });

  async function hold(asking: Asking, orders: readonly Order[], words: string | undefined): Promise<Step> {
    demand(asking, 'hold');
    const reason: HoldReason = holdReasonOf(words ?? '');
    await readOrdersNow(deps, orders, AbortSignal.timeout(patience));
    return async (tx) => {
      const { items, acts, ...rest } = await collect(
        tx,
        orders,
        holdable,
        (order, view) => ({
          kind: 'hold',
          subject: subjectOf(order),
          request: {
            systemId: view.systemId,
            systemOrderNo: view.systemOrderNo,
            orderNo: order.channelOrderNo,
            reason,
            note: words ?? '',
            byHand: byHand(view.systemId, 'unhold'),
          },
        }),
        asking,
      );
      const oneWay = acts.flatMap(({ kind, request }) => (kind === 'hold' ? (request.byHand ?? []) : []))[0] ?? null;
      const card = (question: Asked | null) =>
        holdPreview(items, { reason, words: words ?? '', oneWay }, { ...rest, question }, asking.language);
      return acts.length === 0 ? [card(null)] : ask(tx, clock, asking, proposal(acts, `hold:${reason}`), card);
    };
  }

  async function clear(asking: Asking, orders: readonly Order[]): Promise<Step> {
    demand(asking, 'unhold');
    await readOrdersNow(deps, orders, AbortSignal.timeout(patience));
    return async (tx) => {
      const { items, acts, ...rest } = await collect(
        tx,
        orders,
        clearable,
        (order, { systemId, systemOrderNo }) => ({
          kind: 'unhold',
          subject: subjectOf(order),
          request: { systemId, systemOrderNo, orderNo: order.channelOrderNo },
        }),
        asking,
      );
      const card = (question: Asked | null) => clearPreview(items, { ...rest, question }, asking.language);
      return acts.length === 0 ? [card(null)] : ask(tx, clock, asking, proposal(acts, 'clear'), card);
    };
  }

  /** What the eyes found: pass lets it go, fail stops it. */
  async function review(asking: Asking, orders: readonly Order[], verdict: string): Promise<Step> {
    const said = verdict.trim();
    if (/^(?:不通过|不过|没过|不行|fail|failed)$/i.test(said))
      return hold(asking, orders, asking.language === 'zh' ? '复核不通过' : 'failed the review');
    if (/^(?:通过|过了?|可以|没问题|pass|passed|ok)$/i.test(said)) return clear(asking, orders);
    throw new UserError('WHICH_VERDICT', {
      zh: '写通过或不通过：/复核 018842 通过',
      en: 'Write pass or fail: /review 018842 pass',
    });
  }

  return { hold, clear, review };
}

/** What to do by hand; null where a command can. */
export const manualOf = (capability: Capability | undefined): Text | null =>
  typeof capability === 'object' ? capability.manual : null;
