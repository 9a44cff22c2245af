import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { createManualClock, type ManualClock } from '../../src/adapters/clock/manual.ts';
import { openDatabase } from '../../src/adapters/db/database.ts';
import type { Sqlite } from '../../src/adapters/db/sqlite.ts';
import { createStorage } from '../../src/adapters/db/storage.ts';
import type { Alert } from '../../src/domain/alert.ts';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import type { Card } from '../../src/domain/card.ts';
import type { FulfillmentView } from '../../src/domain/fulfillment.ts';
import { hearsAll } from '../../src/domain/hears.ts';
import type { OrderView } from '../../src/domain/order.ts';
import type { Rule } from '../../src/domain/rule.ts';
import type { Piece } from '../../src/domain/text.ts';
import type { Log } from '../../src/ports/log.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import type { RoomRow, Storage } from '../../src/ports/stores.ts';
import type { Vault } from '../../src/ports/vault.ts';
import { createConfirm, type FreshTracks } from '../../src/services/confirm.ts';
import { createDetect, type Detect } from '../../src/services/detect.ts';
import type { Directory } from '../../src/services/directory.ts';
import { createDispatch } from '../../src/services/dispatch.ts';
import { createIngest, type Ingest, type ShopSource, type SystemSource } from '../../src/services/ingest.ts';
import type { RoomMood } from '../../src/services/room-view.ts';
import { createRulebook, type Rulebook } from '../../src/services/rulebook.ts';
import { createWatchSources } from '../../src/services/watch-sources.ts';
import { at, told } from './builders.ts';
import {
  aChannel,
  aDirectory,
  aSystem,
  type DirectoryOptions,
  type FakeChannel,
  type FakeSystem,
  shopOf,
} from './fake-directory.ts';
import { openTestDb } from './open-test-db.ts';

const migrations = resolve(import.meta.dirname, '../../prisma/migrations');

export interface TestStorage {
  readonly storage: Storage;
  readonly sqlite: Sqlite;
  readonly file: string;
  /** Rows of any query, for looking behind the stores. */
  rows(sql: string, ...values: unknown[]): Record<string, unknown>[];
}

/** A real database of its own, closed and removed when the test ends. */
export async function openTestStorage(): Promise<TestStorage> {
  const { file, cleanup } = await openTestDb();
  const database = await openDatabase(file, migrations);
  onTestFinished(async () => {
    await database.close();
    cleanup();
  });
  const { sqlite } = database;
  return {
    storage: createStorage(database, { audit: Buffer.from('audit key of the tests') }),
    sqlite,
    file,
    rows: (sql, ...values) => sqlite.prepare<Record<string, unknown>>(sql).all(...values),
  };
}

export const silentLog: Log = { info() {}, warn() {}, error() {} };

/** Unreadable at sight, which is all that a test can see of a seal. */
export const testVault: Vault = {
  seal: (plain) => `sealed.${Buffer.from(plain).toString('base64')}`,
  open: (sealed) => Buffer.from(sealed.slice('sealed.'.length), 'base64').toString(),
};

/** No quiet hours, no short month, no first days, no promotion. */
const everyday: RoomMood = { quietUntil: null, isTight: false, isShadow: false, wide: 1 };

export const aRoom = (change: Partial<RoomRow> = {}): RoomRow => ({
  id: 'war',
  platform: 'web',
  chatId: 'war',
  name: '作战群',
  language: 'zh',
  hears: hearsAll('warning'),
  ...change,
});

export interface FlowOptions extends DirectoryOptions {
  readonly startAt?: number;
  readonly log?: Log;
  readonly perHour?: number;
  readonly rooms?: readonly RoomRow[];
  /** Who on duty answers for an alert. */
  readonly ownerOf?: (alert: Alert) => string | undefined;
  /** A tracking service that may be asked; none without. */
  readonly freshTracks?: FreshTracks;
  readonly wrap?: (storage: Storage) => Storage;
}

export interface Flow extends TestStorage {
  readonly clock: ManualClock;
  readonly directory: Directory;
  /** The channel of shop `mini`, of `tmall`, and the warehouse system. */
  readonly mini: FakeChannel;
  readonly tmall: FakeChannel;
  readonly wms: FakeSystem;
  readonly shop: ShopSource;
  readonly system: SystemSource;
  readonly ingest: Ingest;
  readonly detect: Detect;
  readonly signal: AbortSignal;
  /** How rooms are to be spoken to, where it is not as on any other day. */
  readonly moods: Map<string, Partial<RoomMood>>;
  rules: readonly Rule[];
  rulebook(): Rulebook;
  dispatch(): Promise<number>;
  watch(): Promise<void>;
  /** The channel shows these from now on, and we have read them. */
  tell(...views: readonly OrderView[]): Promise<void>;
  /** The same for the warehouse system. */
  show(...views: readonly FulfillmentView[]): Promise<void>;
  /** Moves the clock and judges what is due, once. */
  judgeAt(time: number): Promise<void>;
  /** One run of everything: judge, look again, dispatch. */
  runAt(time: number): Promise<void>;
  alerts(): Promise<Record<string, unknown>[]>;
  /** Everything put out so far for a room, oldest first. */
  messages(roomId?: string): { key: string; kind: string; priority: number; card: Card; text: string }[];
}

