import { type GraphQLResolveInfo, getDirectiveValues } from 'graphql';
import { changeOrder, findOrder } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';
import type { World } from '../../world/world.ts';
import { countOf, failure, type Range, readCursor, writeCursor } from './connection.ts';
import { createTransfer, listItems, moveQuantities } from './inventory.ts';
import { holdPart, movePart, releasePart, type Written } from './part-writes.ts';
import { findPart, listParts, showPart } from './parts.ts';
import { readSearch, type Warning } from './search.ts';
import { showOrder, tagsOf } from './shapes.ts';
import { subscribe, type Topic } from './webhooks.ts';

const SCOPES = [
  'read_orders',
  'write_orders',
  'read_customers',
  'read_merchant_managed_fulfillment_orders',
  'write_merchant_managed_fulfillment_orders',
  'read_inventory',
  'write_inventory',
];

/** What one question notes while it is answered. */
export interface Notes {
  /** Rows that lists gave. */
  rows: number;
  search: { path: string[]; query: string; warnings: Warning[] }[];
  applied: boolean;
}

interface ListArgs extends Range {
  query?: string | null;
  sortKey: string;
  reverse: boolean;
}

/** The roots of queries and mutations over the world's orders of this shop. */
export function createRoot(world: World, notes: Notes): object {
  const orderOf = (id: string): OrderRow | undefined => {
    const no = /^gid:\/\/shopify\/Order\/(\d+)$/.exec(id)?.[1];
    const order = no === undefined ? undefined : findOrder(world, no);
    return order?.shop === 'us' ? order : undefined;
  };
  const show = (id: string): object | null => {
    const order = orderOf(id);
    if (order !== undefined) notes.rows += 1;
    return order === undefined ? null : showOrder(world, order);
  };
  const change = (id: string, columns: (order: OrderRow) => Partial<OrderRow>): object => {
    const order = orderOf(id);
    if (order === undefined) return { userErrors: [{ field: ['id'], message: 'Order does not exist' }] };
    notes.applied = true;
    changeOrder(world, order.no, world.clock.now(), 'remark', columns(order));
    return { order: show(id), node: show(id), userErrors: [] };
  };
  const retag = (id: string, next: (tags: readonly string[]) => readonly string[]): object =>
    change(id, (order) => ({ flag: [...new Set(next(tagsOf(order)))].sort().join(',') }));

  const showPartOf = (id: string): object | null => {
    const erp = findPart(world, id);
    if (erp === undefined) return null;
    notes.rows += 1;
    return showPart(world, erp);
  };
  const written = ({ payload, applied }: Written): object => {
    notes.applied ||= applied;
    return payload;
  };

  return {
    order: ({ id }: { id: string }) => show(id),
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => showPartOf(id) ?? show(id)),
    fulfillmentOrder: ({ id }: { id: string }) => showPartOf(id),
    fulfillmentOrders: (args: Parameters<typeof listParts>[1]) => {
      const list = listParts(world, args);
      notes.rows += list.nodes.length;
      return list;
    },
    inventoryItems: (args: Parameters<typeof listItems>[1]) => listItems(world, args),
    fulfillmentOrderMove: (args: Parameters<typeof movePart>[1]) => written(movePart(world, args)),
    fulfillmentOrderHold: (args: Parameters<typeof holdPart>[1]) => written(holdPart(world, args)),
    fulfillmentOrderReleaseHold: (args: Parameters<typeof releasePart>[1]) => written(releasePart(world, args)),
    inventoryMoveQuantities: (
      { input }: { input: Parameters<typeof moveQuantities>[2] },
      _context: unknown,
      info: GraphQLResolveInfo,
    ) => written(moveQuantities(world, keyOf(info), input)),
    inventoryTransferCreate: (
      { input }: { input: Parameters<typeof createTransfer>[2] },
      _context: unknown,
      info: GraphQLResolveInfo,
    ) => written(createTransfer(world, keyOf(info), input)),
    orders: (args: ListArgs) => listOrders(world, args, notes),
    currentAppInstallation: () => ({ accessScopes: SCOPES.map((handle) => ({ handle, description: handle })) }),
    orderUpdate: ({ input }: { input: { id: string; note?: string | null; tags?: string[] | null } }) => {
      if (input.note === undefined && input.tags === undefined)
        return {
          order: show(input.id),
          userErrors: [{ field: null, message: 'No valid update parameters have been provided' }],
        };
      return change(input.id, (order) => ({
        remark: input.note === undefined ? order.remark : (input.note ?? ''),
        flag: input.tags === undefined ? order.flag : [...(input.tags ?? [])].sort().join(','),
      }));
    },
    webhookSubscriptionCreate: (args: { topic: Topic; webhookSubscription: { uri?: string | null } }) => {
      const { uri } = args.webhookSubscription;
      if (typeof uri !== 'string' || !URL.canParse(uri))
        return { userErrors: [{ field: ['webhookSubscription', 'uri'], message: 'Address is invalid' }] };
      notes.applied = true;
      return { webhookSubscription: subscribe(world, args.topic, uri), userErrors: [] };
    },
    tagsAdd: ({ id, tags }: { id: string; tags: string[] }) => retag(id, (before) => [...before, ...tags]),
    tagsRemove: ({ id, tags }: { id: string; tags: string[] }) =>
      retag(id, (before) => before.filter((tag) => !tags.includes(tag))),
  };
}

