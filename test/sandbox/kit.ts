import { randomUUID } from 'node:crypto';
import { signJushuitan } from '../../src/sandbox/servers/jushuitan/sign.ts';
import { signMini } from '../../src/sandbox/servers/miniprogram-sign.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts';
import { jushuitan, mini } from '../../src/sandbox/world/company.ts';
import { findOrder, payOrder, placeOrder } from '../../src/sandbox/world/orders.ts';

/** A Tuesday, 14:00 in Beijing. */
export const noon = Date.parse('2026-11-10T06:00:00Z');
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** A company that stands still: stock on the shelves, no orders but the test's own, no limits in the way. */
export function quiet(options: SandboxOptions = {}): Promise<Sandbox> {
  return startSandbox({
    mode: 'manual',
    startAt: noon,
    history: false,
    ...options,
    settings: {
      ordersPerDay: 0,
      jushuitanPerSecond: 1_000,
      jushuitanPerMinute: 1_000,
      miniPerSecond: 1_000,
      ...options.settings,
    },
  });
}

export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
  body: any;
  headers: Headers;
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {}
  return { status: response.status, body, headers: response.headers };
}

export interface JstOptions {
  form?: Record<string, string>;
  sign?: string;
  token?: string;
}

/** A signed call to the ERP. */
export async function jst(sandbox: Sandbox, path: string, biz: unknown, options: JstOptions = {}): Promise<Reply> {
  const form: Record<string, string> = {
    app_key: jushuitan.appKey,
    access_token: options.token ?? jushuitan.accessToken,
    timestamp: String(Math.floor(sandbox.world.clock.now() / 1_000)),
    version: '2',
    charset: 'utf-8',
    biz: JSON.stringify(biz),
    ...options.form,
  };
  form.sign = options.sign ?? signJushuitan(jushuitan.appSecret, form);
  return replyOf(await fetch(`${sandbox.url}/jst${path}`, { method: 'POST', body: new URLSearchParams(form) }));
}

export interface MiniOptions {
  method?: string;
  query?: Record<string, string | number>;
  body?: unknown;
  nonce?: string;
  timestamp?: number;
  headers?: Record<string, string>;
}

/** A signed call to the mini-program's API. */
export async function callMini(sandbox: Sandbox, path: string, options: MiniOptions = {}): Promise<Reply> {
  const pairs = Object.entries(options.query ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
  const search = new URLSearchParams(pairs).toString();
  const method = options.method ?? (options.body === undefined ? 'GET' : 'POST');
  const body = options.body === undefined ? '' : JSON.stringify(options.body);
  const timestamp = String(options.timestamp ?? Math.floor(sandbox.world.clock.now() / 1_000));
  const nonce = options.nonce ?? randomUUID();
  const headers = {
    'x-key': mini.key,
    'x-timestamp': timestamp,
    'x-nonce': nonce,
    'x-signature': signMini(mini.secret, { method, path, search, timestamp, nonce, body }),
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
    ...options.headers,
  };
  const url = `${sandbox.url}/mini${path}${search === '' ? '' : `?${search}`}`;
  return replyOf(await fetch(url, { method, headers, ...(body === '' ? {} : { body }) }));
}

/** A call to the control API. */
export async function control(
  sandbox: Sandbox,
  path: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<Reply> {
  const headers = { 'content-type': 'application/json' };
  return replyOf(
    await fetch(sandbox.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  );
}

export function pass(sandbox: Sandbox, ms: number): Promise<void> {
  return sandbox.advance(sandbox.world.clock.now() + ms);
}

/** An order that is paid now and, a minute later, in the ERP. */
export async function orderInErp(
  sandbox: Sandbox,
  options: { sku?: string; qty?: number; shop?: string; note?: string } = {},
): Promise<{ no: string; oId: number; sku: string; warehouse: number }> {
  const { world } = sandbox;
  const at = world.clock.now();
  const sku = options.sku ?? 'TX01-HE-M';
  const no = placeOrder(world, {
    at,
    random: world.random('test', world.store.next('test')),
    lines: [{ sku, qty: options.qty ?? 1 }],
    note: options.note ?? '',
    ...(options.shop === undefined ? {} : { shop: options.shop }),
  });
  payOrder(world, no, at);
  world.schedule(at + 5 * SECOND, 'push', no);
  await pass(sandbox, MINUTE);
  const erp = world.store.get<{ o_id: number; wms_co_id: number }>(
    'SELECT o_id, wms_co_id FROM erp_orders WHERE so_id = ?',
    no,
  );
  if (erp === undefined) throw new Error(`${no} did not reach the ERP as ${findOrder(world, no)?.status}`);
  return { no, oId: erp.o_id, sku, warehouse: erp.wms_co_id };
}

/** What the ERP says of one SKU at one warehouse. */
export async function stockOf(sandbox: Sandbox, warehouse: number, sku: string): Promise<Record<string, number>> {
  const reply = await jst(sandbox, '/open/inventory/query', {
    wms_co_id: warehouse,
    sku_ids: [sku],
    has_lock_qty: true,
  });
  return reply.body.data.inventorys[0];
}

export async function erpStatus(sandbox: Sandbox, oId: number): Promise<string> {
  const reply = await jst(sandbox, '/open/orders/single/query', { o_ids: [oId] });
  return reply.body.data.orders[0].status;
}

export async function truth(sandbox: Sandbox, no: string): Promise<Reply['body']> {
  return (await control(sandbox, `/world/orders/${no}`)).body;
}

/** Locks that do not add up, as sentences; none when the stock is sound. */
export function unsoundStock(sandbox: Sandbox): unknown[] {
  return sandbox.world.store.all(
    `WITH live AS (
       SELECT o.wms_co_id, i.sku, SUM(i.qty) AS held, SUM(CASE WHEN o.status = 'Delivering' THEN i.qty ELSE 0 END) AS picked
       FROM erp_items AS i JOIN erp_orders AS o ON o.o_id = i.o_id
       WHERE o.status IN ('WaitConfirm', 'Question', 'Delivering') GROUP BY o.wms_co_id, i.sku),
     leaving AS (
       SELECT json_extract(data, '$.warehouse') AS wms_co_id, json_extract(data, '$.sku') AS sku, SUM(json_extract(data, '$.qty')) AS qty
       FROM events WHERE kind = 'release-lock' GROUP BY 1, 2)
     SELECT s.*, live.held, live.picked, leaving.qty AS leaving FROM stock AS s
     LEFT JOIN live ON live.wms_co_id = s.wms_co_id AND live.sku = s.sku
     LEFT JOIN leaving ON leaving.wms_co_id = s.wms_co_id AND leaving.sku = s.sku
     WHERE s.qty < 0 OR s.lock_qty < 0 OR s.order_lock <> COALESCE(live.held, 0) + COALESCE(leaving.qty, 0)
       OR s.pick_lock <> COALESCE(live.picked, 0) OR s.qty <> s.opening + s.received - s.sent + s.adjusted`,
  );
}
