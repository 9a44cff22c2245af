import type { Text } from './text.ts';

/** Why an order must not leave: somebody doubts it, the buyer wants the money back, another address, or asked to wait. */
export type HoldReason = 'risk' | 'refund' | 'address' | 'buyer';

export const holdReasonNames: Readonly<Record<HoldReason, Text>> = {
  risk: { zh: '风险', en: 'risk' },
  refund: { zh: '退款', en: 'refund' },
  address: { zh: '地址', en: 'address' },
  buyer: { zh: '买家要求', en: 'buyer' },
};

const said: readonly (readonly [RegExp, HoldReason])[] = [
  [/退款|退货|退单|refund|return/i, 'refund'],
  [/地址|楼层|门牌|address/i, 'address'],
  [/买家|客户|顾客|客人|buyer|customer/i, 'buyer'],
];

/** What kind of reason somebody's words are; whoever says nothing of it has doubts. */
export const holdReasonOf = (words: string): HoldReason => said.find(([pattern]) => pattern.test(words))?.[1] ?? 'risk';
