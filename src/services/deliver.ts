import { AppError, OutcomeUnknownError, RateLimitedError } from '../domain/errors.ts';
import { isWorthACall, type MonthBudget, monthState } from '../domain/month.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Mention, Messenger, MessengerLimits, Target } from '../ports/messenger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Painter } from '../ports/painter.ts';
import type { OutboxRow, Storage } from '../ports/stores.ts';
import { chartSvg } from '../render/chart.ts';
import type { Links } from './links.ts';

export interface Address {
  readonly messenger: Messenger;
  readonly target: Target;
}

export interface DeliverDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  /** Wall ms: leases outlive a crash in real time. */
  readonly wallNow: () => number;
  /** Who serves a room and which chat it is; undefined when the room is not configured (any more) or not bound yet. */
  readonly addressOf: (roomId: string) => Promise<Address | undefined>;
  /** Calls of the room's robot this month; undefined where nobody counts. */
  readonly monthOf: (roomId: string) => Promise<MonthBudget | undefined>;
  readonly links: Links;
  readonly publicUrl: string;
  readonly painter: Painter;
  readonly metrics: Metrics;
  readonly log: Log;
}

const leaseMs = 30_000;
const mostAttempts = 8;
const mostPerRun = 50;
const aMinute = 60_000;
const aSecond = 1_000;
/** How long a room whose second is full is left alone; world ms. */
const breathMs = 25;

export interface Deliver {
  (signal: AbortSignal): Promise<number>;
  /** World ms after which a room may take what it had no room for; undefined = none waits for its second. */
  waitMs(): number | undefined;
}

/** A platform that takes many a minute counts seconds, too: no second gets more than its part, or one run. */
const perSecond = ({ perMinute }: MessengerLimits): number => Math.max(mostPerRun, Math.ceil(perMinute / 60));

