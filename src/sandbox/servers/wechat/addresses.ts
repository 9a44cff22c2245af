import { z } from 'zod';
import { changeOrder, findOrder } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';
import type { World } from '../../world/world.ts';
import { refuse as refuseDoor } from '../doors.ts';
import type { Answer, Call, Route } from '../exchange.ts';
import { codes, ok, readBody, refuse } from './answers.ts';

const keyOf = (no: string): string => `wx-address:${no}`;

/** Whether its buyer waits for a decision about another address. */
export const isAddressAsked = (world: World, no: string): boolean => world.store.readMeta(keyOf(no)) === 'asked';

/** A buyer asks in the app for another address; only before it is sent. */
export const askAddress: Route = {
  method: 'POST',
  path: '/console/address',
  sheet: 'channels.md §5.2; shape: ours',
  kind: 'write',
  answer({ world }, call) {
    const order = wechatOrder(world, call.body.toString('utf8'));
    if (order === undefined || order.paid_at === null || order.shipped_at !== null)
      return refuseDoor(400, 'the body is the number of a paid order that is not sent');
    world.store.writeMeta(keyOf(order.no), 'asked');
    changeOrder(world, order.no, world.clock.now(), 'address', {});
    return { status: 200, body: {}, outcome: 'ok', applied: true };
  },
};

export const acceptAddress = decision('accept');
export const rejectAddress = decision('reject');

function decision(verdict: 'accept' | 'reject'): Route {
  return {
    method: 'POST',
    path: `/channels/ec/order/addressmodify/${verdict}`,
    sheet: 'channels.md §5.2',
    kind: 'write',
    answer: ({ world }, call) => decide(world, call, verdict),
  };
}

function decide(world: World, call: Call, verdict: string): Answer {
  const asked = readBody(call, z.object({ order_id: z.string() }));
  if ('refused' in asked) return asked.refused;
  const order = wechatOrder(world, asked.body.order_id);
  if (order === undefined) return refuse(codes.notThere, 'Not exist');
  if (!isAddressAsked(world, order.no)) return refuse(codes.badValue, 'no address change to decide');
  world.store.writeMeta(keyOf(order.no), verdict);
  changeOrder(world, order.no, world.clock.now(), 'address', {});
  return ok({}, true);
}

export function wechatOrder(world: World, no: string): OrderRow | undefined {
  const order = findOrder(world, no);
  return order?.shop === 'wx' ? order : undefined;
}
