import { findWarehouse } from '../../world/company.ts';
import { erpItems, findErpOrder } from '../../world/erp-orders.ts';
import { findOrder } from '../../world/orders.ts';
import type { ErpOrderRow } from '../../world/rows.ts';
import { shopOf } from '../../world/shops.ts';
import type { World } from '../../world/world.ts';
import { connection, countOf, failure, type Range, readCursor, writeCursor } from './connection.ts';
import { firstOf, gid, numberOf, time } from './values.ts';

/** What our app's holds make of the ERP's one question. */
export const OUR_QUESTION = '作战群';

export interface HoldRow {
  id: number;
  o_id: number;
  handle: string;
  reason: string;
  notes: string;
}

export const holdsOf = (world: World, oId: number): HoldRow[] =>
  world.store.all<HoldRow>('SELECT * FROM shopify_holds WHERE o_id = ? ORDER BY id', oId);

/** The ERP's order that this fulfillment order is; undefined when it is none of this shop's. */
export function findPart(world: World, id: string): ErpOrderRow | undefined {
  const oId = numberOf('FulfillmentOrder', id);
  const erp = oId === undefined ? undefined : findErpOrder(world, oId);
  return erp?.channel === 'shopify' ? erp : undefined;
}

export const partsOfOrder = (world: World, no: string): object[] =>
  world.store
    .all<ErpOrderRow>(`SELECT * FROM erp_orders WHERE so_id = ? AND channel = 'shopify' ORDER BY o_id`, no)
    .map((erp) => showPart(world, erp));

const statuses: Readonly<Record<ErpOrderRow['status'], string>> = {
  WaitConfirm: 'OPEN',
  Question: 'ON_HOLD',
  Delivering: 'IN_PROGRESS',
  Sent: 'CLOSED',
  Cancelled: 'CANCELLED',
};

/** Warehouses of others have to be asked to send; from then on the part stays there. */
export function isSubmitted(erp: ErpOrderRow): boolean {
  return findWarehouse(erp.wms_co_id)?.kind === '3pl' && erp.status !== 'Cancelled';
}

/** An ERP order as a fulfillment order; lists take their arguments. */
export function showPart(world: World, erp: ErpOrderRow): object {
  const warehouse = findWarehouse(erp.wms_co_id);
  const location = { id: gid('Location', erp.wms_co_id), name: warehouse?.name ?? '' };
  const isAccepted = isSubmitted(erp) && (erp.status === 'Delivering' || erp.status === 'Sent');
  const left = erp.status === 'Sent' ? 0 : 1;
  const ours = holdsOf(world, erp.o_id).map(({ id, handle, reason, notes }) => ({
    id: gid('FulfillmentHold', id),
    handle,
    reason,
    reasonNotes: notes,
    heldByRequestingApp: true,
  }));
  const isTheirs = erp.status === 'Question' && erp.question_type !== OUR_QUESTION;
  const theirs = {
    id: gid('FulfillmentHold', `9${erp.o_id}`),
    handle: null,
    reason: 'OTHER',
    reasonNotes: [erp.question_type, erp.question_desc].filter(Boolean).join('：'),
    heldByRequestingApp: false,
  };
  return {
    __typename: 'FulfillmentOrder',
    id: gid('FulfillmentOrder', erp.o_id),
    status: statuses[erp.status],
    requestStatus: isAccepted ? 'ACCEPTED' : isSubmitted(erp) ? 'SUBMITTED' : 'UNSUBMITTED',
    fulfillAt: time(erp.created),
    fulfillBy: null,
    createdAt: time(erp.created),
    updatedAt: time(erp.modified),
    orderId: gid('Order', erp.so_id),
    assignedLocation: { name: location.name, location },
    fulfillmentHolds: erp.status === 'Question' ? [...ours, ...(isTheirs ? [theirs] : [])] : [],
    lineItems: (range: Range) =>
      connection(
        erpItems(world, erp.o_id).map(({ oi_id, sku, qty }) => ({
          id: gid('FulfillmentOrderLineItem', oi_id),
          sku,
          totalQuantity: qty,
          remainingQuantity: qty * left,
        })),
        range,
      ),
    fulfillments: (range: Range) => connection(erp.send_date === null ? [] : [sentPart(world, erp)], range),
  };
}

function sentPart(world: World, erp: ErpOrderRow): object {
  const delivered = findOrder(world, erp.so_id)?.delivered_at ?? null;
  return {
    id: gid('Fulfillment', erp.o_id),
    status: 'SUCCESS',
    displayStatus: delivered === null ? 'FULFILLED' : 'DELIVERED',
    createdAt: time(erp.send_date),
    deliveredAt: time(delivered),
    trackingInfo: firstOf([{ company: erp.logistics_company, number: erp.l_id, url: null }]),
  };
}

interface ListArgs extends Range {
  query?: string | null;
  includeClosed: boolean;
  sortKey: string;
  reverse: boolean;
}

/** From the search index, which shows a change late. Keyset cursors, so that a part that changes while it is paged moves to the end. */
export function listParts(world: World, { query, includeClosed, sortKey, reverse, first, after }: ListArgs) {
  const count = countOf(first);
  if (reverse || sortKey !== 'UPDATED_AT' || !includeClosed) throw failure('not a list of this shop', 'BAD_REQUEST');
  const cursor = typeof after === 'string' ? readCursor(after) : undefined;
  const terms = [...(query ?? '').matchAll(/updated_at:(>=|<)'([^']*)'/g)];
  if (terms.length !== 2) throw failure('not a search of this shop', 'BAD_REQUEST');
  const rows = world.store.all<ErpOrderRow>(
    `SELECT * FROM erp_orders WHERE channel = 'shopify' AND modified <= ? AND (modified / 1000, o_id) > (?, ?)
       ${terms.map(([, sign]) => `AND modified / 1000 ${sign} ?`).join(' ')} ORDER BY modified / 1000, o_id LIMIT ?`,
    world.clock.now() - shopOf('us').listLagMs,
    cursor === undefined ? -1 : Math.floor(cursor.last_value / 1_000),
    cursor === undefined ? 0 : Number(cursor.last_id),
    ...terms.map(([, , value]) => Math.floor(Date.parse(value ?? '') / 1_000)),
    count + 1,
  );
  const page = rows.slice(0, count);
  const cursorOf = (row: ErpOrderRow | undefined): string | null =>
    row === undefined ? null : writeCursor(row.o_id, row.modified);
  return {
    nodes: page.map((row) => showPart(world, row)),
    pageInfo: {
      hasNextPage: rows.length > count,
      hasPreviousPage: cursor !== undefined,
      startCursor: cursorOf(page[0]),
      endCursor: cursorOf(page.at(-1)),
    },
  };
}
