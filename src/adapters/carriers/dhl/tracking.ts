import { z } from 'zod';
import type { Tracking } from '../../../ports/carrier.ts';
import { kindsOf, type Moment, type TrackRow, trackingOf } from '../tracking.ts';

const Event = z.looseObject({
  date: z.string(),
  time: z.string().nullish(),
  GMTOffset: z.string().nullish(),
  typeCode: z.string(),
});
const Shipment = z.looseObject({
  shipmentTrackingNumber: z.union([z.string(), z.number()]).transform(String),
  shipmentTimestamp: z.string().nullish(),
  events: z.array(z.unknown()).nullish(),
});
export const Shipments = z.looseObject({ shipments: z.array(Shipment) });
export type Shipment = z.infer<typeof Shipment>;

/**
 * Express event codes (fulfillment.md §2.5). Pick-ups are PU and SA alone. `unknown`: nobody touched the parcel (SM, SC,
 * AD, RR), or it says nothing of where it is (CS). What customs let go (CR, BR) travels on.
 */
const kinds = kindsOf({
  PU: 'collected',
  SA: 'collected',
  PL: 'in-transit',
  DF: 'in-transit',
  AF: 'in-transit',
  AR: 'in-transit',
  WC: 'out-for-delivery',
  OK: 'delivered',
  PD: 'problem',
  DD: 'problem',
  IC: 'customs',
  CR: 'in-transit',
  CD: 'customs',
  UD: 'customs',
  BN: 'customs',
  BR: 'in-transit',
  PY: 'customs',
  HP: 'customs',
  OH: 'problem',
  BA: 'problem',
  CM: 'problem',
  NH: 'problem',
  ND: 'problem',
  MC: 'problem',
  MS: 'problem',
  MD: 'problem',
  RD: 'problem',
  SS: 'problem',
  CA: 'problem',
  CC: 'out-for-delivery',
  DS: 'problem',
  FD: 'in-transit',
  RT: 'returned',
  TP: 'in-transit',
  TR: 'in-transit',
  AD: 'unknown',
  CS: 'unknown',
  RR: 'unknown',
  SC: 'unknown',
  SM: 'unknown',
});

/** Date, time and offset stand apart. Without an offset it is local at the event, wherever that was: good to a day. */
function momentOf({ date, time, GMTOffset }: z.infer<typeof Event>): Moment | undefined {
  const hasOffset = /^[+-]\d{2}:\d{2}$/.test(GMTOffset ?? '');
  const clock = time ?? '';
  const at = Date.parse(`${date}T${clock === '' ? '00:00:00' : clock}${hasOffset ? GMTOffset : 'Z'}`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(at)) return undefined;
  return hasOffset && clock !== '' ? { at } : { at, precision: 'day' };
}

function rowOf(raw: unknown): TrackRow | undefined {
  const event = Event.safeParse(raw);
  return event.success ? { code: event.data.typeCode, moment: momentOf(event.data) } : undefined;
}

/** The neutral reading of one shipment. A number is used again after a while: of several the one shipped last counts. */
export function readShipments(waybill: string, shipments: readonly Shipment[]): Tracking {
  const mine = shipments.filter(({ shipmentTrackingNumber }) => shipmentTrackingNumber === waybill);
  const [newest] = mine.toSorted((a, b) => (b.shipmentTimestamp ?? '').localeCompare(a.shipmentTimestamp ?? ''));
  return trackingOf('dhl', waybill, (newest?.events ?? []).map(rowOf), kinds);
}
