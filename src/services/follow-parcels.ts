import { AppError, RateLimitedError } from '../domain/errors.ts';
import type { TrackEvent } from '../domain/track.ts';
import type { Carrier, PushAnswer, Tracking } from '../ports/carrier.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { FollowRow, Storage } from '../ports/stores.ts';

/** A configured tracking service. */
export interface CarrierSource {
  readonly id: string;
  readonly carrier: Carrier;
  /** Where it pushes to; undefined when it could not reach us. */
  readonly callbackUrl: string | undefined;
}

/** Keeps what happened to parcels. The same events again change nothing; all of one call are kept together or not at all. */
export type SaveTracks = (carrierId: string, events: readonly TrackEvent[], receivedAt: number) => Promise<number>;

export interface FollowDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly carriers: () => readonly CarrierSource[];
  readonly saveTracks: SaveTracks;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface FollowParcels {
  /** Subscribes new waybills and asks about those that were silent for too long. Answers how many it was told about. */
  run(signal: AbortSignal): Promise<number>;
  /** A push: verified, stored, then answered. Undefined when no such carrier is configured. */
  hear(carrierId: string, rawBody: Buffer): Promise<PushAnswer | undefined>;
  /**
   * A fresh read before something is said of these parcels. Answers when the provider last told of each: now, or earlier
   * where it allows no sooner question. Missing: it could not be asked, refused, or has never answered.
   */
  readNow(waybills: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
}

const hour = 3_600_000;
const day = 24 * hour;
/** One run: at one call after the other it ends well inside the engine's limit. */
const batch = 100;
/** After a failure, when the provider does not say. */
const pauseMs = 5 * 60_000;
/** A parcel whose way nobody ended by then is not asked about any more (fulfillment.md §2.2: 60 days without change). */
const longestMs = 60 * day;
const returnMs = 15 * day;
/** A pushing provider is asked by ourselves after so many of its own rounds: a healthy parcel is silent for 20 h (§2.6). */
const silentRounds = 6;

export function createFollowParcels({ storage, clock, carriers, saveTracks, metrics, log }: FollowDeps): FollowParcels {
  /** Questions that failed since the last answer. */
  const failures = new Map<string, number>();

  const sourceOf = (row: FollowRow): CarrierSource | undefined =>
    carriers().find(({ id, carrier }) => id === row.followedBy && carrier.knows(row.carrier)) ??
    carriers().find(({ carrier }) => carrier.knows(row.carrier));

  const pushes = ({ carrier, callbackUrl }: CarrierSource): boolean =>
    carrier.capabilities.pushes && callbackUrl !== undefined;

  const quietMs = (source: CarrierSource): number =>
    source.carrier.capabilities.refreshMs * (pushes(source) ? silentRounds : 1);

  async function takeTracking(source: CarrierSource, row: FollowRow | undefined, told: Tracking): Promise<void> {
    const name = `carrier:${source.id}`;
    const now = clock.now();
    const waybill = row?.waybill ?? told.waybill;
    const note = (kind: Parameters<typeof storage.views.noteOddity>[1], what: string): Promise<void> =>
      storage.views.noteOddity(name, kind, what, waybill, now);
    for (const { reason } of told.skipped) await note('skipped-row', reason);
    if (told.refusal !== null) await note('refused', told.refusal);
    const orders = await storage.views.listByWaybill(waybill);
    // Numbers are used again after a year or so: what is older than the order happened to another parcel.
    const since = orders.length === 0 ? 0 : Math.min(...orders.map(({ placedAt }) => placedAt)) - day;
    const events = told.events.filter(({ occurredAt }) => occurredAt >= since);
    const isReused = events.length < told.events.length;
    if (isReused) await note('reused-waybill', 'older than its order');
    for (const state of told.unknownStates) await note('unknown-state', state);
    if (events.length > 0)
      await saveTracks(
        source.id,
        events.map((event) => ({ ...event, waybill })),
        now,
      );
    if (row === undefined) return;
    const heard = told.refusal === null ? { heardAt: now } : {};
    if (told.state === 'finished' && events.length > 0) {
      await storage.follows.change(waybill, { ...heard, nextAt: null });
    } else if (told.state === 'given-up') {
      const nextAt = now + source.carrier.capabilities.againAfterMs;
      await storage.follows.change(waybill, { ...heard, subscribedAt: null, nextAt });
    } else await storage.follows.change(waybill, { ...heard, nextAt: now + quietMs(source) });
  }

  /** Asks when it may: `locked` when it was asked a moment ago, `refused` when the provider said no to this parcel. */
  async function query(
    source: CarrierSource,
    row: FollowRow,
    signal: AbortSignal,
  ): Promise<'answered' | 'refused' | 'locked'> {
    const { againAfterMs } = source.carrier.capabilities;
    if (!(await storage.follows.ask(row.waybill, clock.now(), againAfterMs))) return 'locked';
    const found = await source.carrier.query([row], signal);
    failures.delete(source.id);
    for (const tracking of found) await takeTracking(source, row, tracking);
    return found.some(({ refusal }) => refusal !== null) ? 'refused' : 'answered';
  }

  async function subscribe(
    source: CarrierSource,
    row: FollowRow,
    callbackUrl: string,
    signal: AbortSignal,
  ): Promise<void> {
    const refusal = await source.carrier.subscribe(row, callbackUrl, signal);
    failures.delete(source.id);
    const now = clock.now();
    if (refusal !== null) {
      await storage.views.noteOddity(`carrier:${source.id}`, 'not-followed', refusal, row.waybill, now);
      await storage.follows.change(row.waybill, { nextAt: null }, row.nextAt);
      return;
    }
    const nextAt = now + quietMs(source);
    await storage.follows.change(row.waybill, { followedBy: source.id, subscribedAt: now, nextAt }, row.nextAt);
  }

  async function isOver(row: FollowRow): Promise<boolean> {
    if (clock.now() - row.createdAt > longestMs) return true;
    const orders = await storage.views.listByWaybill(row.waybill);
    // A parcel of a closed order may be on its way back.
    const longAgo = clock.now() - returnMs;
    return (
      orders.length > 0 &&
      orders.every(({ deliveredAt, closedAt }) => deliveredAt !== null || (closedAt !== null && closedAt < longAgo))
    );
  }

  async function noteFailure(source: CarrierSource, error: unknown): Promise<void> {
    const code = error instanceof AppError ? error.code : 'BUG';
    metrics.sourceFailed(`carrier:${source.id}`, code);
    failures.set(source.id, (failures.get(source.id) ?? 0) + 1);
    await storage.sources.failed(`carrier:${source.id}`, clock.now(), code);
  }

  async function followOne(source: CarrierSource, row: FollowRow, signal: AbortSignal): Promise<void> {
    const { callbackUrl } = source;
    const isNew = row.subscribedAt === null || row.followedBy !== source.id;
    if (source.carrier.capabilities.pushes && callbackUrl !== undefined && isNew)
      return subscribe(source, row, callbackUrl, signal);
    if ((await query(source, row, signal)) !== 'locked') return;
    const askedAt = (await storage.follows.find(row.waybill))?.askedAt ?? clock.now();
    const nextAt = askedAt + source.carrier.capabilities.againAfterMs;
    await storage.follows.change(row.waybill, { nextAt }, row.nextAt);
  }

  /**
   * Nobody polls a tracking service: while it owes us no answer it is well, and a question that failed once may not be
   * put again for half an hour. Whether it tells less than ever is seen by the facts it told (watch-sources).
   */
  async function noteWell(): Promise<void> {
    for (const { id } of carriers())
      if ((failures.get(id) ?? 0) < 2) await storage.sources.ok(`carrier:${id}`, clock.now());
  }

  return {
    async run(signal) {
      const failed = new Map<string, number>();
      let told = 0;
      for (const row of await storage.follows.listDue(clock.now(), batch)) {
        if (signal.aborted) break;
        const source = sourceOf(row);
        if (source === undefined || (await isOver(row))) {
          if (source === undefined)
            await storage.views.noteOddity('carriers', 'unknown-carrier', row.carrier, row.waybill, clock.now());
          await storage.follows.change(row.waybill, { nextAt: null }, row.nextAt);
          continue;
        }
        const wait = failed.get(source.id);
        if (wait !== undefined) {
          // Its others wait with it, so that nobody else's parcels stand behind them.
          await storage.follows.change(row.waybill, { nextAt: clock.now() + wait }, row.nextAt);
          continue;
        }
        try {
          await followOne(source, row, signal);
          told += 1;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          const pause = error instanceof RateLimitedError ? error.afterMs : pauseMs;
          failed.set(source.id, pause);
          await noteFailure(source, error);
          log.warn({ carrier: source.id, code: error.code }, 'A carrier did not answer, its parcels wait');
          await storage.follows.change(row.waybill, { nextAt: clock.now() + pause }, row.nextAt);
        }
      }
      await noteWell();
      return told;
    },

    async hear(carrierId, rawBody) {
      const source = carriers().find(({ id }) => id === carrierId);
      if (source === undefined) return undefined;
      let tracking: Tracking;
      try {
        tracking = source.carrier.readPush(rawBody);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        metrics.sourceFailed(`carrier:${carrierId}`, error.code);
        log.warn({ carrier: carrierId, code: error.code }, 'A push was refused');
        return source.carrier.answerPush('refused');
      }
      try {
        await takeTracking(source, await storage.follows.find(tracking.waybill), tracking);
      } catch (error) {
        log.error({ carrier: carrierId, error }, 'A push could not be stored; it will come again');
        return source.carrier.answerPush('failed');
      }
      return source.carrier.answerPush('taken');
    },

    async readNow(waybills, signal) {
      const heard = new Map<string, number>();
      for (const waybill of waybills) {
        const row = await storage.follows.find(waybill);
        const source = row && sourceOf(row);
        if (row === undefined || source === undefined) continue;
        try {
          const outcome = await query(source, row, signal);
          const heardAt = outcome === 'refused' ? null : (await storage.follows.find(waybill))?.heardAt;
          if (heardAt != null) heard.set(waybill, heardAt);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          await noteFailure(source, error);
        }
      }
      return heard;
    },
  };
}
