import type { Card } from '../domain/card.ts';
import type { Stores } from '../ports/stores.ts';

/** Stores the answer to a message and ends the message, in the caller's step: after a crash nothing is answered twice. */
export async function storeReply(
  tx: Stores,
  inboundId: number,
  roomId: string,
  cards: readonly Card[],
  now: number,
): Promise<void> {
  for (const [index, card] of cards.entries()) {
    await tx.outbox.add({
      key: `reply/${inboundId}/${index}`,
      roomId,
      kind: 'reply',
      priority: 0,
      alertId: null,
      card,
      dueAt: now,
    });
  }
  await tx.inbound.done(inboundId, now);
}
