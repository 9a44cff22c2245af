import type { Alert } from '../domain/alert.ts';
import type { Card } from '../domain/card.ts';
import { bandOf, decideGroup, type GroupState, stateOf, type Verdict } from '../domain/dispatch.ts';
import { tailOf } from '../domain/order.ts';
import { parseSubject } from '../domain/subject.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { GroupSaid, RoomRow, Storage, Stores } from '../ports/stores.ts';
import { alertCard, calling, groupCard, resolvedCard } from '../render/alert-card.ts';
import { stageWords } from '../render/stage-words.ts';
import { localDay } from '../render/words.ts';
import { alertModel, groupModel, parcelEnd, parcelOf } from './alert-models.ts';
import { createCalendars } from './calendars.ts';
import { type Directory, sourceName, warehouseName } from './directory.ts';
import { createGroupsDue, isSpoken, nextChance, placeOf } from './groups-due.ts';
import { createInTurn, orderRules } from './in-turn.ts';
import type { Rulebook } from './rulebook.ts';
import { explainedBy, oldestData, silentSources } from './source-age.ts';

export interface DispatchDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly metrics: Metrics;
  /** Who on duty answers for an alert at this moment; undefined when nobody does. */
  readonly owners: () => Promise<(alert: Alert) => string | undefined>;
  readonly rulebook: () => Rulebook;
  /** Alert messages a room takes in an hour before the lesser ones wait. Read at each use: it may be reloaded. */
  readonly perHour: number;
}

type OwnerOf = (alert: Alert) => string | undefined;

const batchSize = 500;
/** More than one bad day finds: who is left out here would be looked at for ever and never said. */
const mostOpen = 50_000;
const anHour = 3_600_000;
const floorLines = 4;
const atOnce = 0;
const priorityOf = { critical: 1, warning: 2, info: 3 } as const;