export const textOf = (card: Card): string =>
  [
    ...card.lines.map((pieces) =>
      pieces.map((piece: Piece) => (typeof piece === 'string' ? piece : piece.foreign)).join(''),
    ),
    ...card.buttons.map(({ label, command }) => `[${label}] ${command.replace(/@\d{4}$/, '')}`),
    ...(card.link === null ? [] : [`[${card.link.label}] ${card.link.path.replace(/\/o\/.+/, '/o/…')}`]),
  ].join('\n');

/** The whole way from sources to outbox over a real database, on a clock that only the test moves. */
export async function startFlow(options: FlowOptions = {}): Promise<Flow> {
  const base = await openTestStorage();
  const storage = options.wrap?.(base.storage) ?? base.storage;
  const clock = createManualClock(options.startAt ?? at('10:00'));
  const directory = aDirectory(options);
  const { signal } = new AbortController();
  const mini = aChannel();
  const tmall = aChannel();
  const wms = aSystem();
  const shops: ShopSource[] = [
    { id: 'mini', channel: mini, pollMs: 5_000, aheadMs: () => 0, backfillDays: 0 },
    { id: 'tmall', channel: tmall, pollMs: 5_000, aheadMs: () => 0, backfillDays: 0 },
  ];
  const system: SystemSource = { id: 'wms', system: wms, pollMs: 5_000 };
  let made: { rules: readonly Rule[]; book: Rulebook } | undefined;
  const rulebook = (): Rulebook => {
    if (made?.rules !== flow.rules)
      made = { rules: flow.rules, book: createRulebook(flow.rules, directory, 'Asia/Shanghai') };
    return made.book;
  };
  const shared = { storage, clock, rulebook, metrics: silentMetrics, log: options.log ?? silentLog };
  const ingest = createIngest({ ...shared, shopOf, vault: testVault });
  const confirm = createConfirm({
    storage,
    clock,
    ingest,
    shops: () => shops,
    systems: () => [system],
    directory,
    log: silentLog,
    ...(options.freshTracks === undefined ? {} : { freshTracks: options.freshTracks }),
  });
  const detect = createDetect({ ...shared, directory, confirm });
  const moods = new Map<string, Partial<RoomMood>>();
  const dispatch = createDispatch({
    storage,
    clock,
    directory,
    metrics: silentMetrics,
    owners: async () => options.ownerOf ?? (() => undefined),
    rulebook,
    perHour: options.perHour ?? 12,
    moodOf: async ({ id }) => ({ ...everyday, ...moods.get(id) }),
  });
  const watch = createWatchSources({
    storage,
    clock,
    rulebook,
    sources: () => ['shop:mini', 'system:wms'],
    metrics: silentMetrics,
    startedAt: clock.now(),
  });
  await storage.rooms.syncConfigured(options.rooms ?? [aRoom()]);
  const judgeAt = async (time: number): Promise<void> => {
    await clock.advanceTo(time);
    while ((await detect.judgeDue(signal)) > 0);
  };
  const flow: Flow = {
    ...base,
    storage,
    clock,
    directory,
    mini,
    tmall,
    wms,
    shop: shops[0] as ShopSource,
    system,
    ingest,
    detect,
    signal,
    moods,
    rules: options.rules ?? builtinRules,
    rulebook,
    dispatch,
    watch,
    async tell(...views) {
      for (const view of views) (view.shopId === 'tmall' ? tmall : mini).orders.set(view.channelOrderNo, view);
      for (const shopId of new Set(views.map((view) => view.shopId))) {
        await ingest.saveOrders(
          `shop:${shopId}`,
          views.filter((view) => view.shopId === shopId).map((view) => told(view)),
        );
      }
    },
    async show(...views) {
      for (const view of views) wms.fulfillments.set(view.systemOrderNo, view);
      await storage.views.saveFulfillments('system:wms', views, clock.now(), rulebook().derivation, shopOf);
    },
    judgeAt,
    async runAt(time) {
      await judgeAt(time);
      while ((await detect.recheck()) > 0);
      await dispatch();
    },
    alerts: async () =>
      base
        .rows(
          'SELECT ruleId, subject, severity, state, dueAt, raisedAt, confirmedAt, resolution, isLateFound, number, facts FROM Alert ORDER BY raisedAt, rowid',
        )
        .map((row) => ({ ...row, facts: JSON.parse(String(row['facts'])) as unknown })),
    messages: (roomId = 'war') =>
      base.rows('SELECT key, kind, priority, card FROM Outbox WHERE roomId = ? ORDER BY id', roomId).map((row) => {
        const card = JSON.parse(String(row['card'])) as Card;
        return {
          key: String(row['key']),
          kind: String(row['kind']),
          priority: Number(row['priority']),
          card,
          text: textOf(card),
        };
      }),
  };
  return flow;
}
