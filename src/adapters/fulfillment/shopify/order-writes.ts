import { z } from 'zod';
import type { HoldReason } from '../../../domain/hold-reason.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import type { Hold, Reroute, Unhold } from '../../../ports/fulfillment.ts';
import { type Ask, outcomeOf } from '../../shopify/client.ts';
import { Gid, gid, isNumber } from './gid.ts';
import { handlePrefix, type Part } from './order.ts';
import type { Orders } from './orders.ts';
import { holdOrder, moveOrder, releaseHold } from './queries.ts';
import { type Refused, refusalIn } from './refusal.ts';

/** Parts that a warehouse of others has been asked to send: the shop moves them no more (fulfillment.md §1.7). */
const atThirdParty: readonly string[] = ['SUBMITTED', 'ACCEPTED', 'CANCELLATION_REQUESTED'];
/** What the notes of a hold take with certainty. */
const longestNote = 200;

const Moved = z.object({
  movedFulfillmentOrder: z.object({ assignedLocation: z.object({ location: z.object({ id: Gid }) }) }),
});

/**
 * Moves a part to another location: read, compare, write once. There is no key and no expected-from, so the comparison
 * narrows the race and the caller's read back settles it.
 */
export async function reroute(
  ask: Ask,
  orders: Orders,
  { systemOrderNo, to, expectFrom }: Reroute,
  signal: AbortSignal,
): Promise<Outcome<{ warehouseCode: string }>> {
  if (!isNumber(to)) return { kind: 'refused', code: 'bad_warehouse' };
  try {
    const part = await readOne(orders, systemOrderNo, signal);
    if ('kind' in part) return part;
    const { warehouseCode } = part.view;
    if (warehouseCode === to) return { kind: 'already', value: { warehouseCode } };
    const gone = whyGone(part);
    if (gone !== undefined) return gone;
    if (warehouseCode !== expectFrom) return { kind: 'refused', code: 'stale' };
    if (atThirdParty.includes(part.requestStatus))
      return { kind: 'refused', code: 'at_third_party', providerText: part.requestStatus };
    const { data } = await ask(moveOrder, { id: idOf(systemOrderNo), to: gid('Location', to) }, signal);
    const refused = refusalIn(data.fulfillmentOrderMove);
    if (refused !== undefined) return refused;
    const moved = Moved.safeParse(data.fulfillmentOrderMove).data?.movedFulfillmentOrder;
    const there = moved?.assignedLocation.location.id;
    return there === to ? { kind: 'done', value: { warehouseCode: to } } : { kind: 'unknown' };
  } catch (error) {
    return outcomeOf(error);
  }
}

const reasons: Readonly<Record<HoldReason, string>> = {
  risk: 'HIGH_RISK_OF_FRAUD',
  refund: 'OTHER',
  address: 'INCORRECT_ADDRESS',
  buyer: 'OTHER',
};

/** Puts a hold of ours on a part. Its handle is the key: a repeat is refused as a duplicate, and so was done (§1.7). */
export async function hold(
  ask: Ask,
  orders: Orders,
  { operationKey, systemOrderNo, reason, note, by }: Hold,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  try {
    const part = await readOne(orders, systemOrderNo, signal);
    if ('kind' in part) return part;
    if (part.view.held) return { kind: 'already', value: null };
    const gone = whyGone(part);
    if (gone !== undefined) return gone;
    const wish = {
      reason: reasons[reason],
      reasonNotes: [by, note].filter(Boolean).join('：').slice(0, longestNote),
      notifyMerchant: false,
      handle: handlePrefix + operationKey,
    };
    const { data } = await ask(holdOrder, { id: idOf(systemOrderNo), hold: wish }, signal);
    const refused = refusalIn(data.fulfillmentOrderHold);
    if (refused?.providerCode === 'DUPLICATE_FULFILLMENT_HOLD_HANDLE') return { kind: 'already', value: null };
    return refused ?? { kind: 'done', value: null };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** Takes our own holds off. Without their ids the shop would free everybody's (fulfillment.md §1.7). */
export async function unhold(
  ask: Ask,
  orders: Orders,
  { systemOrderNo }: Unhold,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  try {
    const part = await readOne(orders, systemOrderNo, signal);
    if ('kind' in part) return part;
    if (!part.view.held) return { kind: 'already', value: null };
    const holds = part.holds.filter((one) => one.heldByRequestingApp === true && one.handle.startsWith(handlePrefix));
    if (holds.length === 0) return { kind: 'refused', code: 'held', providerText: part.view.reason };
    const { data } = await ask(releaseHold, { id: idOf(systemOrderNo), holds: holds.map(({ id }) => id) }, signal);
    return refusalIn(data.fulfillmentOrderReleaseHold) ?? { kind: 'done', value: null };
  } catch (error) {
    return outcomeOf(error);
  }
}

const idOf = (systemOrderNo: string): string => gid('FulfillmentOrder', systemOrderNo);

async function readOne(orders: Orders, systemOrderNo: string, signal: AbortSignal): Promise<Part | Refused> {
  const { parts, skipped } = await orders.read([systemOrderNo], signal);
  const [part] = parts;
  if (part !== undefined) return part;
  const [unreadable] = skipped;
  if (unreadable === undefined) return { kind: 'refused', code: 'not_found' };
  return { kind: 'refused', code: 'other', providerText: `${unreadable.ref}: ${unreadable.reason}` };
}

function whyGone({ view: { shippedAt, closed, stage, sourceStatus } }: Part): Refused | undefined {
  if (shippedAt !== null) return { kind: 'refused', code: 'shipped', providerText: sourceStatus };
  if (closed) return { kind: 'refused', code: 'invalid', providerText: sourceStatus };
  return stage === 'sorting' ? { kind: 'refused', code: 'picking', providerText: sourceStatus } : undefined;
}
