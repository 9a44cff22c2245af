import { randomInt, randomUUID } from 'node:crypto';
import { actorId, may, roleOf, rolesWith } from '../../domain/actor.ts';
import type { Asking } from '../../domain/asking.ts';
import type { Card } from '../../domain/card.ts';
import { UserError } from '../../domain/errors.ts';
import { type Order, orderSubject, tailOf } from '../../domain/order.ts';
import { hasReached } from '../../domain/stage.ts';
import { parseSubject } from '../../domain/subject.ts';
import type { Text } from '../../domain/text.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Storage, Stores } from '../../ports/stores.ts';
import type { Proposal } from './kind.ts';
import { kindOf } from './kinds.ts';

/** How long a preview may be answered; world ms. */
const aDay = 86_400_000;
const questionMs = 5 * 60_000;
export const secondMs = 10 * 60_000;

/** Above these a second person has to agree. */
export interface FourEyes {
  readonly releaseUnits: number;
  /** In the currency's main unit: 2000 is ¥2,000. */
  readonly releaseValue: number;
}

/** How a preview's question is answered: these words say yes, for so long. */
export interface Asked {
  readonly words: string;
  readonly minutes: number;
}

/** Stores what a preview offers, together with the preview that shows the words that say yes to it. */
export async function ask(
  tx: Stores,
  clock: Clock,
  asking: Asking,
  proposal: Proposal,
  preview: (question: Asked) => Card,
): Promise<readonly Card[]> {
  if (proposal.second !== null && !proposal.needsReason && asking.isPrivate) {
    throw new UserError('SECOND_IN_ROOM', {
      zh: `${proposal.second.zh}，请在群里发，别人才能同意`,
      en: `${proposal.second.en}: send it in the group, where somebody can agree`,
    });
  }
  const now = clock.now();
  const words = await freshWords(tx, asking.roomId, now - aDay);
  await tx.questions.open({
    id: asking.inboundId === null ? randomUUID() : `inbound-${asking.inboundId}`,
    words,
    roomId: asking.roomId,
    actorId: actorId(asking.actor),
    proposal,
    createdAt: now,
    expiresAt: now + questionMs,
  });
  return [preview({ words, minutes: questionMs / 60_000 })];
}

/** One letter and a digit or two that nothing in this room was called since then: short enough to say aloud. */
async function freshWords(tx: Stores, roomId: string, since: number): Promise<string> {
  const letters = 'ACEFHKLMNPRTWXY';
  for (let length = 1; ; length += 1) {
    for (let tries = 0; tries < 20; tries += 1) {
      const digits = Array.from({ length }, () => randomInt(2, 10)).join('');
      const words = `${letters[randomInt(letters.length)]}${digits}`;
      if (!(await tx.questions.wasUsed(words, roomId, since))) return words;
    }
  }
}

/** Who could agree beside the asker. */
export async function otherHolders(
  storage: Storage,
  proposal: Proposal,
  askerId: string,
): Promise<readonly { id: string; name: string }[]> {
  const permission = kindOf(proposal.acts[0]?.kind ?? '').permission;
  const people = await storage.people.listWithRoles(rolesWith(permission));
  return people.filter((person) => `person:${person.id}` !== askerId);
}

/** Refuses early, in words, what the asker's role may not do. */
export function demand(asking: Asking, kind: string): void {
  const { permission } = kindOf(kind);
  if (may(roleOf(asking.actor), permission)) return;
  throw new UserError('NO_PERMISSION', {
    zh: '你的角色不能做这个，请找仓库主管、客服主管或运营主管',
    en: 'Your role may not do this; ask a warehouse lead, customer-service lead or ops lead',
  });
}

export const namedOrder = (order: Order) => ({
  tail: tailOf(order.channelOrderNo),
  no: order.channelOrderNo,
  title: order.lines[0]?.title ?? '',
  surname: order.receiver.name,
  qty: order.lines.reduce((sum, line) => sum + line.qty, 0),
});

export const subjectOf = (order: Order): string => orderSubject(order.shopId, order.channelOrderNo);

/** `order:mini/…018842` → 018842, `sku:XZ01` → XZ01; other subjects as they are. */
export const tailOfSubject = (subject: string): string => {
  const parsed = parseSubject(subject);
  if (parsed?.type === 'sku') return parsed.sku;
  return parsed?.type === 'order' ? tailOf(parsed.channelOrderNo) : subject;
};

/** Rerouting after picking began would need a second person; systems refuse it anyway, so it is said at once. */
export function whyNotMovable(order: Order): Text | undefined {
  if (order.closedAt !== null) return { zh: '订单已关闭', en: 'the order is closed' };
  if (order.refund === 'requested' || order.refund === 'accepted')
    return { zh: '买家在退款', en: 'the buyer wants a refund' };
  if (hasReached(order.stage, 'shipped')) return { zh: '已经发货', en: 'it has been shipped' };
  if (hasReached(order.stage, 'sorting')) return { zh: '已经开始拣货', en: 'picking has begun' };
  return undefined;
}
