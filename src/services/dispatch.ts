import { setImmediate as breath } from 'node:timers/promises';
import type { Alert } from '../domain/alert.ts';
import { bandOf, decideGroup, type GroupDecision, type GroupState, stateOf, type Verdict } from '../domain/dispatch.ts';
import { type Order, tailOf } from '../domain/order.ts';
import { type RaceEnd, raceEnd, refundNotStopped } from '../domain/refund-race.ts';
import { parseSubject } from '../domain/subject.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { GroupSaid, RoomRow, Storage, Stores } from '../ports/stores.ts';
import { alertCard, calling, groupCard, raceEndCard, resolvedCard } from '../render/alert-card.ts';
import { stageWords } from '../render/stage-words.ts';
import { localDay } from '../render/words.ts';
import { alertModel, groupModel, parcelEnd, parcelOf } from './alert-models.ts';
import { type Directory, sourceName, warehouseName } from './directory.ts';
import { createGroupsDue, nextChance, placeOf } from './groups-due.ts';
import { createInTurn, orderRules } from './in-turn.ts';
import { inPieces } from './pieces.ts';
import { isAwake, openInGroup, type RoomMood, type RoomView, roomState, skusOf, waits } from './room-view.ts';
import type { Rulebook } from './rulebook.ts';
import { createSayHeld } from './say-held.ts';
import { explainedBy, oldestData, silentSources } from './source-age.ts';
import { createVoice } from './voice.ts';

export interface DispatchDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly metrics: Metrics;
  /** Alert messages a room takes in an hour before the lesser ones wait. Read at each use: it may be reloaded. */
  readonly perHour: number;
  readonly moodOf: (room: RoomRow) => Promise<RoomMood>;
  /** Who on duty answers for an alert at this moment; undefined when nobody does. */
  readonly owners: () => Promise<(alert: Alert) => string | undefined>;
  readonly rulebook: () => Rulebook;
}

type OwnerOf = (alert: Alert) => string | undefined;

const batchSize = 500;
const anHour = 3_600_000;
const floorLines = 4;
const atOnce = 0;
const priorityOf = { critical: 1, warning: 2, info: 3 } as const;
/** These wait where they are and are decided anew at the next look; the others are kept for a list or in a group. */
const undecided: readonly Verdict['reason'][] = ['source-silent', 'snoozed', 'hour-is-full'];

