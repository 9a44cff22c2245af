import { z } from 'zod';
import miniprogram from '../../src/adapters/channels/miniprogram/index.ts';
import { createHttp } from '../../src/adapters/http.ts';
import type { FulfillmentView } from '../../src/domain/fulfillment.ts';
import type { ChannelPlug } from '../../src/ports/channel.ts';
import type { FulfillmentPlug, FulfillmentSystem } from '../../src/ports/fulfillment.ts';
import type { MessengerPlug, OutgoingCard } from '../../src/ports/messenger.ts';
import { aFulfillment } from '../kit/builders.ts';
import { miniOrder } from './mini-orders.ts';

const noCredentials = z.any() as unknown as z.ZodType<never>;

/** A warehouse system in memory: every order waits in Hangzhou, and moves when it is told to. */
export function aWarehouseSystem(now: () => number): {
  plug: FulfillmentPlug;
  views: Map<string, FulfillmentView>;
  add(no: string): void;
} {
  const views = new Map<string, FulfillmentView>();
  const page = (found: readonly FulfillmentView[]) => ({ fulfillments: found, skipped: [], next: undefined });
  const byHand = async () => ({ kind: 'unsupported', manual: { zh: '手工', en: 'by hand' } }) as const;
  const system: FulfillmentSystem = {
    capabilities: {
      reroute: 'native',
      releaseVirtualLock: 'native',
      cancelOrder: 'native',
      hold: 'native',
      unhold: 'native',
      transfer: 'native',
      purchase: 'native',
    },
    lagMs: 1_000,
    stageSource: () => 'polled',
    pullUpdated: async ({ from, to }) =>
      page([...views.values()].filter(({ sourceUpdatedAt: at }) => at >= from && at < to)),
    fetchByChannelOrder: async (nos) => page(nos.flatMap((no) => views.get(no) ?? [])),
    fetchBySystemOrder: async (nos) => page(nos.flatMap((no) => views.get(no.replace(/^w/, '')) ?? [])),
    getStock: async (skus, codes) =>
      skus.flatMap((sku) =>
        codes.map((warehouseCode) => ({
          sku,
          warehouseCode,
          onHand: 900,
          available: 800,
          orderLocked: 100,
          pickLocked: 0,
          virtualLocked: 0,
          inbound: undefined,
          observedAt: now(),
        })),
      ),
    listLocks: async () => [],
    async reroute({ systemOrderNo, to }) {
      const view = views.get(systemOrderNo.replace(/^w/, ''));
      if (view === undefined) return { kind: 'refused', code: 'not_found' };
      views.set(view.channelOrderNos[0] ?? '', { ...view, warehouseCode: to, sourceUpdatedAt: now() });
      return { kind: 'done', value: { warehouseCode: to } };
    },
    releaseLock: byHand,
    retakeLock: byHand,
    cancelOrder: byHand,
    hold: byHand,
    unhold: byHand,
    requestReplenishment: byHand,
  };
  return {
    views,
    plug: {
      name: { zh: '假仓', en: 'stand-in' },
      guide: { where: { zh: '', en: '' }, who: { zh: '', en: '' }, steps: [], without: { zh: '', en: '' } },
      defaultBaseUrl: 'http://127.0.0.1:9',
      credentials: noCredentials,
      create: () => system,
    },
    add(no) {
      const at = now();
      const told = { systemOrderNo: `w${no}`, channelOrderNos: [no], systemShopId: '', sourceUpdatedAt: at };
      views.set(no, aFulfillment({ ...told, lines: [{ sku: 'XZ001-BK-M', qty: 1 }] }));
    },
  };
}

/** A shop behind the real mini-program channel: answers what changed inside the window that it is asked for. */
export function aShopOf(now: () => number): { plug: ChannelPlug; add(ageMs?: number): string } {
  const rows: { at: number; text: string }[] = [];
  const pageSize = 200;
  const http = createHttp({
    async fetch(input) {
      const { searchParams: asked } = new URL(new Request(input).url);
      const [from, to] = [Number(asked.get('updated_from')), Number(asked.get('updated_to'))];
      const first = Number(asked.get('cursor') ?? 0);
      const found = rows.filter(({ at }) => at >= from && at <= to).slice(first);
      const next = found.length > pageSize ? `"${first + pageSize}"` : 'null';
      const texts = found.slice(0, pageSize).map(({ text }) => text);
      return new Response(`{"orders":[${texts.join(',')}],"next_cursor":${next}}`);
    },
  });
  return {
    plug: { ...miniprogram, create: (context) => miniprogram.create({ ...context, http }) } as ChannelPlug,
    add(ageMs = 0) {
      const at = Math.floor((now() - ageMs) / 1_000);
      const row = miniOrder(rows.length, at);
      rows.push({ at, text: JSON.stringify(row) });
      return row.order_no;
    },
  };
}

/** A room that takes everything at once, and tells `onCard` of it. */
export const aRoomPlug = (onCard: (key: string, card: OutgoingCard) => void): MessengerPlug => ({
  name: { zh: '假群', en: 'stand-in' },
  defaultBaseUrl: null,
  credentials: noCredentials,
  create: () => ({
    limits: { maxBytes: 20_000, maxButtons: 6, perMinute: 6_000_000, perMonth: undefined },
    dedupes: true,
    async send({ chatId }, card, key) {
      onCard(key, card);
      return { room: chatId, id: key };
    },
  }),
});
