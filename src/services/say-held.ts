import type { Alert } from '../domain/alert.ts';
import { bandOf, decideGroup, type Verdict } from '../domain/dispatch.ts';
import { severityRank } from '../domain/rule.ts';
import type { Silence } from '../domain/silence.ts';
import type { Text } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { HeldCause, Storage, Stores } from '../ports/stores.ts';
import { type HeldGroup, heldCard } from '../render/held-card.ts';
import { localDay } from '../render/words.ts';
import type { Directory } from './directory.ts';
import { placeOf } from './groups-due.ts';
import type { createInTurn } from './in-turn.ts';
import { isAwake, openInGroup, type RoomView, roomState, skusOf } from './room-view.ts';
import { scopeWords } from './silence-words.ts';
import { createVoice } from './voice.ts';

export interface SayHeldDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly metrics: Metrics;
  /** Which alerts of a group need no words of their own. */
  readonly inTurn: ReturnType<typeof createInTurn>;
}

/** When a silence, the quiet hours or a short month are over: one list of what the room did not hear. Nothing is dropped. */
export function createSayHeld(deps: SayHeldDeps) {
  const { storage, clock, directory, inTurn } = deps;
  const { say, decide } = createVoice(deps);

  /** What is still open becomes a group the room knows of, by a number; what is kept apart again moves on. */
  async function groupsOf(
    tx: Stores,
    view: RoomView,
    held: readonly Alert[],
    isExplained: (alert: Alert) => boolean,
    now: number,
  ): Promise<readonly HeldGroup[]> {
    const { room } = view;
    const groups: HeldGroup[] = [];
    const today = localDay(now, directory.timezone);
    for (const groupKey of new Set(held.filter(({ state }) => state !== 'resolved').map((each) => each.groupKey))) {
      const open = (await openInGroup(tx, groupKey)).filter(({ isLateFound }) => !isLateFound);
      const memory = await tx.alerts.groupSaid(room.id, groupKey);
      const skus = await skusOf(tx, [view], open);
      const unsaid = await inTurn(
        tx,
        open.filter((alert) => isAwake(alert, now) && !isExplained(alert)),
      );
      const { apart, state } = decideGroup(
        open,
        memory,
        roomState(view, {
          isExplained,
          whyUnsaid: ({ id }) => unsaid.get(id),
          skusOf: skus,
          saidThisHour: 0,
          perHour: 1,
        }),
        now,
      );
      for (const { alert, silence } of apart)
        if (silence !== null && held.some(({ id }) => id === alert.id))
          await tx.noise.hold(room.id, alert.id, `silence/${silence}`, now);
      const [worst] = state.open;
      if (worst === undefined) continue;
      const isOfToday = memory !== undefined && localDay(memory.saidAt, directory.timezone) === today;
      const number = isOfToday && state.open.length > 1 ? memory.number : await tx.alerts.number(worst.id, today);
      await tx.alerts.setGroupSaid(room.id, groupKey, {
        startedAt: memory?.startedAt ?? now,
        saidAt: now,
        count: state.open.length,
        band: bandOf(state.nearestShipBy, now),
        number,
      });
      groups.push({
        number,
        severity: state.worst,
        say: directory.ruleSay(worst.ruleId),
        where: placeOf(directory, groupKey),
        count: state.open.length,
        nearestShipBy: state.nearestShipBy,
      });
    }
    return groups.toSorted(
      (one, other) =>
        severityRank(other.severity) - severityRank(one.severity) ||
        (one.nearestShipBy ?? Number.POSITIVE_INFINITY) - (other.nearestShipBy ?? Number.POSITIVE_INFINITY),
    );
  }

  async function sayList(
    tx: Stores,
    view: RoomView,
    cause: HeldCause,
    { title, reason, isExplained }: { title: Text; reason: Verdict; isExplained: (alert: Alert) => boolean },
  ): Promise<void> {
    const now = clock.now();
    const { room } = view;
    const held = await tx.noise.heldIn(room.id, cause);
    await tx.noise.heldSaid(room.id, cause, now);
    // In the first days the room is told that it is over, and one person hears the rest.
    const groups = view.isShadow ? [] : await groupsOf(tx, view, held, isExplained, now);
    await decide(tx, held, room, reason);
    const over = held.filter(({ state }) => state === 'resolved').length;
    const model = { title, total: held.length, over, groups, now, timezone: directory.timezone };
    const card = heldCard(model, room.language);
    await say(tx, room, `${cause}/${now}`, { kind: 'group', priority: 2, alertId: null, card });
  }

  async function saySilenceOver(
    view: RoomView | undefined,
    silence: Silence,
    isExplained: (alert: Alert) => boolean,
  ): Promise<void> {
    await storage.transaction(async (tx) => {
      await tx.noise.silenceEndSaid(silence.id);
      if (view === undefined) return; // the room is gone
      const what = scopeWords(silence.scope, directory);
      const title = { zh: `免打扰结束（${what.zh}），期间`, en: `The silence on ${what.en} is over` };
      const reason = { verdict: 'listed', reason: 'silence-over' } as const;
      await sayList(tx, view, `silence/${silence.id}`, { title, reason, isExplained });
    });
  }

  return async (views: readonly RoomView[], isExplained: (alert: Alert) => boolean): Promise<void> => {
    const byId = new Map(views.map((view) => [view.room.id, view]));
    for (const silence of await storage.noise.silencesOver(clock.now())) {
      const view = byId.get(silence.roomId);
      // A list is no reason to ring in the night.
      if (view?.quietUntil != null) continue;
      await saySilenceOver(view, silence, isExplained);
    }
    for (const { roomId, cause } of await storage.noise.heldCauses()) {
      const view = byId.get(roomId);
      const kind = cause === 'quiet-hours' || cause === 'month' ? standing[cause] : undefined;
      if (view === undefined || kind === undefined || view.quietUntil !== null) continue;
      if (cause === 'month' && view.isTight) continue;
      await storage.transaction((tx) => sayList(tx, view, cause as HeldCause, { ...kind, isExplained }));
    }
  };
}

const standing = {
  'quiet-hours': {
    title: { zh: '安静时段没响的', en: 'While it was quiet here' },
    reason: { verdict: 'listed', reason: 'quiet-hours-over' },
  },
  month: {
    title: { zh: '上月额度紧，没发到群里的', en: 'Held back while the month was short of calls' },
    reason: { verdict: 'listed', reason: 'month-over' },
  },
} as const;
