import { createHash } from 'node:crypto';
import { shopCredentials } from '../../world/company.ts';
import { orderLines, orderReceiver } from '../../world/orders.ts';
import type { Line, OrderRow } from '../../world/rows.ts';
import { beijing, DAY, startOfDay } from '../../world/time.ts';

export const FLAGS = ['', 'red', 'yellow', 'green', 'blue', 'purple'] as const;
/** What lists never show. */
const DETAIL_ONLY = ['seller_memo', 'buyer_message'];
const CARRIERS: Readonly<Record<string, string>> = { YTO: '圆通速递', ZTO: '中通快递', SF: '顺丰速运' };
const REFUNDS = {
  requested: 'WAIT_SELLER_AGREE',
  accepted: 'WAIT_SELLER_CONFIRM_GOODS',
  done: 'SUCCESS',
  closed: 'CLOSED',
} as const;

/** One in twenty is of a kind that lists leave out unless it is asked for. */
export const RARE = 'tmall_i18n';
export const IS_RARE = 'CAST(substr(no, -6) AS INTEGER) % 20 = 0';
const typeOf = ({ no }: OrderRow): string => (Number(no.slice(-6)) % 20 === 0 ? RARE : 'fixed');

/** A trade with the fields that were asked for, in the platform's own ways: absent when empty, masked, int64 unquoted. */
export function showTrade(order: OrderRow, wanted: ReadonlySet<string>, isDetail: boolean): object {
  const all = Object.entries(allOf(order));
  return Object.fromEntries(
    all.filter(([name, value]) => {
      if (value === null || value === '' || !wanted.has(name)) return false;
      return isDetail || !DETAIL_ONLY.includes(name);
    }),
  );
}

/** The receiver's parts without which the platform keeps the OAID to itself. */
export const wantsOaid = (wanted: ReadonlySet<string>): boolean =>
  ['receiver_name', 'receiver_address', 'receiver_mobile', 'receiver_phone', 'created'].every((name) =>
    wanted.has(name),
  );

function allOf(order: OrderRow): Record<string, unknown> {
  const lines = orderLines(order);
  const receiver = orderReceiver(order);
  const status = statusOf(order);
  const isOver = status.startsWith('TRADE_CLOSED');
  return {
    tid: BigInt(order.no),
    tid_str: order.no,
    type: typeOf(order),
    status,
    created: beijing(order.created_at),
    modified: beijing(order.updated_at),
    pay_time: local(order.paid_at),
    consign_time: local(order.shipped_at),
    collect_time: local(order.scanned_at),
    sign_time: local(order.delivered_at),
    end_time: isOver ? beijing(order.closed_at ?? order.updated_at) : null,
    payment: yuan(order.amount + order.freight),
    total_fee: yuan(order.amount),
    post_fee: yuan(order.freight),
    discount_fee: '0.00',
    num: lines.length === 1 ? lines[0]?.qty : 0,
    buyer_nick: `${order.buyer_id.slice(0, 1)}**`,
    buyer_open_uid: `AAH${digest('open-uid', shopCredentials.tmall.appKey, order.buyer_id)}`,
    has_buyer_message: order.buyer_note !== '',
    buyer_message: order.buyer_note,
    seller_flag: Math.max(0, FLAGS.indexOf((order.flag ?? '') as (typeof FLAGS)[number])),
    seller_memo: order.remark,
    receiver_name: `${receiver.name.slice(0, 1)}** `,
    receiver_mobile: `${receiver.phone.slice(0, 3)}****${receiver.phone.slice(-4)}`,
    receiver_state: receiver.province,
    receiver_city: receiver.city,
    receiver_district: receiver.district,
    receiver_address: `${receiver.address.slice(0, 2)}****** `,
    oaid: oaidOf(order),
    orders: { order: lines.map((line, index) => showLine(line, index, order, lines.length)) },
  };
}

function showLine(line: Line, index: number, order: OrderRow, count: number): object {
  const oid = count === 1 ? order.no : String(BigInt(order.no) + BigInt(index + 1));
  const waits = isPartSent(order) && index === count - 1;
  const shipped =
    order.waybill === null || waits
      ? {}
      : { logistics_company: CARRIERS[order.carrier ?? ''], invoice_no: order.waybill };
  return {
    oid: BigInt(oid),
    oid_str: oid,
    outer_sku_id: line.sku,
    title: line.title,
    num: line.qty,
    price: yuan(line.unit_price),
    total_fee: yuan(line.paid),
    payment: yuan(count === 1 ? line.paid + order.freight : line.paid),
    divide_order_fee: yuan(line.paid),
    refund_status: order.refund_status === null ? 'NO_REFUND' : REFUNDS[order.refund_status],
    status: waits ? 'WAIT_SELLER_SEND_GOODS' : statusOf(order),
    ...shipped,
    ...(order.shipped_at === null || waits ? {} : { consign_time: beijing(order.shipped_at) }),
  };
}

/** Of some orders with several lines the last is sent later: nobody sees that one leave before the carrier has it. */
function isPartSent(order: OrderRow): boolean {
  const isSent = order.shipped_at !== null && order.scanned_at === null;
  return isSent && orderLines(order).length > 1 && Number(order.no.slice(-6)) % 4 === 0;
}

function statusOf(order: OrderRow): string {
  if (order.status === 'created') return 'WAIT_BUYER_PAY';
  if (order.status === 'refunded') return 'TRADE_CLOSED';
  if (order.status === 'closed') return order.paid_at === null ? 'TRADE_CLOSED_BY_TAOBAO' : 'TRADE_CLOSED';
  if (isPartSent(order)) return 'SELLER_CONSIGNED_PART';
  if (order.shipped_at !== null) return 'WAIT_BUYER_CONFIRM_GOODS';
  return order.held === 1 ? 'PAID_FORBID_CONSIGN' : 'WAIT_SELLER_SEND_GOODS';
}

/** One receiver, shop, app and week; weeks begin on Monday. */
function oaidOf(order: OrderRow): string {
  const days = Math.floor((startOfDay(order.created_at) - startOfDay(0)) / DAY);
  const week = Math.floor((days + 3) / 7);
  return digest('oaid', shopCredentials.tmall.appKey, order.shop, String(week), order.receiver);
}

const digest = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32);

const local = (at: number | null): string | null => (at === null ? null : beijing(at));

const yuan = (fen: number): string => (fen / 100).toFixed(2);
