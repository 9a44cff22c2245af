import { randomUUID } from 'node:crypto';
import type { Person } from '../../domain/actor.ts';
import { claimEnds } from '../../domain/alert.ts';
import type { Asking } from '../../domain/asking.ts';
import { UserError } from '../../domain/errors.ts';
import {
  dutiesOf,
  holderOf,
  nextOf,
  type Post,
  postsOf,
  type Roster,
  type Stint,
  turnOf,
} from '../../domain/roster.ts';
import {
  askedElsewhere,
  type HandModel,
  nothingChanged,
  shiftCard,
  shiftDeclined,
  shiftDone,
  takeShiftCard,
} from '../../render/duty-cards.ts';
import { tailOfSubject } from '../act/propose.ts';
import { numberOf } from '../alert-number.ts';
import { isPrivate, languageOf } from '../language.ts';
import type { Step } from '../reply.ts';
import { freshWords, type OfferKind, settled, tell } from './offers.ts';
import type { OnCallDeps } from './oncall.ts';
import { personOf } from './swap.ts';

const confirmMs = 5 * 60_000;
const takeMs = 15 * 60_000;
/** A turn that ends this soon goes along; a longer one is a matter of /swap. */
const nearEndMs = 2 * 3_600_000;
const mostClaims = 500;

interface ShiftDetail {
  readonly to: string;
  readonly alertIds: readonly string[];
  /** What people call the alerts by. */
  readonly numbers: readonly number[];
  readonly questions: readonly string[];
  readonly actions: readonly string[];
  /** Duty that goes along, until the end of the turn. */
  readonly stints: readonly Stint[];
}

