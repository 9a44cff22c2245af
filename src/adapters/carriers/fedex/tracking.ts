import { z } from 'zod';
import type { Tracking } from '../../../ports/carrier.ts';
import { kindsOf, type Moment, nothingOf, type TrackRow, trackingOf } from '../tracking.ts';

const Scan = z.looseObject({ date: z.string(), eventType: z.string() });
const Result = z.looseObject({
  trackingNumberInfo: z.looseObject({ trackingNumberUniqueId: z.string().nullish() }).nullish(),
  error: z.looseObject({ code: z.string() }).nullish(),
  dateAndTimes: z.array(z.looseObject({ type: z.string(), dateTime: z.string() })).nullish(),
  scanEvents: z.array(z.unknown()).nullish(),
});
type Result = z.infer<typeof Result>;
export const Answer = z.looseObject({
  output: z.looseObject({
    completeTrackResults: z.array(z.looseObject({ trackingNumber: z.string(), trackResults: z.array(Result) })),
  }),
});

const pickup = 'ACTUAL_PICKUP';

/**
 * Event types (fulfillment.md §2.5). Pick-ups are PU and PX alone: label data (OC), a courier on his way or at the door
 * (EP, AP) and a delayed pick-up (PD) are none. What customs let go (CC) travels on.
 */
const kinds = kindsOf({
  [pickup]: 'collected',
  OC: 'unknown',
  EP: 'unknown',
  AP: 'unknown',
  PD: 'unknown',
  PU: 'collected',
  PX: 'collected',
  OF: 'in-transit',
  IT: 'in-transit',
  AR: 'in-transit',
  DP: 'in-transit',
  AF: 'in-transit',
  OD: 'out-for-delivery',
  DL: 'delivered',
  DE: 'problem',
  SE: 'problem',
  DY: 'problem',
  DD: 'problem',
  CD: 'customs',
  CC: 'in-transit',
  HL: 'out-for-delivery',
  HP: 'out-for-delivery',
  CA: 'returned',
  RS: 'returned',
});

/** An instant with its offset. Without one, or at exactly midnight (a bare date in disguise), it is good to a day. */
function momentOf(text: string): Moment | undefined {
  const [, day = '', time, offset] =
    /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text) ?? [];
  const zone = offset?.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2') ?? 'Z';
  const at = Date.parse(`${day}T${time ?? '00:00:00'}${zone}`);
  if (Number.isNaN(at)) return undefined;
  return offset === undefined || time === '00:00:00' ? { at, precision: 'day' } : { at };
}

function rowOf(raw: unknown): TrackRow | undefined {
  const scan = Scan.safeParse(raw);
  return scan.success ? { code: scan.data.eventType, moment: momentOf(scan.data.date) } : undefined;
}

/** The pick-up that FedEx names beside the scans. */
const namedPickup = ({ dateAndTimes }: Result): TrackRow[] =>
  (dateAndTimes ?? [])
    .filter(({ type }) => type === pickup)
    .map(({ dateTime }) => ({ code: pickup, moment: momentOf(dateTime) }));

/** The scans, and the named pick-up where no scan tells its moment. */
function rowsOf(result: Result): (TrackRow | undefined)[] {
  const scans = (result.scanEvents ?? []).map(rowOf);
  const isScanned = scans.some(
    (row) => row !== undefined && kinds.get(row.code) === 'collected' && row.moment?.precision !== 'day',
  );
  return isScanned ? scans : [...namedPickup(result), ...scans];
}

const newestOf = (result: Result): number => Math.max(0, ...rowsOf(result).map((row) => row?.moment?.at ?? 0));

/**
 * The neutral reading of what is under one number. Numbers are used again: of several shipments the one that moved last
 * counts. A result may carry an error although HTTP says 200.
 */
export function readResults(waybill: string, results: readonly Result[]): Tracking {
  const [newest] = results.toSorted((a, b) => newestOf(b) - newestOf(a));
  const rows = newest === undefined ? [] : rowsOf(newest);
  const code = newest?.error?.code;
  if (rows.length > 0 || code === undefined) return trackingOf('fedex', waybill, rows, kinds);
  // Nothing was ever scanned under it: no fault of the question.
  return nothingOf(waybill, code.endsWith('.NOTFOUND') ? null : `FEDEX_${code}`);
}
