import type { RefundState } from './order.ts';
import type { Text } from './text.ts';

/** What a sentence to a buyer says is so, or will be. */
export type Claim =
  /** It will leave from that warehouse. */
  | { readonly kind: 'leaves-from'; readonly warehouse: string }
  /** Its warehouse is done with it so many ms from now. */
  | { readonly kind: 'done-within'; readonly ms: number }
  /** A carrier has it under that waybill. */
  | { readonly kind: 'picked-up'; readonly waybill: string }
  | { readonly kind: 'delivered' };

/** What is known of an order at `now`. Unix ms; null = not so, or nobody told. */
export interface PromiseFacts {
  readonly now: number;
  readonly paidAt: number | null;
  readonly closedAt: number | null;
  readonly refund: RefundState;
  readonly held: boolean;
  readonly shippedAt: number | null;
  readonly deliveredAt: number | null;
  /** Presale and made to order: it does not leave before. */
  readonly promisedAt: number | null;
  /** The names of the warehouses that have it now. */
  readonly warehouses: readonly string[];
  /** Pieces that its warehouse lacks for it; undefined = nobody could be asked. */
  readonly missing: number | undefined;
  /** When its warehouse will have worked off what is before it; null = never at the present speed, undefined = not known. */
  readonly doneAt: number | null | undefined;
  /** Waybills whose carrier has scanned them. */
  readonly scanned: readonly string[];
}

/**
 * Why this must not be said now; undefined when what we know bears it out. What nobody could find out is no ground for a
 * promise either: it is left unsaid.
 */
export function whyNotSay(claim: Claim, facts: PromiseFacts): Text | undefined {
  if (facts.paidAt === null) return { zh: '还没有付款', en: 'it is not paid' };
  if (facts.refund !== 'none' && facts.refund !== 'closed') return { zh: '正在退款', en: 'a refund is running' };
  switch (claim.kind) {
    case 'leaves-from':
      return whyNotLeave(facts) ?? whyNotFrom(claim.warehouse, facts.warehouses);
    case 'done-within':
      return whyNotLeave(facts) ?? whyNotWithin(claim.ms, facts);
    case 'picked-up':
      return facts.scanned.includes(claim.waybill)
        ? facts.deliveredAt === null
          ? undefined
          : { zh: '已经送达', en: 'it has been delivered' }
        : { zh: '快递还没有揽收', en: 'no carrier has scanned it' };
    case 'delivered':
      return facts.deliveredAt === null ? { zh: '还没有送达', en: 'it has not been delivered' } : undefined;
  }
}

function whyNotLeave({ closedAt, held, shippedAt, deliveredAt }: PromiseFacts): Text | undefined {
  if (closedAt !== null) return { zh: '订单已关闭', en: 'the order is closed' };
  if (shippedAt !== null || deliveredAt !== null) return { zh: '已经发出', en: 'it has left' };
  return held ? { zh: '已暂停发货', en: 'it is on hold' } : undefined;
}

function whyNotFrom(warehouse: string, warehouses: readonly string[]): Text | undefined {
  const [only] = warehouses;
  if (only === undefined) return { zh: '还不知道从哪个仓发', en: 'its warehouse is not known yet' };
  if (warehouses.length > 1) return { zh: '分几个仓发', en: 'it leaves from several warehouses' };
  return only === warehouse ? undefined : { zh: `现在由${only}发`, en: `it leaves from ${only}` };
}

function whyNotWithin(ms: number, { now, promisedAt, missing, doneAt }: PromiseFacts): Text | undefined {
  if (promisedAt !== null && promisedAt > now + ms)
    return { zh: '预售或定制，没有这么快', en: 'it is promised for later' };
  if (missing === undefined) return { zh: '问不到库存', en: 'its stock could not be asked for' };
  if (missing > 0)
    return { zh: `还缺 ${missing} 件`, en: missing === 1 ? '1 piece is missing' : `${missing} pieces are missing` };
  if (doneAt === undefined) return { zh: '不知道仓库多快', en: 'the speed of its warehouse is not known' };
  return doneAt === null || doneAt > now + ms
    ? { zh: '仓库照现在的速度做不完', en: 'its warehouse will not be done by then' }
    : undefined;
}
