import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { ChannelContext, OrderPage, SkippedRow, SourceOrder, Window } from '../../../ports/channel.ts';
import { sift } from '../../../ports/reading.ts';
import type { Answer, Ask } from '../../shopify/client.ts';
import { readOrder } from './order.ts';
import { listOrders, readOrders, readScopes, rests } from './queries.ts';

/** Orders of one answer at first; a shop that finds it too dear gets shorter ones (channels.md §4.6). */
const pageSize = 50;
const day = 86_400_000;
/** An app without `read_all_orders` is shown nothing older, and is not told (§4.1). */
const shownDays = 60;

type By = 'updated_at' | 'created_at';
const sortKeys = { updated_at: 'UPDATED_AT', created_at: 'CREATED_AT' } as const;

const Page = z.object({
  nodes: z.array(z.unknown()),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
});
type Page = z.infer<typeof Page>;
const Lists = z.object({
  id: z.string(),
  lineItems: Page.optional().catch(undefined),
  fulfillmentOrders: Page.optional().catch(undefined),
});
const Rest = z.object({ rest: Page });
const Nodes = z.array(z.unknown());
const Scopes = z.object({ accessScopes: z.array(z.object({ handle: z.string() })) });

export interface Orders {
  /** One page of the orders whose time lies inside the window, oldest first. */
  list(by: By, window: Window, cursor: string | undefined, signal: AbortSignal): Promise<OrderPage>;
  /** These orders as they are now. */
  read(orderNos: readonly string[], signal: AbortSignal): Promise<OrderPage>;
}

export function createOrders({ shopId, identifier, clock }: ChannelContext<unknown>, ask: Ask): Orders {
  let most = pageSize;
  let seesAll = false;

  /** Asks for as many rows as the shop lets one answer hold. */
  async function sized(send: (count: number) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      try {
        return await send(most);
      } catch (error) {
        const isTooDear = error instanceof RejectedError && error.code === 'MAX_COST_EXCEEDED';
        if (!isTooDear || most === 1) throw error;
        most = Math.ceil(most / 2);
      }
    }
  }

  /** A backfill beyond what the app is shown finds nothing there; unless that is said it looks complete. */
  async function noteReach(from: number, signal: AbortSignal): Promise<readonly SkippedRow[]> {
    if (seesAll || from >= clock.now() - shownDays * day) return [];
    const { data } = await ask(readScopes, {}, signal);
    const scopes = Scopes.safeParse(data.currentAppInstallation).data?.accessScopes ?? [];
    seesAll = scopes.some(({ handle }) => handle === 'read_all_orders');
    return seesAll
      ? []
      : [{ ref: 'read_all_orders', reason: `without this scope no order older than ${shownDays} days is shown` }];
  }

  async function list(by: By, window: Window, cursor: string | undefined, signal: AbortSignal): Promise<OrderPage> {
    const reach = by === 'created_at' ? await noteReach(window.from, signal) : [];
    const search = `${by}:>='${second(Math.floor(window.from / 1_000))}' ${by}:<'${second(Math.ceil(window.to / 1_000))}'`;
    const variables = { search, sortKey: sortKeys[by], ...(cursor === undefined ? {} : { after: cursor }) };
    const { data, notes } = await sized((first) => ask(listOrders, { ...variables, first }, signal)).catch(
      (error: unknown) => Promise.reject(cursor !== undefined && isBadCursor(error) ? badCursor() : (error as Error)),
    );
    const page = Page.safeParse(data.orders);
    if (!page.success)
      throw new RetryableError('Shopify orders: the answer is no page of orders', { code: 'BAD_PAGE' });
    const { pageInfo, nodes } = page.data;
    const next = pageInfo.hasNextPage ? pageInfo.endCursor : undefined;
    if (next === null) throw new RetryableError('Shopify orders: a page without its end', { code: 'BAD_PAGE' });
    if (next !== undefined && next === cursor) {
      throw new RejectedError('Shopify orders: the shop answers the same page for ever', { code: 'CURSOR_STUCK' });
    }
    const { orders, skipped } = await readWhole(nodes, signal);
    return { orders, skipped: [...reach, ...notes, ...skipped], next };
  }

  async function read(orderNos: readonly string[], signal: AbortSignal): Promise<OrderPage> {
    // Anything else is no number of this shop's, and would spoil the question for all.
    const waiting = [...new Set(orderNos)].filter((no) => /^\d{1,20}$/.test(no));
    const orders: SourceOrder[] = [];
    const skipped: SkippedRow[] = [];
    while (waiting.length > 0) {
      let taken = 0;
      const { data, notes } = await sized((count) => {
        const ids = waiting.slice(0, count).map((no) => `gid://shopify/Order/${no}`);
        taken = ids.length;
        return ask(readOrders, { ids }, signal);
      });
      const nodes = Nodes.safeParse(data.nodes);
      if (!nodes.success) throw new RetryableError('Shopify orders: the answer is no list', { code: 'BAD_PAGE' });
      waiting.splice(0, taken);
      const sifted = await readWhole(
        nodes.data.filter((node) => node !== null),
        signal,
      );
      orders.push(...sifted.orders);
      skipped.push(...notes, ...sifted.skipped);
    }
    return { orders, skipped, next: undefined };
  }

  async function readWhole(nodes: readonly unknown[], signal: AbortSignal) {
    const rows: unknown[] = [];
    for (const node of nodes) rows.push(await whole(node, signal));
    return sift(rows, (row) => readOrder(row, { shopId, identifier }));
  }

  /** The order with its lists read to their ends. */
  async function whole(node: unknown, signal: AbortSignal): Promise<unknown> {
    const lists = Lists.safeParse(node).data;
    let row = node;
    for (const name of ['lineItems', 'fulfillmentOrders'] as const) {
      if (lists?.[name]?.pageInfo.hasNextPage !== true) continue;
      const nodes = await readOn(lists.id, name, lists[name], signal);
      row = { ...(row as object), [name]: { nodes } };
    }
    return row;
  }

  async function readOn(id: string, name: keyof typeof rests, begun: Page, signal: AbortSignal): Promise<unknown[]> {
    const nodes = [...begun.nodes];
    for (let { pageInfo } = begun; pageInfo.hasNextPage; ) {
      const { data } = await ask(rests[name], { id, after: pageInfo.endCursor }, signal);
      const more = Rest.safeParse(data.order).data?.rest;
      if (more === undefined || more.pageInfo.endCursor === pageInfo.endCursor)
        throw new RetryableError('Shopify orders: the rest of an order cannot be read', { code: 'BAD_PAGE' });
      nodes.push(...more.nodes);
      pageInfo = more.pageInfo;
    }
    return nodes;
  }

  return { list, read };
}

/** `2026-11-11T00:00:00Z`; the shop counts whole seconds (§4.6). */
const second = (at: number): string => new Date(at * 1_000).toISOString().replace('.000Z', 'Z');

/** The shop does not say what it dislikes about a question that was fine without its cursor. */
const isBadCursor = (error: unknown): boolean =>
  error instanceof RejectedError && ['BAD_REQUEST', 'REFUSED', 'INVALID_CURSOR'].includes(error.code);

const badCursor = (): RejectedError =>
  new RejectedError('Shopify orders: the shop no longer knows the page; the window is read again', {
    code: 'BAD_CURSOR',
  });
