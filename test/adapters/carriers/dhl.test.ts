import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/carriers/dhl/index.ts';
import { dhl } from '../../../src/sandbox/world/company.ts';
import { carrierOver, parcelBy, sample } from './read-one.ts';

const signal = new AbortController().signal;
const waybill = '1234567890';
const event = (
  typeCode: string,
  date = '2026-11-24',
  time: string | null = '18:00:00',
  GMTOffset: string | null = '+08:00',
) => ({
  typeCode,
  date,
  ...(time === null ? {} : { time }),
  ...(GMTOffset === null ? {} : { GMTOffset }),
});
const shipment = (events: object[] | null, shipmentTimestamp = '2026-11-24T10:00:00') => ({
  shipmentTrackingNumber: waybill,
  shipmentTimestamp,
  events,
});
const ask = async (body: unknown, status = 200, number = waybill) => {
  const { carrier } = carrierOver(plug, dhl, [{ status, body }]);
  const [tracking] = await carrier.query([{ carrier: 'DHL', waybill: number }], signal);
  if (tracking === undefined) throw new Error('no answer');
  return tracking;
};

it.each([
  ['PU', 'collected'],
  ['SA', 'collected'],
  ['SM', 'unknown'],
  ['DF', 'in-transit'],
  ['IC', 'customs'],
  ['UD', 'customs'],
  ['CR', 'in-transit'],
  ['WC', 'out-for-delivery'],
  ['OK', 'delivered'],
  ['RD', 'problem'],
  ['RT', 'returned'],
])('%s is %s (fulfillment.md §2.5)', async (code, kind) =>
  expect((await ask({ shipments: [shipment([event(code)])] })).events).toMatchObject([{ kind, rawState: code }]),
);

describe('times', () => {
  it('are moments with the offset that was asked for', async () => {
    const { events } = await ask({ shipments: [shipment([event('PU', '2026-11-24', '10:00:00', '-05:00')])] });
    expect(events).toMatchObject([{ occurredAt: Date.UTC(2026, 10, 24, 15) }]);
    expect(events[0]).not.toHaveProperty('precision');
  });

  it('without an offset, or without a time, are good to a day', async () => {
    const { events } = await ask({
      shipments: [shipment([event('PU', '2026-11-24', '10:00:00', null), event('PL', '2026-11-25', null)])],
    });
    expect(events.map(({ precision }) => precision)).toEqual(['day', 'day']);
  });

  it('first scan is a moment as soon as there is one; a bare day does not go before it', async () => {
    const { events } = await ask({
      shipments: [shipment([event('PL', '2026-11-25', '02:00:00'), event('PU', '2026-11-24', null)])],
    });
    const expected = { firstScanAt: Date.UTC(2026, 10, 24, 18), firstScanIsDay: false };
    expect(parcelBy(events)).toMatchObject(expected);
    expect(parcelBy(events.toReversed())).toMatchObject(expected);
  });
});

it('a pick-up noted after the delivery run does not become the first scan', async () => {
  const { events } = await ask({
    shipments: [shipment([event('PU', '2026-11-25', '10:10:00'), event('WC', '2026-11-25', '10:00:00')])],
  });
  expect(parcelBy(events)).toMatchObject({
    firstScanAt: Date.UTC(2026, 10, 25, 2),
    lastEventAt: Date.UTC(2026, 10, 25, 2, 10),
  });
});

it('of two shipments under one number the one shipped last counts', async () => {
  const { events, state } = await ask({
    shipments: [
      shipment([event('OK', '2025-11-01')], '2025-10-28T10:00:00'),
      shipment([event('PU', '2026-11-24')], '2026-11-24T10:00:00'),
    ],
  });
  expect(events).toHaveLength(1);
  expect(state).toBe('going-on');
});

it('404, no events and null events all mean: never scanned', async () => {
  const nothing = { events: [], state: 'going-on', refusal: null };
  expect(await ask({ title: 'No data found', status: '404' }, 404)).toMatchObject(nothing);
  expect(await ask({ shipments: [shipment([])] })).toMatchObject(nothing);
  expect(await ask({ shipments: [shipment(null)] })).toMatchObject(nothing);
});

it('a foreign 404 is no answer of DHL’s, and a refused key is said so', async () => {
  await expect(ask({ hello: 1 }, 404)).rejects.toMatchObject({ retry: 'never' });
  await expect(ask({ title: 'Unauthorized' }, 401)).rejects.toMatchObject({ code: 'DHL_KEY' });
});

describe('the recorded payloads', () => {
  it('are read with their offsets: picked up in Prague, delivered in New York', async () => {
    const { events, state } = await ask(
      sample<object>('mydhl-schema-tracking_response.json', {
        shipments: [
          shipment([
            event('OK', '2024-11-07', '18:00:00', '+00:00'),
            event('PL', '2024-11-07', '12:00:00', '+00:00'),
            event('PU', '2024-11-05', '10:00:00', '+01:00'),
          ]),
        ],
      }),
    );
    expect(events.map(({ kind }) => kind)).toEqual(['collected', 'in-transit', 'delivered']);
    expect(events[0]?.occurredAt).toBe(Date.UTC(2024, 10, 5, 9));
    expect(state).toBe('finished');
  });

  it('are good to a day where they carry no offset; nothing found is no fault', async () => {
    const { TrackingResponse, ErrorResponse } = sample('mydhl-sdk-fixture-tracking.json', {
      TrackingResponse: {
        shipments: [
          {
            ...shipment([event('OK', '2024-01-15', '17:00:00', null), event('PU', '2024-01-15', '08:00:00', null)]),
            shipmentTrackingNumber: '9356579890',
          },
        ],
      },
      ErrorResponse: { status: 404, title: 'Not Found', detail: 'No shipments found for the given tracking number' },
    });
    const { events } = await ask(TrackingResponse, 200, '9356579890');
    expect(events.map(({ precision }) => precision)).toEqual(['day', 'day']);
    expect(await ask(ErrorResponse, 404)).toMatchObject({ events: [], refusal: null });
  });
});
