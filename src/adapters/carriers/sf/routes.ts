import { z } from 'zod';
import { fromBeijingText } from '../../../domain/local-time.ts';
import type { Tracking, Waybill } from '../../../ports/carrier.ts';
import { carrierId } from '../carriers.ts';
import { kindsOf, type TrackRow, trackingOf } from '../tracking.ts';

const Route = z.looseObject({ acceptTime: z.string(), opCode: z.union([z.string(), z.number()]).transform(String) });
const Routes = z.looseObject({
  routeResps: z.array(z.looseObject({ mailNo: z.string(), routes: z.array(z.unknown()).nullish() })).nullish(),
});

/**
 * opCodes (fulfillment.md §2.4). Only 50 and 54 are pick-ups. `unknown` where nobody touched the parcel: a courier was
 * assigned (44), notes (407, 501, and 8000 after signing).
 */
const kinds = kindsOf({
  30: 'in-transit',
  31: 'in-transit',
  33: 'problem',
  36: 'in-transit',
  44: 'unknown',
  50: 'collected',
  54: 'collected',
  70: 'problem',
  80: 'delivered',
  99: 'returned',
  204: 'out-for-delivery',
  407: 'unknown',
  501: 'unknown',
  648: 'returned',
  8000: 'unknown',
});

function rowOf(raw: unknown): TrackRow | undefined {
  const route = Route.safeParse(raw);
  if (!route.success) return undefined;
  // Local time of Beijing without a zone (fulfillment.md §2.1).
  const at = fromBeijingText(route.data.acceptTime);
  return { code: route.data.opCode, moment: at === undefined ? undefined : { at } };
}

/** What EXP_RECE_SEARCH_ROUTES tells of these parcels; undefined when it is no such answer. No routes: never scanned. */
export function readRoutes(data: unknown, parcels: readonly Waybill[]): Tracking[] | undefined {
  const read = Routes.safeParse(data);
  if (!read.success) return undefined;
  const byNo = new Map((read.data.routeResps ?? []).map(({ mailNo, routes }) => [mailNo, routes ?? []]));
  return parcels.map(({ carrier, waybill }) => {
    const routes = byNo.get(waybill) ?? [];
    return trackingOf(carrierId(carrier) ?? 'sf', waybill, routes.map(rowOf), kinds);
  });
}
