import { randomUUID } from 'node:crypto';
import { may, type Role, roleOf } from '../../domain/actor.ts';
import type { Asking } from '../../domain/asking.ts';
import type { Card } from '../../domain/card.ts';
import { UserError } from '../../domain/errors.ts';
import { holderOf, isSamePost, type Post, postsOf, type Stint, turnOf } from '../../domain/roster.ts';
import { readSheet } from '../../domain/roster-sheet.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Storage } from '../../ports/stores.ts';
import { nothingChanged, onCallCard, type PostLine, postName, sheetCard, sheetDone } from '../../render/duty-cards.ts';
import { type Directory, warehouseName } from '../directory.ts';
import type { Answer, Step } from '../reply.ts';
import type { Duty } from './duty.ts';
import { freshWords, type OfferKind, settled } from './offers.ts';

export interface OnCallDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly duty: Duty;
}

const offerMs = 5 * 60_000;
/** Said to be without anybody even where no roster ever named them. */
const expected: readonly Role[] = ['ops-lead', 'warehouse-lead', 'cs-lead'];

/** `/oncall`: who is on duty and who comes next; with a pasted sheet, that sheet as a question. */
export function createOnCall({ storage, clock, directory, duty }: OnCallDeps) {
  const named = (post: Post, language: Asking['language']): string =>
    postName(post, warehouseName(post.warehouse ?? undefined, directory), language);
  const nameOf = (id: string): string => directory.personName(`person:${id}`);

  async function show({ language }: Asking): Promise<readonly Card[]> {
    const roster = await duty.roster();
    const known = postsOf(roster);
    const missing = expected.filter(
      (role) =>
        known.length > 0 &&
        !known.some((post) => post.role === role) &&
        duty.staff().some((each) => each.role === role),
    );
    const now = clock.now();
    const lines = [...known, ...missing.map((role): Post => ({ role, warehouse: null }))].map((post): PostLine => {
      const { who, until } = turnOf(roster, post, now);
      const next = until === undefined ? undefined : holderOf(roster, post, until);
      return {
        post: named(post, language),
        who: who === undefined ? null : nameOf(who),
        until: until ?? null,
        next:
          until === undefined ? null : next === undefined ? (language === 'zh' ? '没有人' : 'nobody') : nameOf(next),
      };
    });
    return [onCallCard(lines, { now, zone: directory.timezone }, language)];
  }

  async function propose(asking: Asking, sheet: string): Promise<Step> {
    if (asking.actor.type !== 'person' || !may(roleOf(asking.actor), 'admin')) {
      throw new UserError('NO_PERMISSION', {
        zh: '排班要运营主管来贴。看现在谁值班：/值班',
        en: 'An ops-lead pastes the roster. To see who is on duty: /oncall',
      });
    }
    const now = clock.now();
    const stints = readSheet(sheet, { now, roster: await duty.roster(), staff: duty.staff() });
    const words = await freshWords(storage, asking.roomId, now);
    const { id } = asking.actor.person;
    const card = sheetCard(
      {
        from: Math.min(...stints.map(({ from }) => from)),
        to: Math.max(...stints.map(({ to }) => to)),
        now,
        zone: directory.timezone,
        posts: postsOf({ zone: directory.timezone, rotations: [], stints }).map((post) => {
          const own = stints.filter((stint) => isSamePost(stint, post));
          return {
            post: named(post, asking.language),
            people: [...new Set(own.map(({ who }) => who))].map((who) => ({
              name: nameOf(who),
              turns: own.filter((stint) => stint.who === who).length,
            })),
          };
        }),
        words,
        ms: offerMs,
      },
      asking.language,
    );
    return async (tx) => {
      await tx.duty.open({
        id: asking.inboundId === null ? randomUUID() : `inbound-${asking.inboundId}`,
        kind: 'sheet',
        words,
        roomId: asking.roomId,
        personId: id,
        askerId: id,
        askerRoomId: asking.roomId,
        detail: { stints },
        createdAt: now,
        expiresAt: now + offerMs,
      });
      return [card];
    };
  }

  const sheet: OfferKind = {
    async accept(asking, offer) {
      const { stints } = offer.detail as { readonly stints: readonly Stint[] };
      const cards = [sheetDone(stints.length, directory.personName(`person:${offer.personId}`), asking.language)];
      return async (tx) => {
        if (!(await tx.duty.settle(offer.id, 'accepted'))) throw settled();
        const now = clock.now();
        await tx.duty.addStints(offer.id, stints);
        await tx.audit.add({
          at: now,
          actor: asking.actor,
          action: 'duty.sheet.accepted',
          subject: 'roster',
          detail: { offer: offer.id, turns: stints.length },
        });
        return cards;
      };
    },
    declined: (_offer, how, language) => (how === 'refused' ? nothingChanged(language) : null),
  };

  return {
    onCall: (asking: Asking, pasted: string | undefined): Promise<Answer> =>
      pasted === undefined ? show(asking) : propose(asking, pasted),
    sheet,
  };
}
