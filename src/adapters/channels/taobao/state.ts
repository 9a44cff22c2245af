import type { ChannelStatus, RefundState } from '../../../domain/order.ts';
import { own } from './own.ts';
import type { Line, Trade } from './row.ts';

/** `status` of channels.md §1.4 in neutral words. */
const statuses: Readonly<Record<string, ChannelStatus>> = {
  TRADE_NO_CREATE_PAY: 'created',
  WAIT_BUYER_PAY: 'created',
  PAY_PENDING: 'created',
  WAIT_PRE_AUTH_CONFIRM: 'created',
  PAID_FORBID_CONSIGN: 'paid',
  WAIT_SELLER_SEND_GOODS: 'paid',
  SELLER_CONSIGNED_PART: 'shipped',
  WAIT_BUYER_CONFIRM_GOODS: 'shipped',
  TRADE_BUYER_SIGNED: 'delivered',
  TRADE_FINISHED: 'delivered',
  TRADE_CLOSED: 'refunded',
  TRADE_CLOSED_BY_TAOBAO: 'closed',
};

/** `step_trade_status`: whether everything is paid. A deposit alone buys nothing. */
const steps: Readonly<Record<string, boolean>> = {
  '': true,
  FRONT_NOPAID_FINAL_NOPAID: false,
  FRONT_PAID_FINAL_NOPAID: false,
  FRONT_PAID_FINAL_PAID: true,
  FRONT_PAID_FRONT_FORFEITED: false,
};

/** `refund_status` of a line. After the seller's no the goods are wanted again. */
const refunds: Readonly<Record<string, RefundState>> = {
  '': 'none',
  NO_REFUND: 'none',
  WAIT_SELLER_AGREE: 'requested',
  WAIT_BUYER_RETURN_GOODS: 'accepted',
  WAIT_SELLER_CONFIRM_GOODS: 'accepted',
  SELLER_REFUSE_BUYER: 'closed',
  CLOSED: 'closed',
  SUCCESS: 'done',
};

/** The loudest first: what one line wants stops the parcel of all. */
const loudest: readonly RefundState[] = ['requested', 'accepted', 'closed'];

export interface TradeState {
  readonly status: ChannelStatus;
  /** The platform's words; those that no table knows stand beside its status. */
  readonly sourceStatus: string;
  readonly refund: RefundState;
  /** Whether the whole price is there. */
  readonly isPaid: boolean;
  /** Shipped or further, whatever has become of the money since. */
  readonly isShipped: boolean;
  /** It was neither waiting for its payment nor for its goods: moments of its way are to be believed. */
  readonly mayHaveLeft: boolean;
  readonly isOver: boolean;
}

/** A line that is neither refunded nor closed: somebody waits for its goods. */
export const isOpen = ({ status, refund_status }: Line): boolean =>
  refund_status !== 'SUCCESS' && status !== 'TRADE_CLOSED' && status !== 'TRADE_CLOSED_BY_TAOBAO';

/** The trade's state from its own words and those of its lines. A word that is in no table makes it `unknown`. */
export function stateOf(trade: Trade): TradeState {
  const told = own(statuses, trade.status);
  const isComplete = own(steps, trade.step_trade_status);
  const strange = [
    ...(isComplete === undefined ? [`step ${trade.step_trade_status}`] : []),
    ...trade.lines.filter((line) => own(refunds, line.refund_status) === undefined).map(strangeRefund),
  ];
  const sourceStatus = [trade.status, ...new Set(strange)].join(', ').slice(0, 120);
  const isPaid = told !== 'created' && told !== 'closed' && isComplete !== false;
  const isShipped = told === 'shipped' || told === 'delivered';
  const refund = refundOf(trade, told);
  const mayHaveLeft = told !== 'created' && told !== 'paid';
  const isOver = told === 'closed' || refund === 'done';
  const known = { sourceStatus, refund, isPaid, isShipped, mayHaveLeft, isOver };
  if (told === undefined || strange.length > 0) return { ...known, status: 'unknown' };
  if (told === 'closed') return { ...known, status: 'closed' };
  if (refund === 'done') return { ...known, status: 'refunded' };
  if (refund === 'requested' || refund === 'accepted') return { ...known, status: 'refunding' };
  if (!isPaid) return { ...known, status: 'created' };
  if (isShipped && trade.sign_time !== null) return { ...known, status: 'delivered' };
  if (told === 'shipped' && trade.collect_time !== null) return { ...known, status: 'in_transit' };
  return { ...known, status: told };
}

const strangeRefund = ({ refund_status }: Line): string => `refund ${refund_status}`;

/** Of the lines that are still wanted; done only when none is (channels.md §9.12). */
function refundOf({ lines }: Trade, told: ChannelStatus | undefined): RefundState {
  if (told === 'refunded') return 'done';
  const all = lines.map(({ refund_status }) => own(refunds, refund_status) ?? 'none');
  if (all.length > 0 && all.every((state) => state === 'done')) return 'done';
  return loudest.find((state) => all.includes(state)) ?? 'none';
}
