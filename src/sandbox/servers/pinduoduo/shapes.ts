import { createHash } from 'node:crypto';
import type { Receiver } from '../../world/buyers.ts';
import { orderLines, orderReceiver } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';
import { beijing, dayDigits } from '../../world/time.ts';
import type { World } from '../../world/world.ts';

const logisticsIds: Readonly<Record<string, number>> = { YTO: 85, ZTO: 115, SF: 44 };
export const colours: readonly string[] = ['', 'red', 'yellow', 'green', 'blue', 'purple'];

const refundStatus = { none: 1, requested: 2, accepted: 3, done: 4, closed: 1 } as const;
const afterSales = { none: 0, requested: 2, accepted: 4, done: 10, closed: 11 } as const;

const time = (at: number | null): string => (at === null ? '' : beijing(at));
const hash = (...parts: readonly string[]): string => createHash('sha256').update(parts.join('\n')).digest('base64');
/** A number of at most 12 digits. */
const idOf = (text: string): number => Number.parseInt(createHash('md5').update(text).digest('hex').slice(0, 10), 16);

export const tagKey = (no: string): string => `pdd-tag:${no}`;

/** An order as lists and single reads give it. */
export function showOrder(world: World, order: OrderRow): object {
  const left = order.shipped_at !== null;
  const received = order.delivered_at !== null;
  const isPaid = order.paid_at !== null;
  const isOpen = order.closed_at === null;
  const lines = orderLines(order);
  // Sums of doubles, with all their noise.
  const goods = lines.reduce((sum, line) => sum + (line.unit_price / 100) * line.qty, 0);
  const receiver = orderReceiver(order);
  const isShown = isPaid && isOpen && !left && order.held === 0;
  const tag = Math.max(0, colours.indexOf(order.flag ?? ''));
  const refund = order.refund_status ?? 'none';
  return {
    order_sn: order.no,
    order_status: received ? 3 : left ? 2 : 1,
    confirm_status: isPaid ? (order.status === 'closed' ? 2 : 1) : isOpen ? 0 : 2,
    group_status: isPaid ? 1 : isOpen ? 0 : 2,
    refund_status: refundStatus[refund],
    after_sales_status: afterSales[refund],
    risk_control_status: order.held,
    trade_type: 0,
    step_order_info: null,
    created_time: time(order.created_at),
    pay_time: time(order.paid_at),
    confirm_time: time(order.paid_at),
    shipping_time: time(order.shipped_at),
    receive_time: time(order.delivered_at),
    updated_at: time(order.updated_at),
    last_ship_time: time(order.ship_by),
    urge_shipping_time: '',
    promise_delivery_time: '',
    is_pre_sale: 0,
    pre_sale_time: '',
    pay_amount: goods + order.freight / 100,
    goods_amount: goods,
    discount_amount: 0,
    platform_discount: 0,
    seller_discount: 0,
    postage: order.freight / 100,
    order_change_amount: 0,
    pay_no: '',
    pay_type: '',
    item_list: lines.map((line) => ({
      goods_id: idOf(line.sku.split('-')[0] ?? ''),
      // A number in the documents, a text in some answers.
      sku_id: order.no.endsWith('7') ? String(idOf(line.sku)) : idOf(line.sku),
      outer_id: line.sku,
      outer_goods_id: line.sku.split('-')[0],
      goods_name: line.title,
      goods_spec: '',
      goods_img: '',
      goods_price: line.unit_price / 100,
      goods_count: line.qty,
    })),
    tracking_number: left ? (order.waybill ?? '') : '',
    logistics_id: left ? (logisticsIds[order.carrier ?? ''] ?? 0) : 0,
    ...(left ? { extra_delivery_list: [] } : {}),
    stock_out_handle_status: -1,
    order_tag_list: [
      { name: 'no_trace_delivery', value: 0 },
      { name: 'ship_hold', value: 0 },
    ],
    buyer_memo: order.buyer_note,
    remark: order.remark ?? '',
    remark_tag: tag === 0 ? null : tag,
    remark_tag_name: tag === 0 ? null : (world.store.readMeta(tagKey(order.no)) ?? ''),
    country: '中国',
    province: receiver.province,
    city: receiver.city,
    town: receiver.district,
    ...personal(order, receiver, isShown),
  };
}

/** Cipher texts with masks while an order waits, and nothing of it afterwards or under review (channels.md §2.3, §2.8). */
function personal(order: OrderRow, receiver: Receiver, isShown: boolean): object {
  const { name, phone, address } = receiver;
  const tuple = [name, phone, address, receiver.district];
  const shown = {
    receiver_name: sealText(name, order.no),
    receiver_phone: `$${hash('index', phone).slice(0, 24)}$${hash(order.no, phone)}$1$$`,
    receiver_address: sealText(address, order.no),
    address: sealText(receiver.province + receiver.city + receiver.district + address, order.no),
    receiver_name_mask: `${name.slice(0, 1)}*`,
    receiver_phone_mask: `${phone.slice(0, 1)}*********${phone.slice(-1)}`,
    receiver_address_mask: `${address.slice(0, 2)}***`,
    open_address_id: hash(dayDigits(order.created_at), ...tuple),
    open_address_id_2: hash('2', ...tuple),
  };
  return isShown ? shown : Object.fromEntries(Object.keys(shown).map((key) => [key, '']));
}

/** `~<cipher>~<index>~<version>~~`; the index is a code per character, so that equal ends have equal ends. */
const sealText = (text: string, salt: string): string =>
  `~${hash(salt, text)}~${[...text].map((letter) => (letter.codePointAt(0) ?? 0).toString(36).padStart(4, '0')).join('')}~1~~`;
