import { type Card, line, notice } from '../domain/card.ts';
import type { Language } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { span } from '../render/words.ts';
import type { CheckedSource } from './check-up.ts';

const day = 24 * 3_600_000;
/** Days before the end of a grant at which the rooms are told: whoever holds the main account has to be found. */
const before = [14, 7, 3, 1, 0] as const;

/** Tells the rooms in time that a platform's grant ends: afterwards its orders cannot be read. Answers how many it put out. */
export function createRemindGrants({
  storage,
  clock,
  sources,
}: {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly sources: () => readonly CheckedSource[];
}): () => Promise<number> {
  return async () => {
    const now = clock.now();
    let said = 0;
    for (const source of sources()) {
      const { id, grantEndsAt } = source;
      if (grantEndsAt === null) continue;
      const due = before.filter((days) => grantEndsAt - now <= days * day).at(-1);
      if (due === undefined) continue;
      for (const room of await storage.rooms.list()) {
        const isNew = await storage.outbox.add({
          key: `grant-ends/${id}/${grantEndsAt}/${due}/${room.id}`,
          roomId: room.id,
          kind: 'notice',
          priority: due <= 1 ? 1 : 3,
          alertId: null,
          card: grantCard(source, grantEndsAt, now, room.language),
          dueAt: now,
        });
        if (isNew) said += 1;
      }
    }
    return said;
  };
}

function grantCard({ name, guide }: CheckedSource, endsAt: number, now: number, language: Language): Card {
  const zh = language === 'zh';
  const left = span(endsAt - now, language);
  const isOver = endsAt <= now;
  const headline = zh
    ? `${name} 的授权${isOver ? '已到期，读不到订单了' : `还剩 ${left}，到期就读不到订单`}`
    : `The grant of ${name} ${isOver ? 'has ended: its orders cannot be read' : `ends in ${left}; then its orders cannot be read`}`;
  return {
    ...notice(isOver ? 'critical' : 'warning', line(headline), `${guide.who[language]} → ${guide.where[language]}`),
    link: { label: zh ? '怎么做' : 'What to do', path: '/doctor' },
  };
}
