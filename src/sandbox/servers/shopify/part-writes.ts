import { findWarehouse } from '../../world/company.ts';
import { moveErpOrder, resumeErpOrder } from '../../world/erp.ts';
import { changeErp, findErpOrder, setQuestion } from '../../world/erp-orders.ts';
import type { World } from '../../world/world.ts';
import { findPart, holdsOf, isSubmitted, OUR_QUESTION, showPart } from './parts.ts';
import { gid, numberOf } from './values.ts';

/** What a mutation answers, and whether it changed something. */
export interface Written {
  payload: object;
  applied: boolean;
}

export const refuse = (field: string, message: string, code: string | null = null): Written => ({
  payload: { userErrors: [{ field: [field], message, code }] },
  applied: false,
});
const done = (payload: object, applied = true): Written => ({ payload: { ...payload, userErrors: [] }, applied });
const noPart = (): Written => refuse('id', 'Fulfillment order not found.', 'FULFILLMENT_ORDER_NOT_FOUND');

/** Holds that one app may put on one part. */
const MOST_HOLDS = 10;
const WHO = 'Shopify API';

export function movePart(world: World, { id, newLocationId }: { id: string; newLocationId: string }): Written {
  const erp = findPart(world, id);
  if (erp === undefined) return refuse('id', 'Fulfillment order does not exist.');
  const to = findWarehouse(numberOf('Location', newLocationId) ?? '')?.code;
  if (to === undefined) return refuse('id', 'Location not found.');
  if (erp.status === 'Sent' || erp.status === 'Cancelled')
    return refuse('id', 'Cannot change the location of a closed fulfillment order.');
  if (erp.status === 'Delivering') {
    const code = 'CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS';
    return refuse('id', 'Fulfillment orders with reported progress cannot be moved.', code);
  }
  if (isSubmitted(erp)) return refuse('id', 'Cannot change the location of a submitted fulfillment order.');
  if (erp.wms_co_id !== to) moveErpOrder(world, erp, world.clock.now(), to, WHO);
  const part = show(world, erp.o_id);
  return done({ movedFulfillmentOrder: part, originalFulfillmentOrder: part }, erp.wms_co_id !== to);
}

export function holdPart(
  world: World,
  args: { id: string; fulfillmentHold: { reason: string; reasonNotes?: string | null; handle?: string | null } },
): Written {
  const erp = findPart(world, args.id);
  if (erp === undefined) return noPart();
  if (erp.status !== 'WaitConfirm' && erp.status !== 'Question')
    return refuse('id', 'The fulfillment order is not in a state that can be held.');
  const { reason, reasonNotes, handle } = args.fulfillmentHold;
  const holds = holdsOf(world, erp.o_id);
  if (holds.some((one) => one.handle === (handle ?? '')))
    return refuse('handle', 'The handle has been used already.', 'DUPLICATE_FULFILLMENT_HOLD_HANDLE');
  if (holds.length >= MOST_HOLDS)
    return refuse('id', 'The maximum number of holds has been reached.', 'FULFILLMENT_ORDER_HOLD_LIMIT_REACHED');
  const at = world.clock.now();
  const made = world.store.get<{ id: number }>(
    'INSERT INTO shopify_holds (o_id, handle, reason, notes) VALUES (?, ?, ?, ?) RETURNING id',
    erp.o_id,
    handle ?? '',
    reason,
    reasonNotes ?? '',
  );
  if (erp.status === 'WaitConfirm') setQuestion(world, erp, at, OUR_QUESTION, reasonNotes ?? '', WHO);
  else changeErp(world, erp.o_id, at, {});
  const hold = { id: gid('FulfillmentHold', made?.id ?? 0), handle, reason, reasonNotes, heldByRequestingApp: true };
  return done({ fulfillmentHold: hold, fulfillmentOrder: show(world, erp.o_id) });
}

/** Without ids everybody's holds go. */
export function releasePart(world: World, { id, holdIds }: { id: string; holdIds?: string[] | null }): Written {
  const erp = findPart(world, id);
  if (erp === undefined) return noPart();
  if (erp.status !== 'Question') return refuse('id', 'The fulfillment order is not on hold.');
  const wanted = holdIds?.map((one) => numberOf('FulfillmentHold', one) ?? -1);
  const all = holdsOf(world, erp.o_id);
  const gone = all.filter((one) => wanted?.includes(one.id) ?? true);
  if (wanted !== undefined && gone.length < wanted.length)
    return refuse('holdIds', 'Fulfillment hold not found.', 'FULFILLMENT_HOLD_NOT_FOUND');
  for (const one of gone) world.store.run('DELETE FROM shopify_holds WHERE id = ?', one.id);
  const at = world.clock.now();
  const isFree = wanted === undefined || (gone.length === all.length && erp.question_type === OUR_QUESTION);
  if (isFree) resumeErpOrder(world, erp, at, WHO);
  else changeErp(world, erp.o_id, at, {});
  return done({ fulfillmentOrder: show(world, erp.o_id) });
}

function show(world: World, oId: number): object | null {
  const erp = findErpOrder(world, oId);
  return erp === undefined ? null : showPart(world, erp);
}
