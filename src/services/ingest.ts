import { AppError } from '../domain/errors.ts';
import type { Channel, OrderPage, SkippedRow, SourceOrder, Window } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { FulfillmentPage, FulfillmentSystem } from '../ports/fulfillment.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { CursorRow, OrderRecord, ShopOf, Storage, Stores } from '../ports/stores.ts';
import type { Vault } from '../ports/vault.ts';
import type { Rulebook } from './rulebook.ts';

/** A shop with the channel that reads it. */
export interface ShopSource {
  readonly id: string;
  readonly channel: Channel;
  readonly pollMs: number;
}

/** A warehouse system that tells stages, stock and locks. */
export interface SystemSource {
  readonly id: string;
  readonly system: FulfillmentSystem;
  readonly pollMs: number;
}

export interface IngestDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly rulebook: () => Rulebook;
  readonly shopOf: ShopOf;
  readonly vault: Vault;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface Ingest {
  /** Reads what changed since the last watermark, page by page, up to now. Goes on where a crash stopped it. */
  pullShop(source: ShopSource, signal: AbortSignal): Promise<number>;
  pullSystem(source: SystemSource, signal: AbortSignal): Promise<number>;
  /** The whole list of virtual locks: what is missing from it has been given back. */
  pullLocks(source: SystemSource, signal: AbortSignal): Promise<number>;
  /** A fresh read of single orders, through the same door. */
  readOrders(source: ShopSource, orderNos: readonly string[], signal: AbortSignal): Promise<void>;
  readFulfillments(source: SystemSource, orderNos: readonly string[], signal: AbortSignal): Promise<void>;
  readSystemOrders(source: SystemSource, systemOrderNos: readonly string[], signal: AbortSignal): Promise<void>;
  saveOrders(source: string, orders: readonly SourceOrder[]): Promise<number>;
}

/** Rows a transaction takes at most: it must not hold the event loop for longer than a blink. */
const batchSize = 200;
/** How far back the very first read looks. Older orders come by backfill. */
const firstLookMs = 6 * 3_600_000;

