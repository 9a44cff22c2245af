import { z } from 'zod';
import { worldWindow } from '../world/clock.ts';
import { mini } from '../world/company.ts';
import { changeOrder, findOrder } from '../world/orders.ts';
import type { OrderRow } from '../world/rows.ts';
import { MINUTE, SECOND } from '../world/time.ts';
import type { World } from '../world/world.ts';
import type { Answer, Call, Context, Route, Server } from './exchange.ts';
import { showOrder, showTraces } from './miniprogram-shapes.ts';
import { signMini } from './miniprogram-sign.ts';
import { createRateWindows } from './rate-windows.ts';
import { sameText } from './same-text.ts';

const SHEET = 'channels.md §6';
const MAX_LIMIT = 200;

const routes: readonly Route[] = [
  { method: 'GET', path: '/v1/orders', sheet: SHEET, kind: 'read', answer: listOrders },
  {
    method: 'GET',
    path: '/v1/orders/:no',
    sheet: SHEET,
    kind: 'read',
    answer: oneOrder((world, order) => showOrder(world, order)),
  },
  { method: 'GET', path: '/v1/orders/:no/traces', sheet: SHEET, kind: 'read', answer: oneOrder(showTraces) },
  { method: 'POST', path: '/v1/orders/:no/remark', sheet: SHEET, kind: 'write', answer: write(remark) },
  { method: 'POST', path: '/v1/orders/:no/hold', sheet: SHEET, kind: 'write', answer: write(hold(1)) },
  { method: 'POST', path: '/v1/orders/:no/release', sheet: SHEET, kind: 'write', answer: write(hold(0)) },
];

/** The merchant's own order API. */
export function createMiniProgram(): Server {
  const rates = createRateWindows();
  const guard = (world: World, call: Call): Answer | undefined => {
    const refusal = checkSignature(world, call);
    if (refusal !== undefined) return refusal;
    const limit = [{ ms: worldWindow(world.clock, SECOND), limit: world.settings.miniPerSecond }];
    const full = rates.take(mini.key, world.clock.now(), limit) !== undefined;
    if (full || call.fault?.kind === 'rate-limit') return rateLimited();
    return undefined;
  };
  const notFound = (_world: World, call: Call): Answer => {
    const known = /^\/v1\/orders(\/[^/]+(\/(traces|remark|hold|release))?)?$/.test(call.path);
    return known ? fail(405, 'method_not_allowed', 'wrong method') : fail(404, 'not_found', 'no such path');
  };
  return { name: 'mini', prefix: '/mini', routes, guard, notFound };
}

function checkSignature(world: World, call: Call): Answer | undefined {
  const header = (name: string): string => String(call.headers[name] ?? '');
  const timestamp = header('x-timestamp');
  const nonce = header('x-nonce');
  if (call.fault?.kind === 'wrong-ip') return fail(403, 'bad_ip', 'caller address not allowed');
  if (header('x-key') !== mini.key || call.fault?.kind === 'expire-token') return fail(401, 'bad_key', 'unknown key');
  const now = world.clock.now() + (call.fault?.kind === 'skew' ? call.fault.ms : 0);
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * 1_000 - now) > 300_000) {
    return fail(401, 'bad_timestamp', 'timestamp is more than 300 s off', { server_time: Math.floor(now / 1_000) });
  }
  const parts = { method: call.method, path: call.path, search: call.search, timestamp, nonce, body: call.body };
  if (nonce === '' || !sameText(header('x-signature'), signMini(mini.secret, parts))) {
    return fail(401, 'bad_signature', 'signature does not match');
  }
  const fresh = world.store.run(
    'INSERT INTO nonces (nonce, at) VALUES (?, ?) ON CONFLICT (nonce) DO UPDATE SET at = excluded.at WHERE at <= ?',
    nonce,
    world.clock.now(),
    world.clock.now() - 10 * MINUTE,
  );
  return fresh === 1 ? undefined : fail(401, 'nonce_replayed', 'nonce was used before');
}