/** `/shift`: everything that is mine goes to the next person on duty, once both of us said yes. */
export function createShift({ storage, clock, directory, duty }: OnCallDeps) {
  const nameOf = (id: string): string => directory.personName(`person:${id}`);

  /** Whoever holds my post when I am late, else whoever comes after me. */
  function nextPerson(roster: Roster, me: Person): string | undefined {
    const now = clock.now();
    const held = postsOf(roster).filter((post) => holderOf(roster, post, now) === me.id);
    for (const post of held) {
      const next = nextOf(roster, post, now);
      if (next !== undefined) return next.who;
    }
    if (held.length > 0) return undefined;
    const warehouse = duty.staff().find(({ id }) => id === me.id)?.warehouse ?? null;
    const own: readonly Post[] = [
      { role: me.role, warehouse },
      { role: me.role, warehouse: null },
    ];
    return own
      .map((post) => holderOf(roster, post, now) ?? nextOf(roster, post, now)?.who)
      .find((id) => id !== undefined && id !== me.id);
  }

  async function inHand(roster: Roster, me: Person, to: string): Promise<ShiftDetail> {
    const now = clock.now();
    const mine = `person:${me.id}`;
    const claims = await storage.alerts.list({ state: 'claimed', claimedBy: mine, limit: mostClaims });
    const numbers = new Set<number>();
    for (const alert of claims) {
      const number = await numberOf(storage, alert);
      if (number !== null) numbers.add(number);
    }
    const actions = await storage.actions.listUnfinishedOf(mine);
    const stints = dutiesOf(roster, me.id, now, now + 1).flatMap(({ role, warehouse }) => {
      const { until } = turnOf(roster, { role, warehouse }, now);
      return until === undefined || until > now + nearEndMs ? [] : [{ role, warehouse, who: to, from: now, to: until }];
    });
    return {
      to,
      alertIds: claims.map(({ id }) => id),
      numbers: [...numbers],
      questions: (await storage.questions.listWaitingOf(mine, now)).map(({ words }) => words),
      actions: actions.map(({ subject }) => tailOfSubject(subject)),
      stints,
    };
  }

  const modelOf = (fromId: string, detail: ShiftDetail): HandModel => ({
    from: nameOf(fromId),
    to: nameOf(detail.to),
    alerts: detail.numbers,
    claims: detail.alertIds.length,
    questions: detail.questions,
    actions: detail.actions,
    dutyUntil: detail.stints.length === 0 ? null : Math.max(...detail.stints.map(({ to }) => to)),
    now: clock.now(),
    zone: directory.timezone,
  });

  async function handOver(asking: Asking): Promise<Step> {
    const me = personOf(asking);
    const roster = await duty.roster();
    const to = nextPerson(roster, me);
    if (to === undefined) {
      throw new UserError('NOBODY_NEXT', {
        zh: '排班里没有接班的人。发 /值班 看排班；单件可以 /转交 12 @某人',
        en: 'The roster has nobody after you. /oncall shows it; one alert goes by /handover 12 @somebody',
      });
    }
    const detail = await inHand(roster, me, to);
    if (detail.alertIds.length + detail.questions.length + detail.actions.length + detail.stints.length === 0) {
      throw new UserError('NOTHING_IN_HAND', {
        zh: `你手里没有要交的。接班的是 ${nameOf(to)}`,
        en: `You have nothing in hand. ${nameOf(to)} comes next`,
      });
    }
    const now = clock.now();
    const words = await freshWords(storage, asking.roomId, now);
    const cards = [shiftCard(modelOf(me.id, detail), words, confirmMs, asking.language)];
    return async (tx) => {
      await tx.duty.open({
        id: asking.inboundId === null ? randomUUID() : `inbound-${asking.inboundId}`,
        kind: 'shift',
        words,
        roomId: asking.roomId,
        personId: me.id,
        askerId: me.id,
        askerRoomId: asking.roomId,
        detail,
        createdAt: now,
        expiresAt: now + confirmMs,
      });
      return cards;
    };
  }

  /** The first yes: the one who comes next is asked. */
  const give: OfferKind = {
    async accept(asking, offer) {
      const detail = offer.detail as ShiftDetail;
      const now = clock.now();
      const roomId = await duty.placeFor(detail.to, asking);
      const isHere = roomId === asking.roomId;
      const language = await languageOf(storage, roomId);
      const words = await freshWords(storage, roomId, now);
      const asked = takeShiftCard(modelOf(offer.askerId, detail), words, takeMs, language);
      const card = isPrivate(roomId) ? asked : { ...asked, call: callTo(detail.to, nameOf(offer.askerId), language) };
      const cards = isHere ? [card] : [askedElsewhere(nameOf(detail.to), isPrivate(roomId), takeMs, asking.language)];
      const id = `${offer.id}/take`;
      return async (tx) => {
        if (!(await tx.duty.settle(offer.id, 'accepted'))) throw settled();
        await tx.duty.open({
          id,
          kind: 'take-shift',
          words,
          roomId,
          personId: detail.to,
          askerId: offer.askerId,
          askerRoomId: asking.roomId,
          detail,
          createdAt: now,
          expiresAt: now + takeMs,
        });
        if (!isHere) await tell(tx, roomId, `duty/${id}`, card, now);
        await tx.audit.add({
          at: now,
          actor: asking.actor,
          action: 'duty.shift.offered',
          subject: `person:${detail.to}`,
          detail: { offer: offer.id, alerts: detail.alertIds.length },
        });
        return cards;
      };
    },
    declined: (_offer, how, language) => (how === 'refused' ? nothingChanged(language) : null),
  };

  /** The second yes: what is still the first one's moves, all of it in one step. */
  const take: OfferKind = {
    async accept(asking, offer) {
      const detail = offer.detail as ShiftDetail;
      const [from, to] = [offer.askerId, offer.personId];
      const askerLanguage = await languageOf(storage, offer.askerRoomId);
      // Of the duty that was offered, only what is still theirs and still ahead.
      const roster = await duty.roster();
      const now = clock.now();
      const stints = detail.stints.flatMap((stint) =>
        dutiesOf(roster, from, now, stint.to)
          .filter(({ role, warehouse }) => role === stint.role && warehouse === stint.warehouse)
          .map((each) => ({ ...each, who: to })),
      );
      return async (tx) => {
        if (!(await tx.duty.settle(offer.id, 'accepted'))) throw settled();
        let moved = 0;
        for (const id of detail.alertIds) {
          const alert = await tx.alerts.find(id);
          const shipBy = typeof alert?.facts['shipBy'] === 'number' ? alert.facts['shipBy'] : null;
          // Done, expired or with somebody else by now: it stays where it is.
          if (alert?.claimedBy !== `person:${from}`) continue;
          if (!(await tx.alerts.handOver(id, `person:${from}`, `person:${to}`, now, claimEnds(now, shipBy)))) continue;
          moved += 1;
          await tx.audit.add({
            at: now,
            actor: asking.actor,
            action: 'alert.handed-over',
            subject: alert.subject,
            detail: { alert: id, from, to, offer: offer.id },
          });
        }
        await tx.duty.addStints(offer.id, stints);
        await tx.audit.add({
          at: now,
          actor: asking.actor,
          action: 'duty.shift.taken',
          subject: `person:${from}`,
          detail: { offer: offer.id, alerts: moved },
        });
        const cards = [shiftDone(nameOf(from), nameOf(to), moved, asking.language)];
        if (offer.askerRoomId !== asking.roomId)
          await tell(
            tx,
            offer.askerRoomId,
            `duty/${offer.id}/accepted`,
            shiftDone(nameOf(from), nameOf(to), moved, askerLanguage),
            now,
          );
        return cards;
      };
    },
    declined: (offer, how, language) => shiftDeclined(nameOf(offer.personId), how, language),
  };

  return { handOver, give, take };
}

const callTo = (to: string, by: string, language: Asking['language']) =>
  language === 'zh'
    ? { who: [to], before: '交班', after: `${by}请你接班` }
    : { who: [to], before: 'Handover:', after: `${by} asks you to take over` };
