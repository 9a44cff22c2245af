import type { Alert } from '../domain/alert.ts';
import type { Card } from '../domain/card.ts';
import type { Verdict } from '../domain/dispatch.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { NewOutbox, RoomRow, Stores } from '../ports/stores.ts';

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
    decide: async (tx: Stores, alert: Alert, room: RoomRow, { verdict, reason }: Verdict): Promise<void> => {
      const last = (await tx.alerts.decisionsFor(alert.id)).findLast((each) => each.roomId === room.id);
      if (last?.verdict === verdict && last.reason === reason) return;
      await tx.alerts.decide(alert.id, room.id, clock.now(), verdict, reason);
      metrics.decided(verdict, reason);
    },
  };
}
