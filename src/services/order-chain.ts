import type { Event } from '../domain/event.ts';
import type { FulfillmentView } from '../domain/fulfillment.ts';
import type { Order } from '../domain/order.ts';
import { hasReached, type Stage, stages, type Visibility } from '../domain/stage.ts';

/** One link of the way from the shop to the door. */
export interface ChainLink {
  readonly stage: Stage;
  /** Null when not entered, or entered at a time that nobody told. */
  readonly enteredAt: number | null;
  readonly state: 'done' | 'current' | 'ahead' | 'unseen';
}

const links = stages.filter((stage) => stage !== 'closed');

/** What the warehouse does between these is told by its own system only. */
const inside: readonly Stage[] = ['queued', 'review', 'sorting', 'packed', 'labelled'];

export function chainOf(
  order: Order,
  views: readonly FulfillmentView[],
  events: readonly Event[],
  visibility: Visibility,
): ChainLink[] {
  const entered = enteredTimes(order, views, events);
  const reached = order.stage === 'closed' ? lastBefore(entered) : order.stage;
  return links
    .filter((stage) => stage !== 'review' || reached === 'review' || entered.has('review'))
    .map((stage) => {
      const enteredAt = entered.get(stage) ?? null;
      if (stage === reached) return { stage, enteredAt, state: order.stage === 'closed' ? 'done' : 'current' };
      const isUnseen = visibility === 'not-visible-here' && inside.includes(stage) && enteredAt === null;
      if (isUnseen) return { stage, enteredAt, state: 'unseen' };
      return { stage, enteredAt, state: hasReached(reached, stage) ? 'done' : 'ahead' };
    });
}

const lastBefore = (entered: ReadonlyMap<Stage, number>): Stage =>
  links.findLast((stage) => entered.has(stage)) ?? 'placed';

function enteredTimes(order: Order, views: readonly FulfillmentView[], events: readonly Event[]): Map<Stage, number> {
  const entered = new Map<Stage, number>();
  const note = (stage: Stage, at: number | null | undefined): void => {
    if (typeof at === 'number' && stage !== 'closed') entered.set(stage, at);
  };
  for (const event of [...events].sort((a, b) => a.occurredAt - b.occurredAt || a.id - b.id)) {
    const { stage, stageAt } = event.facts;
    if (event.kind !== 'fulfillment' || !isStage(stage) || entered.has(stage)) continue;
    note(stage, typeof stageAt === 'number' ? stageAt : event.occurredAt);
  }
  for (const view of views) {
    if (!entered.has(view.stage)) note(view.stage, view.stageAt);
    note('sorting', view.sortedAt);
    note('shipped', view.shippedAt);
  }
  if (!entered.has(order.stage)) note(order.stage, order.stageAt);
  note('placed', order.placedAt);
  note('paid', order.paidAt);
  note('sorting', order.sortedAt);
  note('shipped', order.shippedAt);
  note('scanned', order.scannedAt);
  note('delivered', order.deliveredAt);
  return entered;
}

const isStage = (value: unknown): value is Stage => stages.some((stage) => stage === value);
