import { createHash } from 'node:crypto';
import { shopCredentials } from '../../world/company.ts';
import { orderLines, orderReceiver } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';
import type { World } from '../../world/world.ts';
import { int64 } from './envelope.ts';

const companies: Readonly<Record<string, readonly [code: string, name: string]>> = {
  YTO: ['yuantong', '圆通快递'],
  ZTO: ['zhongtong', '中通快递'],
  SF: ['shunfeng', '顺丰速运'],
};

/** Those that are no 省. */
const provinces: Readonly<Record<string, string>> = { 北京: '北京市', 上海: '上海市', 广西: '广西壮族自治区' };

const seconds = (at: number | null): number => (at === null ? 0 : Math.floor(at / 1_000));

const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64');

/** order_status and main_status. */
function statusOf(order: OrderRow): readonly [number, number] {
  const shipped = order.shipped_at !== null;
  switch (order.status) {
    case 'created':
      return [1, 1];
    case 'closed':
      return [4, 4];
    case 'refunded':
      return [4, order.delivered_at !== null ? 39 : shipped ? 22 : 21];
    default: {
      const status = shipped ? 3 : order.held === 1 ? 105 : 2;
      return [status, status];
    }
  }
}

function afterSaleOf(order: OrderRow): object {
  const shipped = order.shipped_at !== null;
  const after_sale_type = order.refund_status === null ? 0 : shipped ? 1 : 2;
  const [after_sale_status, refund_status] = {
    none: [0, 0],
    requested: [6, 1],
    accepted: [shipped ? 7 : 12, 2],
    done: [12, 3],
    closed: [28, 1],
  }[order.refund_status ?? 'none'];
  return { after_sale_status, after_sale_type, refund_status };
}

/** Another ciphertext in every answer; its index is there only when it was asked for, and always the same. */
function createCipher(world: World, isSearchable: boolean): (mark: '$' | '#', text: string) => string {
  const answer = world.store.next('dy-cipher');
  let n = 0;
  return (mark, text) => {
    n += 1;
    const index = isSearchable ? digest(world.seed, 'index', text).slice(0, 24) : '';
    const cipher = digest(world.seed, 'cipher', text, `${answer}/${n}`);
    return `${mark}${index}${mark}${cipher}${mark}1${mark}${mark}`;
  };
}

/** An order as lists show it: numbers as numbers. */
export function showOrder(world: World, order: OrderRow, isSearchable: boolean): object {
  const receiver = orderReceiver(order);
  const lines = orderLines(order);
  const [orderStatus, mainStatus] = statusOf(order);
  const payable = order.amount + order.freight;
  const encipher = createCipher(world, isSearchable);
  const place = (name: string): object => ({ name, id: '0' });
  const region = {
    province: place(provinces[receiver.province] ?? `${receiver.province}省`),
    city: place(`${receiver.city}市`),
    town: place(receiver.district),
    street: place(''),
  };
  const lineId = (index: number): string =>
    lines.length === 1 ? order.no : String(BigInt(order.no) + BigInt(index + 1) * 100_000_000_000_000_000n);
  const times = {
    create_time: seconds(order.created_at),
    pay_time: seconds(order.paid_at),
    update_time: seconds(order.updated_at),
    ship_time: seconds(order.shipped_at),
    finish_time: seconds(order.closed_at),
    exp_ship_time: seconds(order.ship_by),
    order_expire_time: 1_800,
  };
  return {
    order_id: order.no,
    shop_id: Number(shopCredentials.dy.shopId),
    order_status: orderStatus,
    main_status: mainStatus,
    ...times,
    pay_type: order.paid_at === null ? 0 : 1,
    trade_type: 0,
    order_type: 0,
    order_amount: payable,
    pay_amount: payable,
    promotion_pay_amount: 0,
    post_amount: order.freight,
    buyer_words: order.buyer_note,
    seller_words: order.remark ?? '',
    seller_remark_stars: Number(order.flag ?? 0),
    encrypt_post_tel: encipher('$', receiver.phone),
    encrypt_post_receiver: encipher('#', receiver.name),
    mask_post_tel: `${receiver.phone.slice(0, 3)}****${receiver.phone.slice(-4)}`,
    mask_post_receiver: `${receiver.name.slice(0, 1)}*`,
    mask_post_addr: { ...region, detail: '****' },
    post_addr: { ...region, encrypt_detail: encipher('#', receiver.address) },
    open_address_id: `#${digest(world.seed, receiver.name, receiver.phone, receiver.address)}`,
    doudian_open_id: `1@#${digest(world.seed, 'buyer', order.buyer_id)}`,
    logistics_info: order.waybill === null ? [] : lines.map((line, index) => parcelOf(order, lineId(index), line.qty)),
    sku_order_list: lines.map((line, index) => ({
      ...times,
      order_id: lineId(index),
      parent_order_id: order.no,
      order_status: orderStatus,
      main_status: mainStatus,
      product_id: int64(`36602074${digits(line.sku, 11)}`),
      product_name: line.title,
      sku_id: Number(digits(line.sku, 15)),
      code: line.sku,
      item_num: line.qty,
      origin_amount: line.unit_price,
      sum_amount: line.unit_price * line.qty,
      pay_amount: line.paid + (index === 0 ? order.freight : 0),
      after_sale_info: afterSaleOf(order),
      logistics_receipt_time: seconds(order.delivered_at),
      confirm_receipt_time: 0,
      encrypt_post_tel: encipher('$', receiver.phone),
    })),
  };
}

/** One entry a line, although they travel together. */
function parcelOf(order: OrderRow, skuOrderId: string, count: number): object {
  const [company, company_name] = companies[order.carrier ?? ''] ?? ['', order.carrier ?? ''];
  return {
    tracking_no: order.waybill,
    company,
    company_name,
    ship_time: seconds(order.shipped_at),
    delivery_id: `${company}_${order.waybill}`,
    product_info: [{ sku_order_id: skuOrderId, product_count: count }],
  };
}

const digits = (text: string, count: number): string => {
  const number = BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 24)}`);
  return String(number).padStart(count, '1').slice(0, count);
};

/** The same as a single read shows it: numbers as text. */
export const inText = (value: unknown): unknown => {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.replace(/^int64:/, '');
  if (Array.isArray(value)) return value.map(inText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inText(one)]));
};
