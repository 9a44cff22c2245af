import { AppError } from '../domain/errors.ts';
import { visibilityFrom } from '../domain/fulfillment.ts';
import { type Order, orderSubject } from '../domain/order.ts';
import { hasReached, type Visibility } from '../domain/stage.ts';
import { missingIn } from '../domain/stock.ts';
import { parseSubject } from '../domain/subject.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Due, Storage } from '../ports/stores.ts';
import type { Directory } from './directory.ts';
import type { Ingest, ShopSource, SystemSource } from './ingest.ts';

/** What a fresh read found out about the subjects of due deadlines. */
export interface Confirmation {
  /** When the source that could have stopped it was last heard, unix ms; null = never, or it could not be asked. */
  confirmedAt(subject: string): number | null;
  visibilityOf(order: Order): Visibility;
  /** Whether a parcel's way can be seen: its carrier was asked just now and is up to date itself. */
  trackingOf(subject: string): Visibility;
  /** When the provider itself last looked at the parcel, unix ms; null = never, or it could not be asked. */
  trackedAt(subject: string): number | null;
  /** Pieces that its warehouse lacks for this order by the stock read just now; undefined when it was not asked. */
  missingOf(subject: string): number | undefined;
}

/** Asks afresh, in batches, whoever could have stopped these deadlines, and stores what they say. Never throws for a source. */
export type Confirm = (due: readonly Due[], signal: AbortSignal) => Promise<Confirmation>;

/**
 * Asks the tracking providers afresh about these parcels and stores what they say. Answers by waybill when the provider
 * itself last looked (unix ms); a parcel that nobody could be asked about is missing. Never throws for a provider.
 */
export type FreshTracks = (waybills: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, number>>;

export interface ConfirmDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly ingest: Ingest;
  readonly shops: () => readonly ShopSource[];
  readonly systems: () => readonly SystemSource[];
  readonly directory: Directory;
  readonly log: Log;
  /** Absent where no carrier is connected. */
  readonly freshTracks?: FreshTracks | undefined;
}

/** Providers look at a parcel about every 4 hours (fulfillment.md §2.2): twice that is too long. */
const staleAfter = 8 * 3_600_000;

/** As many orders as are asked for their stock in one go. */
const fewOrders = 10;

