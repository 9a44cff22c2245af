import type { Resolution } from './alert.ts';
import { addOpen, type Calendar } from './calendar.ts';
import type { FulfillmentView } from './fulfillment.ts';
import type { OrderView } from './order.ts';
import { type Parcel, parcelId } from './parcel.ts';
import type { ClockTrigger, MomentName, Moments, WallTrigger } from './rule.ts';
import { hasReached, type Stage } from './stage.ts';

const hour = 3_600_000;
/** A promise nearer than this is the ordinary time to ship and changes nothing. */
export const ordinaryPromise = 48 * hour;
const usualLead = 24 * hour;

export type Verdict =
  | { readonly state: 'not-started' }
  | {
      readonly state: 'stopped';
      readonly at: number;
      readonly by: MomentName;
      readonly startedAt: number;
      readonly dueAt: number;
    }
  /** Nothing before `dueAt` has stopped it: from `dueAt` on, that millisecond included, the rule is broken. */
  | { readonly state: 'waiting'; readonly startedAt: number; readonly dueAt: number };

export interface ClockOptions {
  /** How long before a promised date a clock is due; 24 h. */
  readonly lead?: number;
}

/** Judges a clock on event times alone; live, backtest and replay all ask here. */
export function judgeClock(
  trigger: ClockTrigger,
  moments: Moments,
  calendar: Calendar,
  options: ClockOptions = {},
): Verdict {
  const start = latest(trigger.since, moments);
  if (start === undefined) return { state: 'not-started' };
  const startedAt = start.at;
  const after = Math.max(0, trigger.after - (trigger.ahead ?? 0));
  const dueAt =
    promisedDue(start, moments, options.lead ?? usualLead) ??
    (trigger.hours === 'open' ? addOpen(calendar, startedAt, after) : startedAt + after);
  const stop = earliest(trigger.until, moments);
  if (stop === undefined || stop.at >= dueAt) return { state: 'waiting', startedAt, dueAt };
  return { state: 'stopped', at: stop.at, by: stop.name, startedAt, dueAt };
}

/** Cheaper than a verdict: most clocks of a new order wait for a parcel or a return that is not there. */
export const hasStarted = ({ since }: Pick<ClockTrigger, 'since'>, moments: Moments): boolean =>
  since.some((name) => moments[name] !== null && moments[name] !== undefined);

/** How long the rule has been broken at `now`: 0 in the very millisecond it breaks, undefined while it is not broken. */
export const lateBy = (verdict: Verdict, now: number): number | undefined =>
  verdict.state === 'waiting' && now >= verdict.dueAt ? now - verdict.dueAt : undefined;

/**
 * Why a clock's alert with this `dueAt` is over; undefined while the rule is still broken.
 * A start that moved on (a new scan, a promise learned late) shows in a new verdict's `dueAt`, not here.
 */
export function resolutionOf(
  trigger: Pick<ClockTrigger, 'until'>,
  moments: Moments,
  dueAt: number,
): Resolution | undefined {
  const stop = earliest(trigger.until, moments);
  if (stop === undefined) return undefined;
  return stop.at < dueAt ? 'in-time-learned-late' : 'cleared';
}

/**
 * The instants before the platform's deadline at which an order that is still here is said, each louder than the last.
 * Those that lie before its payment are none: a promise of four hours is not late twelve hours before.
 */
export function wallBands(trigger: WallTrigger, wall: number | null, moments: Moments): readonly number[] {
  const { paidAt } = moments;
  if (wall === null || paidAt === null || paidAt === undefined) return [];
  return trigger.before.map((ms) => wall - ms).filter((at) => at > paidAt);
}

interface Known {
  readonly name: MomentName;
  readonly at: number;
}

const known = (names: readonly MomentName[], moments: Moments): Known[] =>
  names.flatMap((name) => {
    const at = moments[name];
    return at === null || at === undefined ? [] : [{ name, at }];
  });

const earliest = (names: readonly MomentName[], moments: Moments): Known | undefined =>
  known(names, moments).reduce<Known | undefined>((a, b) => (a !== undefined && a.at <= b.at ? a : b), undefined);

const latest = (names: readonly MomentName[], moments: Moments): Known | undefined =>
  known(names, moments).reduce<Known | undefined>((a, b) => (a !== undefined && a.at >= b.at ? a : b), undefined);

/** Only what counts from payment waits for the promise: a review queue or a stalled parcel is late all the same. */
function promisedDue(start: Known, { promisedAt }: Moments, lead: number): number | undefined {
  if (start.name !== 'paidAt' || promisedAt === null || promisedAt === undefined) return undefined;
  return promisedAt > start.at + ordinaryPromise ? Math.max(start.at, promisedAt - lead) : undefined;
}

