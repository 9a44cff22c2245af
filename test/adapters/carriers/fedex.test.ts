import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/carriers/fedex/index.ts';
import { AuthExpiredError } from '../../../src/domain/errors.ts';
import type { HttpRequest } from '../../../src/ports/http.ts';
import { fedex } from '../../../src/sandbox/world/company.ts';
import { carrierOver, parcelBy, sample } from './read-one.ts';

const signal = new AbortController().signal;
const waybill = '123456789012';
const grant = { body: { access_token: 't1', expires_in: 3_600 } };
const scan = (eventType: string, date = '2026-11-24T18:00:00+08:00') => ({ eventType, date });
const results = (...trackResults: object[]) => ({
  body: { output: { completeTrackResults: [{ trackingNumber: waybill, trackResults }] } },
});
const ask = async (answer: { status?: number; body: unknown }) => {
  const { carrier } = carrierOver(plug, fedex, [grant, answer]);
  const [tracking] = await carrier.query([{ carrier: 'FedEx', waybill }], signal);
  if (tracking === undefined) throw new Error('no answer');
  return tracking;
};

it.each([
  ['PU', 'collected'],
  ['PX', 'collected'],
  ['AP', 'unknown'],
  ['EP', 'unknown'],
  ['PD', 'unknown'],
  ['OC', 'unknown'],
  ['DP', 'in-transit'],
  ['CD', 'customs'],
  ['OD', 'out-for-delivery'],
  ['HL', 'out-for-delivery'],
  ['DL', 'delivered'],
  ['DY', 'problem'],
  ['CA', 'returned'],
])('%s is %s (fulfillment.md §2.5)', async (eventType, kind) =>
  expect((await ask(results({ scanEvents: [scan(eventType)] }))).events).toMatchObject([{ kind, rawState: eventType }]),
);

describe('the first pick-up (fulfillment.md §2.1)', () => {
  const named = (dateTime: string) => ({ dateAndTimes: [{ type: 'ACTUAL_PICKUP', dateTime }] });
  const firstOf = async (result: object) => parcelBy((await ask(results(result))).events);

  it('is the named one when it has a time', async () =>
    expect(
      await firstOf({ ...named('2026-11-24T17:00:00+08:00'), scanEvents: [scan('OC'), scan('DP')] }),
    ).toMatchObject({
      firstScanAt: Date.UTC(2026, 10, 24, 9),
      firstScanIsDay: false,
    }));

  it('is the earliest physical scan when the named one is a bare day', async () =>
    expect(await firstOf({ ...named('2026-11-24T00:00:00'), scanEvents: [scan('DP')] })).toMatchObject({
      firstScanAt: Date.UTC(2026, 10, 24, 10),
      firstScanIsDay: false,
    }));

  it('is that day, and says so, when nothing better is told', async () =>
    expect(await firstOf({ ...named('2026-11-24T00:00:00'), scanEvents: [scan('OC')] })).toMatchObject({
      firstScanAt: Date.UTC(2026, 10, 24),
      firstScanIsDay: true,
    }));

  it('is missing while there is label data alone, and lists are null', async () => {
    expect(await firstOf({ scanEvents: [scan('OC')], dateAndTimes: null })).toMatchObject({ firstScanAt: null });
    expect(await firstOf({ scanEvents: null, dateAndTimes: null })).toMatchObject({ firstScanAt: null });
  });
});

it('of two shipments under one number the one that moved last counts', async () => {
  const { events, state } = await ask(
    results({ scanEvents: [scan('DL', '2025-11-01T10:00:00-07:00')] }, { scanEvents: [scan('PU'), scan('OC')] }),
  );
  expect(events.map(({ rawState }) => rawState).sort()).toEqual(['OC', 'PU']);
  expect(state).toBe('going-on');
});

it('an error for one number inside a good answer: not found is never scanned, others are refusals', async () => {
  const error = (code: string) => results({ error: { code, message: '' } });
  expect(await ask(error('TRACKING.TRACKINGNUMBER.NOTFOUND'))).toMatchObject({ events: [], refusal: null });
  expect(await ask(error('TRACKING.TRACKINGNUMBER.INVALID'))).toMatchObject({
    refusal: 'FEDEX_TRACKING.TRACKINGNUMBER.INVALID',
  });
});

describe('the token', () => {
  const open = (refuse: (bearer: string) => boolean) => {
    let given = 0;
    const seen: string[] = [];
    const answer = (body: unknown) => ({ status: 200, headers: {}, text: '', json: () => body });
    const send = async (request: HttpRequest) => {
      if (request.url.endsWith('/oauth/token')) {
        given += 1;
        return answer({ access_token: `t${given}`, expires_in: 3_600 });
      }
      const bearer = request.headers?.['authorization'] ?? '';
      seen.push(bearer);
      if (refuse(bearer)) throw new AuthExpiredError('401');
      return answer(results().body);
    };
    const { carrier } = carrierOver(plug, fedex, [], {
      http: { send, aheadOf: () => 0, download: () => Promise.reject(new Error('nothing to download')) },
    });
    return { carrier, seen, tokens: () => given };
  };
  const query = (carrier: ReturnType<typeof open>['carrier']) => carrier.query([{ carrier: 'fedex', waybill }], signal);

  it('is fetched once by callers at the same time, and used again', async () => {
    const { carrier, tokens } = open(() => false);
    await Promise.all([query(carrier), query(carrier)]);
    await query(carrier);
    expect(tokens()).toBe(1);
  });

  it('that is refused is renewed once', async () => {
    const { carrier, seen } = open((bearer) => bearer === 'Bearer t1');
    await query(carrier);
    expect(seen).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('that is refused again says that rights are missing', async () => {
    const { carrier, seen } = open(() => true);
    await expect(query(carrier)).rejects.toMatchObject({ retry: 'never', code: 'FEDEX_TOKEN' });
    expect(seen).toHaveLength(2);
  });
});

describe('the recorded payloads', () => {
  it('are read: a pick-up, although an error stands beside it', async () => {
    const own = results({ error: { code: 'X', message: '' }, scanEvents: [scan('PU', '2018-02-02T12:01:00-07:00')] });
    const body = sample<object>('fedex-schema-tracking_response.json', own.body);
    const { events, refusal } = await ask({ body });
    expect(events).toMatchObject([{ kind: 'collected', rawState: 'PU', occurredAt: Date.UTC(2018, 1, 2, 19, 1) }]);
    expect(refusal).toBeNull();
  });
});
