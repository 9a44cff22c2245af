import { notice } from '../domain/card.ts';
import { AppError, OutcomeUnknownError } from '../domain/errors.ts';
import { acknowledgeMs, callMemory, isOnShift, type Spoken, whyNotNow } from '../domain/escalation.ts';
import type { Text } from '../domain/text.ts';
import type { PushAnswer } from '../ports/carrier.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { CallRow, Storage, Stores } from '../ports/stores.ts';
import type { Callee, Voice } from '../ports/voice.ts';
import { callOutcome, ringingCard } from '../render/call-cards.ts';
import { numberOf } from './alert-number.ts';
import type { Directory } from './directory.ts';
import type { Duty } from './duty/duty.ts';
import { languageOf } from './language.ts';
import { isSameSecret } from './same-secret.ts';

/** A configured line to telephones. */
export interface VoiceSource {
  readonly id: string;
  readonly name: Text;
  readonly voice: Voice;
  /** Part of the path that receipts come to: their provider does not sign. */
  readonly hookSecret: string;
}

export interface RingDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly duty: Pick<Duty, 'roster'>;
  /** In the order in which they are tried. */
  readonly voices: () => readonly VoiceSource[];
  readonly mobileOf: (personId: string) => string | undefined;
  /** Calls that one person may get in a night. */
  readonly perNight: () => number;
  readonly log: Log;
}

/** Whom to ring and for what. `cause`: nobody is rung twice for one. */
export interface Wanted {
  readonly cause: string;
  readonly personId: string;
  readonly escalationId: number | null;
  readonly alertId: string | null;
  readonly askedBy: string | null;
  readonly roomId: string | null;
  readonly spoken: Spoken;
}

/** A provider that tells is asked so often, and for so long. */
const lookEveryMs = 20_000;
const lookForMs = 15 * 60_000;
/** As long as a yes about an order. */
const askedHoldsMs = 5 * 60_000;
const ours = /^w(\d{1,12})$/;

const pastCall = ({ dialledAt, provider, state }: CallRow) => ({ at: dialledAt ?? 0, provider, state });

export type Ring = ReturnType<typeof createRing>;

/**
 * Rings telephones. A call is a row before it is dialled, is dialled once, and is never dialled again when nobody knows
 * what became of it. What the provider refuses goes to the next provider at once.
 */
