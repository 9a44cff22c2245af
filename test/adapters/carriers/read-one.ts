import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttp } from '../../../src/adapters/http.ts';
import { type Parcel, withEvent } from '../../../src/domain/parcel.ts';
import type { TrackEvent } from '../../../src/domain/track.ts';
import type { Carrier, CarrierContext, CarrierPlug } from '../../../src/ports/carrier.ts';
import type { HttpAnswer, HttpRequest } from '../../../src/ports/http.ts';
import { at } from '../../kit/builders.ts';
import { isLong } from '../../kit/size.ts';

/** The carrier over an HTTP door that answers every call with these bodies in turn, and notes what was sent. */
export function carrierOver<Credentials>(
  plug: CarrierPlug<Credentials>,
  credentials: Credentials,
  answers: readonly { readonly status?: number; readonly body: unknown }[],
  change: Partial<CarrierContext<Credentials>> = {},
): { readonly carrier: Carrier; readonly sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  const left = [...answers];
  const send = async (request: HttpRequest): Promise<HttpAnswer> => {
    sent.push(request);
    const { status = 200, body } = left.length > 1 ? (left.shift() ?? { body: {} }) : (left[0] ?? { body: {} });
    return { status, headers: {}, text: JSON.stringify(body), json: () => body };
  };
  const carrier = plug.create({
    baseUrl: 'https://carrier.example',
    credentials,
    http: { ...createHttp(), send },
    clock: { now: () => at('20:00'), sleep: async () => undefined, every: () => () => undefined },
    pushSecret: 'our-secret',
    phoneTail: async () => undefined,
    ...change,
  });
  return { carrier, sent };
}

const untold: Parcel = {
  carrier: 'x',
  waybill: 'x',
  firstScanAt: null,
  lastEventAt: null,
  lastKind: null,
  lastState: '',
  deliveredAt: null,
  endedAt: null,
};

/** What a parcel comes to by these events, in any order. */
export const parcelBy = (events: readonly TrackEvent[]): Parcel => events.reduce(withEvent, untold);

/** A recorded payload; our own of the same shape where no samples are at hand, but the long run insists on them. */
export function sample<Shape>(name: string, own: Shape): Shape {
  const path = join(process.env.WARROOM_SAMPLES ?? '', 'samples/fulfillment', name);
  if (process.env.WARROOM_SAMPLES !== undefined && existsSync(path))
    return JSON.parse(readFileSync(path, 'utf8')) as Shape;
  if (isLong) throw new Error(`WARROOM_SAMPLES must name the folder that holds ${path}`);
  return own;
}
