import { type Order, orderSubject } from '../domain/order.ts';
import type { ReceiverSecret } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import type { Vault } from '../ports/vault.ts';

/**
 * Opens an order's sealed receiver for one use, and writes down who did and for whom. Throws RejectedError (KEY_GONE,
 * SEAL_BROKEN) when it cannot be opened any more.
 */
export function createOpenReceiver({
  storage,
  clock,
  vault,
}: {
  readonly storage: Pick<Storage, 'audit'>;
  readonly clock: Clock;
  readonly vault: Vault;
}) {
  return async (
    { shopId, channelOrderNo }: Pick<Order, 'shopId' | 'channelOrderNo'>,
    sealed: string,
    name: string,
    detail?: Readonly<Record<string, unknown>>,
  ): Promise<ReceiverSecret> => {
    const receiver = JSON.parse(vault.open(sealed)) as ReceiverSecret;
    await storage.audit.add({
      at: clock.now(),
      actor: { type: 'automation', name },
      action: 'receiver.open',
      subject: orderSubject(shopId, channelOrderNo),
      ...(detail === undefined ? {} : { detail }),
    });
    return receiver;
  };
}
