import { type Order, orderSubject } from '../../domain/order.ts';
import type { ActContext, ActKind, NoteRequest } from './kind.ts';

interface Before {
  readonly flag: string;
}

/** The order as its shop shows it this second; undefined when it shows none. */
export async function orderNow(
  { shopOf, ingest, orderOf }: ActContext,
  { shopId, orderNo }: Pick<NoteRequest, 'shopId' | 'orderNo'>,
  signal: AbortSignal,
): Promise<Order | undefined> {
  await ingest.readOrders(shopOf(shopId), [orderNo], signal);
  return orderOf(shopId, orderNo);
}

/** Whether it stands there; shops fold line breaks and blanks. */
const stands = (text: string, remark: string): boolean => folded(remark).includes(folded(text));
const folded = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Appends to the seller's remark in the shop (`channels.md` §7.3). What people wrote stays; so there is no way back by API. */
export const note: ActKind<NoteRequest, Before> = {
  permission: 'alert:act',
  visibleWithinMs: 30_000,
  target: ({ shopId, orderNo }) => `remark:${orderSubject(shopId, orderNo)}`,

  async check(context, request, signal) {
    const now = await orderNow(context, request, signal);
    if (now === undefined)
      return { state: 'refused', why: { zh: '店铺后台查不到这单了', en: 'the shop no longer shows this order' } };
    if (stands(request.text, now.remark) && request.flag === null) return { state: 'already' };
    return { state: 'go', before: { flag: now.flag } };
  },

  async write({ shopOf }, { shopId, orderNo, text, flag }, _action, _by, signal) {
    const add = shopOf(shopId).channel.addRemark;
    if (add === null) return { kind: 'unsupported', manual: noRemark };
    const outcome = await add(orderNo, { text, flag: flag ?? undefined }, signal);
    // The whole remark is the shop's: it is not kept beside the act.
    return 'value' in outcome ? { ...outcome, value: null } : outcome;
  },

  async probe(context, request, _before, _action, signal) {
    const now = await orderNow(context, request, signal);
    return now !== undefined && stands(request.text, now.remark) ? 'applied' : 'not-yet';
  },

  compensate: () => ({
    impossible: {
      zh: '备注只追加，没有撤销接口；写错了请到店铺后台改',
      en: 'a remark is only added to; if it is wrong, correct it in the shop’s own pages',
    },
  }),
  done: () => ({ zh: '已写进店铺备注', en: 'noted in the shop' }),
  aim: () => ({ zh: '写店铺备注', en: 'note it in the shop' }),
};

/** Said before anybody confirms, and again if the shop lost it meanwhile. */
export const noRemark = {
  zh: '这个店铺没有写备注的接口，请到店铺后台写',
  en: 'This shop has no interface for remarks; write it in the shop’s own pages',
};