/** These mutations are refused whole without a key. */
function keyOf(info: GraphQLResolveInfo): string {
  const directive = info.schema.getDirective('idempotent');
  const [node] = info.fieldNodes;
  const told = directive && node && getDirectiveValues(directive, node, info.variableValues);
  if (typeof told?.key === 'string' && told.key !== '') return told.key;
  throw failure('The @idempotent directive is required for this mutation', 'BAD_REQUEST');
}

/**
 * From the search index, which shows a change late: by `updated_at` an order has left its old place and is not at its new one
 * yet. Keyset cursors, so that an order that changes while it is paged moves to the end.
 */
function listOrders(world: World, { query, sortKey, reverse, first, after }: ListArgs, notes: Notes): object {
  const count = countOf(first);
  const isByUpdate = sortKey === 'UPDATED_AT';
  if (reverse || !(isByUpdate || sortKey === 'CREATED_AT')) throw failure('not a list of this shop', 'BAD_REQUEST');
  const key = isByUpdate ? 'updated_at / 1000' : 'created_at / 1000';
  const { conditions, values, warnings } = readSearch(query ?? '');
  notes.search.push({ path: ['orders'], query: query ?? '', warnings });
  const cursor = typeof after === 'string' ? readCursor(after) : undefined;
  const visible = isByUpdate
    ? 'visible_at <= ?'
    : 'EXISTS (SELECT 1 FROM order_changes AS c WHERE c.no = orders.no AND c.visible_at <= ?)';
  const rows = world.store.all<OrderRow>(
    `SELECT * FROM orders WHERE ${[...conditions, `shop = 'us'`, visible, `(${key}, no) > (?, ?)`].join(' AND ')}
     ORDER BY ${key}, no LIMIT ?`,
    ...values,
    world.clock.now(),
    cursor === undefined ? -1 : Math.floor(cursor.last_value / 1_000),
    cursor === undefined ? '' : String(cursor.last_id),
    count + 1,
  );
  const page = rows.slice(0, count);
  const cursorOf = (row: OrderRow | undefined): string | null =>
    row === undefined ? null : writeCursor(row.no, isByUpdate ? row.updated_at : row.created_at);
  notes.rows += page.length;
  return {
    nodes: page.map((row) => showOrder(world, row)),
    pageInfo: {
      hasNextPage: rows.length > count,
      hasPreviousPage: cursor !== undefined,
      startCursor: cursorOf(page[0]),
      endCursor: cursorOf(page.at(-1)),
    },
  };
}
