import type { Asking } from '../domain/asking.ts';
import { type Card, notice } from '../domain/card.ts';
import { UserError } from '../domain/errors.ts';
import { readPromo } from '../domain/noise-words.ts';
import type { Rule } from '../domain/rule.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { promoCard, promoPreview } from '../render/noise-cards.ts';
import { localDay } from '../render/words.ts';
import type { Proposal } from './act/kind.ts';
import { ask, demand } from './act/propose.ts';
import type { Directory } from './directory.ts';
import { promoModel } from './promo-model.ts';
import type { Answer } from './reply.ts';

export interface PromoDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  /** As they are on any other day. */
  readonly rules: () => readonly Rule[];
}

/** `/promo`: a planned window of more volume, previewed; says when it begins and ends. */
export function createPromo({ storage, clock, directory, rules }: PromoDeps) {
  async function command(asking: Asking, words: string | undefined): Promise<Answer> {
    const zh = asking.language === 'zh';
    const now = clock.now();
    const said = readPromo(words ?? '', now, directory.timezone, localDay(now, directory.timezone));
    const [next] = await storage.noise.promosAhead(now);
    switch (said.type) {
      case 'show':
        return next === undefined
          ? [
              notice(
                'info',
                zh
                  ? '没有安排大促。例：/大促 20:00 24:00 x4'
                  : 'No promotion is planned. Example: /promo on 20:00 24:00 x4',
              ),
            ]
          : [
              promoCard(
                promoModel(next, rules(), directory, now),
                next.from <= now ? 'begun' : 'planned',
                asking.language,
              ),
            ];
      case 'off':
        demand(asking, 'promo-end');
        if (next === undefined)
          throw new UserError('NO_PROMO', { zh: '现在没有大促时段', en: 'There is no promotion' });
        return off(asking, next.id);
      case 'unclear':
        throw new UserError('PROMO_UNCLEAR', {
          zh: '写从几点到几点、几倍，例：/大促 20:00 24:00 x4（最多 20 倍）',
          en: 'Say from when to when and how many times: /promo on 20:00 24:00 x4 (20 at most)',
        });
      case 'on': {
        demand(asking, 'promo');
        if ((await storage.rooms.find(asking.roomId)) === undefined) throw inRoom;
        const { from, until, factor } = said;
        const proposal: Proposal = {
          acts: [
            {
              kind: 'promo',
              subject: `room:${asking.roomId}`,
              request: { roomId: asking.roomId, from, until, factor },
            },
          ],
          second: null,
          needsReason: false,
          undoOf: null,
          reason: 'promo',
        };
        const model = promoModel(said, rules(), directory, now);
        return (tx) => ask(tx, clock, asking, proposal, (question) => promoPreview(model, question, asking.language));
      }
    }
  }

  async function off(asking: Asking, id: number): Promise<readonly Card[]> {
    await storage.transaction(async (tx) => {
      const at = clock.now();
      if (await tx.noise.endPromo(id, at))
        await tx.audit.add({ at, actor: asking.actor, action: 'promo.ended', subject: `promo:${id}` });
    });
    return [notice('done', asking.language === 'zh' ? '好，恢复平时的阈值' : 'Fine, back to the usual thresholds')];
  }

  /** Says once that one has begun, once that it is over. */
  async function sayTurns(): Promise<number> {
    const now = clock.now();
    const begun = await storage.noise.promosBegun(now);
    for (const promo of begun) {
      await tell(promo.roomId, `promo/${promo.id}/begin`, (language) =>
        promoCard(promoModel(promo, rules(), directory, now), 'begun', language),
      );
      await storage.noise.promoBeginSaid(promo.id);
    }
    const over = await storage.noise.promosOver(now);
    for (const promo of over) {
      // One that never began, or was called off, has been answered already.
      if (promo.until <= now)
        await tell(promo.roomId, `promo/${promo.id}/end`, (language) =>
          notice(
            'info',
            language === 'zh' ? '大促时段结束，恢复平时的阈值' : 'The promotion is over: back to the usual thresholds',
          ),
        );
      await storage.noise.promoEndSaid(promo.id);
    }
    return begun.length + over.length;
  }

  async function tell(roomId: string, key: string, card: (language: 'zh' | 'en') => Card): Promise<void> {
    const room = await storage.rooms.find(roomId);
    if (room === undefined) return;
    await storage.outbox.add({
      key,
      roomId,
      kind: 'notice',
      priority: 1,
      alertId: null,
      card: card(room.language),
      dueAt: clock.now(),
    });
  }

  return {
    command,
    sayTurns,
    /** 1 outside a promotion. */
    async factorNow(): Promise<number> {
      const now = clock.now();
      return (await storage.noise.promosAhead(now)).find(({ from }) => from <= now)?.factor ?? 1;
    },
  };
}

const inRoom = new UserError('IN_ROOM', {
  zh: '请在群里发，开始和结束在那里说',
  en: 'Send it in the group: it is told there when it begins and ends',
});
