import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import type { Vault } from '../ports/vault.ts';
import { createOpenReceiver } from './open-receiver.ts';

export interface PhoneTailDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly vault: Vault;
}

/** The last four digits of the receiver's phone, for a carrier that asks for them. Each opening is audited. */
export function createPhoneTail({ storage, clock, vault }: PhoneTailDeps) {
  const open = createOpenReceiver({ storage, clock, vault });
  return async (waybill: string): Promise<string | undefined> => {
    const found = await storage.views.receiverOf(waybill);
    if (found === undefined) return undefined;
    const { phone } = await open(found.order, found.sealed, 'follow');
    return /\d{4}$/.exec(phone)?.[0];
  };
}
