import type { ChannelStatus, RefundState, Shipment } from '../../../domain/order.ts';
import type { Row } from './row.ts';

/** How far one fulfilment is. Its label may exist before anything leaves. */
type Phase = 'label' | 'shipped' | 'in_transit' | 'delivered';
const phases: readonly Phase[] = ['label', 'shipped', 'in_transit', 'delivered'];

/** What an order waits for, by the word that the shop shows for all of it (channels.md §4.4). */
type Sending = 'nothing' | 'waits' | 'allocated' | 'begun' | 'sent';

const sendings: ReadonlyMap<string, Sending> = new Map([
  ['UNFULFILLED', 'waits'],
  ['OPEN', 'waits'],
  ['SCHEDULED', 'waits'],
  ['ON_HOLD', 'waits'],
  ['REQUEST_DECLINED', 'waits'],
  ['RESTOCKED', 'waits'],
  ['PENDING_FULFILLMENT', 'allocated'],
  ['IN_PROGRESS', 'begun'],
  ['PARTIALLY_FULFILLED', 'begun'],
  ['FULFILLED', 'sent'],
  ['FULFILLMENT_NOT_REQUIRED', 'nothing'],
]);

/** Null: it is void and no shipment at all. */
const displayPhases: ReadonlyMap<string, Phase | null> = new Map([
  ['SUBMITTED', 'label'],
  ['CONFIRMED', 'label'],
  ['LABEL_PURCHASED', 'label'],
  ['LABEL_PRINTED', 'label'],
  ['LABEL_VOIDED', null],
  ['CANCELED', null],
  ['MARKED_AS_FULFILLED', 'shipped'],
  ['FULFILLED', 'shipped'],
  ['READY_FOR_PICKUP', 'shipped'],
  ['CARRIER_PICKED_UP', 'in_transit'],
  ['IN_TRANSIT', 'in_transit'],
  ['OUT_FOR_DELIVERY', 'in_transit'],
  ['ATTEMPTED_DELIVERY', 'in_transit'],
  ['DELAYED', 'in_transit'],
  ['NOT_DELIVERED', 'in_transit'],
  ['FAILURE', 'in_transit'],
  ['PICKED_UP', 'delivered'],
  ['DELIVERED', 'delivered'],
]);
const fulfillmentStatuses: readonly string[] = ['SUCCESS', 'OPEN', 'PENDING', 'CANCELLED', 'ERROR', 'FAILURE'];
/** Events that only a carrier who has the parcel can tell. */
const scans: readonly string[] = [
  'CARRIER_PICKED_UP',
  'IN_TRANSIT',
  'OUT_FOR_DELIVERY',
  'ATTEMPTED_DELIVERY',
  'DELIVERED',
];

const partStatuses: readonly string[] = [
  'OPEN',
  'IN_PROGRESS',
  'ON_HOLD',
  'SCHEDULED',
  'INCOMPLETE',
  'CANCELLED',
  'CLOSED',
];
const financialStatuses: readonly string[] = [
  'PENDING',
  'AUTHORIZED',
  'PARTIALLY_PAID',
  'PAID',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'VOIDED',
  'EXPIRED',
];
const paidStatuses: readonly string[] = ['PAID', 'PARTIALLY_REFUNDED', 'REFUNDED'];
const returns: ReadonlyMap<string, RefundState> = new Map([
  ['NO_RETURN', 'none'],
  ['RETURN_REQUESTED', 'requested'],
  ['IN_PROGRESS', 'accepted'],
  ['INSPECTION_COMPLETE', 'accepted'],
  ['RETURNED', 'done'],
  ['RETURN_FAILED', 'closed'],
]);

interface Leg {
  readonly phase: Phase;
  readonly shippedAt: number | null;
  readonly scannedAt: number | null;
  readonly deliveredAt: number | null;
  readonly shipments: readonly Shipment[];
}

export interface Progress {
  readonly status: ChannelStatus;
  readonly sourceStatus: string;
  readonly isPaid: boolean;
  readonly held: boolean;
  readonly refund: RefundState;
  /** The order is where its last part is: each moment is that of the part that came last, and null while one lacks it. */
  readonly shippedAt: number | null;
  readonly scannedAt: number | null;
  readonly deliveredAt: number | null;
  readonly closedAt: number | null;
  readonly shipments: readonly Shipment[];
}

/** Reads the words of an order (channels.md §4.4, §4.5). One that is in no table makes its status `unknown`. */
export function progressOf(row: Row): Progress {
  const legs = row.fulfillments.flatMap((each) => legOf(each) ?? []);
  const sending = sendingOf(row, legs);
  const isSent = sending === 'sent';
  const at = (moment: 'shippedAt' | 'scannedAt' | 'deliveredAt'): number | null => (isSent ? last(legs, moment) : null);
  const shipments = legs.flatMap((leg) => leg.shipments);
  const reached = isSent ? slowest(legs) : beforeSending(row, sending, legs);
  // The shop puts orders away by itself once they are paid and sent; those are still followed until they arrive.
  const isAway = row.closedAt !== null && (shipments.length === 0 || reached === 'delivered');
  const unknown = unknownWords(row);
  return {
    status: unknown.length > 0 ? 'unknown' : (endOf(row, isAway && !isSent) ?? reached),
    sourceStatus: [row.displayFinancialStatus, row.displayFulfillmentStatus, ...unknown]
      .filter((word) => word !== null)
      .join('/'),
    isPaid: isPaid(row),
    held: row.displayFulfillmentStatus === 'ON_HOLD' || row.fulfillmentOrders.some((part) => part.status === 'ON_HOLD'),
    refund: refundOf(row, sending),
    shippedAt: at('shippedAt'),
    scannedAt: at('scannedAt'),
    deliveredAt: at('deliveredAt'),
    closedAt: row.cancelledAt ?? (isAway ? row.closedAt : null),
    shipments,
  };
}

