import { DAY, startOfDay } from '../../world/time.ts';
import { type Trace, tracesOf } from '../../world/tracking-service.ts';
import type { Route } from '../exchange.ts';
import { fault, turnAway } from './answers.ts';

/** Express event codes of what couriers note down (fulfillment.md §2.5). */
const codes: Readonly<Record<string, string>> = {
  collected: 'PU',
  in_transit: 'PL',
  forwarded: 'FD',
  customs: 'IC',
  out_for_delivery: 'WC',
  delivered: 'OK',
  refused: 'RD',
  returning: 'RT',
  returned: 'RT',
};

/** Local date and time in Beijing; the offset only when it is asked for, and no time of a pick-up noted by day alone. */
function eventOf({ at, status, text }: Trace, withOffset: boolean): object {
  const local = new Date(at + 8 * 3_600_000).toISOString();
  const isDay = status === 'collected' && at === startOfDay(at);
  return {
    date: local.slice(0, 10),
    ...(isDay ? {} : { time: local.slice(11, 19) }),
    ...(withOffset ? { GMTOffset: '+08:00' } : {}),
    typeCode: codes[status] ?? 'SM',
    description: text,
    serviceArea: [{ code: 'HGH', description: 'HANGZHOU-CHN' }],
  };
}

/** Up to 200 numbers; those without any event are left out, and without any at all it is 404. */
export const tracking: Route = {
  method: 'GET',
  path: '/tracking',
  sheet: 'fulfillment.md §2.5 MyDHL tracking',
  kind: 'read',
  answer({ world }, call) {
    const refused = turnAway(call);
    if (refused !== undefined) return refused;
    const numbers = call.query.getAll('shipmentTrackingNumber');
    if (numbers.length === 0 || numbers.length > 200)
      return fault(call, 422, 'Unprocessable Entity', '#/shipmentTrackingNumber: 1 to 200 are expected');
    const withOffset = call.query.get('requestGMTOffsetPerEvent') === 'true';
    const now = world.clock.now();
    const shipments = numbers.flatMap((number) => {
      const traces = tracesOf(world, number, now).filter(({ carrier }) => carrier === 'DHL');
      const newest = traces[0];
      if (newest === undefined) return [];
      // A number that was used before: its old shipment comes first.
      const parts = [
        traces.filter(({ at }) => at < newest.at - 180 * DAY),
        traces.filter(({ at }) => at >= newest.at - 180 * DAY),
      ];
      return parts
        .filter((part) => part.length > 0)
        .map((part) => ({
          shipmentTrackingNumber: number,
          status: 'Success',
          shipmentTimestamp: new Date((part.at(-1)?.at ?? 0) + 8 * 3_600_000).toISOString().slice(0, 19),
          productCode: 'P',
          description: 'clothes',
          events: part.map((trace) => eventOf(trace, withOffset)),
        }));
    });
    if (shipments.length === 0) return fault(call, 404, 'No data found', 'No data found');
    return { status: 200, body: { shipments }, outcome: 'ok' };
  },
};
