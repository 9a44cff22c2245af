import { RejectedError } from '../domain/errors.ts';
import { localDay, startOfDay } from '../domain/local-day.ts';
import type { SourceOrder } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Storage, WalkRow } from '../ports/stores.ts';
import { walkCard } from '../render/walk-card.ts';
import type { Directory } from './directory.ts';
import type { Ingest, ShopSource } from './ingest.ts';

export interface WalkHistoryDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly ingest: Ingest;
  readonly directory: Directory;
  readonly log: Log;
}

export interface WalkHistory {
  /** Begins to bring in the last `days` of a shop; one that is under way or done stays as it is unless `again`. */
  begin(shopId: string, days: number, again: boolean): Promise<WalkRow>;
  /**
   * One page of what is to be read again of this shop: its last 30 days after it was added, and once a night all of them
   * against what is here. Newest first. The place moves with its page: a crash repeats a page and loses none. Answers 1
   * while there is more.
   */
  step(source: ShopSource, signal: AbortSignal): Promise<number>;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const day = 24 * hourMs;
/** Orders are paid within three days of being placed, but for deposits: those come in when they change. */
const payMs = 3 * day;
const checkDays = 30;
/** Before that nobody has to be told that old orders are still coming. */
const longMs = 60_000;
/** Local time of the nightly check: nobody waits for the platform then. */
const checkAtMs = 3 * 3_600_000;

/** How much of its way a walk has gone, 0 to 1. */
export const shareOf = ({ fromAt, toAt, reachedAt, finishedAt }: WalkRow): number =>
  finishedAt === null ? (toAt - reachedAt) / (toAt - fromAt + payMs) : 1;

const forgotten: ReadonlySet<string> = new Set(['BAD_CURSOR', 'CURSOR_STUCK']);

export function createWalkHistory({ storage, clock, ingest, directory, log }: WalkHistoryDeps): WalkHistory {
  async function start(id: string, fromAt: number): Promise<WalkRow> {
    const now = clock.now();
    const row: WalkRow = {
      id,
      fromAt,
      toAt: now,
      reachedAt: now,
      page: null,
      orders: 0,
      differed: 0,
      startedAt: now,
      finishedAt: fromAt === now ? now : null,
    };
    await storage.walks.save(row);
    return row;
  }

  /** Shops that refused or did not answer: how often in a row, and until when they are left in peace. */
  const rests = new Map<string, { readonly times: number; readonly until: number }>();

  /** The walk that this shop is on; undefined when there is nothing to read again. */
  async function current(source: ShopSource): Promise<WalkRow | undefined> {
    const backfill = await begin(source.id, source.backfillDays, false);
    if (backfill.finishedAt === null) return backfill;
    const check = await storage.walks.find(`check/${source.id}`);
    if (check?.finishedAt === null) return check;
    const now = clock.now();
    const { timezone } = directory;
    const tonight = startOfDay(localDay(now, timezone), timezone) + checkAtMs;
    const last = Math.max(backfill.startedAt, check?.startedAt ?? 0);
    if (now < tonight || last >= tonight) return undefined;
    // What was not wanted when the shop was added is not wanted at night either.
    return start(`check/${source.id}`, Math.max(now - checkDays * day, backfill.fromAt));
  }

  async function begin(shopId: string, days: number, again: boolean): Promise<WalkRow> {
    const id = `backfill/${shopId}`;
    const known = again ? undefined : await storage.walks.find(id);
    return known ?? start(id, clock.now() - days * day);
  }

  /** A long backfill is said when it has shown to be long, and when it has ended; a check only when it healed something. */
  async function tell(shopId: string, walk: WalkRow): Promise<void> {
    const { id, startedAt, finishedAt, orders, differed } = walk;
    const now = clock.now();
    const isLong = now - startedAt >= longMs && orders > 0;
    if (id.startsWith('check/') ? finishedAt === null || differed === 0 : !isLong) return;
    for (const room of await storage.rooms.list()) {
      await storage.outbox.add({
        key: `walk/${id}/${startedAt}/${finishedAt === null ? 'begun' : 'done'}/${room.id}`,
        roomId: room.id,
        kind: 'notice',
        priority: 3,
        alertId: null,
        card: walkCard(walk, directory.shopName(shopId), room.language),
        dueAt: now,
      });
    }
  }

  return {
    begin,

    async step(source, signal) {
      if (clock.now() < (rests.get(source.id)?.until ?? 0)) return 0;
      const walk = await current(source);
      if (walk === undefined) return 0;
      const isOf = ({ view }: SourceOrder): boolean => (view.paidAt ?? view.placedAt) >= walk.fromAt;
      const lowest = walk.fromAt - payMs;
      const longest = Math.min(day, source.channel.windowMs.created);
      const window = { from: Math.max(lowest, walk.reachedAt - longest), to: walk.reachedAt };
      try {
        await ingest.pullCreated(
          source,
          { window, page: walk.page ?? undefined, compares: walk.id.startsWith('check/') },
          isOf,
          (tx, { stored, differed }, next) => {
            const isSliceDone = next === undefined;
            const reachedAt = isSliceDone ? window.from : walk.reachedAt;
            return tx.walks.save({
              ...walk,
              page: next ?? null,
              reachedAt,
              orders: walk.orders + stored,
              differed: walk.differed + differed,
              finishedAt: reachedAt <= lowest ? clock.now() : null,
            });
          },
          signal,
        );
      } catch (error) {
        // The platform forgot the page we stopped at: its slice is read again from the start.
        if (error instanceof RejectedError && forgotten.has(error.code))
          await storage.walks.save({ ...walk, page: null });
        // A refusal will not be another one a second later.
        const { times } = rests.get(source.id) ?? { times: 0 };
        rests.set(source.id, { times: times + 1, until: clock.now() + Math.min(hourMs, minuteMs * 2 ** times) });
        throw error;
      }
      rests.delete(source.id);
      const after = (await storage.walks.find(walk.id)) ?? walk;
      if (after.finishedAt !== null)
        log.info({ walk: walk.id, orders: after.orders, differed: after.differed }, 'A shop was read again');
      await tell(source.id, after);
      return 1;
    },
  };
}
