import { AppError, RateLimitedError } from '../domain/errors.ts';
import type { TrackEvent } from '../domain/track.ts';
import type { Carrier, CarrierPush, PushAnswer, Pushes, Tracking } from '../ports/carrier.ts';
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
  /** A push: verified, stored, then answered. Undefined when no such carrier is configured, or it pushes nothing. */
  hear(carrierId: string, push: CarrierPush): Promise<PushAnswer | undefined>;
  /**
   * A fresh read before something is said of these parcels. Answers when the provider last told of each: now, or earlier
   * where it allows no sooner question. Missing: it could not be asked, refused, or has never answered.
   */
  readNow(waybills: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
}

/** Parcels of one carrier that were claimed, to be asked about together. */
interface Batch {
  readonly source: CarrierSource;
  readonly rows: readonly FollowRow[];
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

  /** Who subscribed it, else its own carrier, else whoever passes on what carriers say. */
  const sourceOf = (row: FollowRow): CarrierSource | undefined => {
    const able = carriers().filter(({ carrier }) => carrier.knows(row.carrier));
    return (
      able.find(({ id }) => id === row.followedBy) ?? able.find(({ carrier }) => carrier.capabilities.isOwn) ?? able[0]
    );
  };

  /** How it is asked for pushes; undefined where it is not, or could not reach us. */
  const subscription = ({ carrier, callbackUrl }: CarrierSource) => {
    const subscribe = carrier.pushes?.subscribe ?? null;
    return subscribe === null || callbackUrl === undefined ? undefined : { subscribe, callbackUrl };
  };

  const quietMs = (source: CarrierSource): number =>
    source.carrier.capabilities.refreshMs * (subscription(source) === undefined ? 1 : silentRounds);

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

  /** One call about parcels that were claimed. Answers those that the provider refused. */
  async function query(
    source: CarrierSource,
    rows: readonly FollowRow[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const found = await source.carrier.query(rows, signal);
    failures.delete(source.id);
    for (const [index, tracking] of found.entries()) await takeTracking(source, rows[index], tracking);
    return new Set(found.filter(({ refusal }) => refusal !== null).map(({ waybill }) => waybill));
  }

  const claim = (source: CarrierSource, { waybill }: FollowRow): Promise<boolean> =>
    storage.follows.ask(waybill, clock.now(), source.carrier.capabilities.againAfterMs);

  async function subscribe(
    source: CarrierSource,
    row: FollowRow,
    ask: NonNullable<Pushes['subscribe']>,
    callbackUrl: string,
    signal: AbortSignal,
  ): Promise<void> {
    const refusal = await ask(row, callbackUrl, signal);
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

  /** One that was asked a moment ago waits until it may be asked again. */
  async function wait(source: CarrierSource, row: FollowRow): Promise<void> {
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

  /** One that is under way is asked about in the next run. */
  async function lookSoon(waybill: string): Promise<void> {
    const row = await storage.follows.find(waybill);
    if (row?.nextAt != null) await storage.follows.change(waybill, { nextAt: clock.now() }, row.nextAt);
  }

  return {
    async run(signal) {
      const failed = new Map<string, number>();
      /** Claimed, to be asked about in one call. */
      const batches = new Map<string, Batch>();
      let told = 0;
      /** Its parcels wait together, so that nobody else's stand behind them. */
      async function attempt(source: CarrierSource, rows: readonly FollowRow[], work: () => Promise<unknown>) {
        try {
          await work();
          told += rows.length;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          const pause = error instanceof RateLimitedError ? error.afterMs : pauseMs;
          failed.set(source.id, pause);
          await noteFailure(source, error);
          log.warn({ carrier: source.id, code: error.code }, 'A carrier did not answer, its parcels wait');
          for (const row of rows)
            await storage.follows.change(row.waybill, { nextAt: clock.now() + pause }, row.nextAt);
        }
      }
      async function flush(source: CarrierSource, rows: readonly FollowRow[]): Promise<void> {
        batches.delete(source.id);
        await attempt(source, rows, () => query(source, rows, signal));
      }
      for (const row of await storage.follows.listDue(clock.now(), batch)) {
        if (signal.aborted) break;
        const source = sourceOf(row);
        if (source === undefined || (await isOver(row))) {
          if (source === undefined)
            await storage.views.noteOddity('carriers', 'unknown-carrier', row.carrier, row.waybill, clock.now());
          await storage.follows.change(row.waybill, { nextAt: null }, row.nextAt);
          continue;
        }
        const pause = failed.get(source.id);
        const pushing = subscription(source);
        if (pause !== undefined) {
          await storage.follows.change(row.waybill, { nextAt: clock.now() + pause }, row.nextAt);
        } else if (pushing !== undefined && (row.subscribedAt === null || row.followedBy !== source.id)) {
          await attempt(source, [row], () => subscribe(source, row, pushing.subscribe, pushing.callbackUrl, signal));
        } else if (await claim(source, row)) {
          const rows = [...(batches.get(source.id)?.rows ?? []), row];
          batches.set(source.id, { source, rows });
          if (rows.length >= source.carrier.capabilities.perQuery) await flush(source, rows);
        } else {
          await wait(source, row);
          told += 1;
        }
      }
      if (!signal.aborted) for (const { source, rows } of batches.values()) await flush(source, rows);
      await noteWell();
      return told;
    },

    async hear(carrierId, push) {
      const source = carriers().find(({ id }) => id === carrierId);
      const pushes = source?.carrier.pushes ?? null;
      if (source === undefined || pushes === null) return undefined;
      let told: ReturnType<Pushes['read']>;
      try {
        told = pushes.read(push);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        metrics.sourceFailed(`carrier:${carrierId}`, error.code);
        log.warn({ carrier: carrierId, code: error.code }, 'A push was refused');
        return pushes.answer('refused', push);
      }
      try {
        if (told.kind === 'tracking') {
          const { tracking } = told;
          await takeTracking(source, await storage.follows.find(tracking.waybill), tracking);
        } else for (const waybill of told.waybills) await lookSoon(waybill);
      } catch (error) {
        log.error({ carrier: carrierId, error }, 'A push could not be stored; it will come again');
        return pushes.answer('failed', push);
      }
      return pushes.answer('taken', push);
    },

    async readNow(waybills, signal) {
      const heard = new Map<string, number>();
      const batches = new Map<string, Batch>();
      const noteHeard = async (waybill: string): Promise<void> => {
        const heardAt = (await storage.follows.find(waybill))?.heardAt;
        if (heardAt != null) heard.set(waybill, heardAt);
      };
      for (const waybill of waybills) {
        const row = await storage.follows.find(waybill);
        const source = row && sourceOf(row);
        if (row === undefined || source === undefined) continue;
        if (await claim(source, row))
          batches.set(source.id, { source, rows: [...(batches.get(source.id)?.rows ?? []), row] });
        else await noteHeard(waybill);
      }
      for (const { source, rows } of batches.values()) {
        const { perQuery } = source.carrier.capabilities;
        for (let from = 0; from < rows.length; from += perQuery) {
          const part = rows.slice(from, from + perQuery);
          try {
            const refused = await query(source, part, signal);
            for (const { waybill } of part) if (!refused.has(waybill)) await noteHeard(waybill);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            await noteFailure(source, error);
          }
        }
      }
      return heard;
    },
  };
}
