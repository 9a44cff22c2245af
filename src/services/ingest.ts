import { setImmediate as breath } from 'node:timers/promises';
import { AppError, RejectedError } from '../domain/errors.ts';
import type { FulfillmentView } from '../domain/fulfillment.ts';
import { hidePhonesInNote } from '../domain/hide-phones.ts';
import type { OrderView } from '../domain/order.ts';
import type { StockLock } from '../domain/stock.ts';
import type { TrackEvent } from '../domain/track.ts';
import type { Channel, OrderPage, ReceiverSecret, SkippedRow, SourceOrder, Window } from '../ports/channel.ts';
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
  /** How many ms this machine's clock is ahead of the shop's, as far as its answers tell. */
  readonly aheadMs: () => number;
  /** How many days of orders are brought in when the shop is new. */
  readonly backfillDays: number;
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
  /**
   * One page of a shop's orders by the time they were placed; those that `isWanted` are stored. `last` is told how many
   * that were and, when it `compares`, how many were missing or older here, each noted; it belongs to the last step.
   * Answers the next page.
   */
  pullCreated(
    source: ShopSource,
    at: { readonly window: Window; readonly page: string | undefined; readonly compares: boolean },
    isWanted: (order: SourceOrder) => boolean,
    last: (
      tx: Stores,
      counts: { readonly stored: number; readonly differed: number },
      next: string | undefined,
    ) => Promise<void>,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** The whole list of virtual locks: what is missing from it has been given back. */
  pullLocks(source: SystemSource, signal: AbortSignal): Promise<number>;
  /** A fresh read of single orders, through the same door. */
  readOrders(source: ShopSource, orderNos: readonly string[], signal: AbortSignal): Promise<void>;
  readFulfillments(source: SystemSource, orderNos: readonly string[], signal: AbortSignal): Promise<void>;
  /** Answers what was read. */
  readSystemOrders(
    source: SystemSource,
    systemOrderNos: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly FulfillmentView[]>;
  /** The locks in force now. */
  readLocks(source: SystemSource, signal: AbortSignal): Promise<readonly StockLock[]>;
  saveOrders(source: string, orders: readonly SourceOrder[]): Promise<number>;
  /**
   * What a carrier or a tracking provider told of parcels, in any order and as often as it likes: a known fact changes
   * nothing. `carrierId` is that of the configuration. Answers how many facts were new.
   */
  saveTracks(carrierId: string, events: readonly TrackEvent[], receivedAt: number): Promise<number>;
}

/** Rows one step takes: it must not hold the event loop for longer than a blink. */
const pieceSize = 100;
/** HTTP dates are whole seconds, and answers take a while. */
const noticeMs = 5_000;
/** What changed later than that need not have been read yet. */
const settledMs = 10 * 60_000;
const deadCursor: ReadonlySet<string> = new Set(['BAD_CURSOR', 'CURSOR_STUCK']);
/** How far back the very first read looks: the working day. */
const firstLookMs = 6 * 3_600_000;

export function createIngest({ storage, clock, rulebook, shopOf, vault, metrics, log }: IngestDeps): Ingest {
  async function noteSkipped(source: string, skipped: readonly SkippedRow[]): Promise<void> {
    for (const row of skipped) await storage.views.noteOddity(source, 'skipped-row', row.reason, row.ref, clock.now());
  }

  /** When the last walk up to now began, by stream: what it did not show, the platform did not show yet. */
  const lastWalks = new Map<string, number>();

  /** `old` orders are read again on purpose: how late they come says nothing. */
  async function storeOrders(
    tx: Stores,
    source: string,
    orders: readonly SourceOrder[],
    now: number,
    age: 'fresh' | 'old' = 'fresh',
  ): Promise<number> {
    const records: OrderRecord[] = orders.map(({ view, receiver, visibleAt }) => ({
      view: withoutPhones(view),
      visibleAt: age === 'old' ? null : (visibleAt ?? shownSince(source, view.sourceUpdatedAt)),
      // A receiver that the platform has masked by now must not replace the one that was sealed.
      seal: receiver === null || isMasked(receiver) ? null : () => vault.seal(JSON.stringify(receiver)),
    }));
    const { changed } = await tx.views.saveOrders(source, records, now, rulebook().derivation);
    for (const { view } of orders) {
      if (view.status === 'unknown')
        await tx.views.noteOddity(source, 'unknown-state', view.sourceStatus, view.channelOrderNo, now);
    }
    measure(source, records, changed, now);
    return changed;
  }

  /** For a platform that does not tell since when it shows a change: not before the last look, which missed it. */
  function shownSince(source: string, changedAt: number): number | null {
    const before = lastWalks.get(source);
    return before === undefined ? null : Math.max(before, changedAt);
  }

  /** Counts and names what should have been here for a while. */
  async function noteDifferences(
    tx: Stores,
    source: string,
    orders: readonly SourceOrder[],
    now: number,
  ): Promise<number> {
    let differed = 0;
    for (const { view } of orders) {
      if (view.sourceUpdatedAt > now - settledMs) continue;
      const known = await tx.views.findOrderByNo(view.shopId, view.channelOrderNo);
      if (known !== undefined && known.sourceUpdatedAt >= view.sourceUpdatedAt) continue;
      const kind = known === undefined ? 'missing' : 'outdated';
      await tx.views.noteOddity(source, kind, view.sourceStatus, view.channelOrderNo, now);
      differed += 1;
    }
    return differed;
  }

  /**
   * Writes rows piece by piece, each a step of its own with a breath between, so that nobody waits long for the loop or
   * the database. `last` belongs to the last piece: after a crash before it the page is read again, and nothing is twice.
   */
  async function storeInPieces<Row>(
    rows: readonly Row[],
    store: (tx: Stores, piece: readonly Row[], now: number) => Promise<number>,
    last: (tx: Stores, now: number) => Promise<void>,
  ): Promise<number> {
    let changed = 0;
    let from = 0;
    do {
      const piece = rows.slice(from, from + pieceSize);
      from += pieceSize;
      const isLast = from >= rows.length;
      // Reading a full page took its time already.
      if (rows.length > pieceSize) await breath();
      changed += await storage.transaction(async (tx) => {
        const now = clock.now();
        const stored = piece.length === 0 ? 0 : await store(tx, piece, now);
        if (isLast) await last(tx, now);
        return stored;
      });
    } while (from < rows.length);
    if (rows.length > pieceSize) await breath();
    return changed;
  }

  /** Reads windows up to now, none longer than the platform takes; the cursor moves with its page. */
  async function readUpToNow<Row>(
    stream: string,
    source: string,
    { lagMs, longestMs, aheadMs }: { readonly lagMs: number; readonly longestMs: number; readonly aheadMs: number },
    pull: (window: Window, page: string | undefined) => Promise<Rows<Row>>,
    store: (tx: Stores, piece: readonly Row[], now: number) => Promise<number>,
  ): Promise<number> {
    const cursor: CursorRow = (await storage.sources.cursor(stream)) ?? {
      stream,
      watermark: clock.now() - firstLookMs,
      windowTo: null,
      page: null,
    };
    let { watermark: from, windowTo, page } = cursor;
    let changed = 0;
    let isAtNow = false;
    // By the shop's clock: ours may run before it, and its next changes must not be dated before the watermark.
    const late = aheadMs > noticeMs ? aheadMs : 0;
    let begunAt: number | undefined;
    while (!isAtNow) {
      const now = clock.now();
      if (windowTo === null && now <= from + longestMs) begunAt = now;
      const to = windowTo ?? Math.min(now, from + longestMs);
      isAtNow = windowTo === null && to === now;
      do {
        const read = await pull({ from, to }, page ?? undefined).catch(async (error: unknown) => {
          // The source forgot the page we stopped at: its window is read again from the start.
          if (error instanceof RejectedError && deadCursor.has(error.code)) {
            await storage.sources.saveCursor({ stream, watermark: from, windowTo: null, page: null }, clock.now());
          }
          throw error;
        });
        await noteSkipped(source, read.skipped);
        page = read.next ?? null;
        // The last stretch may not be complete yet. An older one is, but for what changed on the way to its end.
        const next: CursorRow =
          page === null
            ? {
                stream,
                watermark: Math.max(from, Math.min(to, clock.now() - late) - lagMs),
                windowTo: null,
                page: null,
              }
            : { stream, watermark: from, windowTo: to, page };
        changed += await storeInPieces(read.rows, store, async (tx, at) => {
          await tx.sources.saveCursor(next, at);
          await tx.sources.ok(source, at);
        });
        from = next.watermark;
      } while (page !== null);
      windowTo = null;
    }
    if (begunAt !== undefined) lastWalks.set(source, begunAt);
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

  function measure(source: string, records: readonly OrderRecord[], changed: number, now: number): void {
    const newest = records.reduce<OrderRecord | undefined>(
      (best, record) => ((record.visibleAt ?? -1) > (best?.visibleAt ?? -1) ? record : best),
      undefined,
    );
    const shownAt = changed === 0 ? null : (newest?.visibleAt ?? null);
    const lag = newest === undefined || shownAt === null ? null : Math.max(0, shownAt - newest.view.sourceUpdatedAt);
    metrics.ingested(source, changed, shownAt === null ? null : Math.max(0, now - shownAt), lag);
  }

  async function storeFulfillments(
    systemId: string,
    tx: Stores,
    views: readonly FulfillmentView[],
    now: number,
  ): Promise<number> {
    const source = `system:${systemId}`;
    const told = views.map((view) => ({ ...view, reason: hidePhonesInNote(view.reason) }));
    const { changed } = await tx.views.saveFulfillments(source, told, now, rulebook().derivation, shopOf);
    for (const view of views) {
      if (view.reason.startsWith('未知状态')) {
        await tx.views.noteOddity(source, 'unknown-state', view.sourceStatus, view.systemOrderNo, now);
      }
    }
    metrics.ingested(source, changed, null, null);
    return changed;
  }

  async function storeRead<Row>(
    source: string,
    { rows, skipped }: Rows<Row>,
    store: (tx: Stores, piece: readonly Row[], now: number) => Promise<number>,
  ): Promise<void> {
    await noteSkipped(source, skipped);
    // Only the polling stream tells that a source is alive: a single read may work while the list does not.
    await storeInPieces(rows, store, async () => {});
  }

  const takeLocks = ({ id, system }: SystemSource, signal: AbortSignal) =>
    watched(`system:${id}`, async () => {
      const locks = await system.listLocks(signal);
      const { changed } = await storage.views.saveLocks(id, locks, clock.now(), rulebook().derivation, shopOf);
      if (changed > 0) log.info({ system: id, changed }, 'Stock locks changed');
      return { locks, changed };
    });

  const ordersOf =
    ({ id }: ShopSource) =>
    (tx: Stores, piece: readonly SourceOrder[], now: number) =>
      storeOrders(tx, `shop:${id}`, piece, now);
  const fulfillmentsOf =
    ({ id }: SystemSource) =>
    (tx: Stores, piece: readonly FulfillmentView[], now: number) =>
      storeFulfillments(id, tx, piece, now);

  return {
    pullShop: (source, signal) =>
      watched(`shop:${source.id}`, () =>
        readUpToNow(
          `shop:${source.id}/updated`,
          `shop:${source.id}`,
          {
            lagMs: source.channel.lagMs,
            longestMs: source.channel.windowMs.updated,
            aheadMs: source.aheadMs(),
          },
          async (window, page) => rowsOf(await source.channel.pullUpdated(window, page, signal)),
          ordersOf(source),
        ),
      ),

    pullSystem: (source, signal) =>
      watched(`system:${source.id}`, () =>
        readUpToNow(
          `system:${source.id}/updated`,
          `system:${source.id}`,
          { lagMs: source.system.lagMs, longestMs: Number.POSITIVE_INFINITY, aheadMs: 0 },
          async (window, page) => rowsOf(await source.system.pullUpdated(window, page, signal)),
          fulfillmentsOf(source),
        ),
      ),

    pullLocks: async (source, signal) => (await takeLocks(source, signal)).changed,
    readLocks: async (source, signal) => (await takeLocks(source, signal)).locks,

    pullCreated: (source, { window, page, compares }, isWanted, last, signal) =>
      watched(`shop:${source.id}`, async () => {
        const name = `shop:${source.id}`;
        const read = await source.channel.pullCreated(window, page, signal);
        await noteSkipped(name, read.skipped);
        const wanted = read.orders.filter(isWanted);
        let differed = 0;
        await storeInPieces(
          wanted,
          async (tx, piece, now) => {
            if (compares) differed += await noteDifferences(tx, name, piece, now);
            return storeOrders(tx, name, piece, now, 'old');
          },
          (tx) => last(tx, { stored: wanted.length, differed }, read.next),
        );
        return read.next;
      }),

    readOrders: (source, orderNos, signal) =>
      watched(`shop:${source.id}`, async () =>
        storeRead(`shop:${source.id}`, rowsOf(await source.channel.fetchOrders(orderNos, signal)), ordersOf(source)),
      ),
    readFulfillments: (source, orderNos, signal) =>
      watched(`system:${source.id}`, async () =>
        storeRead(
          `system:${source.id}`,
          rowsOf(await source.system.fetchByChannelOrder(orderNos, signal)),
          fulfillmentsOf(source),
        ),
      ),
    readSystemOrders: (source, systemOrderNos, signal) =>
      watched(`system:${source.id}`, async () => {
        const page = await source.system.fetchBySystemOrder(systemOrderNos, signal);
        await storeRead(`system:${source.id}`, rowsOf(page), fulfillmentsOf(source));
        return page.fulfillments;
      }),

    async saveTracks(carrierId, events, receivedAt) {
      const source = `carrier:${carrierId}`;
      const changed = await storeInPieces(
        events,
        async (tx, piece) => {
          return (await tx.views.saveTracks(source, piece, receivedAt, rulebook().derivation)).changed;
        },
        async () => {},
      );
      metrics.ingested(source, changed, null, null);
      return changed;
    },

    saveOrders: (source, orders) => storage.transaction((tx) => storeOrders(tx, source, orders, clock.now())),
  };
}

/** Buyers and clerks write numbers into notes; only the sealed receiver may hold one. */
const withoutPhones = (view: OrderView): OrderView => ({
  ...view,
  buyerNote: hidePhonesInNote(view.buyerNote),
  remark: hidePhonesInNote(view.remark),
});

const isMasked = ({ name, phone }: ReceiverSecret): boolean => name.includes('*') || phone.includes('*');

/** A page without the vendor's word for its rows. */
interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly skipped: readonly SkippedRow[];
  readonly next: string | undefined;
}

function rowsOf(page: OrderPage): Rows<SourceOrder>;
function rowsOf(page: FulfillmentPage): Rows<FulfillmentView>;
function rowsOf(page: OrderPage | FulfillmentPage): Rows<SourceOrder | FulfillmentView> {
  return { rows: 'orders' in page ? page.orders : page.fulfillments, skipped: page.skipped, next: page.next };
}
