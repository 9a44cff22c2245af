import type { ChannelStatus, RefundState } from '../../../domain/order.ts';

/** The codes of one order that say how far it is (channels.md §2.4); undefined where a list leaves one out. */
interface Codes {
  readonly order_status: number | undefined;
  readonly confirm_status: number | undefined;
  readonly group_status: number | undefined;
  readonly refund_status: number | undefined;
  readonly after_sales_status: number | undefined;
  readonly trade_type: number | undefined;
  readonly step_order_info: { readonly step_trade_status: number | undefined } | null;
}

export interface State {
  readonly status: ChannelStatus;
  readonly sourceStatus: string;
  readonly refund: RefundState;
  readonly isPaid: boolean;
  readonly hasLeft: boolean;
  readonly isReceived: boolean;
}

type Table<T> = Readonly<Record<number, T>>;

const statuses: Table<ChannelStatus> = { 1: 'paid', 2: 'shipped', 3: 'delivered' };

/** Whether the sale stands. Only confirmed orders are listed, so nothing said is yes. */
const confirmations: Table<'not-yet' | 'yes' | 'cancelled'> = { 0: 'not-yet', 1: 'yes', 2: 'cancelled' };
const groups: Table<'not-yet' | 'yes' | 'cancelled'> = { 0: 'not-yet', 1: 'yes', 2: 'cancelled' };

/** A deposit alone does not pay an order. */
const steps: Table<'not-yet' | 'yes'> = { 0: 'not-yet', 1: 'not-yet', 2: 'yes' };

const refunds: Table<RefundState> = { 1: 'none', 2: 'requested', 3: 'accepted', 4: 'done' };

const afterSales: Table<RefundState> = {
  0: 'none',
  2: 'requested',
  3: 'requested',
  4: 'accepted',
  5: 'accepted',
  // Rejected: the buyer may go on.
  6: 'requested',
  7: 'accepted',
  8: 'requested',
  9: 'closed',
  10: 'done',
  11: 'closed',
  12: 'closed',
  13: 'closed',
  // Exchanges, resends and repairs: no money goes back.
  14: 'none',
  15: 'none',
  16: 'none',
  17: 'none',
  18: 'none',
  21: 'none',
  22: 'none',
  24: 'none',
  25: 'none',
  27: 'none',
  31: 'accepted',
  32: 'none',
  33: 'accepted',
};

/** How far an order is. A code that is in no table makes the whole status `unknown`, and its name stands in `sourceStatus`. */
export function stateOf(codes: Codes): State {
  const unknown: string[] = [];
  const read = <T>(table: Table<T>, name: string, code: number | undefined, absent: T): T => {
    const known = code === undefined ? absent : table[code];
    if (known === undefined) unknown.push(`${name} ${code}`);
    return known ?? absent;
  };
  const { order_status: order } = codes;
  const status = order === undefined ? undefined : statuses[order];
  const confirmed = read(confirmations, 'confirm_status', codes.confirm_status, 'yes');
  const grouped = read(groups, 'group_status', codes.group_status, 'yes');
  const paidUp =
    codes.trade_type === 1 && codes.step_order_info
      ? read(steps, 'step_trade_status', codes.step_order_info.step_trade_status, 'not-yet')
      : 'yes';
  const told = read(refunds, 'refund_status', codes.refund_status, 'none');
  const detail = read(afterSales, 'after_sales_status', codes.after_sales_status, 'none');
  const refund = told === 'none' ? detail : told;

  const isCancelled = confirmed === 'cancelled' || grouped === 'cancelled';
  const isOpen = confirmed === 'not-yet' || grouped === 'not-yet' || paidUp === 'not-yet';
  const reached = isCancelled ? 'closed' : isOpen ? 'created' : (refundStatuses[refund] ?? status);
  // An order that is not confirmed has no state of its own to tell yet.
  if (status === undefined && !isCancelled && !isOpen) unknown.unshift(`order_status ${order ?? 'missing'}`);
  return {
    status: unknown.length > 0 ? 'unknown' : (reached ?? 'unknown'),
    sourceStatus: [sourceOf(codes), ...unknown].join(', '),
    refund,
    isPaid: !isOpen && grouped !== 'cancelled',
    hasLeft: status === 'shipped' || status === 'delivered',
    isReceived: status === 'delivered',
  };
}

const refundStatuses: Readonly<Partial<Record<RefundState, ChannelStatus>>> = {
  requested: 'refunding',
  accepted: 'refunding',
  done: 'refunded',
};

const sourceOf = ({ order_status, confirm_status, refund_status }: Codes): string =>
  `order ${order_status ?? '-'}, confirm ${confirm_status ?? '-'}, refund ${refund_status ?? '-'}`;
