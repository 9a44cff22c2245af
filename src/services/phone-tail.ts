import { orderSubject } from '../domain/order.ts';
import type { ReceiverSecret } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import type { Vault } from '../ports/vault.ts';

export interface PhoneTailDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly vault: Vault;
}

/** The last four digits of the receiver's phone, for a carrier that asks for them. Each opening is audited. */
export function createPhoneTail({ storage, clock, vault }: PhoneTailDeps) {
  return async (waybill: string): Promise<string | undefined> => {
    const found = await storage.views.receiverOf(waybill);
    if (found === undefined) return undefined;
    const { phone } = JSON.parse(vault.open(found.sealed)) as ReceiverSecret;
    await storage.audit.add({
      at: clock.now(),
      actor: { type: 'automation', name: 'follow' },
      action: 'receiver.open',
      subject: orderSubject(found.order.shopId, found.order.channelOrderNo),
    });
    return /\d{4}$/.exec(phone)?.[0];
  };
}