/** What the sources together say happened when. A later stage implies the earlier ones. */
export function momentsOf(
  order: OrderView,
  fulfillments: readonly FulfillmentView[],
  parcels: readonly Parcel[] = [],
): Moments {
  const open = fulfillments.filter((each) => !each.closed && each.stage !== 'closed');
  // One that was closed before it left is void: another will serve the order. One that left did its part.
  const serving = fulfillments.filter((each) => open.includes(each) || each.shippedAt !== null);
  const { status, sourceUpdatedAt } = order;
  // Some channels give the state without its time; the latest it can have been is better than never.
  const told = (...statuses: readonly OrderView['status'][]) => (statuses.includes(status) ? sourceUpdatedAt : null);

  const deliveredAt = first(
    order.deliveredAt ?? told('delivered'),
    allReached(serving, 'delivered'),
    lastOf(parcels.map(({ deliveredAt }) => deliveredAt)),
  );
  const scannedAt = first(
    order.scannedAt ?? told('in_transit'),
    deliveredAt,
    allReached(serving, 'scanned'),
    lastOf(parcels.map((parcel) => scanOf(parcel, [order]))),
  );
  const shippedAt = first(order.shippedAt ?? told('shipped'), scannedAt, allReached(serving, 'shipped'));
  const sortedAt = first(order.sortedAt ?? told('picking'), shippedAt, allReached(serving, 'sorting'));
  const isRefunding = order.refund === 'requested' || order.refund === 'accepted' || order.refund === 'done';
  return {
    placedAt: order.placedAt,
    paidAt: order.paidAt,
    promisedAt: order.promisedAt,
    queuedAt: first(...open.filter((each) => each.stage === 'queued').map((each) => each.stageAt)),
    reviewAt: first(...open.filter((each) => each.stage === 'review').map((each) => each.stageAt)),
    sortedAt,
    labelledAt: first(shippedAt, ...serving.map((each) => reachedAt(each, 'labelled'))),
    shippedAt,
    uploadedAt: first(...order.shipments.map((each) => each.shippedAt)),
    scannedAt,
    trackedAt: latestOf([scannedAt, ...parcels.map(({ lastEventAt }) => lastEventAt)]),
    deliveredAt,
    closedAt: order.closedAt ?? told('closed', 'refunded'),
    addressAt: addressAtOf(order),
    refundAt: isRefunding ? (order.refundAt ?? sourceUpdatedAt) : null,
    heldAt: first(order.held ? sourceUpdatedAt : null, ...open.filter((each) => each.held).map((each) => each.stageAt)),
  };
}

/**
 * What is known of one parcel. Its upload is the earliest that one of its orders tells; the channel's word on a scan counts
 * beside the carrier's; it ends with its delivery or return, and when nobody waits for it any more.
 */
export function parcelMoments(
  parcel: Parcel,
  orders: readonly OrderView[],
  fulfillments: readonly FulfillmentView[],
): Moments {
  const isThis = ({ waybill }: { readonly waybill: string }): boolean =>
    waybill.toUpperCase() === parcelId(parcel.waybill);
  const uploads = [...orders.flatMap(({ shipments }) => shipments), ...fulfillments].filter(isThis);
  const channel = orders.map((order) => momentsOf(order, []));
  const ends = channel.map(({ closedAt }) => closedAt ?? null);
  return {
    uploadedAt:
      first(...uploads.map(({ shippedAt }) => shippedAt)) ??
      first(...channel.map(({ shippedAt }) => shippedAt ?? null)),
    scannedAt: first(scanOf(parcel, orders), ...channel.map(({ scannedAt }) => scannedAt ?? null)),
    trackedAt: latestOf([parcel.lastEventAt, ...channel.map(({ scannedAt }) => scannedAt ?? null)]),
    deliveredAt: first(parcel.endedAt, ...channel.map(({ deliveredAt }) => deliveredAt ?? null)),
    closedAt: ends.includes(null) ? null : latestOf(ends),
  };
}

/** When the last of the parcels got there; null while one has not, or there is none. */
function lastOf(moments: readonly (number | null)[]): number | null {
  return moments.includes(null) ? null : latestOf(moments);
}

/** The first scan; where only its day is told, not before what had to happen first. */
function scanOf({ firstScanAt, firstScanIsDay }: Parcel, orders: readonly OrderView[]): number | null {
  if (firstScanAt === null || firstScanIsDay !== true) return firstScanAt;
  return latestOf([firstScanAt, ...orders.flatMap(({ paidAt, shippedAt }) => [paidAt, shippedAt])]);
}

/** When the address became a question; null where it is none, or it was another one before we ever saw it. */
function addressAtOf({ addressChange, addressChangeAt, sourceUpdatedAt }: OrderView): number | null {
  if (addressChange === 'none') return null;
  return addressChangeAt ?? (addressChange === 'requested' ? sourceUpdatedAt : null);
}

function latestOf(moments: readonly (number | null)[]): number | null {
  const told = moments.filter((at) => at !== null);
  return told.length === 0 ? null : Math.max(...told);
}

function first(...moments: readonly (number | null)[]): number | null {
  const told = moments.filter((at) => at !== null);
  return told.length === 0 ? null : Math.min(...told);
}

/** When the last of them reached `mark`; null while one has not, or there is none. */
function allReached(fulfillments: readonly FulfillmentView[], mark: Stage): number | null {
  const moments = fulfillments.map((each) => reachedAt(each, mark)).filter((at) => at !== null);
  return moments.length === 0 || moments.length < fulfillments.length ? null : Math.max(...moments);
}

function reachedAt({ stage, stageAt, sortedAt, shippedAt }: FulfillmentView, mark: Stage): number | null {
  const byStage = stage !== 'closed' && hasReached(stage, mark) ? stageAt : null;
  if (mark === 'sorting') return first(sortedAt, shippedAt, byStage);
  return mark === 'shipped' ? first(shippedAt, byStage) : byStage;
}
