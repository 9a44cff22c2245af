import { changeOrder, findOrder } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';
import { DAY, MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { codes, refuse, result } from './answers.ts';
import { colours, showOrder, tagKey } from './shapes.ts';

type Params = Readonly<Record<string, string>>;

const MAX_PAGE = 100;
const KEPT = 90 * DAY;
const LONGEST_NOTE = 300;

interface Listing {
  readonly from: number;
  readonly to: number;
  readonly page: number;
  readonly size: number;
  readonly isCounted: boolean;
}

/** The bounds, both inclusive to the second, and the page; or what is wrong with them. */
function readListing(params: Params, [lower, upper]: readonly [string, string], longest: number): Listing | Answer {
  const numbers = [params[lower], params[upper], params.page ?? '1', params.page_size ?? '100'];
  if (numbers.some((text) => !/^\d{1,10}$/.test(text ?? ''))) return refuse(codes.badValue, '业务参数错误', lower);
  const [from = 0, to = 0, page = 0, size = 0] = numbers.map(Number);
  if (to < from || (to - from) * SECOND > longest)
    return refuse(codes.badValue, '业务参数错误', `时间跨度不能超过${longest / MINUTE}分钟`);
  if (page < 1 || size < 1 || size > MAX_PAGE) return refuse(codes.badValue, '业务参数错误', 'page_size');
  if (params.order_status !== '5' || params.refund_status !== '5')
    return refuse(codes.badValue, '业务参数错误', 'order_status');
  return { from, to, page, size, isCounted: params.use_has_next !== 'true' };
}

/** Newest first; only what is paid. `where` takes its values before the bounds. */
function readPage(
  world: World,
  { from, to, page, size, isCounted }: Listing,
  { key, where, order }: { readonly key: string; readonly where: string; readonly order: string },
): { rows: OrderRow[]; totals: object } {
  const filter = `FROM orders WHERE shop = 'pdd' AND paid_at IS NOT NULL AND ${where} AND ${key} / 1000 BETWEEN ? AND ?`;
  const values = [world.clock.now(), from, to];
  const rows = world.store.all<OrderRow>(
    `SELECT * ${filter} ORDER BY ${order} DESC, no DESC LIMIT ? OFFSET ?`,
    ...values,
    size + 1,
    (page - 1) * size,
  );
  const totals = isCounted
    ? { total_count: world.store.get<{ n: number }>(`SELECT COUNT(*) AS n ${filter}`, ...values)?.n ?? 0 }
    : { has_next: rows.length > size };
  return { rows: rows.slice(0, size), totals };
}

/** `pdd.order.number.list.increment.get`: whole orders, whatever its name says. */
export function listChanged(world: World, params: Params): Answer {
  const listing = readListing(params, ['start_updated_at', 'end_updated_at'], 30 * MINUTE);
  if ('status' in listing) return listing;
  if (params.is_lucky_flag === undefined) return refuse(codes.badValue, '业务参数错误', 'is_lucky_flag');
  const { rows, totals } = readPage(world, listing, {
    key: 'updated_at',
    where: 'visible_at <= ?',
    order: 'updated_at',
  });
  return result('order_sn_increment_get_response', {
    ...totals,
    order_sn_list: rows.map((row) => showOrder(world, row)),
  });
}

/** `pdd.order.list.get`: by the time of confirmation, sorted by the last change all the same. */
export function listConfirmed(world: World, params: Params): Answer {
  const listing = readListing(params, ['start_confirm_at', 'end_confirm_at'], DAY);
  if ('status' in listing) return listing;
  const shown = `EXISTS (SELECT 1 FROM order_changes AS c WHERE c.no = orders.no AND c.stage = 'paid' AND c.visible_at <= ?)`;
  const { rows, totals } = readPage(world, listing, { key: 'paid_at', where: shown, order: 'updated_at' });
  return result('order_list_get_response', { ...totals, order_list: rows.map((row) => showOrder(world, row)) });
}

/** `pdd.order.information.get`: at once, and for 90 days. */
export function readOne(world: World, params: Params): Answer {
  const order = orderOf(world, params);
  if (order === undefined) return refuse(codes.refused, '业务参数错误', '订单不存在');
  return result('order_info_get_response', { order_info: showOrder(world, order) });
}

/** `pdd.order.note.update`: replaces the note. What it refuses is inside of a success (channels.md §2.2). */
export function updateNote(world: World, params: Params): Answer {
  const order = orderOf(world, params);
  if (order === undefined) return refuse(codes.refused, '业务参数错误', '订单不存在');
  const { note, tag, tag_name: name } = params;
  const fail = (error_msg: string): Answer => result('response', { success: false, error_code: 50_001, error_msg });
  if (note === undefined) return refuse(codes.badValue, '业务参数错误', 'note');
  if ((tag === undefined) !== (name === undefined)) return fail('备注标签和备注标签名称需要同时传入');
  if (name !== undefined && ([...name].length > 3 || name === '')) return fail('备注标签名称最多3个字');
  if ([...note].length > LONGEST_NOTE) return fail('备注长度超过限制');
  const colour = tag === undefined ? order.flag : colours[Number(tag)];
  if (colour === undefined) return fail('备注标签不正确');
  changeOrder(world, order.no, world.clock.now(), 'remark', { remark: note, flag: colour });
  if (name !== undefined) world.store.writeMeta(tagKey(order.no), name);
  return result('response', { success: true, error_code: 0, error_msg: '' }, true);
}

function orderOf(world: World, params: Params): OrderRow | undefined {
  const order = findOrder(world, params.order_sn ?? '');
  return order?.shop === 'pdd' && order.created_at > world.clock.now() - KEPT ? order : undefined;
}
