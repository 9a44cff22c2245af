import { readFileSync } from 'node:fs';
import plug from '../../../src/adapters/channels/shopify/index.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import { createIdentifier } from '../../../src/adapters/identifier.ts';
import type { AppError } from '../../../src/domain/errors.ts';
import type { Channel, ChannelContext, OrderPage, SourceOrder } from '../../../src/ports/channel.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { mockHttp } from '../../kit/http-mock.ts';

export type Json = Record<string, unknown>;

export const base = 'https://x.myshopify.com';
export const path = '/admin/api/2026-10/graphql.json';
export const now = Date.parse('2026-11-11T02:00:00Z');
export const signal = new AbortController().signal;
export const credentials = { accessToken: 'shpat_demo', webhookSecret: 'whsec-demo' };
export const identifier = createIdentifier(Buffer.alloc(32, 7));
export const at = (time: string): number => Date.parse(`2026-11-11T${time}Z`);

export const anOrder = (changes: Json = {}): Json => ({
  ...(JSON.parse(readFileSync('test/fixtures/shopify/order.json', 'utf8')) as Json),
  ...changes,
});
export const bag = (amount: string, currencyCode = 'USD'): Json => ({ shopMoney: { amount, currencyCode } });
export const pageOf = (nodes: readonly unknown[], endCursor: string | null = null): Json => ({
  data: { orders: { nodes, pageInfo: { hasNextPage: endCursor !== null, endCursor } } },
});
export const costOf = (requested: number, available: number): Json => ({
  cost: {
    requestedQueryCost: requested,
    actualQueryCost: null,
    throttleStatus: { maximumAvailable: 2_000, currentlyAvailable: available, restoreRate: 100 },
  },
});

/** A clock that stands still but for what is slept, and tells how long that was. */
export function stillClock(): { readonly clock: Clock; readonly slept: number[] } {
  const slept: number[] = [];
  const sleep = async (ms: number): Promise<void> => void slept.push(ms);
  return {
    clock: { now: () => now + slept.reduce((sum, ms) => sum + ms, 0), sleep, every: () => () => undefined },
    slept,
  };
}

export function open(more: Partial<ChannelContext<unknown>> = {}): Channel {
  const { clock } = stillClock();
  const context = {
    shopId: 'us',
    baseUrl: `${base}/`,
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock,
    identifier,
  };
  return plug.create({ ...context, ...more, credentials: plug.credentials.parse(more.credentials ?? credentials) });
}

/** What was asked of the mocked shop. */
export interface Asked {
  readonly variables: Json;
  readonly query: string;
  readonly token: string;
}

/** The mocked shop; each answer is given once, in order. */
export function mockShop() {
  const http = mockHttp();
  return {
    http,
    /** Answers the next questions with these bodies, and notes what they were. */
    answer(...bodies: readonly (Json | { readonly status: number; readonly body?: unknown })[]): Asked[] {
      const asked: Asked[] = [];
      for (const body of bodies) {
        const { status, body: text } = 'status' in body ? body : { status: 200, body };
        http
          .on(base)
          .post(path)
          .reply(function (_uri, question) {
            const { query, variables } = question as { query: string; variables: Json };
            asked.push({ query, variables, token: String(this.req.headers['x-shopify-access-token']) });
            return [status as number, text as string];
          });
      }
      return asked;
    },
  };
}

export const pull = (channel = open()): Promise<OrderPage> =>
  channel.pullUpdated({ from: now - 60_000, to: now }, undefined, signal);

export async function readOne(
  shop: ReturnType<typeof mockShop>,
  changes: Json = {},
  channel = open(),
): Promise<SourceOrder> {
  shop.answer(pageOf([anOrder(changes)]));
  const { orders, skipped } = await pull(channel);
  const [order] = orders;
  if (order === undefined || skipped.length > 0) throw new Error(`not read: ${JSON.stringify(skipped)}`);
  return order;
}

export const failureOf = (promise: Promise<unknown>): Promise<AppError & { afterMs?: number }> =>
  promise.then(
    () => {
      throw new Error('did not fail');
    },
    (error: unknown) => error as AppError,
  );