function listOrders({ world }: Context, call: Call): Answer {
  const limit = call.query.has('limit') ? Number(call.query.get('limit')) : 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    return fail(400, 'bad_limit', `limit is 1 to ${MAX_LIMIT}`);
  const by = call.query.has('updated_from') ? 'updated' : 'created';
  const from = Number(call.query.get(`${by}_from`) ?? Number.NaN);
  const to = Number(call.query.get(`${by}_to`) ?? Math.floor(world.clock.now() / 1_000));
  if (!Number.isInteger(from) || !Number.isInteger(to))
    return fail(400, 'window_required', 'updated_from or created_from is required');
  const text = call.query.get('cursor');
  const cursor = text === null ? ([from, ''] as const) : readCursor(text);
  if (cursor === undefined) return fail(400, 'bad_cursor', 'unknown cursor');
  const [second, no] = cursor;
  const key = `${by}_at / 1000`;
  const rows = world.store.all<OrderRow>(
    `SELECT * FROM orders WHERE (${key}, no) > (?, ?) AND ${key} >= ? AND ${key} <= ? AND shop = 'mini'
     ORDER BY ${key}, no LIMIT ?`,
    second,
    no,
    from,
    to,
    limit + 1,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return ok({
    orders: page.map((row) => showOrder(world, row)),
    next_cursor: more
      ? writeCursor(Math.floor((by === 'updated' ? last.updated_at : last.created_at) / 1_000), last.no)
      : null,
    server_time: Math.floor(world.clock.now() / 1_000),
  });
}

function oneOrder(show: (world: World, order: OrderRow) => unknown): Route['answer'] {
  return ({ world }, call) => {
    const order = findOrder(world, call.params.no ?? '');
    return order === undefined || order.shop !== 'mini' ? unknownOrder() : ok(show(world, order));
  };
}

const WriteBody = z.object({
  idempotency_key: z.string().min(1).max(128),
  flag: z.string().max(20).nullish(),
  text: z.string().max(500).nullish(),
});
type WriteBody = z.infer<typeof WriteBody>;

function write(change: (world: World, order: OrderRow, body: WriteBody, at: number) => void): Route['answer'] {
  return ({ world }, call) => {
    const order = findOrder(world, call.params.no ?? '');
    if (order === undefined || order.shop !== 'mini') return unknownOrder();
    const body = WriteBody.safeParse(parseJson(call.body));
    if (!body.success) return fail(400, 'bad_request', 'idempotency_key and a JSON object are required');
    const fresh = world.store.run(
      'INSERT INTO idempotency (key, route, no) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING',
      body.data.idempotency_key,
      call.path,
      order.no,
    );
    if (fresh === 1) change(world, order, body.data, world.clock.now());
    return { ...ok({ ok: true, order: showOrder(world, findOrder(world, order.no) ?? order) }), applied: fresh === 1 };
  };
}

function remark(world: World, order: OrderRow, body: WriteBody, at: number): void {
  changeOrder(world, order.no, at, 'remark', { remark: body.text ?? order.remark, flag: body.flag ?? order.flag });
}

function hold(held: 0 | 1): (world: World, order: OrderRow, body: WriteBody, at: number) => void {
  return (world, order, _body, at) => {
    changeOrder(world, order.no, at, held === 1 ? 'held' : 'hold-released', { held });
    world.schedule(at + world.random('hold', order.no, at).int(2_000, 5_000), 'hold-told', order.no);
  };
}

function writeCursor(second: number, no: string): string {
  return Buffer.from(JSON.stringify([second, no])).toString('base64url');
}

function readCursor(text: string): [number, string] | undefined {
  const parsed = z.tuple([z.number(), z.string()]).safeParse(parseJson(Buffer.from(text, 'base64url')));
  return parsed.success ? parsed.data : undefined;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function ok(body: unknown): Answer {
  return { status: 200, body, outcome: 'ok' };
}

function unknownOrder(): Answer {
  return fail(404, 'order_not_found', 'no such order');
}

function rateLimited(): Answer {
  const body = { error: { code: 'rate_limited', message: 'too many calls', retry_after_ms: 1_000 } };
  return { status: 429, body, headers: { 'retry-after': '1' }, outcome: 'rate_limited' };
}

function fail(status: number, code: string, message: string, more: object = {}): Answer {
  return { status, body: { error: { code, message }, ...more }, outcome: code };
}
