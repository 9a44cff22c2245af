type OrderStatus = 'created' | 'paid' | 'shipped' | 'in_transit' | 'delivered' | 'closed' | 'refunding' | 'refunded';

export interface Line {
  line_id: string;
  sku: string;
  title: string;
  qty: number;
  unit_price: number;
  paid: number;
}

export interface OrderRow {
  no: string;
  shop: string;
  channel: string;
  status: OrderStatus;
  created_at: number;
  paid_at: number | null;
  updated_at: number;
  closed_at: number | null;
  ship_by: number | null;
  shipped_at: number | null;
  scanned_at: number | null;
  delivered_at: number | null;
  amount: number;
  freight: number;
  paid_amount: number;
  currency: string;
  buyer_id: string;
  buyer_note: string;
  remark: string | null;
  flag: string | null;
  held: number;
  refund_status: 'requested' | 'accepted' | 'done' | 'closed' | null;
  refund_at: number | null;
  receiver: string;
  lines: string;
  carrier: string | null;
  waybill: string | null;
  scenario: string | null;
  visible_at: number;
}

type ErpStatus = 'WaitConfirm' | 'Question' | 'Delivering' | 'Sent' | 'Cancelled';

export interface ErpOrderRow {
  o_id: number;
  so_id: string;
  shop_id: number;
  channel: string;
  status: ErpStatus;
  wms_co_id: number;
  question_type: string | null;
  question_desc: string | null;
  l_id: string | null;
  lc_id: string | null;
  logistics_company: string | null;
  plan_delivery_date: number | null;
  labels: string;
  remark: string | null;
  created: number;
  pay_date: number;
  sorted_at: number | null;
  labelled_at: number | null;
  send_date: number | null;
  cancelled_at: number | null;
  modified: number;
  ts: number;
  /** `queued` and `blocked` wait for a wave; `none` is not in the warehouse's line. */
  queue: 'none' | 'queued' | 'blocked';
  ready_at: number | null;
  stalled: number;
}

export interface ErpItemRow {
  oi_id: number;
  o_id: number;
  sku: string;
  title: string;
  qty: number;
  price: number;
  lwh_id: number | null;
}

export interface StockRow {
  wms_co_id: number;
  sku: string;
  bin: string;
  qty: number;
  order_lock: number;
  pick_lock: number;
  lock_qty: number;
  opening: number;
  received: number;
  sent: number;
  adjusted: number;
  modified: number;
  ts: number;
}
