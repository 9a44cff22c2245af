import { randomInt } from 'node:crypto';
import type { Asking } from '../../domain/asking.ts';
import type { Card } from '../../domain/card.ts';
import { UserError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DutyOfferRow, Storage, Stores } from '../../ports/stores.ts';
import { nothingChanged } from '../../render/duty-cards.ts';
import { languageOf } from '../language.ts';
import type { Step } from '../reply.ts';

/** What becomes of one kind of offer. */
export interface OfferKind {
  /** The yes: settles the offer with all it does. The step throws `settled` when it was settled before. */
  accept(asking: Asking, offer: DutyOfferRow): Promise<Step>;
  /** What the asker hears of a no or of silence; null where nobody else waits. */
  declined(offer: DutyOfferRow, how: 'refused' | 'expired', language: Asking['language']): Card | null;
}

export interface OffersDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly kinds: Readonly<Record<DutyOfferRow['kind'], OfferKind>>;
}

const aDay = 86_400_000;

/** Other letters than those of previews of acts: `确认 B7` can never mean both. */
const letters = 'BDGJSUV';

/** One letter and a digit or two that no offer in that room was called since yesterday. */
export async function freshWords(storage: Storage, roomId: string, now: number): Promise<string> {
  for (let length = 1; ; length += 1) {
    for (let tries = 0; tries < 20; tries += 1) {
      const digits = Array.from({ length }, () => randomInt(2, 10)).join('');
      const words = `${letters[randomInt(letters.length)]}${digits}`;
      if (!(await storage.duty.wasUsed(words, roomId, now - aDay))) return words;
    }
  }
}

/** Somebody was faster. */
export const settled = (): UserError =>
  new UserError('QUESTION_GONE', { zh: '这一条已经答过了', en: 'This was answered already' });

/** Says something in another place than that of the asking message; once per key. */
export const tell = (tx: Stores, roomId: string, key: string, card: Card, now: number): Promise<boolean> =>
  tx.outbox.add({ key, roomId, kind: 'notice', priority: 0, alertId: null, card, dueAt: now });

/** A yes or a no to a question about duty. Answers undefined when the words belong to no such question. */
export function createOffers({ storage, clock, kinds }: OffersDeps) {
  async function find(asking: Asking, words: string | undefined): Promise<DutyOfferRow | undefined> {
    const said = words?.toUpperCase() ?? '';
    if (said === '' || !letters.includes(said.charAt(0))) return undefined;
    const offer = await storage.duty.findByWords(said, asking.roomId);
    if (offer === undefined || offer.expiresAt <= clock.now()) return undefined;
    if (asking.actor.type === 'person' && asking.actor.person.id === offer.personId) return offer;
    throw new UserError('NOT_YOURS', {
      zh: '这一条要被问的人自己回答',
      en: 'Only the person who was asked can answer this',
    });
  }

  /** Ends an offer without a yes, and tells whoever waits for it elsewhere. */
  async function decline(
    tx: Stores,
    offer: DutyOfferRow,
    how: 'refused' | 'expired',
    card: Card | null,
    elsewhere: boolean,
  ) {
    if (!(await tx.duty.settle(offer.id, how))) return false;
    if (card !== null && elsewhere) await tell(tx, offer.askerRoomId, `duty/${offer.id}/${how}`, card, clock.now());
    return true;
  }

  return {
    async yes(asking: Asking, words: string | undefined): Promise<Step | undefined> {
      const offer = await find(asking, words);
      return offer && kinds[offer.kind].accept(asking, offer);
    },

    async no(asking: Asking, words: string | undefined): Promise<Step | undefined> {
      const offer = await find(asking, words);
      if (offer === undefined) return undefined;
      const heard = kinds[offer.kind].declined(offer, 'refused', await languageOf(storage, offer.askerRoomId));
      const isElsewhere = offer.askerRoomId !== asking.roomId;
      const cards = [isElsewhere || heard === null ? nothingChanged(asking.language) : heard];
      return async (tx) => {
        if (!(await decline(tx, offer, 'refused', heard, isElsewhere))) throw settled();
        await tx.audit.add({
          at: clock.now(),
          actor: asking.actor,
          action: `duty.${offer.kind}.refused`,
          subject: `person:${offer.askerId}`,
          detail: { offer: offer.id },
        });
        return cards;
      };
    },

    /** Offers that nobody answered in time. */
    async expire(): Promise<number> {
      const over = await storage.duty.listExpired(clock.now(), 100);
      for (const offer of over) {
        const card = kinds[offer.kind].declined(offer, 'expired', await languageOf(storage, offer.askerRoomId));
        await storage.transaction((tx) => decline(tx, offer, 'expired', card, true));
      }
      return over.length;
    },
  };
}
