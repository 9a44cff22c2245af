import { formatMoney } from './money.ts';
import type { Text } from './text.ts';

/** Why a platform took money, in our words. */
export const deductionCauses = ['late', 'short', 'pickup', 'service', 'other'] as const;
export type DeductionCause = (typeof deductionCauses)[number];

/** One row of a platform's bill. */
export interface SheetDeduction {
  /** Its row in the sheet. */
  readonly row: number;
  readonly order: string;
  /** As the sheet writes it; empty when it names none. */
  readonly shop: string;
  /** What was taken, in minor units. */
  readonly minor: number;
  readonly currency: string;
  readonly cause: DeductionCause;
  /** Unix ms; null = the bill does not tell. */
  readonly at: number | null;
}

/** The same, of an order of ours; the order itself may not be known. */
export interface Deduction extends Omit<SheetDeduction, 'row' | 'order' | 'shop'> {
  readonly shopId: string;
  readonly orderNo: string;
  /** Among the equal rows of its bill: two that are alike are two. */
  readonly nth: number;
}

const patterns: readonly (readonly [DeductionCause, RegExp])[] = [
  ['short', /缺货|断货|out.of.stock/i],
  ['late', /(延迟|延误|超时|逾期|未按|虚假).*发货|发货.*(延迟|超时|逾期)|late/i],
  ['pickup', /揽收|揽件|物流|pick.?up/i],
  ['service', /客服|回复|服务|service/i],
];

/** By the platform's own words; what fits nothing is `other`, never guessed. */
export const causeOf = (words: string): DeductionCause =>
  patterns.find(([, pattern]) => pattern.test(words))?.[0] ?? 'other';

const causeNames: Readonly<Record<DeductionCause, Text>> = {
  late: { zh: '发货晚', en: 'late' },
  short: { zh: '缺货', en: 'out of stock' },
  pickup: { zh: '揽收物流', en: 'pickup' },
  service: { zh: '服务', en: 'service' },
  other: { zh: '其他', en: 'other' },
};

/** Money taken for one cause. */
export interface DeductionSum {
  readonly cause: DeductionCause;
  readonly currency: string;
  readonly minor: number;
  readonly orders: number;
}

/** `已扣 ¥35.00：发货晚 ¥30.00、缺货 ¥5.00`, the most first; sums of several currencies stand side by side. */
export function deductionWords(sums: readonly DeductionSum[]): Text {
  const totals = new Map<string, number>();
  for (const { currency, minor } of sums) totals.set(currency, (totals.get(currency) ?? 0) + minor);
  const total = [...totals].map(([currency, minor]) => formatMoney({ minor, currency })).join(' + ');
  const most = [...sums].sort((a, b) => b.minor - a.minor).slice(0, 3);
  const parts = (language: 'zh' | 'en'): readonly string[] =>
    most.map((each) => `${causeNames[each.cause][language]} ${formatMoney(each)}`);
  return { zh: `扣款 ${total}（${parts('zh').join('、')}）`, en: `deducted ${total} (${parts('en').join(', ')})` };
}
