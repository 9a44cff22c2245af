import { type Alert, datedNumber } from '../domain/alert.ts';
import { isOpen, parseHours } from '../domain/calendar.ts';
import { stateOf } from '../domain/dispatch.ts';
import { acknowledgeMs, isInVain, type PolicyStep, personOf, type Step, stepsOf } from '../domain/escalation.ts';
import type { Roster } from '../domain/roster.ts';
import type { Rule } from '../domain/rule.ts';
import { covers } from '../domain/silence.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallRow, EscalationRow, Storage, Stores } from '../ports/stores.ts';
import { alertCard, calling, groupCard } from '../render/alert-card.ts';
import { exhaustedCard, untakenCard } from '../render/call-cards.ts';
import { localDay } from '../render/words.ts';
import { alertModel, groupModel } from './alert-models.ts';
import { numberOf } from './alert-number.ts';
import type { Directory } from './directory.ts';
import type { Duty } from './duty/duty.ts';
import { languageOf, privateRoom } from './language.ts';
import { type Ring, roomsThatHeard, type VoiceSource } from './ring.ts';
import { isAwake, openInGroup, skusIn } from './room-view.ts';
import { spokenOf } from './spoken.ts';

/** Which rules ring, by which policy, and whether only while their warehouse is open. */
export type Rings = Readonly<Record<string, { readonly policy: string; readonly hours: 'wall' | 'open' }>>;

export interface EscalateDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly duty: Pick<Duty, 'roster' | 'owners'>;
  readonly rules: () => readonly Rule[];
  readonly rings: () => Rings;
  /** By name; `default` is for every critical alert whose rule names none. */
  readonly policies: () => Readonly<Record<string, readonly PolicyStep[]>>;
  readonly ring: Ring;
  readonly voices: () => readonly VoiceSource[];
}

const usual = 'default';

/** Who stands where at this moment: read before a step, never inside one. */
interface Shift {
  readonly roster: Roster;
  readonly ownerOf: (alert: Alert) => string | undefined;
}

/**
 * Tells and rings one person after the other while nobody takes an alert, as its policy says. What was said in a room
 * begins it; an acknowledgement from any door ends it. Answers how many steps it did.
 */