/** Sends what is due, room by room, within the room's budget. A row is sent once, or marked as possibly twice. */
export function createDeliver(deps: DeliverDeps): Deliver {
  const { storage, clock, wallNow, addressOf, monthOf, links, publicUrl, painter, metrics, log } = deps;

  /** Rooms whose platform asked for a pause, and until when. Forgotten by a restart, which costs one refused call. */
  const pausedUntil = new Map<string, number>();
  let isSecondFull = false;
  const isPaused = (roomId: string): boolean => clock.now() < (pausedUntil.get(roomId) ?? 0);

  /** Just before sending: is it still worth saying? */
  async function isStale(row: OutboxRow): Promise<boolean> {
    if (row.alertId === null || row.kind !== 'alert') return false;
    return (await storage.alerts.find(row.alertId))?.state === 'resolved';
  }

  async function settle(row: OutboxRow, error: AppError, messenger: Messenger): Promise<void> {
    const now = clock.now();
    const isUnknown = error instanceof OutcomeUnknownError;
    if (error instanceof RateLimitedError) {
      // A pause that the platform asks for, or a line that is down, loses no message, however often and long.
      pausedUntil.set(row.roomId, now + error.afterMs);
      await storage.outbox.postpone(row.id, now + error.afterMs, error.code);
      metrics.delivered(row.roomId, 'retry', 0);
      log.warn({ outbox: row.id, room: row.roomId, code: error.code }, 'Message not delivered, will wait');
      return;
    }
    const wait = aMinute * 2 ** (row.attempts - 1) * (0.75 + Math.random() / 2);
    if (error.retry === 'never' || row.attempts >= mostAttempts) {
      await storage.outbox.dead(row.id, now, error.code);
      metrics.delivered(row.roomId, 'dead', 0);
      log.error({ outbox: row.id, room: row.roomId, code: error.code }, 'Message given up');
      return;
    }
    // An unknown outcome may be repeated only where the platform shows the same key once; elsewhere it is marked.
    await storage.outbox.retry(row.id, now + wait, error.code, isUnknown && !messenger.dedupes);
    metrics.delivered(row.roomId, isUnknown ? 'unknown' : 'retry', 0);
    log.warn(
      { outbox: row.id, room: row.roomId, code: error.code, attempts: row.attempts },
      'Message not delivered, will retry',
    );
  }

  /** A message goes without its picture rather than not at all. */
  async function pictureOf({ id, card }: OutboxRow, most: number | undefined): Promise<{ png?: Buffer }> {
    if (card.picture === undefined || most === undefined) return {};
    try {
      const png = await painter.paint(chartSvg(card.picture));
      if (png.length <= most) return { png };
      log.warn({ outbox: id, bytes: png.length }, 'A picture is too large for its platform');
    } catch (error) {
      log.error({ outbox: id, error }, 'A picture could not be painted');
    }
    return {};
  }

  /** Answers how many messages of the room's minute it took. */
  async function send(
    row: OutboxRow,
    { messenger, target }: Address,
    month: MonthBudget | undefined,
    signal: AbortSignal,
  ): Promise<number> {
    const isAffordable = month === undefined || isWorthACall(monthState(month), row);
    if (!isAffordable || (await isStale(row))) {
      const why = isAffordable ? 'alert resolved before it was sent' : 'the month is short of calls';
      await storage.outbox.drop(row.id, clock.now(), why);
      metrics.delivered(row.roomId, 'dropped', 0);
      return 1;
    }
    const path = row.card.link?.path;
    const url = path === undefined ? null : `${publicUrl}${path === '/' ? path : links.signLink(path, clock.now())}`;
    const marked =
      row.maybeTwice && !messenger.dedupes
        ? { ...row.card, lines: [...row.card.lines, ['（可能重复 / maybe repeated）']] }
        : row.card;
    const mentions = await mentionsFor(row);
    const picture = await pictureOf(row, messenger.limits.maxPictureBytes);
    const card = { ...marked, url, ...(mentions.length === 0 ? {} : { mentions }), ...picture };
    try {
      const { id, parts = 1 } = await messenger.send(target, card, row.key, signal);
      await storage.outbox.sent(row.id, clock.now(), id, parts);
      metrics.delivered(row.roomId, 'sent', clock.now() - row.createdAt);
      return parts;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await settle(row, error, messenger);
      return 1;
    }
  }

  /** Those whom a card calls, as the room's platform knows them. */
  async function mentionsFor({ roomId, card }: OutboxRow): Promise<readonly Mention[]> {
    if (card.call === undefined) return [];
    const platform = (await storage.rooms.find(roomId))?.platform;
    const accounts = await storage.people.accountsOf(card.call.who);
    const mentions: Mention[] = [];
    for (const id of card.call.who) {
      const account = accounts.find((each) => each.personId === id && each.platform === platform);
      const person = account && (await storage.people.find(id));
      if (account !== undefined && person !== undefined) mentions.push({ userId: account.userId, name: person.name });
    }
    return mentions;
  }

  async function deliverRoom(roomId: string, signal: AbortSignal): Promise<number> {
    const address = await addressOf(roomId);
    if (address === undefined || isPaused(roomId)) return 0;
    const { messenger } = address;
    const now = clock.now();
    const ofMinute = messenger.limits.perMinute - (await storage.outbox.sentSince(roomId, now - aMinute));
    const ofSecond = perSecond(messenger.limits) - (await storage.outbox.sentSince(roomId, now - aSecond));
    const budget = Math.min(ofMinute, ofSecond);
    if (ofMinute > 0 && ofSecond <= 0) isSecondFull = true;
    if (budget <= 0) return 0;
    // One by one: what is not tried is not leased, and keeps its attempts.
    const month = await monthOf(roomId);
    let tried = 0;
    while (tried < Math.min(budget, mostPerRun) && !signal.aborted && !isPaused(roomId)) {
      const [row] = await storage.outbox.claim(roomId, 1, leaseMs, clock.now(), wallNow());
      if (row === undefined) break;
      tried += await send(row, address, month && { ...month, used: month.used + tried }, signal);
    }
    return tried;
  }

  async function deliver(signal: AbortSignal): Promise<number> {
    isSecondFull = false;
    const roomIds = await storage.outbox.roomsWithDue(clock.now());
    const counts = await Promise.all(roomIds.map((roomId) => deliverRoom(roomId, signal)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  return Object.assign(deliver, { waitMs: () => (isSecondFull ? breathMs : undefined) });
}
