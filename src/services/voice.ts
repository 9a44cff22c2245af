import type { Alert } from '../domain/alert.ts';
import type { Card } from '../domain/card.ts';
import type { Verdict } from '../domain/dispatch.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { NewOutbox, RoomRow, Stores } from '../ports/stores.ts';
import { inPieces } from './pieces.ts';

/** Puts words out for a room, and keeps why something was said or not. Both within the caller's step. */
export function createVoice({ clock, metrics }: { clock: Clock; metrics: Metrics }) {
  return {
    say: async (
      tx: Stores,
      room: RoomRow,
      key: string,
      message: Pick<NewOutbox, 'kind' | 'priority' | 'alertId'> & { readonly card: Card; readonly dueAt?: number },
    ): Promise<void> => {
      const { kind, priority, alertId, card, dueAt = clock.now() } = message;
      await tx.outbox.add({ key: `${key}/${room.id}`, roomId: room.id, kind, priority, alertId, card, dueAt });
    },
    /** Keeps the reason once, not at every look. */
    decide: (tx: Stores, alerts: readonly Alert[], room: RoomRow, { verdict, reason }: Verdict): Promise<void> =>
      inPieces(alerts, async (piece) => {
        const ids = piece.map(({ id }) => id);
        const fresh = await tx.alerts.decide(ids, room.id, clock.now(), verdict, reason);
        if (fresh > 0) metrics.decided(verdict, reason, fresh);
      }),
  };
}
