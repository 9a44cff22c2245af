import { localDay, startOfDay } from '../domain/local-day.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Storage } from '../ports/stores.ts';

/** Days that personal things are kept. */
export interface Retention {
  /** Names, phones and addresses after an order ended. */
  readonly receiverDays: number;
  /** Words of messages. */
  readonly messageDays: number;
}

const day = 24 * 3_600_000;
/** Platforms repeat a push for a day or two. */
const pushDays = 3;
/** Local time at which nobody waits for the database. */
const atMs = 3.5 * 3_600_000;
/** Rows of one run: it must not hold the event loop for longer than a blink. */
const batch = 500;

/** Forgets once a night what may not be kept longer, and writes down how much. Answers how many rows it took. */
export function createForget({
  storage,
  clock,
  timezone,
  retention,
  log,
}: {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly timezone: () => string;
  readonly retention: () => Retention;
  readonly log: Log;
}): () => Promise<number> {
  let doneFor: string | undefined;

  return async () => {
    const now = clock.now();
    const today = localDay(now, timezone());
    if (doneFor === today || now < startOfDay(today, timezone()) + atMs) return 0;
    const { receiverDays, messageDays } = retention();
    await storage.pushes.forget(now - pushDays * day);
    const receivers = await storage.retention.eraseReceivers(now - receiverDays * day, now, batch);
    const messages = await storage.retention.eraseMessages(now - messageDays * day, batch);
    if (receivers > 0) {
      await storage.audit.add({
        at: now,
        actor: { type: 'automation', name: 'retention' },
        action: 'erased',
        subject: 'receivers',
        detail: { count: receivers, afterDays: receiverDays },
      });
    }
    const taken = receivers + messages;
    if (taken > 0) log.info({ receivers, messages }, 'Personal data was erased');
    else doneFor = today;
    return taken;
  };
}
