import { nameOf } from '../../domain/actor.ts';
import type { Asking } from '../../domain/asking.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import type { Piece } from '../../domain/text.ts';
import type { Clock } from '../../ports/clock.ts';
import { type NoteItem, notePreview } from '../../render/preview-cards.ts';
import type { ShopSource } from '../ingest.ts';
import type { Step } from '../reply.ts';
import type { Act } from './kind.ts';
import { noRemark } from './note.ts';
import { type Asked, ask, demand, namedOrder, subjectOf } from './propose.ts';

export interface ProposeNoteDeps {
  readonly clock: Clock;
  readonly shops: () => readonly ShopSource[];
}

/** What is added to the seller's remark, signed: whoever reads it in the shop sees whose words they are. */
export const signed = (asking: Asking, text: string): string => `${text}（${nameOf(asking.actor)}）`;

/** `/note`: shows what will be added to which remark, and what stands there already; then asks. */
export function createProposeNote({ clock, shops }: ProposeNoteDeps) {
  return async (asking: Asking, orders: readonly Order[], text: string): Promise<Step> => {
    demand(asking, 'note');
    const items: NoteItem[] = [];
    const acts: Act[] = [];
    const refused: Piece[][] = [];
    for (const order of orders) {
      const addRemark = shops().find(({ id }) => id === order.shopId)?.channel.addRemark ?? null;
      if (addRemark === null) {
        refused.push([`${tailOf(order.channelOrderNo)} ${noRemark[asking.language]}`]);
        continue;
      }
      items.push({ order: namedOrder(order), remark: order.remark });
      acts.push({
        kind: 'note',
        subject: subjectOf(order),
        request: { shopId: order.shopId, orderNo: order.channelOrderNo, text: signed(asking, text), flag: null },
      });
    }
    const card = (question: Asked | null) =>
      notePreview(items, signed(asking, text), { refused, companions: [], question }, asking.language);
    return async (tx) =>
      acts.length === 0
        ? [card(null)]
        : ask(tx, clock, asking, { acts, second: null, needsReason: false, undoOf: null, reason: 'note' }, card);
  };
}
