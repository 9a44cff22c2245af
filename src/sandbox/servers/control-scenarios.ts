import { z } from 'zod';
import { erpDoors, findWarehouse } from '../world/company.ts';
import { courierLies, setLie } from '../world/couriers.ts';
import { addFault } from '../world/faults.ts';
import { findOrder, scheduleArrival } from '../world/orders.ts';
import { closeOrder } from '../world/refunds.ts';
import { backlog, overtaken, sellLive, shortage, troubles, unsortedLimit } from '../world/scenarios.ts';
import { MINUTE, SECOND } from '../world/time.ts';
import { pushNow } from '../world/tracking-service.ts';
import { paceWarehouse, stopWarehouse } from '../world/warehouse.ts';
import type { World } from '../world/world.ts';

const forMs = z.number().int().positive();
const count = z.number().int().min(1).max(5_000);
const Trouble = z.object({
  paidAgoMs: z
    .number()
    .int()
    .nonnegative()
    .default(unsortedLimit - 30 * SECOND),
  sku: z.string().optional(),
  warehouse: z.string().optional(),
  shop: z.string().optional(),
});

type Scenario = (world: World, body: unknown, at: number) => object;

function trouble(name: keyof typeof troubles): Scenario {
  return (world, body, at) => {
    const { paidAgoMs, ...input } = Trouble.parse(body);
    return troubles[name](world, { at, paidAt: at - paidAgoMs, ...input });
  };
}

/** What can be made to happen by name. Each answers what it did. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'dead-lock': trouble('dead-lock'),
  'dead-order': trouble('dead-order'),
  short: trouble('short'),
  review: trouble('review'),
  'warehouse-stops': (world, body, at) => {
    const input = z.object({ warehouse: z.string(), forMs }).parse(body);
    const code = findWarehouse(input.warehouse)?.code;
    if (code === undefined) throw new Error(`unknown warehouse ${input.warehouse}`);
    stopWarehouse(world, code, at + input.forMs);
    return { warehouse: code, until: at + input.forMs };
  },
  'warehouse-pace': (world, body, at) => {
    const input = z.object({ warehouse: z.string(), perHour: z.number().positive(), forMs }).parse(body);
    const code = findWarehouse(input.warehouse)?.code;
    if (code === undefined) throw new Error(`unknown warehouse ${input.warehouse}`);
    paceWarehouse(world, code, input.perHour, at + input.forMs);
    return { warehouse: code, perHour: input.perHour, until: at + input.forMs };
  },
  backlog: (world, body, at) => {
    const input = z
      .object({ warehouse: z.string(), orders: count, paidAgoMs: z.number().int().nonnegative() })
      .parse(body);
    return { orderNos: backlog(world, { ...input, at }) };
  },
  overtaken: (world, body, at) => {
    const input = z.object({ warehouse: z.string().default('hz'), others: count.default(220) }).parse(body);
    return overtaken(world, { ...input, at });
  },
  shortage: (world, body, at) => {
    const input = z
      .object({ sku: z.string(), pieces: z.number().int().nonnegative().default(3), orders: count.default(10) })
      .parse(body);
    return { orderNos: shortage(world, { ...input, at }) };
  },
  spike: (world, body, at) => {
    const input = z
      .object({ style: z.string().default('WY01'), pieces: count.default(640), forMs: forMs.default(9 * MINUTE) })
      .parse(body);
    sellLive(world, { ...input, at });
    return input;
  },
  'system-silent': (world, body, at) => {
    const input = z.object({ system: z.enum(['wms', 'jst', 'mini']).default('wms'), forMs }).parse(body);
    const server = input.system === 'wms' ? erpDoors[world.settings.erp].server : input.system;
    const id = addFault(world, { server, kind: 'silent', times: null });
    world.schedule(at + input.forMs, 'clear-fault', id);
    return { system: input.system, until: at + input.forMs };
  },
  courier: (world, body) => {
    const { orderNo, lie } = z.object({ orderNo: z.string(), lie: z.enum(courierLies) }).parse(body);
    setLie(world, orderNo, lie);
    return { orderNo, lie };
  },
  'tracking-push': (world, body, at) => {
    const { waybill, ...push } = z
      .object({
        waybill: z.string(),
        status: z.enum(['polling', 'shutdown', 'abort', 'updateall']).default('polling'),
        salt: z.string().optional(),
      })
      .parse(body);
    return { waybill, pushed: pushNow(world, waybill, at, push) };
  },
  surge: (world, body, at) => {
    const input = z.object({ factor: z.number().positive().max(100), forMs }).parse(body);
    const surge = { factor: input.factor, until: at + input.forMs };
    world.store.writeMeta('surge', JSON.stringify(surge));
    const waiting = world.store.all<{ subject: string }>(`DELETE FROM events WHERE kind = 'arrival' RETURNING subject`);
    for (const { subject } of waiting) scheduleArrival(world, at, Number(subject));
    return surge;
  },
  refund: (world, body, at) => {
    const { orderNo } = z.object({ orderNo: z.string() }).parse(body);
    if (findOrder(world, orderNo) === undefined) throw new Error(`no order ${orderNo}`);
    world.schedule(at, 'refund', orderNo);
    return { orderNo };
  },
  close: (world, body, at) => {
    const input = z.object({ orderNo: z.string(), reachesErp: z.boolean().default(true) }).parse(body);
    return { orderNo: input.orderNo, closed: closeOrder(world, input.orderNo, at, input.reachesErp) };
  },
};