export function createConfirm(deps: ConfirmDeps): Confirm {
  const { storage, clock, ingest, shops, systems, directory, log } = deps;

  async function asked(source: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ source, code: error.code }, 'A source could not confirm');
      return false;
    }
  }

  /** Why an order waits is worth a stock read for a few; a flood has a cause of its own. */
  async function readShortages(
    orderNos: ReadonlyMap<string, readonly string[]>,
    answered: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, number>> {
    const missing = new Map<string, number>();
    for (const [shopId, nos] of orderNos) {
      const system = systems().find((each) => each.id === directory.systemOf(shopId));
      if (system === undefined || nos.length > fewOrders || !answered.has(`system:${system.id}/${shopId}`)) continue;
      for (const no of nos) {
        await asked(`stock:${system.id}`, async () => {
          const order = await storage.views.findOrderByNo(shopId, no);
          const view = order && (await storage.views.fulfillmentsOf(order.id)).find((each) => !each.closed);
          if (order === undefined || view === undefined || hasReached(order.stage, 'sorting')) return;
          const skus = [...new Set(order.lines.map((line) => line.sku))];
          const levels = await system.system.getStock(skus, [view.warehouseCode], signal);
          const short = missingIn(levels);
          const isTold = skus.every((sku) =>
            levels.some((level) => level.sku === sku && level.available !== undefined),
          );
          if (short > 0 || isTold) missing.set(orderSubject(shopId, no), short);
        });
      }
    }
    return missing;
  }

  /** Of orders that only sheets tell of: the last that showed each, and the newest of its shop. */
  async function readSheets(
    orderNos: ReadonlyMap<string, readonly string[]>,
  ): Promise<ReadonlyMap<string, { seenAt: number; newest: number }>> {
    const found = new Map<string, { seenAt: number; newest: number }>();
    for (const { shopId, asOf } of await storage.imports.fileShops()) {
      const nos = orderNos.get(shopId);
      const isAsked = shops().some(({ id }) => id === shopId) || directory.systemOf(shopId) !== undefined;
      if (nos === undefined || isAsked) continue;
      for (const [no, seenAt] of await storage.imports.lastSeen(shopId, nos))
        found.set(orderSubject(shopId, no), { seenAt, newest: asOf });
    }
    return found;
  }

  return async (due, signal) => {
    const { freshTracks } = deps; // a reload may bring or take carriers
    const askedAt = clock.now();
    const orderNos = new Map<string, string[]>();
    const systemOrders = new Map<string, string[]>();
    const lockSystems = new Set<string>();
    const parcels = new Map<string, string>();
    for (const { subject } of due) {
      const parsed = parseSubject(subject);
      if (parsed?.type === 'order') push(orderNos, parsed.shopId, parsed.channelOrderNo);
      if (parsed?.type === 'fulfillment') push(systemOrders, parsed.systemId, parsed.systemOrderNo);
      if (parsed?.type === 'lock') lockSystems.add(parsed.systemId);
      if (parsed?.type !== 'parcel') continue;
      parcels.set(subject, parsed.waybill);
      // The channel may know that it was delivered or closed.
      for (const order of await storage.views.listByWaybill(parsed.waybill))
        push(orderNos, order.shopId, order.channelOrderNo);
    }
    const looked =
      freshTracks === undefined || parcels.size === 0
        ? new Map<string, number>()
        : await freshTracks([...parcels.values()], signal);
    const answered = new Set<string>();
    const note = async (source: string, work: () => Promise<void>): Promise<void> => {
      if (await asked(source, work)) answered.add(source);
    };
    await Promise.all([
      ...[...orderNos].flatMap(([shopId, nos]) => {
        const shop = shops().find((each) => each.id === shopId);
        const system = systems().find((each) => each.id === directory.systemOf(shopId));
        const isTold = directory.stageSourceOf(shopId) !== 'none';
        return [
          shop && note(`shop:${shopId}`, () => ingest.readOrders(shop, nos, signal)),
          system && isTold && note(`system:${system.id}/${shopId}`, () => ingest.readFulfillments(system, nos, signal)),
        ];
      }),
      ...[...systemOrders].map(([systemId, nos]) => {
        const system = systems().find((each) => each.id === systemId);
        return (
          system && note(`system:${systemId}`, () => ingest.readSystemOrders(system, nos, signal).then(() => undefined))
        );
      }),
      ...[...lockSystems].map((systemId) => {
        const system = systems().find((each) => each.id === systemId);
        return system && note(`lock:${systemId}`, () => ingest.pullLocks(system, signal).then(() => undefined));
      }),
    ]);

    const moving = new Set<string>();
    for (const [subject, waybill] of parcels)
      if ((await storage.views.findParcel(waybill))?.lastEventAt != null) moving.add(subject);
    const sheets = await readSheets(orderNos);
    const missing = await readShortages(orderNos, answered, signal);
    const lastHeard = new Map((await storage.sources.list()).map((row) => [row.id, row.lastOkAt]));
    const systemAnswered = (shopId: string): boolean => answered.has(`system:${directory.systemOf(shopId)}/${shopId}`);
    return {
      missingOf: (subject) => missing.get(subject),
      trackedAt: (subject) => looked.get(parcels.get(subject) ?? '') ?? null,
      trackingOf(subject) {
        const waybill = parcels.get(subject);
        if (waybill === undefined) return 'not-visible-here';
        if (freshTracks === undefined) return moving.has(subject) ? 'seen' : 'not-visible-here';
        return askedAt - (looked.get(waybill) ?? 0) < staleAfter ? 'seen' : 'source-silent';
      },
      confirmedAt(subject) {
        const parsed = parseSubject(subject);
        const onSheet = sheets.get(subject);
        if (onSheet !== undefined) return onSheet.seenAt;
        if (parsed?.type === 'order') {
          const systemId = directory.systemOf(parsed.shopId);
          const source =
            directory.stageSourceOf(parsed.shopId) === 'none' || systemId === undefined
              ? `shop:${parsed.shopId}`
              : `system:${systemId}`;
          const hasAnswered = answered.has(source) || answered.has(`${source}/${parsed.shopId}`);
          return hasAnswered ? askedAt : (lastHeard.get(source) ?? null);
        }
        if (parsed?.type === 'fulfillment' || parsed?.type === 'lock') {
          const kind = parsed.type === 'lock' ? 'lock' : 'system';
          return answered.has(`${kind}:${parsed.systemId}`)
            ? askedAt
            : (lastHeard.get(`system:${parsed.systemId}`) ?? null);
        }
        return null;
      },
      visibilityOf(order) {
        const needsSystem = directory.systemOf(order.shopId) !== undefined;
        // One that the newest sheet lacks may have been sent, or closed, or left out: nobody told.
        const onSheet = sheets.get(orderSubject(order.shopId, order.channelOrderNo));
        const isLeftOut = onSheet !== undefined && onSheet.seenAt < onSheet.newest;
        return visibilityFrom(
          directory.stageSourceOf(order.shopId),
          isLeftOut || (needsSystem && !systemAnswered(order.shopId)),
        );
      },
    };
  };
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
