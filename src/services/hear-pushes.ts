import { AppError, UserError } from '../domain/errors.ts';
import type { PushReading, RawPush } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PushRow, Storage } from '../ports/stores.ts';

type ReadPush = (push: RawPush) => PushReading;

export interface HearPushesDeps<Source> {
  readonly storage: Storage;
  readonly clock: Clock;
  /** What pushes: the first part of the names of its sources. */
  readonly kind: 'shop' | 'system';
  /** Null or undefined when nothing of that id takes pushes. */
  readonly readPushOf: (id: string) => ReadPush | null | undefined;
  readonly readAfresh: (source: Source, orderNos: readonly string[], signal: AbortSignal) => Promise<void>;
  readonly nudge: (id: string) => void;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface HearPushes<Source> {
  /**
   * Verifies a push and stores which orders it names; a repeat is stored once and answered the same. Undefined when that
   * shop or system takes no pushes.
   */
  hear(id: string, push: RawPush): Promise<PushReading['answer'] | undefined>;
  /** Reads the orders that were named, afresh: what a push says of them is not believed. Answers how many there were. */
  read(source: Source, signal: AbortSignal): Promise<number>;
}

/** Named orders in one read; the polling stream is the truth, so that the rest may wait for the next run. */
const batch = 50;
/** More than that would not end within a run. */
const mostOrders = 200;
const patienceMs = 60_000;

export function createHearPushes<Source extends { readonly id: string }>({
  storage,
  clock,
  kind,
  readPushOf,
  readAfresh,
  nudge,
  metrics,
  log,
}: HearPushesDeps<Source>): HearPushes<Source> {
  return {
    async hear(id, push) {
      const readPush = readPushOf(id);
      if (readPush == null) return undefined;
      const source = `${kind}:${id}`;
      let reading: PushReading;
      try {
        reading = readPush(push);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        metrics.sourceFailed(source, error.code);
        log.warn({ source, code: error.code }, 'A push was refused');
        // Signed rightly, in words that are new to us: refusing it would only bring it again.
        if (error.code === 'BAD_PUSH') {
          await storage.views.noteOddity(source, 'skipped-row', 'push', 'push', clock.now());
          return { status: 200, type: 'application/json', body: '{}' };
        }
        throw new UserError('BAD_PUSH', {
          zh: '签名不对，没有收下。',
          en: 'The signature is wrong; nothing was taken.',
        });
      }
      const { messageId, orderNos, answer } = reading;
      if (orderNos.length > 0) {
        const isNew = await storage.pushes.add({ source, messageId, orderNos, receivedAt: clock.now() });
        if (isNew) nudge(id);
      }
      return answer;
    },

    async read(source, signal) {
      const pending = await storage.pushes.listPending(`${kind}:${source.id}`, batch);
      const [oldest] = pending;
      if (oldest === undefined) return 0;
      try {
        await readAfresh(source, named(pending).slice(0, mostOrders), signal);
      } catch (error) {
        // What cannot be read stands in nobody's way for long: it is read again by the polls, or when its time comes.
        if (!(error instanceof AppError) || clock.now() - oldest.receivedAt < patienceMs) throw error;
        log.warn({ source: `${kind}:${source.id}`, code: error.code }, 'A push named what cannot be read');
        await storage.pushes.done([oldest.id], clock.now());
        return 1;
      }
      await storage.pushes.done(
        pending.map(({ id }) => id),
        clock.now(),
      );
      return pending.length;
    },
  };
}

const named = (pending: readonly PushRow[]): readonly string[] => [
  ...new Set(pending.flatMap(({ orderNos }) => orderNos)),
];