/** AUTHORIZED and PARTIALLY_PAID are not paid. Null stands for unpaid, and for paid when there was nothing to pay. */
function isPaid({ displayFinancialStatus, fullyPaid, cancelledAt }: Row): boolean {
  if (displayFinancialStatus !== null) return paidStatuses.includes(displayFinancialStatus);
  return fullyPaid && cancelledAt === null;
}

function sendingOf({ displayFulfillmentStatus: word }: Row, legs: readonly Leg[]): Sending {
  const told = word === null ? undefined : sendings.get(word);
  if (told !== undefined || legs.length === 0) return told ?? 'waits';
  return legs.some(({ phase }) => phase === 'label') ? 'begun' : 'sent';
}

function endOf({ cancelledAt, displayFinancialStatus }: Row, isGivenUp: boolean): ChannelStatus | undefined {
  if (cancelledAt !== null) return 'closed';
  if (displayFinancialStatus === 'REFUNDED') return 'refunded';
  return isGivenUp ? 'closed' : undefined;
}

function beforeSending(row: Row, sending: Sending, legs: readonly Leg[]): ChannelStatus {
  const parts = row.fulfillmentOrders;
  if (sending === 'begun' || legs.length > 0 || parts.some(({ status }) => status === 'IN_PROGRESS')) return 'picking';
  const isAsked = parts.some(
    ({ status, requestStatus }) => status === 'OPEN' && ['SUBMITTED', 'ACCEPTED'].includes(requestStatus ?? ''),
  );
  if (sending === 'allocated' || isAsked) return 'allocated';
  return isPaid(row) ? 'paid' : 'created';
}

function slowest(legs: readonly Leg[]): ChannelStatus {
  const phase = phases.find((each) => legs.some((leg) => leg.phase === each));
  return phase === undefined || phase === 'label' ? 'shipped' : phase;
}

/**
 * A return that is under way comes first. Money given back for a part of the goods ends the order only when nothing is
 * left to send: the rest is still owed.
 */
function refundOf(row: Row, sending: Sending): RefundState {
  if (row.displayFinancialStatus === 'REFUNDED') return 'done';
  const state = returns.get(row.returnStatus) ?? 'none';
  if (state === 'requested' || state === 'accepted' || row.displayFinancialStatus !== 'PARTIALLY_REFUNDED')
    return state;
  const isOwed =
    sending !== 'sent' && sending !== 'nothing' && row.lineItems.some(({ currentQuantity }) => currentQuantity > 0);
  return isOwed ? state : 'done';
}

function legOf(fulfillment: Row['fulfillments'][number]): Leg | null {
  const { status, displayStatus, createdAt, inTransitAt, events, trackingInfo } = fulfillment;
  const told = displayStatus === null ? 'shipped' : (displayPhases.get(displayStatus) ?? null);
  // OPEN and PENDING wait for whoever sends it; the others did not come about.
  if (told === null || !['SUCCESS', 'OPEN', 'PENDING'].includes(status)) return null;
  const numbers = trackingInfo.filter(({ number }) => number !== '');
  const first = (...words: readonly string[]): number | null =>
    events.find((event) => words.includes(event.status))?.happenedAt ?? null;
  const deliveredAt = fulfillment.deliveredAt ?? first('DELIVERED');
  const scannedAt = earliest(inTransitAt, first(...scans), deliveredAt);
  const isLabel = status !== 'SUCCESS' || (told === 'label' && numbers.length === 0);
  const said: Phase = isLabel ? 'label' : told === 'label' ? 'shipped' : told;
  const seen: Phase = deliveredAt !== null ? 'delivered' : scannedAt !== null ? 'in_transit' : 'label';
  const phase = phases.indexOf(seen) > phases.indexOf(said) ? seen : said;
  return {
    phase,
    shippedAt: phase === 'label' ? null : createdAt,
    scannedAt,
    deliveredAt,
    shipments: numbers.map(({ company, number }) => ({
      carrier: company,
      waybill: number,
      shippedAt: phase === 'label' ? null : createdAt,
    })),
  };
}

function last(legs: readonly Leg[], moment: 'shippedAt' | 'scannedAt' | 'deliveredAt'): number | null {
  const moments = legs.map((leg) => leg[moment]);
  return moments.length === 0 || moments.includes(null) ? null : Math.max(...moments.filter((at) => at !== null));
}

function earliest(...moments: readonly (number | null)[]): number | null {
  const told = moments.filter((at) => at !== null);
  return told.length === 0 ? null : Math.min(...told);
}

function unknownWords(row: Row): string[] {
  const { displayFinancialStatus: financial, displayFulfillmentStatus: sending, returnStatus } = row;
  return [
    ...(financial === null || financialStatuses.includes(financial) ? [] : [`payment ${financial}`]),
    ...(sending === null || sendings.has(sending) ? [] : [`fulfillment ${sending}`]),
    ...(returns.has(returnStatus) ? [] : [`return ${returnStatus}`]),
    ...row.fulfillmentOrders.flatMap(({ status }) => (partStatuses.includes(status) ? [] : `part ${status}`)),
    ...row.fulfillments.flatMap(({ status, displayStatus }) => [
      ...(fulfillmentStatuses.includes(status) ? [] : [`parcel ${status}`]),
      ...(displayStatus === null || displayPhases.has(displayStatus) ? [] : [`parcel ${displayStatus}`]),
    ]),
  ];
}
