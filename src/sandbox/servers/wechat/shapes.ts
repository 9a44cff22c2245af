import { createHash } from 'node:crypto';
import { orderLines, orderReceiver } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';

const seconds = (at: number | null): number | undefined => (at === null ? undefined : Math.floor(at / 1_000));
const hash = (...parts: readonly string[]): string => createHash('md5').update(parts.join('\n')).digest('hex');

function statusOf(order: OrderRow): number {
  if (order.status === 'closed') return order.paid_at === null ? 250 : 190;
  if (order.status === 'refunded') return 200;
  if (order.paid_at === null) return 10;
  if (order.delivered_at !== null) return 100;
  return order.shipped_at === null ? 20 : 30;
}

const cases: Readonly<Record<string, string>> = {
  requested: 'MERCHANT_PROCESSING',
  accepted: 'PLATFORM_REFUNDING',
  done: 'MERCHANT_REFUND_SUCCESS',
  closed: 'USER_CANCELD',
};

/** An order as `/channels/ec/order/get` gives it (channels.md §5.2): what is not told yet is left out. */
export function showOrder(order: OrderRow, isAddressAsked: boolean): object {
  const receiver = orderReceiver(order);
  const lines = orderLines(order);
  const refund = order.refund_status;
  return {
    order_id: order.no,
    status: statusOf(order),
    create_time: seconds(order.created_at),
    update_time: seconds(order.updated_at),
    openid: `o${hash(order.buyer_id).slice(0, 27)}`,
    order_detail: {
      product_infos: lines.map((line) => ({
        product_id: hash(line.sku.split('-')[0] ?? '')
          .replace(/\D/g, '')
          .slice(0, 11),
        sku_id: hash(line.sku).replace(/\D/g, '').slice(0, 10),
        sku_code: line.sku,
        sku_cnt: line.qty,
        on_aftersale_sku_cnt: refund === 'requested' || refund === 'accepted' ? line.qty : 0,
        finish_aftersale_sku_cnt: refund === 'done' ? line.qty : 0,
        title: line.title,
        sale_price: line.unit_price,
        market_price: line.unit_price,
        real_price: line.paid,
        delivery_deadline: seconds(order.ship_by),
        sku_attrs: [],
      })),
      pay_info:
        order.paid_at === null
          ? { prepay_id: hash('prepay', order.no) }
          : {
              prepay_id: hash('prepay', order.no),
              transaction_id: `42${order.no}`,
              prepay_time: seconds(order.created_at),
              pay_time: seconds(order.paid_at),
              payment_method: 1,
            },
      price_info: {
        product_price: order.amount,
        order_price: order.amount + order.freight,
        freight: order.freight,
        is_discounted: false,
      },
      delivery_info: {
        address_info: {
          user_name: `${receiver.name.slice(0, 1)}*`,
          tel_number: `${receiver.phone.slice(0, 3)}****${receiver.phone.slice(-4)}`,
          province_name: receiver.province,
          city_name: receiver.city,
          county_name: receiver.district,
          detail_info: '***',
          hash_code: hash(receiver.name, receiver.phone, receiver.district, receiver.address),
        },
        ...(isAddressAsked ? { address_under_review: true } : {}),
        // Left out, or an empty list: both are seen.
        ...(order.waybill === null || order.shipped_at === null
          ? order.no.endsWith('3')
            ? {}
            : { delivery_product_info: [] }
          : {
              delivery_product_info: [
                {
                  waybill_id: order.waybill,
                  delivery_id: order.carrier,
                  delivery_time: seconds(order.shipped_at),
                  deliver_type: 1,
                  product_infos: [],
                },
              ],
              ship_done_time: seconds(order.shipped_at),
            }),
        deliver_method: 0,
      },
      ext_info: {
        customer_notes: order.buyer_note,
        merchant_notes: order.remark ?? '',
        confirm_receipt_time: seconds(order.delivered_at),
      },
    },
    aftersale_detail: {
      aftersale_order_list:
        refund === null
          ? []
          : [{ aftersale_order_id: hash('aftersale', order.no).slice(0, 12), status: cases[refund] }],
      on_aftersale_order_cnt: refund === 'requested' || refund === 'accepted' ? 1 : 0,
    },
  };
}
