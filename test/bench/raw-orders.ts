import type Database from 'better-sqlite3';

/** What a shop's row holds of what the yardstick stores. */
interface Told {
  readonly order_no: string;
  readonly status: string;
  readonly created_at: number;
  readonly paid_at: number;
  readonly updated_at: number;
  readonly ship_by: number;
  readonly amount: number;
  readonly freight: number;
  readonly paid_amount: number;
  readonly currency: string;
  readonly buyer_id: string;
  readonly buyer_note: string;
  readonly flag: string;
  readonly held: boolean;
  readonly items: readonly {
    line_id: string;
    sku: string;
    title: string;
    qty: number;
    unit_price: number;
    paid: number;
  }[];
  readonly receiver: Readonly<Record<'name' | 'phone' | 'province' | 'city' | 'address', string>>;
}

const schema = `
  CREATE TABLE o (id TEXT PRIMARY KEY, status TEXT, created_at INTEGER, paid_at INTEGER, updated_at INTEGER, ship_by INTEGER,
    amount INTEGER, freight INTEGER, paid_amount INTEGER, currency TEXT, buyer_id TEXT, buyer_note TEXT, flag TEXT, held INTEGER,
    name TEXT, phone TEXT, province TEXT, city TEXT, address TEXT, payload TEXT);
  CREATE INDEX o_status_paid ON o (status, paid_at);
  CREATE INDEX o_phone ON o (phone, created_at);
  CREATE TABLE line (order_id TEXT, line_id TEXT, sku TEXT, title TEXT, qty INTEGER, unit INTEGER, paid INTEGER, PRIMARY KEY (order_id, line_id));
  CREATE INDEX line_sku ON line (sku);
`;

/** The least that stores an order: JSON.parse, 20 columns with the payload as it came, 1.6 lines, `batch` orders a transaction, and an index each
 * for what everybody asks: by state and payment, by telephone, by SKU. */
export function insertRaw(raw: Database.Database, payloads: readonly string[], batch: number): void {
  raw.exec(schema);
  const order = raw.prepare(`INSERT INTO o VALUES (${Array(20).fill('?').join(', ')})`);
  const line = raw.prepare('INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?)');
  const store = raw.transaction((texts: readonly string[]) => {
    for (const text of texts) {
      const row = JSON.parse(text) as Told;
      const { name, phone, province, city, address } = row.receiver;
      order.run(
        row.order_no,
        row.status,
        row.created_at,
        row.paid_at,
        row.updated_at,
        row.ship_by,
        row.amount,
        row.freight,
        row.paid_amount,
        row.currency,
        row.buyer_id,
        row.buyer_note,
        row.flag,
        row.held ? 1 : 0,
        name,
        phone,
        province,
        city,
        address,
        text,
      );
      for (const { line_id, sku, title, qty, unit_price, paid } of row.items)
        line.run(row.order_no, line_id, sku, title, qty, unit_price, paid);
    }
  });
  for (let from = 0; from < payloads.length; from += batch) store(payloads.slice(from, from + batch));
}

const ourTables = ['Event', '"Order"', 'OrderLine', 'Identity', 'Receiver', 'Deadline'];

/** Copies what ours wrote into another file of the same schema: JSON.parse and
 * these very rows, thought about by nobody. */
export function copyRows(
  from: Database.Database,
  to: Database.Database,
  payloads: readonly string[],
  batch: number,
): () => void {
  const orders = payloads.length;
  const tables = ourTables.map((table) => {
    const rows = from.prepare<[], unknown[]>(`SELECT * FROM ${table} ORDER BY rowid`).raw().all();
    const marks = (rows[0] ?? []).map(() => '?').join(', ');
    return { rows, insert: to.prepare(`INSERT INTO ${table} VALUES (${marks})`), perOrder: rows.length / orders };
  });
  const store = to.transaction((first: number) => {
    const end = Math.min(orders, first + batch);
    for (let order = first; order < end; order += 1) {
      JSON.parse(payloads[order] ?? '');
      for (const { rows, insert, perOrder } of tables) {
        const last = Math.round((order + 1) * perOrder);
        for (let row = Math.round(order * perOrder); row < last; row += 1) insert.run(rows[row]);
      }
    }
  });
  return () => {
    for (let first = 0; first < orders; first += batch) store(first);
  };
}
