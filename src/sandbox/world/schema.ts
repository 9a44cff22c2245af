/** All tables of the simulated company. Times are world time in unix ms. */
export const schema = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, data TEXT);
CREATE INDEX IF NOT EXISTS events_due ON events (at, id);

CREATE TABLE IF NOT EXISTS orders (
  no TEXT PRIMARY KEY, shop TEXT NOT NULL, channel TEXT NOT NULL, status TEXT NOT NULL,
  created_at INTEGER NOT NULL, paid_at INTEGER, updated_at INTEGER NOT NULL, closed_at INTEGER, ship_by INTEGER,
  shipped_at INTEGER, scanned_at INTEGER, delivered_at INTEGER,
  amount INTEGER NOT NULL, freight INTEGER NOT NULL, paid_amount INTEGER NOT NULL, currency TEXT NOT NULL,
  buyer_id TEXT NOT NULL, buyer_note TEXT NOT NULL, remark TEXT, flag TEXT, held INTEGER NOT NULL DEFAULT 0,
  refund_status TEXT, refund_at INTEGER, receiver TEXT NOT NULL, lines TEXT NOT NULL,
  carrier TEXT, waybill TEXT, scenario TEXT, visible_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS orders_updated ON orders (updated_at / 1000, no);
CREATE INDEX IF NOT EXISTS orders_created ON orders (created_at / 1000, no);
CREATE TABLE IF NOT EXISTS order_changes (
  id INTEGER PRIMARY KEY, no TEXT NOT NULL, at INTEGER NOT NULL, stage TEXT NOT NULL, visible_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS order_changes_no ON order_changes (no);
CREATE TABLE IF NOT EXISTS traces (
  id INTEGER PRIMARY KEY, no TEXT NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL,
  waybill TEXT NOT NULL, carrier TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS traces_no ON traces (no);
CREATE INDEX IF NOT EXISTS traces_waybill ON traces (waybill);
CREATE TABLE IF NOT EXISTS courier_lies (no TEXT PRIMARY KEY, lie TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tracking_queries (number TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tracking_subscriptions (
  number TEXT PRIMARY KEY, company TEXT NOT NULL, callback TEXT NOT NULL, salt TEXT NOT NULL, phone TEXT NOT NULL,
  fine INTEGER NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL, told INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tracking_pushes (
  id INTEGER PRIMARY KEY, number TEXT NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'waiting', callback TEXT NOT NULL, param TEXT NOT NULL, salt TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS tracking_pushes_due ON tracking_pushes (state, due);
CREATE TABLE IF NOT EXISTS fedex_tokens (token TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shopify_webhooks (
  id INTEGER PRIMARY KEY, topic TEXT NOT NULL, url TEXT NOT NULL, told INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS shopify_holds (
  id INTEGER PRIMARY KEY, o_id INTEGER NOT NULL, handle TEXT NOT NULL, reason TEXT NOT NULL, notes TEXT NOT NULL,
  UNIQUE (o_id, handle)) STRICT;
CREATE TABLE IF NOT EXISTS telephone_rings (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, via TEXT NOT NULL, person TEXT NOT NULL,
  words TEXT NOT NULL, ref TEXT NOT NULL, out_id TEXT NOT NULL, mobile TEXT NOT NULL, outcome TEXT NOT NULL,
  ends INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS telephone_rings_ref ON telephone_rings (ref);
CREATE TABLE IF NOT EXISTS telephone_answers (
  id INTEGER PRIMARY KEY, person TEXT NOT NULL, outcome TEXT NOT NULL, times INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS telephone_receipts (
  id INTEGER PRIMARY KEY, ring INTEGER NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'waiting') STRICT;
CREATE INDEX IF NOT EXISTS telephone_receipts_due ON telephone_receipts (state, due);
CREATE TABLE IF NOT EXISTS text_messages (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, mobile TEXT NOT NULL, words TEXT NOT NULL, template TEXT NOT NULL,
  out_id TEXT NOT NULL, biz_id TEXT NOT NULL, status INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sf_orders (
  order_id TEXT PRIMARY KEY, mail_no TEXT NOT NULL UNIQUE, token TEXT NOT NULL, message TEXT NOT NULL,
  at INTEGER NOT NULL, cancelled_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS idempotency (key TEXT PRIMARY KEY, route TEXT NOT NULL, no TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS erp_orders (
  o_id INTEGER PRIMARY KEY, so_id TEXT NOT NULL, shop_id INTEGER NOT NULL, channel TEXT NOT NULL,
  status TEXT NOT NULL, wms_co_id INTEGER NOT NULL, question_type TEXT, question_desc TEXT,
  l_id TEXT, lc_id TEXT, logistics_company TEXT, plan_delivery_date INTEGER, labels TEXT NOT NULL DEFAULT '[]',
  remark TEXT, created INTEGER NOT NULL, pay_date INTEGER NOT NULL, sorted_at INTEGER, labelled_at INTEGER,
  send_date INTEGER, cancelled_at INTEGER, modified INTEGER NOT NULL, ts INTEGER NOT NULL,
  queue TEXT NOT NULL DEFAULT 'none', ready_at INTEGER, stalled INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX IF NOT EXISTS erp_orders_so ON erp_orders (so_id);
CREATE INDEX IF NOT EXISTS erp_orders_ts ON erp_orders (ts);
CREATE INDEX IF NOT EXISTS erp_orders_waybill ON erp_orders (l_id);
CREATE INDEX IF NOT EXISTS erp_orders_modified ON erp_orders (modified, o_id);
CREATE INDEX IF NOT EXISTS erp_orders_queue ON erp_orders (queue, wms_co_id, ready_at, o_id);
CREATE INDEX IF NOT EXISTS erp_orders_sent ON erp_orders (send_date, o_id) WHERE send_date IS NOT NULL;
CREATE TABLE IF NOT EXISTS erp_items (
  oi_id INTEGER PRIMARY KEY, o_id INTEGER NOT NULL, sku TEXT NOT NULL, title TEXT NOT NULL, qty INTEGER NOT NULL,
  price INTEGER NOT NULL, lwh_id INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS erp_items_order ON erp_items (o_id);
CREATE INDEX IF NOT EXISTS erp_items_sku ON erp_items (sku, o_id);
CREATE TABLE IF NOT EXISTS erp_actions (
  id INTEGER PRIMARY KEY, o_id INTEGER NOT NULL, at INTEGER NOT NULL, name TEXT NOT NULL, who TEXT NOT NULL,
  remark TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS erp_actions_at ON erp_actions (at, id);
CREATE INDEX IF NOT EXISTS erp_actions_order ON erp_actions (o_id);

CREATE TABLE IF NOT EXISTS stock (
  wms_co_id INTEGER NOT NULL, sku TEXT NOT NULL, bin TEXT NOT NULL, qty INTEGER NOT NULL,
  order_lock INTEGER NOT NULL DEFAULT 0, pick_lock INTEGER NOT NULL DEFAULT 0, lock_qty INTEGER NOT NULL DEFAULT 0,
  opening INTEGER NOT NULL, received INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 0,
  adjusted INTEGER NOT NULL DEFAULT 0, modified INTEGER NOT NULL, ts INTEGER NOT NULL,
  PRIMARY KEY (wms_co_id, sku)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lwh_operations (
  io_id INTEGER PRIMARY KEY, so_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, lwh_id INTEGER NOT NULL,
  wms_co_id INTEGER NOT NULL, created INTEGER NOT NULL, creator TEXT NOT NULL, remark TEXT NOT NULL,
  applied INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS lwh_items (
  io_id INTEGER NOT NULL, sku TEXT NOT NULL, qty INTEGER NOT NULL, returned INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (io_id, sku)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS purchase_requests (no TEXT PRIMARY KEY, wms_co_id INTEGER NOT NULL, items TEXT NOT NULL,
  need_by INTEGER, created INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS allocations (
  io_id INTEGER PRIMARY KEY, so_id TEXT NOT NULL UNIQUE, go_co_id INTEGER NOT NULL, link_co_id INTEGER NOT NULL,
  items TEXT NOT NULL, confirmed INTEGER NOT NULL, created INTEGER NOT NULL, arrived_at INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS stations (
  code INTEGER PRIMARY KEY, next_wave INTEGER, stopped_until INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE IF NOT EXISTS tokens (
  access TEXT PRIMARY KEY, refresh TEXT NOT NULL UNIQUE, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nonces_at ON nonces (at);
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY, server TEXT NOT NULL, route TEXT, kind TEXT NOT NULL, times INTEGER, ms INTEGER NOT NULL,
  until INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS calls (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, wall INTEGER NOT NULL, server TEXT NOT NULL, method TEXT NOT NULL,
  route TEXT NOT NULL, url TEXT NOT NULL, body TEXT NOT NULL, status INTEGER NOT NULL, outcome TEXT NOT NULL,
  applied INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS calls_at ON calls (at);
`;

export const tables = [
  'meta',
  'events',
  'orders',
  'order_changes',
  'traces',
  'courier_lies',
  'tracking_queries',
  'tracking_subscriptions',
  'tracking_pushes',
  'telephone_rings',
  'telephone_answers',
  'telephone_receipts',
  'text_messages',
  'sf_orders',
  'idempotency',
  'shopify_holds',
  'erp_orders',
  'erp_items',
  'erp_actions',
  'stock',
  'lwh_operations',
  'lwh_items',
  'allocations',
  'purchase_requests',
  'stations',
  'tokens',
  'nonces',
  'faults',
  'calls',
] as const;
