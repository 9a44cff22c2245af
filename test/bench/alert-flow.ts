import type { Database } from '../../src/adapters/db/database.ts';
import { createPainter } from '../../src/adapters/painter.ts';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import { hearsAll } from '../../src/domain/hears.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Messenger } from '../../src/ports/messenger.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import type { Storage } from '../../src/ports/stores.ts';
import { createConfirm } from '../../src/services/confirm.ts';
import { createDeliver } from '../../src/services/deliver.ts';
import { createDetect } from '../../src/services/detect.ts';
import { createDispatch } from '../../src/services/dispatch.ts';
import { createIngest } from '../../src/services/ingest.ts';
import { createLinks } from '../../src/services/links.ts';
import { createRulebook } from '../../src/services/rulebook.ts';
import { aDirectory } from './company.ts';
import { openOurs, silentLog } from './kit.ts';

export interface AlertFlow {
  readonly database: Database;
  readonly storage: Storage;
  dispatch(): Promise<number>;
  readonly deliver: ReturnType<typeof createDeliver>;
  /** Judges what is due, looks again at what changed. */
  readonly detect: ReturnType<typeof createDetect>;
  /** Raises the findings `from` to `to` (not included), each of the group that `groupOf` names. Answers how many were new. */
  raise(from: number, to: number, groupOf: (index: number) => string): Promise<number>;
  close(): Promise<void>;
}

export interface AlertFlowOptions {
  readonly folder: string;
  readonly name: string;
  readonly clock: Clock;
  readonly wallNow?: () => number;
  readonly messenger: Messenger;
}

/** From findings to a room over a real file. Nothing outside can be asked, and nothing has to be. */
export async function openAlertFlow({ folder, name, clock, wallNow, messenger }: AlertFlowOptions): Promise<AlertFlow> {
  const { database, storage } = await openOurs(folder, name);
  const directory = aDirectory();
  const book = createRulebook(builtinRules, directory, directory.timezone);
  const rulebook = () => book;
  const shared = { storage, clock, directory, rulebook, metrics: silentMetrics, log: silentLog };
  const vault = { seal: (plain: string) => plain, open: (sealed: string) => sealed };
  const ingest = createIngest({ ...shared, shopOf: () => 'mini', vault });
  const confirm = createConfirm({ ...shared, ingest, shops: () => [], systems: () => [] });
  await storage.rooms.syncConfigured([
    { id: 'war', platform: 'web', chatId: 'war', name: '作战群', language: 'zh', hears: hearsAll('warning') },
  ]);
  return {
    database,
    storage,
    detect: createDetect({ ...shared, confirm }),
    dispatch: createDispatch({
      ...shared,
      owners: async () => () => undefined,
      perHour: 1_000_000,
      moodOf: async () => ({ quietUntil: null, isTight: false, isShadow: false, wide: 1 }),
    }),
    deliver: createDeliver({
      ...shared,
      wallNow: wallNow ?? (() => Date.now()),
      addressOf: async () => ({ messenger, target: { roomId: 'war', chatId: 'war', isPrivate: false } }),
      monthOf: async () => undefined,
      links: createLinks({ key: Buffer.alloc(32, 5) }),
      publicUrl: 'http://localhost',
      painter: createPainter(),
    }),
    raise: (from, to, groupOf) =>
      storage.transaction(async (tx) => {
        let isNew = 0;
        for (let index = from; index < to; index += 1) {
          const now = clock.now();
          const alert = await tx.alerts.raise({
            ruleId: 'paid-not-sorted',
            ruleVersion: 1,
            subject: `order:mini/${index}`,
            severity: 'critical',
            groupKey: `paid-not-sorted|warehouse=${groupOf(index)}`,
            dueAt: now,
            raisedAt: now,
            confirmedAt: now,
            facts: { shopId: 'mini', warehouseId: 'hz', orderNo: String(index), shipBy: now + 40 * 3_600_000 },
            isLateFound: false,
          });
          if (alert !== undefined) isNew += 1;
        }
        return isNew;
      }),
    close: () => database.close(),
  };
}

/** A room behind `take`, which throws what the platform refuses. */
export const aMessenger = (
  perMinute: number,
  take: (key: string, text: string) => Promise<void>,
  dedupes = false,
): Messenger => ({
  limits: { maxBytes: 20_000, maxButtons: 6, perMinute, perMonth: undefined },
  dedupes,
  async send({ chatId }, card, key) {
    await take(key, JSON.stringify(card.lines));
    return { room: chatId, id: key };
  },
});
