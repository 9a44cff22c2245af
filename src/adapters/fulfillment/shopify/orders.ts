import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { SkippedRow, Window } from '../../../ports/channel.ts';
import type { FulfillmentPage } from '../../../ports/fulfillment.ts';
import type { Ask, Question } from '../../shopify/client.ts';
import { gid, isNumber } from './gid.ts';
import { type Part, readPart } from './order.ts';
import { readOn, readPage, sized } from './pages.ts';
import { listFulfillmentOrders, moreLines, moreParts, readByOrder, readFulfillmentOrders } from './queries.ts';

const pageSize = 50;
const ordersPerCall = 20;

const Lines = z.object({ id: z.string(), lineItems: z.object({ pageInfo: z.object({ hasNextPage: z.boolean() }) }) });
const OfOrder = z.object({ fulfillmentOrders: z.unknown() });

export interface Read {
  readonly parts: readonly Part[];
  readonly skipped: readonly SkippedRow[];
}

export interface Orders {
  /** One page of the parts that changed inside the window, oldest first, from the search index, which lags. */
  list(window: Window, cursor: string | undefined, signal: AbortSignal): Promise<FulfillmentPage>;
  /** These parts as they are now, by their own numbers; what is no number is no part. */
  read(nos: readonly string[], signal: AbortSignal): Promise<Read>;
  readByOrder(orderNos: readonly string[], signal: AbortSignal): Promise<FulfillmentPage>;
}

export function createOrders(ask: Ask, systemId: string): Orders {
  async function sift(nodes: readonly unknown[], signal: AbortSignal): Promise<Read> {
    const parts: Part[] = [];
    const skipped: SkippedRow[] = [];
    for (const node of nodes) {
      const read = readPart(await whole(node, signal), systemId);
      if ('view' in read) parts.push(read);
      else skipped.push(read);
    }
    return { parts, skipped };
  }

  async function whole(node: unknown, signal: AbortSignal): Promise<unknown> {
    const lines = Lines.safeParse(node).data;
    if (lines?.lineItems.pageInfo.hasNextPage !== true) return node;
    const nodes = await readOn(ask, moreLines, 'fulfillmentOrder', lines.id, lines.lineItems, signal);
    return { ...(node as object), lineItems: { nodes } };
  }

  /** Nodes by their ids, without those that are not there. */
  async function nodesOf(question: Question, type: string, nos: readonly string[], most: number, signal: AbortSignal) {
    const waiting = [...new Set(nos)].filter(isNumber);
    const nodes: { readonly id: string; readonly node: unknown }[] = [];
    while (waiting.length > 0) {
      let ids: string[] = [];
      const { data } = await sized(most, (count) => {
        ids = waiting.slice(0, count).map((no) => gid(type, no));
        return ask(question, { ids }, signal);
      });
      const found = z.array(z.unknown()).length(ids.length).safeParse(data.nodes);
      if (!found.success)
        throw new RetryableError(`Shopify ${question.name}: the answer is no list`, { code: 'BAD_PAGE' });
      waiting.splice(0, ids.length);
      nodes.push(...found.data.map((node, at) => ({ id: ids[at] ?? '', node })).filter(({ node }) => node !== null));
    }
    return nodes;
  }

  return {
    async list(window, cursor, signal) {
      const search = `updated_at:>='${second(Math.floor(window.from / 1_000))}' updated_at:<'${second(Math.ceil(window.to / 1_000))}'`;
      const after = cursor === undefined ? {} : { after: cursor };
      const { data, notes } = await sized(pageSize, (first) =>
        ask(listFulfillmentOrders, { search, first, ...after }, signal),
      ).catch((error: unknown) =>
        Promise.reject(cursor !== undefined && isBadCursor(error) ? badCursor() : (error as Error)),
      );
      const page = readPage(data.fulfillmentOrders, 'fulfillment orders', cursor);
      const { parts, skipped } = await sift(page.nodes, signal);
      return { fulfillments: parts.map(({ view }) => view), skipped: [...notes, ...skipped], next: page.next };
    },

    async read(nos, signal) {
      const found = await nodesOf(readFulfillmentOrders, 'FulfillmentOrder', nos, pageSize, signal);
      return sift(
        found.map(({ node }) => node),
        signal,
      );
    },

    async readByOrder(orderNos, signal) {
      const parts: unknown[] = [];
      for (const { id, node } of await nodesOf(readByOrder, 'Order', orderNos, ordersPerCall, signal))
        parts.push(
          ...(await readOn(ask, moreParts, 'order', id, OfOrder.safeParse(node).data?.fulfillmentOrders, signal)),
        );
      const read = await sift(parts, signal);
      return { fulfillments: read.parts.map(({ view }) => view), skipped: read.skipped, next: undefined };
    },
  };
}

/** `2026-11-11T00:00:00Z`; the shop counts whole seconds (channels.md §4.6). */
const second = (at: number): string => new Date(at * 1_000).toISOString().replace('.000Z', 'Z');

/** The shop does not say what it dislikes about a question that was fine without its cursor. */
const isBadCursor = (error: unknown): boolean =>
  error instanceof RejectedError && ['BAD_REQUEST', 'REFUSED', 'INVALID_CURSOR'].includes(error.code);

const badCursor = (): RejectedError =>
  new RejectedError('Shopify fulfillment orders: the shop no longer knows the page; the window is read again', {
    code: 'BAD_CURSOR',
  });