/** Decides what each room hears, and keeps why. One run = everything that changed since the last. */
export function createDispatch(deps: DispatchDeps): () => Promise<number> {
  const { storage, clock, directory, moodOf } = deps;
  const inTurn = createInTurn(deps);
  const groupsDue = createGroupsDue();
  const { say, decide } = createVoice(deps);
  const sayHeld = createSayHeld({ ...deps, inTurn });

  async function viewRooms(now: number): Promise<readonly RoomView[]> {
    const silences = await storage.noise.silencesInForce(now);
    const views: RoomView[] = [];
    for (const room of await storage.rooms.list())
      views.push({ room, silences: silences.filter(({ roomId }) => roomId === room.id), ...(await moodOf(room)) });
    return views;
  }

  async function dispatchGroup(
    groupKey: string,
    fresh: ReadonlySet<string>,
    views: readonly RoomView[],
    isExplained: (alert: Alert) => boolean,
    ownerOf: OwnerOf,
  ): Promise<void> {
    const chances: number[] = [];
    await storage.transaction(async (tx) => {
      const now = clock.now();
      const announced = (await openInGroup(tx, groupKey)).filter(({ isLateFound }) => !isLateFound);
      const skus = await skusOf(tx, views, announced);
      const unsaid = await inTurn(
        tx,
        announced.filter((alert) => isAwake(alert, now) && !isExplained(alert)),
      );
      const isFresh = ({ id }: Alert) => fresh.has(id);
      const waiting = new Set<Alert>();
      const band = bandOf(stateOf(announced, now).nearestShipBy, now);
      for (const view of views) {
        const memory = await remembered(tx, view.room.id, groupKey, band);
        const saidThisHour = await tx.outbox.alertsSince(view.room.id, now - anHour);
        const decision = decideGroup(
          announced,
          memory,
          roomState(view, {
            isExplained,
            whyUnsaid: ({ id }) => unsaid.get(id),
            skusOf: skus,
            saidThisHour,
            perHour: deps.perHour,
          }),
          now,
        );
        await keep(tx, view, groupKey, decision, memory, isFresh, ownerOf, now);
        for (const alert of undecidedIn(decision)) waiting.add(alert);
        chances.push(nextChance(decision, view, memory?.saidAt, now) ?? Number.POSITIVE_INFINITY);
      }
      const decided = announced.filter((alert) => isFresh(alert) && !waiting.has(alert));
      await inPieces(idsOf(decided), (ids) => tx.alerts.markDispatched(ids, now));
    });
    const next = Math.min(...chances);
    groupsDue.note(groupKey, Number.isFinite(next) ? next : undefined);
  }

  /** Puts one room's decision into rows: what is said, what waits for a list, and why. */
  async function keep(
    tx: Stores,
    view: RoomView,
    groupKey: string,
    { apart, state, verdict }: GroupDecision,
    memory: GroupSaid | undefined,
    isFresh: (alert: Alert) => boolean,
    ownerOf: OwnerOf,
    now: number,
  ): Promise<void> {
    const { room } = view;
    for (const each of apart.filter(({ alert }) => isFresh(alert))) {
      await decide(tx, [each.alert], room, each.verdict);
      if (each.silence !== null) await tx.noise.hold(room.id, each.alert.id, `silence/${each.silence}`, now);
    }
    if (verdict === undefined) return;
    const newcomers = state.open.filter(isFresh);
    const isMessage = verdict.verdict === 'said' || verdict.reason === 'shadow';
    await decide(tx, isMessage ? state.open : newcomers, room, verdict);
    if (verdict.reason === 'quiet-hours' || verdict.reason === 'month-is-tight') {
      const cause = verdict.reason === 'quiet-hours' ? 'quiet-hours' : 'month';
      for (const { id } of newcomers) await tx.noise.hold(room.id, id, cause, now);
    }
    if (isMessage) await sayGroup(tx, view, groupKey, state, memory, verdict.reason, ownerOf, now);
  }

  async function sayGroup(
    tx: Stores,
    { room, isShadow }: RoomView,
    groupKey: string,
    state: GroupState,
    memory: GroupSaid | undefined,
    reason: Verdict['reason'],
    ownerOf: OwnerOf,
    now: number,
  ): Promise<void> {
    const [worst] = state.open;
    if (worst === undefined) return;
    // A group keeps the number it is called by for the day; one order's card carries its own.
    const today = localDay(now, directory.timezone);
    const isOfToday = memory !== undefined && localDay(memory.saidAt, directory.timezone) === today;
    const number = isOfToday && state.open.length > 1 ? memory.number : await tx.alerts.number(worst.id, today);
    const said: GroupSaid = { ...saidOf(state, isOfToday ? memory : undefined, now), number };
    const why = reason === 'doubled' || reason === 'nearer-wall' ? reason : 'first-of-group';
    await tx.alerts.setGroupSaid(room.id, groupKey, said);
    await inPieces(idsOf(state.open), (ids) => tx.alerts.markDispatched(ids, now));
    if (isShadow) return tx.noise.hold(room.id, worst.id, 'shadow', now);
    await tx.noise.heldHeard(room.id, groupKey, now);
    const card =
      state.open.length === 1
        ? alertCard(await alertModel(tx, directory, worst, number, now), room.language)
        : groupCard(
            groupModel(directory, state, { number, reason: why }, await oldestData(tx, directory, now), now),
            room.language,
          );
    const alertId = state.open.length === 1 ? worst.id : null;
    const kind = alertId === null ? 'group' : 'alert';
    // The first of a group needs somebody, unless it is only to be known or all of it is in hand.
    const free = state.open.find(({ claimedBy, severity }) => claimedBy === null && severity !== 'info');
    const owner = reason === 'first-of-group' && free !== undefined ? ownerOf(free) : undefined;
    await say(tx, room, `group/${groupKey}/${now}`, {
      kind,
      priority: priorityOf[state.worst],
      alertId,
      card: calling(card, owner, room.language),
    });
    return undefined;
  }

  async function sayCleared(views: readonly RoomView[]): Promise<void> {
    const byId = new Map(views.map((view) => [view.room.id, view]));
    for (const { roomId, groupKey, said } of await storage.alerts.listClearedGroups()) {
      const view = byId.get(roomId);
      groupsDue.note(groupKey, atOnce);
      await storage.transaction(async (tx) => {
        await tx.alerts.setGroupSaid(roomId, groupKey, undefined);
        if (view === undefined || view.isShadow || said.count < 2) return undefined;
        const model = {
          number: said.number,
          tail: null,
          where: placeOf(directory, groupKey),
          count: await tx.alerts.count({ groupKey, resolvedSince: said.startedAt, isAnnounced: true }),
          how: 'cleared' as const,
          stage: null,
        };
        const now = clock.now();
        const [worst] = await tx.alerts.list({ groupKey, resolvedSince: said.saidAt, limit: 1 });
        const later = worst && waits(view, [worst], await skusOf(tx, [view], [worst]), now);
        if (worst !== undefined && later?.verdict.reason === 'silenced')
          return tx.noise.hold(roomId, worst.id, later.cause, now);
        const card = resolvedCard(model, view.room.language);
        const dueAt = later === undefined ? now : (view.quietUntil ?? now);
        const key = `cleared/${groupKey}/${said.saidAt}`;
        await say(tx, view.room, key, { kind: 'resolved', priority: 4, alertId: null, card, dueAt });
        return undefined;
      });
    }
  }

  async function sayResolved(views: readonly RoomView[]): Promise<void> {
    for (const alert of await storage.alerts.listResolvedUnsaid(batchSize)) {
      await storage.transaction(async (tx) => {
        const now = clock.now();
        const skus = await skusOf(tx, views, [alert]);
        for (const view of views) {
          // Nobody is told the end of what they never heard of.
          if (alert.number === null) continue;
          const { room } = view;
          const memory = await tx.alerts.groupSaid(room.id, alert.groupKey);
          const isOneOfMany = memory !== undefined && memory.count > 1;
          if (isOneOfMany || !(await tx.outbox.isHeard(alert.id, room.id))) continue;
          const later = waits(view, [alert], skus, now);
          if (later !== undefined) {
            await tx.noise.hold(room.id, alert.id, later.cause, now);
            continue;
          }
          const order = alert.facts.orderId === undefined ? undefined : await tx.views.findOrder(alert.facts.orderId);
          const subject = parseSubject(alert.subject);
          const isParcel = subject?.type === 'parcel';
          const stage = order === undefined || alert.ruleId === 'lock-orphaned' ? null : stageWords[order.stage];
          const source =
            typeof alert.facts['source'] === 'string' ? sourceName(alert.facts['source'], directory) : null;
          const model = {
            number: alert.number,
            tail: isParcel ? parcelOf(alert.facts) : order === undefined ? null : tailOf(order.channelOrderNo),
            where:
              source ??
              warehouseName(alert.facts.warehouseId, directory) ??
              (alert.ruleId === 'spike' || alert.ruleId === 'stock-short' ? String(alert.facts['sku'] ?? '') : null),
            count: 1,
            how: alert.resolution ?? ('cleared' as const),
            stage: isParcel ? parcelEnd(await tx.views.findParcel(subject.waybill)) : stage,
          };
          const card =
            alert.ruleId === refundNotStopped && order !== undefined && alert.resolution !== 'person'
              ? raceEndCard({ number: alert.number, ...(await raceOf(tx, order)) }, room.language)
              : resolvedCard(model, room.language);
          await say(tx, room, `resolved/${alert.id}`, { kind: 'resolved', priority: 4, alertId: null, card });
        }
        await tx.alerts.markResolvedSaid([alert.id]);
      });
    }
  }

  /** A snooze or a claim that ran out speaks up by itself. */
  async function sayRunOut(views: readonly RoomView[], ownerOf: OwnerOf): Promise<void> {
    await storage.transaction(async (tx) => {
      const now = clock.now();
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
        const skus = await skusOf(tx, views, [alert]);
        for (const view of views) {
          const { room } = view;
          const memory = await tx.alerts.groupSaid(room.id, alert.groupKey);
          if (memory === undefined || view.isShadow) continue; // never heard of it
          const isOneOfMany = memory.count > 1;
          if (isOneOfMany ? done.has(`${room.id}/${alert.groupKey}`) : alert.number === null) continue;
          const later = waits(view, [alert], skus, now);
          if (later !== undefined) {
            await tx.noise.hold(room.id, alert.id, later.cause, now);
            await decide(tx, [alert], room, later.verdict);
            continue;
          }
          done.add(`${room.id}/${alert.groupKey}`);
          const state = stateOf(await awakeIn(tx, alert.groupKey, now), now);
          if (isOneOfMany) {
            // What was said last is what it doubles from, and still a group's number: its end is told as one.
            const said = saidOf(state, memory, now);
            await tx.alerts.setGroupSaid(room.id, alert.groupKey, {
              ...said,
              count: Math.max(2, said.count),
              number: memory.number,
            });
          }
          const again = { number: memory.number, reason: 'first-of-group' } as const;
          const card = isOneOfMany
            ? groupCard(groupModel(directory, state, again, null, now), room.language)
            : alertCard(await alertModel(tx, directory, alert, alert.number ?? memory.number, now), room.language);
          const [first = [], ...rest] = card.lines;
          const why = runOutWords(reason, alert.claimedBy === null ? '' : directory.personName(alert.claimedBy));
          const lines = [first, [why[room.language]], ...rest].slice(0, floorLines);
          const alertId = isOneOfMany ? null : alert.id;
          const owner = reason === 'claim-expired' ? ownerOf(alert) : undefined;
          const louder = calling({ ...card, lines }, owner, room.language);
          await say(tx, room, key, { kind: 'alert', priority: 1, alertId, card: louder });
          await decide(tx, [alert], room, { verdict: 'said', reason });
        }
      }
    });
  }

  return async () => {
    const now = clock.now();
    const views = await viewRooms(now);
    const silent = await silentSources(storage);
    const isExplained = explainedBy(silent, directory);
    const ownerOf = await deps.owners();
    await sayRunOut(views, ownerOf);
    await sayResolved(views); // while it is still known which of them were one of many
    await sayCleared(views);
    await sayHeld(views, isExplained);
    const fresh = await storage.alerts.listUndispatched(batchSize);
    const late = fresh.filter((alert) => alert.isLateFound);
    if (late.length > 0) {
      await storage.transaction(async (tx) => {
        for (const { room } of views) await decide(tx, late, room, { verdict: 'listed', reason: 'found-late' });
        await tx.alerts.markDispatched(idsOf(late), clock.now());
      });
    }
    const onTime = fresh.filter((alert) => !alert.isLateFound);
    const ids = new Set(onTime.map(({ id }) => id));
    const under = JSON.stringify([views, [...silent]]);
    const isAllDue = groupsDue.isAllDue(under, now);
    const groupKeys = new Set([
      ...onTime.map(({ groupKey }) => groupKey),
      // Groups said before that may have doubled since, or come nearer the wall.
      ...groupsDue.list(now),
      ...(isAllDue ? await storage.alerts.openGroups() : []),
    ]);
    // Of one order, the rule that says most speaks first.
    const order = orderRules(deps.rulebook());
    const place = (groupKey: string): number => {
      const index = order.indexOf(groupKey.split('|', 1)[0] ?? '');
      return index < 0 ? order.length : index;
    };
    for (const groupKey of [...groupKeys].sort((a, b) => place(a) - place(b))) {
      await dispatchGroup(groupKey, ids, views, isExplained, ownerOf);
      await breath();
    }
    if (isAllDue) groupsDue.allLooked(under, now);
    return fresh.length;
  };
}

