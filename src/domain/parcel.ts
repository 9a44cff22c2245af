import type { TrackEvent, TrackKind } from './track.ts';

/** One parcel with what its carrier told of it so far. Times are unix ms; null = not told. */
export interface Parcel {
  readonly carrier: string;
  readonly waybill: string;
  /** When the carrier first had it in hand. */
  readonly firstScanAt: number | null;
  /** No more than the day of it is known. */
  readonly firstScanIsDay?: boolean;
  readonly lastEventAt: number | null;
  readonly lastKind: TrackKind | null;
  /** The provider's own code of the last event. */
  readonly lastState: string;
  readonly deliveredAt: number | null;
  /** Delivered, or back with its sender: nothing more is to come. */
  readonly endedAt: number | null;
}

/** One parcel whoever writes its number, and whatever each source calls its carrier. */
export const parcelId = (waybill: string): string => waybill.toUpperCase();

/** `parcel:75312345678`: the subject of events, deadlines and alerts about one parcel. */
export const parcelSubject = (waybill: string): string => `parcel:${parcelId(waybill)}`;

/**
 * The parcel after one more event, which may be older than those known. A state that nobody knows moves nothing: it may
 * well be "the label was printed". Of two events of one instant the one told later stands.
 */
export function withEvent(parcel: Parcel, { kind, occurredAt, rawState, precision }: TrackEvent): Parcel {
  if (kind === 'unknown') return parcel;
  const isNewest = parcel.lastEventAt === null || occurredAt >= parcel.lastEventAt;
  const earliest = (known: number | null): number => Math.min(known ?? occurredAt, occurredAt);
  const isDelivered = kind === 'delivered';
  return {
    ...parcel,
    ...firstScan(parcel, occurredAt, precision === 'day'),
    lastEventAt: Math.max(parcel.lastEventAt ?? occurredAt, occurredAt),
    ...(isNewest ? { lastKind: kind, lastState: rawState } : {}),
    deliveredAt: isDelivered ? earliest(parcel.deliveredAt) : parcel.deliveredAt,
    endedAt: isDelivered || kind === 'returned' ? earliest(parcel.endedAt) : parcel.endedAt,
  };
}

/** The earliest of those known to the moment; a bare day counts while there is nothing better. */
function firstScan(
  { firstScanAt, firstScanIsDay = false }: Parcel,
  at: number,
  isDay: boolean,
): Pick<Parcel, 'firstScanAt' | 'firstScanIsDay'> {
  if (firstScanAt === null || (firstScanIsDay && !isDay)) return { firstScanAt: at, firstScanIsDay: isDay };
  if (isDay && !firstScanIsDay) return { firstScanAt, firstScanIsDay };
  return { firstScanAt: Math.min(firstScanAt, at), firstScanIsDay };
}
