import { z } from 'zod';
import { changeOrder } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';
import { DAY, SECOND } from '../../world/time.ts';
import type { Route } from '../exchange.ts';
import { isAddressAsked, wechatOrder } from './addresses.ts';
import { codes, ok, readBody, refuse } from './answers.ts';
import { showOrder } from './shapes.ts';

const LONGEST = 7 * DAY;

const Range = z.object({ start_time: z.number().int(), end_time: z.number().int() });
const Listing = z.object({
  create_time_range: Range.optional(),
  update_time_range: Range.optional(),
  page_size: z.number().int().min(1).max(100),
  next_key: z.string().default(''),
});
const Key = z.tuple([z.number(), z.string()]);

/** Numbers alone, oldest first, minutes late (channels.md §5.2). */
export const listOrders: Route = {
  method: 'POST',
  path: '/channels/ec/order/list/get',
  sheet: 'channels.md §5.2',
  kind: 'read',
  answer({ world }, call) {
    const asked = readBody(call, Listing);
    if ('refused' in asked) return asked.refused;
    const { create_time_range, update_time_range, page_size, next_key } = asked.body;
    const range = update_time_range ?? create_time_range;
    if (range === undefined || range.end_time < range.start_time)
      return refuse(codes.badValue, 'invalid parameter, time range');
    if ((range.end_time - range.start_time) * SECOND > LONGEST)
      return refuse(codes.badValue, 'invalid parameter, time range must not exceed 7 days');
    const after = next_key === '' ? ([0, ''] as const) : readKey(next_key);
    if (after === undefined) return refuse(codes.badValue, 'invalid parameter, next_key');
    const time = update_time_range === undefined ? 'created_at' : 'updated_at';
    // A new order stays listed while a later change of it is not shown yet.
    const shown =
      time === 'updated_at'
        ? 'visible_at <= ?'
        : `EXISTS (SELECT 1 FROM order_changes AS c WHERE c.no = orders.no AND c.stage = 'created' AND c.visible_at <= ?)`;
    const rows = world.store.all<OrderRow>(
      `SELECT * FROM orders WHERE shop = 'wx' AND ${shown} AND ${time} / 1000 BETWEEN ? AND ?
         AND (${time} / 1000, no) > (?, ?) ORDER BY ${time} / 1000, no LIMIT ?`,
      world.clock.now(),
      range.start_time,
      range.end_time,
      after[0],
      after[1],
      page_size + 1,
    );
    const page = rows.slice(0, page_size);
    const last = page.at(-1);
    const key = last === undefined ? '' : writeKey(Math.floor(last[time] / SECOND), last.no);
    return ok({ order_id_list: page.map(({ no }) => no), next_key: key, has_more: rows.length > page_size });
  },
};

const writeKey = (second: number, no: string): string =>
  Buffer.from(JSON.stringify([second, no])).toString('base64url');

function readKey(text: string): [number, string] | undefined {
  try {
    return Key.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

export const oneOrder: Route = {
  method: 'POST',
  path: '/channels/ec/order/get',
  sheet: 'channels.md §5.2',
  kind: 'read',
  answer({ world }, call) {
    const asked = readBody(call, z.object({ order_id: z.string() }));
    if ('refused' in asked) return asked.refused;
    const order = wechatOrder(world, asked.body.order_id);
    return order === undefined
      ? refuse(codes.notThere, 'Not exist')
      : ok({ order: showOrder(order, isAddressAsked(world, order.no)) });
  },
};

/** Replaces the notes. */
export const updateNotes: Route = {
  method: 'POST',
  path: '/channels/ec/order/merchantnotes/update',
  sheet: 'channels.md §5.2',
  kind: 'write',
  answer({ world }, call) {
    const asked = readBody(call, z.object({ order_id: z.string(), merchant_notes: z.string().max(1_000) }));
    if ('refused' in asked) return asked.refused;
    const order = wechatOrder(world, asked.body.order_id);
    if (order === undefined) return refuse(codes.notThere, 'Not exist');
    changeOrder(world, order.no, world.clock.now(), 'remark', { remark: asked.body.merchant_notes });
    return ok({}, true);
  },
};