const raceOf = async (tx: Stores, order: Order): Promise<{ tail: string; end: RaceEnd }> => ({
  tail: tailOf(order.channelOrderNo),
  end: raceEnd(order, await tx.views.fulfillmentsOf(order.id), await tx.views.parcelsOf(order.id)),
});

const idsOf = (alerts: readonly Alert[]): string[] => alerts.map(({ id }) => id);

/** What a room now has heard of a group. */
const saidOf = (state: GroupState, before: GroupSaid | undefined, now: number): Omit<GroupSaid, 'number'> => ({
  startedAt: before?.startedAt ?? now,
  saidAt: now,
  count: state.open.length,
  band: bandOf(state.nearestShipBy, now),
});

/** What was said of a group, for a wall that is past or over: the next one comes nearer by bands of its own. */
async function remembered(tx: Stores, roomId: string, groupKey: string, band: number): Promise<GroupSaid | undefined> {
  const said = await tx.alerts.groupSaid(roomId, groupKey);
  if (said === undefined || band >= said.band) return said;
  const memory = { ...said, band };
  await tx.alerts.setGroupSaid(roomId, groupKey, memory);
  return memory;
}

/** Unresolved, announced at all and not snoozed. */
const awakeIn = async (tx: Stores, groupKey: string, now: number): Promise<readonly Alert[]> =>
  (await openInGroup(tx, groupKey)).filter((alert) => !alert.isLateFound && isAwake(alert, now));

const undecidedIn = ({ apart, state, verdict }: GroupDecision): readonly Alert[] => [
  ...apart.filter((each) => undecided.includes(each.verdict.reason)).map(({ alert }) => alert),
  ...(verdict !== undefined && undecided.includes(verdict.reason) ? state.open : []),
];

const runOutWords = (reason: 'snooze-over' | 'claim-expired', who: string) =>
  reason === 'snooze-over'
    ? { zh: '稍后的时间到了，还没好', en: 'The snooze is over; still not done' }
    : { zh: `${who}的认领到期了，还没好，重新开放`, en: `${who}'s claim has run out and it is not done: open again` };
