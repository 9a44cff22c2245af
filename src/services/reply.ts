import type { Card } from '../domain/card.ts';
import type { InboundRow, Stores } from '../ports/stores.ts';

/**
 * What a verb answers: cards, or a step that writes and then tells what to say. A step runs in the one transaction that
 * also stores its cards and ends the message: after a crash all of it is there or none, and the message is looked at
 * again. It uses nothing but `tx`, and never waits for the outside.
 */
export type Answer = readonly Card[] | Step;
export type Step = (tx: Stores) => Promise<readonly Card[]>;

/** Stores the answer to a message and ends the message, in the caller's step. */
export async function storeReply(
  tx: Stores,
  { id, roomId }: Pick<InboundRow, 'id' | 'roomId'>,
  cards: readonly Card[],
  now: number,
): Promise<void> {
  for (const [index, card] of cards.entries()) {
    await tx.outbox.add({
      key: `reply/${id}/${index}`,
      roomId,
      kind: 'reply',
      priority: 0,
      alertId: null,
      card,
      dueAt: now,
    });
  }
  await tx.inbound.done(id, now);
}
