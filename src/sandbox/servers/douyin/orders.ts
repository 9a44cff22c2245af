import { z } from 'zod';
import { changeOrder, findOrder } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';
import { DAY } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import { failure, route, success } from './envelope.ts';
import { inText, showOrder } from './shapes.ts';

const OLDEST = 90 * DAY;
const LONGEST_REMARK = 60;

const second = z.number().int().nonnegative().optional();

/** Newest first unless asked otherwise; a page number is all there is, so rows that change move the others. */
export const searchList = route(
  '/order/searchList',
  'read',
  z.object({
    update_time_start: second,
    update_time_end: second,
    create_time_start: second,
    create_time_end: second,
    order_by: z.enum(['update_time', 'create_time']).default('create_time'),
    order_asc: z.boolean().default(false),
    page: z.number().int().nonnegative(),
    size: z.number().int().min(1).max(100),
    is_searchable: z.boolean().default(false),
  }),
  (world, param, at) => {
    const bounds = [
      ['updated_at / 1000 >= ?', param.update_time_start],
      ['updated_at / 1000 <= ?', param.update_time_end],
      ['created_at / 1000 >= ?', param.create_time_start],
      ['created_at / 1000 <= ?', param.create_time_end],
    ] as const;
    const given = bounds.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
    const where = [`shop = 'dy' AND visible_at <= ? AND created_at >= ?`, ...given.map(({ sql }) => sql)].join(' AND ');
    const values = [at, at - OLDEST, ...given.map(({ value }) => value)];
    const key = param.order_by === 'update_time' ? 'updated_at / 1000' : 'created_at / 1000';
    const way = param.order_asc ? 'ASC' : 'DESC';
    const total = world.store.get<{ n: number }>(`SELECT COUNT(*) AS n FROM orders WHERE ${where}`, ...values)?.n ?? 0;
    const rows = world.store.all<OrderRow>(
      `SELECT * FROM orders WHERE ${where} ORDER BY ${key} ${way}, no ${way} LIMIT ? OFFSET ?`,
      ...values,
      param.size,
      param.page * param.size,
    );
    return success(world, {
      page: param.page,
      size: param.size,
      total,
      shop_order_list: rows.map((row) => showOrder(world, row, param.is_searchable)),
    });
  },
);

export const orderDetail = route(
  '/order/orderDetail',
  'read',
  z.object({ shop_order_id: z.string() }),
  (world, param) => {
    const order = ofDouyin(world, param.shop_order_id);
    if (order === undefined) return failure(world, 'noOrder');
    return success(world, { shop_order_detail: inText(showOrder(world, order, false)) });
  },
);

/** Writes over what stood there; what is too long is cut. */
export const addOrderRemark = route(
  '/order/addOrderRemark',
  'write',
  z.object({
    order_id: z.string(),
    remark: z.string(),
    is_add_star: z.enum(['true', 'false']).default('false'),
    star: z.enum(['0', '1', '2', '3', '4', '5']).optional(),
  }),
  (world, { order_id, remark, is_add_star, star }, at) => {
    const order = ofDouyin(world, order_id);
    if (order === undefined) return failure(world, 'noOrder');
    const kept = [...remark].slice(0, LONGEST_REMARK).join('');
    const flag = is_add_star === 'true' && star !== undefined ? star : order.flag;
    changeOrder(world, order.no, at, 'remark', { remark: kept, flag });
    return success(world, {}, true);
  },
);

function ofDouyin(world: World, no: string): OrderRow | undefined {
  const order = findOrder(world, no);
  return order?.shop === 'dy' ? order : undefined;
}