/** Decides what each room hears, and keeps why. One run = everything that changed since the last. */
export function createDispatch(deps: DispatchDeps): () => Promise<number> {
  const { storage, clock, directory, metrics } = deps;
  const inTurn = createInTurn({ ...deps, calendarOf: createCalendars(directory) });
  const groupsDue = createGroupsDue();

  async function say(
    tx: Stores,
    room: RoomRow,
    key: string,
    kind: 'alert' | 'group' | 'resolved' | 'notice',
    priority: number,
    alertId: string | null,
    card: Card,
  ): Promise<void> {
    await tx.outbox.add({
      key: `${key}/${room.id}`,
      roomId: room.id,
      kind,
      priority,
      alertId,
      card,
      dueAt: clock.now(),
    });
  }

  /** Keeps the reason once, not at every look. */
  async function decide(tx: Stores, alert: Alert, room: RoomRow, { verdict, reason }: Verdict): Promise<void> {
    const last = (await tx.alerts.decisionsFor(alert.id)).findLast((each) => each.roomId === room.id);
    if (last?.verdict === verdict && last.reason === reason) return;
    await tx.alerts.decide(alert.id, room.id, clock.now(), verdict, reason);
    metrics.decided(verdict, reason);
  }

  /** What a group's message is about: unresolved, announced at all, not snoozed. */
  const openOf = async (tx: Stores, groupKey: string, now: number): Promise<readonly Alert[]> =>
    (await tx.alerts.list({ state: 'unresolved', groupKey, limit: mostOpen })).filter((alert) => isSpoken(alert, now));

  async function dispatchGroup(
    groupKey: string,
    fresh: ReadonlySet<string>,
    rooms: readonly RoomRow[],
    isExplained: (alert: Alert) => boolean,
    ownerOf: OwnerOf,
  ): Promise<void> {
    const chances: number[] = [];
    await storage.transaction(async (tx) => {
      const now = clock.now();
      const all = await openOf(tx, groupKey, now);
      const heard = all.filter((alert) => !isExplained(alert));
      const unsaid = await inTurn(tx, heard);
      const open = heard.filter(({ id }) => !unsaid.has(id));
      const isFresh = ({ id }: Alert) => fresh.has(id);
      const newcomers = open.filter(isFresh);
      const explained = all.filter((alert) => isExplained(alert) && isFresh(alert));
      const listed = heard.filter((alert) => unsaid.has(alert.id) && isFresh(alert));
      const state = stateOf(open, now);
      let isHeldBack = false;
      for (const room of rooms) {
        for (const alert of explained) await decide(tx, alert, room, { verdict: 'held-back', reason: 'source-silent' });
        for (const alert of listed)
          await decide(tx, alert, room, { verdict: 'listed', reason: unsaid.get(alert.id) ?? 'in-its-turn' });
        if (open.length === 0) continue;
        const memory = await tx.alerts.groupSaid(room.id, groupKey);
        const saidThisHour = await tx.outbox.alertsSince(room.id, now - anHour);
        const verdict = decideGroup(
          state,
          memory,
          { hears: room.hears.severity, saidThisHour, perHour: deps.perHour },
          now,
        );
        for (const alert of verdict.verdict === 'said' ? open : newcomers) await decide(tx, alert, room, verdict);
        if (verdict.verdict === 'said') await sayGroup(tx, room, groupKey, state, memory, verdict.reason, ownerOf, now);
        isHeldBack ||= verdict.verdict === 'held-back';
        chances.push(nextChance(state, verdict, memory?.saidAt, now) ?? Number.POSITIVE_INFINITY);
      }
      await tx.alerts.markDispatched(idsOf(isHeldBack ? listed : [...listed, ...newcomers]), now);
    });
    const next = Math.min(...chances);
    groupsDue.note(groupKey, Number.isFinite(next) ? next : undefined);
  }

  async function sayGroup(
    tx: Stores,
    room: RoomRow,
    groupKey: string,
    state: GroupState,
    memory: GroupSaid | undefined,
    reason: Extract<Verdict, { verdict: 'said' }>['reason'],
    ownerOf: OwnerOf,
    now: number,
  ): Promise<void> {
    const [worst] = state.open;
    if (worst === undefined) return;
    // A group keeps the number it is called by for the day; one order's card carries its own.
    const today = localDay(now, directory.timezone);
    const isOfToday = memory !== undefined && localDay(memory.saidAt, directory.timezone) === today;
    const number = isOfToday && state.open.length > 1 ? memory.number : await tx.alerts.number(worst.id, today);
    const said: GroupSaid = { saidAt: now, count: state.open.length, band: bandOf(state.nearestShipBy, now), number };
    const why = reason === 'doubled' || reason === 'nearer-wall' ? reason : 'first-of-group';
    const card =
      state.open.length === 1
        ? alertCard(await alertModel(tx, directory, worst, number, now), room.language)
        : groupCard(
            groupModel(directory, state, { number, reason: why }, await oldestData(tx, directory, now), now),
            room.language,
          );
    const alertId = state.open.length === 1 ? worst.id : null;
    // The first of a group needs somebody, unless it is only to be known or all of it is in hand.
    const free = state.open.find(({ claimedBy, severity }) => claimedBy === null && severity !== 'info');
    const owner = reason === 'first-of-group' && free !== undefined ? ownerOf(free) : undefined;
    await say(
      tx,
      room,
      `group/${groupKey}/${now}`,
      alertId === null ? 'group' : 'alert',
      priorityOf[state.worst],
      alertId,
      calling(card, owner, room.language),
    );
    await tx.alerts.setGroupSaid(room.id, groupKey, said);
    await tx.alerts.markDispatched(idsOf(state.open), now);
  }

  async function sayCleared(rooms: readonly RoomRow[]): Promise<void> {
    const byId = new Map(rooms.map((room) => [room.id, room]));
    for (const { roomId, groupKey, said } of await storage.alerts.listClearedGroups()) {
      const room = byId.get(roomId);
      groupsDue.note(groupKey, atOnce);
      await storage.transaction(async (tx) => {
        await tx.alerts.setGroupSaid(roomId, groupKey, undefined);
        if (room === undefined || said.count < 2) return;
        const model = {
          number: said.number,
          tail: null,
          where: placeOf(directory, groupKey),
          count: said.count,
          how: 'cleared' as const,
          stage: null,
        };
        await say(
          tx,
          room,
          `cleared/${groupKey}/${said.saidAt}`,
          'resolved',
          4,
          null,
          resolvedCard(model, room.language),
        );
      });
    }
  }

  async function sayResolved(rooms: readonly RoomRow[]): Promise<void> {
    for (const alert of await storage.alerts.listResolvedUnsaid(batchSize)) {
      await storage.transaction(async (tx) => {
        for (const room of rooms) {
          // Nobody is told the end of what they never heard of.
          if (alert.number === null) continue;
          const memory = await tx.alerts.groupSaid(room.id, alert.groupKey);
          const isOneOfMany = memory !== undefined && memory.count > 1;
          if (isOneOfMany || !(await tx.outbox.isHeard(alert.id, room.id))) continue;
          const order = alert.facts.orderId === undefined ? undefined : await tx.views.findOrder(alert.facts.orderId);
          const source =
            typeof alert.facts['source'] === 'string' ? sourceName(alert.facts['source'], directory) : null;
          const subject = parseSubject(alert.subject);
          const isParcel = subject?.type === 'parcel';
          const stage = order === undefined || alert.ruleId === 'lock-orphaned' ? null : stageWords[order.stage];
          const model = {
            number: alert.number,
            tail: isParcel ? parcelOf(alert.facts) : order === undefined ? null : tailOf(order.channelOrderNo),
            where:
              source ??
              warehouseName(alert.facts.warehouseId, directory) ??
              (alert.ruleId === 'spike' ? String(alert.facts['sku'] ?? '') : null),
            count: 1,
            how: alert.resolution ?? ('cleared' as const),
            stage: isParcel ? parcelEnd(await tx.views.findParcel(subject.waybill)) : stage,
          };
          await say(tx, room, `resolved/${alert.id}`, 'resolved', 4, null, resolvedCard(model, room.language));
        }
        await tx.alerts.markResolvedSaid([alert.id]);
      });
    }
  }

  /** A snooze or a claim that ran out speaks up by itself. */
  async function sayRunOut(rooms: readonly RoomRow[], ownerOf: OwnerOf): Promise<void> {
    const now = clock.now();
    await storage.transaction(async (tx) => {
      const over = [
        ...(await tx.alerts.listSnoozeEnded(now, batchSize)).map((alert) => ({
          alert,
          reason: 'snooze-over' as const,
          key: `snooze/${alert.id}/${alert.snoozedUntil}`,
        })),
        ...(await tx.alerts.expireClaims(now)).map((alert) => ({
          alert,
          reason: 'claim-expired' as const,
          key: `claim/${alert.id}/${alert.claimUntil}`,
        })),
      ];
      const done = new Set<string>();
      for (const { alert, reason, key } of over) {
        groupsDue.note(alert.groupKey, atOnce);
        for (const room of rooms) {
          const memory = await tx.alerts.groupSaid(room.id, alert.groupKey);
          if (memory === undefined) continue; // never heard of it
          const isOneOfMany = memory.count > 1;
          if (isOneOfMany ? done.has(`${room.id}/${alert.groupKey}`) : alert.number === null) continue;
          done.add(`${room.id}/${alert.groupKey}`);
          const card = isOneOfMany
            ? groupCard(
                groupModel(
                  directory,
                  stateOf(await openOf(tx, alert.groupKey, now), now),
                  { number: memory.number, reason: 'first-of-group' },
                  null,
                  now,
                ),
                room.language,
              )
            : alertCard(await alertModel(tx, directory, alert, alert.number ?? memory.number, now), room.language);
          const [first = [], ...rest] = card.lines;
          const why = runOutWords(reason, alert.claimedBy === null ? '' : directory.personName(alert.claimedBy));
          const lines = [first, [why[room.language]], ...rest].slice(0, floorLines);
          const owner = reason === 'claim-expired' ? ownerOf(alert) : undefined;
          const louder = calling({ ...card, lines }, owner, room.language);
          await say(tx, room, key, 'alert', 1, isOneOfMany ? null : alert.id, louder);
          await decide(tx, alert, room, { verdict: 'said', reason });
        }
      }
    });
  }

  return async () => {
    const rooms = await storage.rooms.list();
    const now = clock.now();
    const ownerOf = await deps.owners();
    await sayRunOut(rooms, ownerOf);
    await sayResolved(rooms); // while it is still known which of them were one of many
    await sayCleared(rooms);
    const fresh = await storage.alerts.listUndispatched(batchSize);
    const late = fresh.filter((alert) => alert.isLateFound);
    if (late.length > 0) {
      await storage.transaction(async (tx) => {
        for (const alert of late)
          for (const room of rooms) await decide(tx, alert, room, { verdict: 'listed', reason: 'found-late' });
        await tx.alerts.markDispatched(idsOf(late), clock.now());
      });
    }
    const onTime = fresh.filter((alert) => !alert.isLateFound);
    const ids = new Set(onTime.map(({ id }) => id));
    const silent = await silentSources(storage);
    const isExplained = explainedBy(silent, directory);
    const isAllDue = groupsDue.isAllDue(rooms, silent, now);
    const groupKeys = new Set([
      ...onTime.map(({ groupKey }) => groupKey),
      // Groups said before that may have doubled since, or come nearer the wall.
      ...groupsDue.list(now),
      ...(isAllDue ? await storage.alerts.list({ state: 'unresolved', limit: mostOpen }) : []).map(
        (each) => each.groupKey,
      ),
    ]);
    // Of one order, the rule that says most speaks first.
    const order = orderRules(deps.rulebook());
    const place = (groupKey: string): number => order.indexOf(groupKey.split('|', 1)[0] ?? '');
    for (const groupKey of [...groupKeys].sort((a, b) => place(a) - place(b)))
      await dispatchGroup(groupKey, ids, rooms, isExplained, ownerOf);
    if (isAllDue) groupsDue.allLooked(rooms, silent, now);
    return fresh.length;
  };
}

const idsOf = (alerts: readonly Alert[]): string[] => alerts.map(({ id }) => id);

const runOutWords = (reason: 'snooze-over' | 'claim-expired', who: string) =>
  reason === 'snooze-over'
    ? { zh: '稍后的时间到了，还没好', en: 'The snooze is over; still not done' }
    : { zh: `${who}的认领到期了，还没好，重新开放`, en: `${who}'s claim has run out and it is not done: open again` };