export function createRing({ storage, clock, directory, duty, voices, mobileOf, perNight, log }: RingDeps) {
  let isFirstRun = true;

  async function calleeOf(personId: string): Promise<Callee> {
    const accounts = await storage.people.accountsOf([personId]);
    return {
      dingtalk: accounts.find(({ platform }) => platform === 'dingtalk')?.userId ?? null,
      mobile: mobileOf(personId) ?? null,
    };
  }

  const causeOf = (cause: string, provider: string): string => `${cause}/${provider}`;

  /**
   * Plans a call with the first provider that has not refused this cause yet, and keeps why the others cannot. Answers
   * false when none is left, or none is configured.
   */
  async function plan(wanted: Wanted, tried: ReadonlySet<string>): Promise<boolean> {
    const callee = await calleeOf(wanted.personId);
    const at = clock.now();
    const past = await storage.calls.ofPerson(wanted.personId, at - callMemory);
    for (const { id, voice } of voices()) {
      if (tried.has(id)) continue;
      const limits = { at, zone: directory.timezone, perNight: perNight() };
      const why = voice.reaches(callee) ? (whyNotNow(past.map(pastCall), id, limits) ?? null) : 'no-number';
      const { cause, ...rest } = wanted;
      const isNew = await storage.calls.plan({ ...rest, cause: causeOf(cause, id), provider: id, why, plannedAt: at });
      if (isNew && why === null) return true;
    }
    return false;
  }

  /** Whether it has still to ring: nobody took the alert, and the person is on shift. */
  async function whyDrop(tx: Stores, call: CallRow, isThere: boolean): Promise<'dropped' | 'off-shift' | undefined> {
    if (call.escalationId !== null) {
      const run = await tx.calls.ofRun(call.escalationId);
      const alert = run === undefined ? undefined : await tx.alerts.find(run.alertId);
      const isFree = alert?.state === 'open' && (alert.snoozedUntil === null || alert.snoozedUntil <= clock.now());
      if (run?.endedAt !== null || !isFree) return 'dropped';
    }
    return isThere ? undefined : 'off-shift';
  }

  async function dial(call: CallRow, signal: AbortSignal): Promise<void> {
    const source = voices().find(({ id }) => id === call.provider);
    const at = clock.now();
    const isThere = isOnShift(await duty.roster(), call.personId, at);
    const callee = await calleeOf(call.personId);
    const isGoing = await storage.transaction(async (tx) => {
      const why = await whyDrop(tx, call, isThere);
      // What somebody asked for is wanted now, not when a process that died comes back.
      const isOld = call.escalationId === null && at - call.plannedAt > askedHoldsMs;
      if (why === 'dropped' || isOld) {
        await tx.calls.move(call.id, ['planned'], 'dropped', { endedAt: at });
        return false;
      }
      // Two that were planned together ring one after the other, or the second rings somebody else.
      const past = (await tx.calls.ofPerson(call.personId, at - callMemory)).filter(({ id }) => id !== call.id);
      const limits = { at, zone: directory.timezone, perNight: perNight() };
      const notNow = whyNotNow(past.map(pastCall), call.provider, limits);
      if (notNow !== undefined) {
        await tx.calls.move(call.id, ['planned'], 'refused', { why: notNow, endedAt: at });
        return false;
      }
      if (why !== undefined || source === undefined) {
        await tx.calls.move(call.id, ['planned'], 'refused', { why: why ?? 'gone', endedAt: at });
        return false;
      }
      if (!(await tx.calls.move(call.id, ['planned'], 'dialling', { dialledAt: at }))) return false;
      await tx.audit.add({
        at,
        actor: { type: 'automation', name: 'escalate' },
        action: 'call.dialled',
        subject: `person:${call.personId}`,
        detail: { call: call.id, alert: call.alertId, provider: call.provider, askedBy: call.askedBy },
      });
      return true;
    });
    if (!isGoing || source === undefined) {
      await goOn(call);
      return;
    }
    try {
      const ref = await source.voice.dial({ id: `w${call.id}`, callee, spoken: call.spoken }, signal);
      const lookAt = source.voice.outcomeOf === null ? null : clock.now() + lookEveryMs;
      await settle(call, 'rung', { ref, lookAt }, source.name);
    } catch (error) {
      if (!(error instanceof AppError) || error instanceof OutcomeUnknownError) {
        await settle(call, 'unknown', {}, source.name);
        if (!(error instanceof AppError)) throw error;
        log.warn({ call: call.id, provider: source.id }, 'A call went out and nobody knows whether it rings');
        return;
      }
      log.warn({ call: call.id, provider: source.id, code: error.code }, 'A call was refused');
      await storage.calls.move(call.id, ['dialling'], 'refused', { why: error.code, endedAt: clock.now() });
      await goOn(call);
    }
  }

  async function settle(
    call: CallRow,
    state: 'rung' | 'unknown',
    change: { readonly ref?: string; readonly lookAt?: number | null },
    provider: Text,
  ): Promise<void> {
    const rooms = await roomsOf(call);
    const languages = await Promise.all(rooms.map((roomId) => languageOf(storage, roomId)));
    const number = await numberFor(call);
    await storage.transaction(async (tx) => {
      if (!(await tx.calls.move(call.id, ['dialling'], state, change))) return;
      const run = call.escalationId === null ? undefined : await tx.calls.ofRun(call.escalationId);
      // Whether anybody comes after this one.
      const waits = run !== undefined && run.next < run.steps.length ? acknowledgeMs : null;
      const model = {
        number,
        who: directory.personName(`person:${call.personId}`),
        provider,
        isUnknown: state === 'unknown',
        waits,
      };
      for (const [index, roomId] of rooms.entries())
        await tx.outbox.add({
          key: `call/${call.id}/${state}/${roomId}`,
          roomId,
          kind: 'notice',
          priority: 1,
          alertId: null,
          card: ringingCard(model, languages[index] ?? 'zh'),
          dueAt: clock.now(),
        });
    });
  }

  async function numberFor({ alertId }: CallRow): Promise<number | null> {
    const alert = alertId === null ? undefined : await storage.alerts.find(alertId);
    return alert === undefined ? null : numberOf(storage, alert);
  }

  /** Where people wait to hear of it: who asked, or the rooms that heard of the alert. */
  async function roomsOf({ alertId, roomId }: CallRow): Promise<readonly string[]> {
    if (roomId !== null) return [roomId];
    return alertId === null ? [] : roomsThatHeard(storage, alertId);
  }

  /** One provider did not ring: the next one, at once. False when there is none, which a person who asked is told. */
  async function goOn(call: CallRow): Promise<boolean> {
    const cause = call.cause.slice(0, -(call.provider.length + 1));
    const tried = new Set((await ofCause(call, cause)).map(({ provider }) => provider));
    const now = await storage.calls.find(call.id);
    if (now?.state !== 'refused') return false;
    if (await plan({ ...call, cause }, tried)) return true;
    if (call.roomId === null) return false;
    const language = await languageOf(storage, call.roomId);
    const who = directory.personName(`person:${call.personId}`);
    const last = (await ofCause(call, cause)).at(-1) ?? now;
    const words = language === 'zh' ? `${who}的电话没打通` : `${who} could not be rung`;
    await storage.outbox.add({
      key: `call/${cause}/vain`,
      roomId: call.roomId,
      kind: 'result',
      priority: 0,
      alertId: null,
      card: notice('refused', `${words} · ${callOutcome(last, language)}`),
      dueAt: clock.now(),
    });
    return false;
  }

  const ofCause = async (call: CallRow, cause: string): Promise<readonly CallRow[]> =>
    (await storage.calls.ofCause(`${cause}/`)).filter(({ personId }) => personId === call.personId);

  /** Asks a provider what became of a call; what it does not know yet is asked again. */
  async function look(call: CallRow, signal: AbortSignal): Promise<void> {
    const voice = voices().find(({ id }) => id === call.provider)?.voice;
    const at = call.dialledAt ?? call.plannedAt;
    const isOver = clock.now() - at > lookForMs;
    if (voice?.outcomeOf == null || call.ref === null) return storage.calls.lookAgain(call.id, null, null);
    try {
      const outcome = await voice.outcomeOf({ ref: call.ref, at, callee: await calleeOf(call.personId) }, signal);
      if (outcome !== undefined) {
        const change = { why: outcome.code, endedAt: clock.now(), lookAt: null };
        await storage.calls.move(call.id, ['rung', 'unknown'], outcome.state, change);
        return undefined;
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ call: call.id, code: error.code }, 'A provider did not tell what became of a call');
    }
    return storage.calls.lookAgain(call.id, isOver ? null : clock.now() + lookEveryMs, null);
  }

  return {
    calleeOf,
    goOn,

    /**
     * Plans one ring for this cause. False when nobody can ring this person now, or somebody did for this very cause; why
     * is kept. Repeatable.
     */
    async plan(wanted: Wanted): Promise<boolean> {
      const known = await storage.calls.ofCause(`${wanted.cause}/`);
      if (known.some(({ state }) => state === 'planned')) return true;
      if (known.some(({ state }) => state !== 'refused')) return false;
      return plan(wanted, new Set(known.map(({ provider }) => provider)));
    },

    /** Dials what is planned, and asks what became of what was dialled. Answers how many calls it looked at. */
    async run(signal: AbortSignal): Promise<number> {
      if (isFirstRun) {
        // Left by a process that is gone: it may have dialled.
        for (const { id } of await storage.calls.listIn('dialling'))
          await storage.calls.move(id, ['dialling'], 'unknown', {});
        isFirstRun = false;
      }
      let done = 0;
      // What one provider refuses is planned anew with the next.
      for (let planned = await storage.calls.listIn('planned'); planned.length > 0 && !signal.aborted; ) {
        for (const call of planned) await dial(call, signal);
        done += planned.length;
        planned = await storage.calls.listIn('planned');
      }
      for (const call of await storage.calls.toLookAt(clock.now())) {
        await look(call, signal);
        done += 1;
      }
      return done;
    },

    /** A receipt is a nudge: the provider is asked at once. Undefined when there is no such hook. */
    async hear(voiceId: string, secret: string, rawBody: Buffer): Promise<PushAnswer | undefined> {
      const source = voices().find(({ id }) => id === voiceId);
      if (source?.voice.readReceipts == null || !isSameSecret(source.hookSecret, secret)) return undefined;
      try {
        for (const { id, ref } of source.voice.readReceipts(rawBody)) {
          const call = await storage.calls.find(Number(ours.exec(id)?.[1] ?? 0));
          const isOpen = call?.state === 'rung' || call?.state === 'unknown';
          if (call === undefined || call.provider !== voiceId || !isOpen) continue;
          await storage.calls.lookAgain(call.id, clock.now(), ref);
        }
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        log.warn({ voice: voiceId, code: error.code }, 'A receipt was refused');
        return source.voice.answerReceipts(false);
      }
      return source.voice.answerReceipts(true);
    },
  };
}

/** Rooms in which a card about this alert was said. */
export async function roomsThatHeard({ alerts }: Pick<Stores, 'alerts'>, alertId: string): Promise<readonly string[]> {
  const said = (await alerts.decisionsFor(alertId)).filter(({ verdict }) => verdict === 'said');
  return [...new Set(said.map(({ roomId }) => roomId))];
}