export function createIngest({ storage, clock, rulebook, shopOf, vault, metrics, log }: IngestDeps): Ingest {
  async function noteSkipped(source: string, skipped: readonly SkippedRow[]): Promise<void> {
    for (const row of skipped) await storage.views.noteOddity(source, 'skipped-row', row.reason, row.ref, clock.now());
  }

  async function storeOrders(tx: Stores, source: string, orders: readonly SourceOrder[], now: number): Promise<number> {
    const records: OrderRecord[] = orders.map(({ view, receiver }) => ({
      view,
      sealed: receiver === null ? null : vault.seal(JSON.stringify(receiver)),
    }));
    const { changed } = await tx.views.saveOrders(source, records, now, rulebook().derivation);
    for (const { view } of orders) {
      if (view.status === 'unknown')
        await tx.views.noteOddity(source, 'unknown-state', view.sourceStatus, view.channelOrderNo, now);
    }
    return changed;
  }

  /** Runs a window's pages; each page and the cursor that it moves are one step. */
  async function readWindow<Page extends { next: string | undefined; skipped: readonly SkippedRow[] }>(
    stream: string,
    source: string,
    lagMs: number,
    pull: (window: Window, page: string | undefined) => Promise<Page>,
    store: (tx: Stores, page: Page, now: number) => Promise<number>,
  ): Promise<number> {
    const cursor: CursorRow = (await storage.sources.cursor(stream)) ?? {
      stream,
      watermark: clock.now() - firstLookMs,
      windowTo: null,
      page: null,
    };
    const to = cursor.windowTo ?? clock.now();
    let page = cursor.page ?? undefined;
    let changed = 0;
    do {
      const read = await pull({ from: cursor.watermark, to }, page);
      await noteSkipped(source, read.skipped);
      page = read.next;
      const next: CursorRow =
        page === undefined
          ? { stream, watermark: Math.max(cursor.watermark, to - lagMs), windowTo: null, page: null }
          : { stream, watermark: cursor.watermark, windowTo: to, page };
      changed += await storage.transaction(async (tx) => {
        const now = clock.now();
        const stored = await store(tx, read, now);
        await tx.sources.saveCursor(next, now);
        await tx.sources.ok(source, now);
        return stored;
      });
    } while (page !== undefined);
    return changed;
  }

  /** Notes that the source did not answer, then lets the engine see it. */
  async function watched<T>(source: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'BUG';
      metrics.sourceFailed(source, code);
      await storage.sources.failed(source, clock.now(), code);
      throw error;
    }
  }

  function measure(source: string, orders: readonly SourceOrder[], changed: number, now: number): void {
    const seen = orders.flatMap((order) => order.visibleAt ?? []);
    const newest = seen.length === 0 ? null : Math.max(...seen);
    metrics.ingested(source, changed, newest === null || changed === 0 ? null : Math.max(0, now - newest), null);
  }

  async function storePage(source: string, tx: Stores, page: OrderPage, now: number): Promise<number> {
    let changed = 0;
    for (let from = 0; from < page.orders.length; from += batchSize) {
      changed += await storeOrders(tx, source, page.orders.slice(from, from + batchSize), now);
    }
    measure(source, page.orders, changed, now);
    return changed;
  }

  async function storeFulfillments(systemId: string, tx: Stores, page: FulfillmentPage, now: number): Promise<number> {
    const { changed } = await tx.views.saveFulfillments(
      `system:${systemId}`,
      page.fulfillments,
      now,
      rulebook().derivation,
      shopOf,
    );
    for (const view of page.fulfillments) {
      if (view.reason.startsWith('未知状态')) {
        await tx.views.noteOddity(`system:${systemId}`, 'unknown-state', view.sourceStatus, view.systemOrderNo, now);
      }
    }
    metrics.ingested(`system:${systemId}`, changed, null, null);
    return changed;
  }

  const storeRead = async (systemId: string, page: FulfillmentPage): Promise<void> => {
    await noteSkipped(`system:${systemId}`, page.skipped);
    await storage.transaction(async (tx) => {
      await storeFulfillments(systemId, tx, page, clock.now());
      await tx.sources.ok(`system:${systemId}`, clock.now());
    });
  };

  return {
    pullShop: ({ id, channel }, signal) =>
      watched(`shop:${id}`, () =>
        readWindow(
          `shop:${id}/updated`,
          `shop:${id}`,
          channel.lagMs,
          (window, page) => channel.pullUpdated(window, page, signal),
          (tx, page, now) => storePage(`shop:${id}`, tx, page, now),
        ),
      ),

    pullSystem: ({ id, system }, signal) =>
      watched(`system:${id}`, () =>
        readWindow(
          `system:${id}/updated`,
          `system:${id}`,
          system.lagMs,
          (window, page) => system.pullUpdated(window, page, signal),
          (tx, page, now) => storeFulfillments(id, tx, page, now),
        ),
      ),

    pullLocks: ({ id, system }, signal) =>
      watched(`system:${id}`, async () => {
        const locks = await system.listLocks(signal);
        const { changed } = await storage.views.saveLocks(id, locks, clock.now(), rulebook().derivation, shopOf);
        await storage.sources.ok(`system:${id}`, clock.now());
        if (changed > 0) log.info({ system: id, changed }, 'Stock locks changed');
        return changed;
      }),

    readOrders: ({ id, channel }, orderNos, signal) =>
      watched(`shop:${id}`, async () => {
        const page = await channel.fetchOrders(orderNos, signal);
        await noteSkipped(`shop:${id}`, page.skipped);
        await storage.transaction(async (tx) => {
          await storePage(`shop:${id}`, tx, page, clock.now());
          await tx.sources.ok(`shop:${id}`, clock.now());
        });
      }),

    readFulfillments: ({ id, system }, orderNos, signal) =>
      watched(`system:${id}`, async () => storeRead(id, await system.fetchByChannelOrder(orderNos, signal))),
    readSystemOrders: ({ id, system }, systemOrderNos, signal) =>
      watched(`system:${id}`, async () => storeRead(id, await system.fetchBySystemOrder(systemOrderNos, signal))),

    saveOrders: (source, orders) => storage.transaction((tx) => storeOrders(tx, source, orders, clock.now())),
  };
}
