import { randomUUID } from 'node:crypto';
import type { Person } from '../../domain/actor.ts';
import type { Asking } from '../../domain/asking.ts';
import type { Card } from '../../domain/card.ts';
import { UserError } from '../../domain/errors.ts';
import { dutiesOf, type Stint, turnOf } from '../../domain/roster.ts';
import { readMoment } from '../../domain/roster-sheet.ts';
import type { DutyOfferRow } from '../../ports/stores.ts';
import {
  askedElsewhere,
  postName,
  type SwapModel,
  swapAsked,
  swapBack,
  swapDeclined,
  swapDone,
} from '../../render/duty-cards.ts';
import { warehouseName } from '../directory.ts';
import { isPrivate, languageOf } from '../language.ts';
import type { Step } from '../reply.ts';
import { freshWords, type OfferKind, settled, tell } from './offers.ts';
import type { OnCallDeps } from './oncall.ts';

const offerMs = 10 * 60_000;
const longestMs = 31 * 86_400_000;

interface SwapDetail {
  readonly until: number;
}

/** `/swap @x until`: the asker's duty until then goes to a colleague, once they say yes. */
export function createSwap({ storage, clock, directory, duty }: OnCallDeps) {
  const nameOf = (id: string): string => directory.personName(`person:${id}`);

  /** What is left of the asker's duty until then: what somebody else took meanwhile is not given away again. */
  async function given(askerId: string, until: number): Promise<readonly Stint[]> {
    return dutiesOf(await duty.roster(), askerId, clock.now(), until);
  }

  function modelOf(
    askerId: string,
    standerId: string,
    stints: readonly Stint[],
    language: Asking['language'],
  ): SwapModel {
    return {
      asker: nameOf(askerId),
      stander: nameOf(standerId),
      posts: [
        ...new Set(
          stints.map((stint) => postName(stint, warehouseName(stint.warehouse ?? undefined, directory), language)),
        ),
      ],
      from: Math.min(...stints.map(({ from }) => from)),
      to: Math.max(...stints.map(({ to }) => to)),
      now: clock.now(),
      zone: directory.timezone,
    };
  }

  /** Without a moment: to the end of the turn that runs now. */
  async function endOf(me: Person, words: string): Promise<number> {
    const now = clock.now();
    if (words !== '') {
      const until = readMoment(words, now, directory.timezone);
      if (until !== undefined && until > now && until <= now + longestMs) return until;
      throw new UserError('WHEN', {
        zh: '换到什么时候？例如 /换班 @王敏 18:00、明早8点、2小时，最多一个月',
        en: 'Until when? Such as /swap @wang 18:00, 11-25 08:00 or 2h; a month at most',
      });
    }
    const roster = await duty.roster();
    const [mine] = dutiesOf(roster, me.id, now, now + 1);
    const until = mine === undefined ? undefined : turnOf(roster, mine, now).until;
    if (until !== undefined && until <= now + longestMs) return until;
    throw new UserError('WHEN', {
      zh: '换到什么时候？例如 /换班 @王敏 18:00',
      en: 'Until when? Such as /swap @wang 18:00',
    });
  }

  const isFit = (other: Person, stints: readonly Stint[]): boolean =>
    other.role === 'ops-lead' || stints.every(({ role }) => role === other.role);

  async function swap(asking: Asking, to: Person, words: string | undefined): Promise<Step> {
    const me = personOf(asking);
    if (to.id === me.id) {
      throw new UserError('SELF', {
        zh: '不能和自己换班。要换回来，由请人替班的人发：/换班 @替班的人',
        en: 'You cannot swap with yourself. To swap back, whoever asked sends: /swap @colleague',
      });
    }
    const said = withoutName(words ?? '', to);
    if (said === '') {
      const back = await takeBack(asking, me, to);
      if (back !== undefined) return back;
    }
    const until = await endOf(me, said);
    const stints = await given(me.id, until);
    if (stints.length === 0) {
      throw new UserError('NOT_ON_DUTY', {
        zh: '这段时间不是你值班，没有可换的。发 /值班 看是谁',
        en: 'You are not on duty in that time: there is nothing to swap. /oncall tells who is',
      });
    }
    if (!isFit(to, stints)) {
      throw new UserError('OTHER_ROLE', {
        zh: `${to.name}的角色替不了这个班，要同角色的人或运营主管`,
        en: `${to.name} holds another role and cannot stand in; ask a colleague of yours or an ops-lead`,
      });
    }
    return offer(asking, me, to, stints, until);
  }

  async function offer(asking: Asking, me: Person, to: Person, stints: readonly Stint[], until: number): Promise<Step> {
    const now = clock.now();
    const id = asking.inboundId === null ? randomUUID() : `inbound-${asking.inboundId}`;
    const roomId = await duty.placeFor(to.id, asking);
    const language = await languageOf(storage, roomId);
    const words = await freshWords(storage, roomId, now);
    const asked = swapAsked(modelOf(me.id, to.id, stints, language), words, offerMs, language);
    const isHere = roomId === asking.roomId;
    const card = isPrivate(roomId) ? asked : { ...asked, call: callTo(to, me, language) };
    const cards = isHere ? [card] : [askedElsewhere(to.name, isPrivate(roomId), offerMs, asking.language)];
    return async (tx) => {
      await tx.duty.open({
        id,
        kind: 'swap',
        words,
        roomId,
        personId: to.id,
        askerId: me.id,
        askerRoomId: asking.roomId,
        detail: { until } satisfies SwapDetail,
        createdAt: now,
        expiresAt: now + offerMs,
      });
      if (!isHere) await tell(tx, roomId, `duty/${id}`, card, now);
      await tx.audit.add({
        at: now,
        actor: asking.actor,
        action: 'duty.swap.asked',
        subject: `person:${to.id}`,
        detail: { offer: id, until },
      });
      return cards;
    };
  }

  /** Who asked for a swap takes their duty back whenever they like. */
  async function takeBack(asking: Asking, me: Person, stander: Person): Promise<Step | undefined> {
    const swapped = await storage.duty.findSwap(me.id, stander.id, clock.now());
    if (swapped === undefined) return undefined;
    const { until } = swapped.detail as SwapDetail;
    const passedOn = () =>
      new UserError('PASSED_ON', {
        zh: `${stander.name}已经不在替这个班了，换不回来。发 /值班 看现在是谁`,
        en: `${stander.name} does not stand in any more: there is nothing to swap back. /oncall tells who does`,
      });
    if (dutiesOf(await duty.roster(), stander.id, clock.now(), until).length === 0) throw passedOn();
    const cards = [swapBack(me.name, stander.name, asking.language)];
    const standerLanguage = await languageOf(storage, swapped.roomId);
    return async (tx) => {
      const now = clock.now();
      if (!(await tx.duty.endStints(swapped.id, now))) throw passedOn();
      await tx.audit.add({
        at: now,
        actor: asking.actor,
        action: 'duty.swap.undone',
        subject: `person:${stander.id}`,
        detail: { offer: swapped.id },
      });
      if (swapped.roomId !== asking.roomId)
        await tell(
          tx,
          swapped.roomId,
          `duty/${swapped.id}/back`,
          swapBack(me.name, stander.name, standerLanguage),
          now,
        );
      return cards;
    };
  }

  const kind: OfferKind = {
    async accept(asking, asked) {
      const { until } = asked.detail as SwapDetail;
      const stints = (await given(asked.askerId, until)).map((stint) => ({ ...stint, who: asked.personId }));
      if (stints.length === 0) {
        throw new UserError('NOT_ON_DUTY', {
          zh: `${nameOf(asked.askerId)}现在已经没有班可替了`,
          en: `${nameOf(asked.askerId)} has no duty left to stand in for`,
        });
      }
      const done = (language: Asking['language']): Card =>
        swapDone({ ...modelOf(asked.askerId, asked.personId, stints, language), standerId: asked.personId }, language);
      const cards = [done(asking.language)];
      const askerCard = done(await languageOf(storage, asked.askerRoomId));
      return async (tx) => {
        if (!(await tx.duty.settle(asked.id, 'accepted'))) throw settled();
        const now = clock.now();
        await tx.duty.addStints(asked.id, stints);
        await tx.audit.add({
          at: now,
          actor: asking.actor,
          action: 'duty.swap.accepted',
          subject: `person:${asked.askerId}`,
          detail: { offer: asked.id, until },
        });
        if (asked.askerRoomId !== asking.roomId)
          await tell(tx, asked.askerRoomId, `duty/${asked.id}/accepted`, askerCard, now);
        return cards;
      };
    },
    declined: (asked: DutyOfferRow, how, language) => swapDeclined(nameOf(asked.personId), how, language),
  };

  return { swap, kind };
}

export function personOf({ actor }: Asking): Person {
  if (actor.type === 'person') return actor.person;
  throw new UserError('NOT_KNOWN', {
    zh: '你还没有登记，请运营主管先绑定你',
    en: 'You are not known yet; an ops-lead has to bind you first',
  });
}

/** Behind the slash the line is one text: what is left of it when the colleague is taken out. */
function withoutName(words: string, { id, name }: Person): string {
  const named = [`@${name}`, `@${id}`, name].find((each) => words.includes(each));
  return (named === undefined ? words.replace(/@\S+/, '') : words.replace(named, '')).trim();
}

const callTo = (to: Person, by: Person, language: Asking['language']) =>
  language === 'zh'
    ? { who: [to.id], before: '换班', after: `${by.name}请你替班` }
    : { who: [to.id], before: 'Swap:', after: `${by.name} asks you to stand in` };
