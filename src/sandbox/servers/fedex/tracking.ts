import { z } from 'zod';
import { DAY, startOfDay } from '../../world/time.ts';
import { type Trace, tracesOf } from '../../world/tracking-service.ts';
import type { Route } from '../exchange.ts';
import { accept, readJson, refuse, turnAway } from './answers.ts';

const Query = z.object({
  trackingInfo: z
    .array(z.object({ trackingNumberInfo: z.object({ trackingNumber: z.string().min(1) }) }))
    .min(1)
    .max(30),
});

/** Event types of what couriers note down (fulfillment.md §2.5). */
const types: Readonly<Record<string, string>> = {
  collected: 'PU',
  in_transit: 'AR',
  forwarded: 'DP',
  customs: 'CD',
  out_for_delivery: 'OD',
  delivered: 'DL',
  refused: 'DE',
  returning: 'RS',
  returned: 'RS',
};

/** With an offset; a pick-up noted by day alone is midnight without one. */
function dateOf({ at, status }: Trace): string {
  const local = new Date(at + 8 * 3_600_000).toISOString().slice(0, 19);
  return status === 'collected' && at === startOfDay(at) ? local : `${local}+08:00`;
}

/** What is under one number: one result per shipment it was ever on, and one with an error where there is none. */
function resultsOf(trackingNumber: string, traces: readonly Trace[]): object[] {
  const newest = traces[0];
  if (newest === undefined) {
    const error = { code: 'TRACKING.TRACKINGNUMBER.NOTFOUND', message: 'Tracking number cannot be found.' };
    return [{ trackingNumberInfo: { trackingNumber }, error }];
  }
  const parts = [
    traces.filter(({ at }) => at < newest.at - 180 * DAY),
    traces.filter(({ at }) => at >= newest.at - 180 * DAY),
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part, index) => ({
      trackingNumberInfo: { trackingNumber, trackingNumberUniqueId: `${index}~${trackingNumber}~FX` },
      latestStatusDetail: { code: types[part[0]?.status ?? ''] ?? 'IT' },
      dateAndTimes: part
        .filter(({ status }) => status === 'collected')
        .slice(-1)
        .map((trace) => ({ type: 'ACTUAL_PICKUP', dateTime: dateOf(trace) })),
      scanEvents: part.map((trace) => ({
        date: dateOf(trace),
        eventType: types[trace.status] ?? 'OC',
        eventDescription: trace.text,
      })),
    }));
}

/** Up to thirty numbers; what is wrong with one of them stands inside, and HTTP says 200. */
export const tracking: Route = {
  method: 'POST',
  path: '/track/v1/trackingnumbers',
  sheet: 'fulfillment.md §2.5 FedEx',
  kind: 'read',
  answer(context, call) {
    const refused = turnAway(context, call);
    if (refused !== undefined) return refused;
    const query = Query.safeParse(readJson(call));
    if (!query.success) return refuse(400, 'TRACKING.TRACKINGNUMBER.EMPTY', 'Please provide tracking number.');
    const { world } = context;
    const now = world.clock.now();
    return accept({
      completeTrackResults: query.data.trackingInfo.map(({ trackingNumberInfo: { trackingNumber } }) => ({
        trackingNumber,
        trackResults: resultsOf(
          trackingNumber,
          tracesOf(world, trackingNumber, now).filter(({ carrier }) => carrier === 'FEDEX'),
        ),
      })),
    });
  },
};
