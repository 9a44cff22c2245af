import type { ChannelStatus, RefundState } from '../../../domain/order.ts';

/** What of an order says how far it is (channels.md §5.3). */
interface Told {
  readonly status: number | undefined;
  readonly hasPayment: boolean;
  /** After-sale cases: a word as the after-sale interfaces say it, or a number that no document explains. */
  readonly cases: readonly (string | number)[];
  readonly openCases: number;
  readonly isAllReturned: boolean;
}

export interface State {
  readonly status: ChannelStatus;
  readonly sourceStatus: string;
  readonly refund: RefundState;
  readonly isPaid: boolean;
  readonly isOut: boolean;
}

const statuses: Readonly<Record<number, ChannelStatus>> = {
  10: 'created',
  // A present whose receiver has not said yet where it goes.
  12: 'paid',
  // A group that is not complete.
  13: 'created',
  20: 'paid',
  // Partly sent: the rest still waits.
  21: 'paid',
  30: 'shipped',
  100: 'delivered',
  190: 'closed',
  200: 'closed',
  250: 'closed',
};
/** The buyer has paid, and the sale stands. */
const standing: readonly (ChannelStatus | undefined)[] = ['paid', 'shipped', 'delivered'];

/** `USER_CANCELD` is theirs. */
const afterSales: Readonly<Record<string, RefundState>> = {
  USER_CANCELD: 'closed',
  MERCHANT_PROCESSING: 'requested',
  MERCHANT_REJECT_REFUND: 'closed',
  MERCHANT_REJECT_RETURN: 'closed',
  USER_WAIT_RETURN: 'accepted',
  RETURN_CLOSED: 'closed',
  MERCHANT_WAIT_RECEIPT: 'accepted',
  MERCHANT_OVERDUE_REFUND: 'accepted',
  MERCHANT_REFUND_SUCCESS: 'done',
  MERCHANT_RETURN_SUCCESS: 'done',
  PLATFORM_REFUNDING: 'accepted',
  PLATFORM_REFUND_FAIL: 'accepted',
  USER_WAIT_CONFIRM: 'requested',
  MERCHANT_REFUND_RETRY_FAIL: 'accepted',
  MERCHANT_FAIL: 'accepted',
  USER_WAIT_CONFIRM_UPDATE: 'requested',
  USER_WAIT_HANDLE_MERCHANT_AFTER_SALE: 'requested',
};

/** How far an order is. What is in no table, or contradicts itself, is `unknown` and stands in `sourceStatus`. */
export function stateOf(told: Told): State {
  const { status: code, hasPayment, cases } = told;
  const status = code === undefined || !Object.hasOwn(statuses, code) ? undefined : statuses[code];
  const notes: string[] = [];
  if (status === undefined) notes.push(`status ${code ?? 'missing'}`);
  // Seen in the wild: an order goes back to 10 although it is paid.
  else if (code === 10 && hasPayment) notes.push('unpaid, with a payment');
  for (const word of cases)
    if (!Object.hasOwn(afterSales, word) && !/^\d+$/.test(String(word))) notes.push(`after-sale ${word}`);
  const refund = refundOf(told);
  const isStanding = standing.includes(status);
  const reached = isStanding ? (refundStatuses[refund] ?? status) : status;
  return {
    status: notes.length > 0 ? 'unknown' : (reached ?? 'unknown'),
    sourceStatus: [String(code ?? '-'), ...notes].join(', '),
    refund,
    isPaid: code !== 13 && (hasPayment || isStanding),
    isOut: code === 30 || code === 100,
  };
}

const refundStatuses: Readonly<Partial<Record<RefundState, ChannelStatus>>> = {
  requested: 'refunding',
  accepted: 'refunding',
  done: 'refunded',
};

/** Of several cases the one that is furthest on and still open; all money is back only when every piece is. */
function refundOf({ status, cases, openCases, isAllReturned }: Told): RefundState {
  const states = cases.map((word) => (Object.hasOwn(afterSales, word) ? afterSales[word] : undefined));
  if (states.includes('accepted')) return 'accepted';
  if (states.includes('requested') || openCases > 0) return 'requested';
  if (status === 200 || isAllReturned) return 'done';
  return states.includes('closed') ? 'closed' : 'none';
}
