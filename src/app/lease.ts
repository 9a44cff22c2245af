import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { wallNow } from '../adapters/clock/wall.ts';
import type { Log } from '../ports/log.ts';
import type { Storage } from '../ports/stores.ts';

const lifeMs = 15_000;
const renewMs = 3_000;
const name = 'engine';

/** `host/pid/random`: tells whether a holder on this machine is still alive; two containers may share host and pid. */
const holderName = (): string => `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`;

export interface Lease {
  isHeld(): boolean;
  stop(): Promise<void>;
}

/** Holds the engine's lease and renews it; a second instance waits until the first is gone. */
export async function holdLease(storage: Storage, log: Log): Promise<Lease> {
  const holder = holderName();
  let isHeld = false;
  let until = 0;
  let hasWaited = false;

  async function renew(): Promise<void> {
    const was = isHeld;
    const next = wallNow() + lifeMs;
    isHeld = await storage.leases.take(name, holder, next, wallNow(), isAlive);
    if (isHeld) until = next;
    if (!isHeld && !hasWaited) {
      hasWaited = true;
      log.warn({}, 'Another instance is at work on this database; waiting for it to end');
    }
    if (isHeld && !was) {
      await storage.outbox.freeSending();
      log.info({ holder }, 'At work');
    }
  }

  await renew();
  const timer = setInterval(
    () => void renew().catch((error: unknown) => log.error({ error }, 'Could not renew the lease')),
    renewMs,
  );
  return {
    // When it could not be renewed in time somebody else may have it.
    isHeld: () => isHeld && wallNow() < until,
    async stop() {
      clearInterval(timer);
      isHeld = false;
      await storage.leases.release(name, holder);
    },
  };
}

/** A holder of this very machine whose process has ended cannot come back: nobody has to wait for its lease. */
export function isAlive(holder: string): boolean {
  const [host, pid] = holder.split('/');
  if (host !== hostname() || pid === undefined) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