export function createEscalate(deps: EscalateDeps): (signal: AbortSignal) => Promise<number> {
  const { storage, clock, directory, duty, rules, rings, policies, ring, voices } = deps;

  const policyOf = ({ ruleId, severity }: Alert): string | undefined => {
    const own = rings()[ruleId]?.policy ?? rules().find(({ id }) => id === ruleId)?.policy;
    return severity === 'critical' ? (own ?? usual) : undefined;
  };

  /** What rings only in open hours waits for them. */
  function isTime({ ruleId, facts }: Alert, now: number): boolean {
    if (rings()[ruleId]?.hours !== 'open') return true;
    const warehouse = directory.warehouses().find(({ id }) => id === facts.warehouseId);
    return warehouse === undefined || isOpen(parseHours(warehouse.hours, directory.timezone), now);
  }

  /** Every room that heard of it has silenced it since: then no telephone speaks of it either. */
  async function isHushed(alert: Alert): Promise<boolean> {
    const silences = await storage.noise.silencesInForce(clock.now());
    if (silences.length === 0) return false;
    const rooms = await roomsThatHeard(storage, alert.id);
    const skus = await skusIn(storage, [alert]);
    const isQuietIn = (roomId: string): boolean =>
      silences.some((silence) => silence.roomId === roomId && covers(silence.scope, alert, skus(alert)));
    return rooms.length > 0 && rooms.every(isQuietIn);
  }

  async function begin(): Promise<number> {
    const now = clock.now();
    let begun = 0;
    for (const alert of await storage.calls.toBegin()) {
      const policy = policyOf(alert);
      const steps = stepsOf(policies()[policy ?? ''] ?? []);
      const [first] = steps;
      if (policy === undefined || first === undefined || !isTime(alert, now) || (await isHushed(alert))) continue;
      const run = { alertId: alert.id, groupKey: alert.groupKey, policy, steps, startedAt: now };
      if (await storage.calls.begin({ ...run, nextAt: now + first.wait })) begun += 1;
    }
    return begun;
  }

  /** Somebody took it, or it is over: the run ends at once. Another alert of its group goes on with it. */
  async function anchorOf(run: EscalationRow): Promise<Alert | undefined> {
    const now = clock.now();
    return storage.transaction(async (tx) => {
      const alert = await tx.alerts.find(run.alertId);
      if (alert?.state === 'open' && isAwake(alert, now)) return alert;
      if (alert?.state !== 'resolved') {
        await tx.calls.end(run.id, now, 'acknowledged');
        return undefined;
      }
      const open = (await tx.alerts.list({ state: 'open', groupKey: run.groupKey, limit: 50 })).filter((each) =>
        isAwake(each, now),
      );
      const [next] = open;
      if (next === undefined) await tx.calls.end(run.id, now, 'cleared');
      else await tx.calls.anchor(run.id, next.id);
      return next;
    });
  }

  async function look(run: EscalationRow, shift: Shift): Promise<number> {
    const alert = await anchorOf(run);
    if (alert === undefined) return 1;
    // Whoever silenced it has taken it; when the silence ends and it still stands, it begins anew.
    if (await isHushed(alert)) {
      await storage.calls.end(run.id, clock.now(), 'acknowledged');
      return 1;
    }
    const calls = await storage.calls.ofEscalation(run.id);
    const step = run.steps[run.next];
    // Another round waits for its time: what could not be rung now may be rung then.
    const isSameRound = (other: Step | undefined): boolean =>
      other === undefined || other.round === (run.steps[run.next - 1] ?? other).round;
    const isHurried = isSameRound(step) && isLastInVain(calls);
    if (run.nextAt > clock.now() && !isHurried) return 0;
    const last = calls.at(-1);
    // A process died between two lines: the other one is still to be tried.
    if (isHurried && last?.state === 'refused' && (await ring.goOn(last))) return 1;
    if (step === undefined) {
      await tellExhausted(run, alert, calls);
      return 1;
    }
    const isDone = await carryOut(run, step, alert, shift);
    const following = run.steps[run.next + 1];
    const isInHaste = !isDone && (following === undefined || following.round === step.round);
    const wait = isInHaste ? 0 : (following?.wait ?? (step.do === 'call' ? acknowledgeMs : 0));
    await storage.calls.advance(run.id, run.next, clock.now() + wait);
    return 1;
  }

  /** False when nobody was reached: the next step is due at once. Repeated after a crash, it does nothing twice. */
  async function carryOut(run: EscalationRow, step: Step, alert: Alert, shift: Shift): Promise<boolean> {
    const { roster, ownerOf } = shift;
    if (step.whom.to === 'room') {
      // Its card was the first word in the room.
      if (run.next > 0 || step.wait > 0) await tellRooms(run, alert);
      return true;
    }
    const owner = ownerOf(alert);
    const { warehouseId: warehouse } = alert.facts;
    const of = {
      roster,
      ...(warehouse === undefined ? {} : { warehouse }),
      ...(owner === undefined ? {} : { owner }),
    };
    const personId = personOf(step.whom, of, clock.now());
    if (personId === undefined) return false;
    if (step.do === 'notify' || voices().length === 0) {
      await tellPerson(run, alert, personId);
      return true;
    }
    const number = await numberOf(storage, alert);
    const cause = `esc/${run.id}/${step.round}/${personId}`;
    return ring.plan({
      cause,
      personId,
      escalationId: run.id,
      alertId: alert.id,
      askedBy: null,
      roomId: null,
      spoken: spokenOf(alert, number, directory),
    });
  }

  const ackOf = async (
    tx: Pick<Stores, 'alerts'>,
    alert: Alert,
  ): Promise<{ number: number | null; ack: string | null }> => {
    const number = await numberOf(tx, alert);
    const day = alert.day ?? localDay(clock.now(), directory.timezone);
    return { number, ack: number === null ? null : `/ack ${datedNumber(number, day)}` };
  };

  async function tellRooms(run: EscalationRow, alert: Alert): Promise<void> {
    const called = await ackOf(storage, alert);
    const model = { ...called, say: directory.ruleSay(alert.ruleId), waited: clock.now() - run.startedAt };
    for (const roomId of await roomsThatHeard(storage, alert.id))
      await put(`esc/${run.id}/${run.next}`, roomId, untakenCard(model, await languageOf(storage, roomId)));
  }

  async function tellExhausted(run: EscalationRow, alert: Alert, calls: readonly CallRow[]): Promise<void> {
    if (run.steps.some((step) => step.do === 'call')) {
      const names = new Map(voices().map(({ id, name }) => [id, name]));
      const model = {
        ...(await ackOf(storage, alert)),
        hasVoice: voices().length > 0,
        calls: calls
          .filter((call) => !isBesidesThePoint(call, calls))
          .map(({ personId, provider, state, why }) => ({
            who: directory.personName(`person:${personId}`),
            provider: names.get(provider) ?? { zh: provider, en: provider },
            state,
            why,
          })),
      };
      for (const roomId of await roomsThatHeard(storage, alert.id))
        await put(`esc/${run.id}/end`, roomId, exhaustedCard(model, await languageOf(storage, roomId)));
    }
    await storage.calls.end(run.id, clock.now(), 'exhausted');
  }

  /** The card once more, to one person: in private where they can be reached so, else by name in a room. */
  async function tellPerson(run: EscalationRow, alert: Alert, personId: string): Promise<void> {
    const place = await placeOf(personId);
    if (place === undefined) return;
    const language = await languageOf(storage, place.roomId);
    const now = clock.now();
    const number = (await numberOf(storage, alert)) ?? 0;
    const open = (await openInGroup(storage, alert.groupKey)).filter((each) => isAwake(each, now) && !each.isLateFound);
    const card =
      open.length > 1
        ? groupCard(
            groupModel(directory, stateOf(open, now), { number, reason: 'first-of-group' }, null, now),
            language,
          )
        : alertCard(await alertModel(storage, directory, alert, number, now), language);
    await put(`esc/${run.id}/${run.next}`, place.roomId, place.isPrivate ? card : calling(card, personId, language));
  }

  async function placeOf(personId: string): Promise<{ roomId: string; isPrivate: boolean } | undefined> {
    const accounts = await storage.people.accountsOf([personId]);
    const privately = await storage.inbound.lastHeard(
      accounts.map(({ platform, userId }) => privateRoom(platform, userId)),
    );
    if (privately !== undefined) return { roomId: privately, isPrivate: true };
    for (const { id, platform, chatId } of await storage.rooms.list()) {
      const account = accounts.find((each) => each.platform === platform);
      if (account === undefined || chatId === '') continue;
      // WeCom's bot may not be the first to speak to a person (wecom.md §3): there they are called in the room.
      if (platform !== 'wecom') return { roomId: privateRoom(platform, account.userId), isPrivate: true };
      return { roomId: id, isPrivate: false };
    }
    return undefined;
  }

  const put = (key: string, roomId: string, card: Parameters<Stores['outbox']['add']>[0]['card']): Promise<boolean> =>
    storage.outbox.add({
      key: `${key}/${roomId}`,
      roomId,
      kind: 'notice',
      priority: 1,
      alertId: null,
      card,
      dueAt: clock.now(),
    });

  return async (signal) => {
    let done = await begin();
    const shift: Shift = { roster: await duty.roster(), ownerOf: await duty.owners() };
    for (let steps = 1; steps > 0 && !signal.aborted; ) {
      steps = 0;
      for (const run of await storage.calls.underWay()) steps += await look(run, shift);
      done += steps + (await ring.run(signal));
    }
    return done;
  };
}

/** A line that does not reach somebody whom another line does. */
const isBesidesThePoint = ({ id, why, personId }: CallRow, calls: readonly CallRow[]): boolean =>
  why === 'no-number' && calls.some((other) => other.personId === personId && other.id !== id && other.why !== why);

/** Nobody can come to the telephone that was rung last, and no provider is left to try. */
function isLastInVain(calls: readonly CallRow[]): boolean {
  const last = calls.at(-1);
  if (last === undefined) return false;
  const cause = last.cause.slice(0, -last.provider.length);
  const same = calls.filter((each) => each.cause.startsWith(cause));
  return same.every(({ state }) => isInVain(state));
}
