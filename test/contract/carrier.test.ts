import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { twelve } from '../../src/adapters/carriers/carriers.ts';
import { createHttp } from '../../src/adapters/http.ts';
import { discover } from '../../src/app/discover.ts';
import { AppError, RejectedError } from '../../src/domain/errors.ts';
import { trackKinds } from '../../src/domain/track.ts';
import type { Carrier, CarrierPlug, CarrierPush } from '../../src/ports/carrier.ts';
import { dhl, fedex, kuaidi100, sf } from '../../src/sandbox/world/company.ts';
import { hour, minute } from '../kit/builders.ts';
import { type StandIn, startStandIn } from '../kit/stand-in.ts';
import { sentParcel } from '../sandbox/courier-kit.ts';

/** What the suite has to know of a vendor's stand-in. */
interface Binding {
  /** The stand-in's name for its server, and its route for queries. */
  readonly server: string;
  readonly queries: string;
  readonly baseUrl: (url: string) => string;
  readonly credentials: Readonly<Record<string, string>>;
  /** A carrier of the simulated company that it follows. */
  readonly carrier: string;
  /** Kinds of fault that refuse the caller for good. */
  readonly refusals: readonly string[];
  /** Calls that one question takes when nothing is known yet: a token may have to be fetched first. */
  readonly callsPerQuery: number;
  /** A push about a parcel, as the vendor would send it with this secret; null = it pushes nothing. */
  readonly push: ((secret: string, waybill: string) => Promise<CarrierPush>) | null;
}

const bindings: Readonly<Record<string, Binding>> = {
  kuaidi100: {
    server: 'kuaidi100',
    queries: '/poll/query.do',
    baseUrl: (url) => `${url}/kuaidi100`,
    credentials: kuaidi100,
    carrier: 'YTO',
    refusals: ['expire-token'],
    callsPerQuery: 1,
    async push(secret, waybill) {
      const { signKuaidi100 } = await import('../../src/sandbox/servers/kuaidi100/answers.ts');
      const data = [{ ftime: '2026-11-11 18:00:00', status: '揽收', statusCode: '103' }];
      const param = JSON.stringify({
        status: 'polling',
        lastResult: { nu: waybill, com: 'yuantong', state: '1', data },
      });
      const rawBody = new URLSearchParams({ param, sign: signKuaidi100(param + secret) }).toString();
      return { rawBody: Buffer.from(rawBody), key: '' };
    },
  },
  sf: {
    server: 'sf',
    queries: '/std/service',
    baseUrl: (url) => `${url}/sf`,
    credentials: sf,
    carrier: 'SF',
    refusals: ['wrong-ip', 'expire-token'],
    callsPerQuery: 1,
    push: async (secret, waybill) => ({
      key: secret,
      rawBody: Buffer.from(JSON.stringify({ Body: { WaybillRoute: [{ mailno: waybill, opCode: '50' }] } })),
    }),
  },
  dhl: {
    server: 'dhl',
    queries: '/tracking',
    baseUrl: (url) => `${url}/dhl`,
    credentials: dhl,
    carrier: 'DHL',
    refusals: ['expire-token'],
    callsPerQuery: 1,
    push: null,
  },
  fedex: {
    server: 'fedex',
    queries: '/track/v1/trackingnumbers',
    baseUrl: (url) => `${url}/fedex`,
    credentials: fedex,
    carrier: 'FEDEX',
    refusals: [],
    callsPerQuery: 2,
    push: null,
  },
};

const folder = new URL('../../src/adapters/carriers/', import.meta.url);
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const signal = new AbortController().signal;
const pushSecret = 'a secret of the contract';

it('finds the carriers on disk, and the program finds the same', async () => {
  expect(names).toContain('kuaidi100');
  expect([...(await discover()).carriers.keys()].sort()).toEqual([...names].sort());
});

describe.each(names)('the carrier %s', (name) => {
  const binding = bindings[name];
  if (binding === undefined) throw new Error(`no binding for ${name}`);
  let standIn: StandIn;
  let plug: CarrierPlug;
  const phones = new Map<string, string>();
  beforeAll(async () => {
    const found = (await discover()).carriers.get(name);
    if (found === undefined) throw new Error(`no carrier ${name}`);
    plug = found;
    standIn = await startStandIn({ history: false, settings: { ordersPerDay: 0, mischief: false } });
  });
  afterAll(() => standIn.sandbox.stop());
  beforeEach(() => standIn.control.forget());

  const create = (): Carrier =>
    plug.create({
      baseUrl: binding.baseUrl(standIn.url),
      credentials: plug.credentials.parse(binding.credentials),
      http: createHttp(),
      clock: standIn.clock,
      pushSecret,
      phoneTail: async (waybill) => phones.get(waybill) ?? '8000',
    });
  const sent = async (carrier: string) => {
    const parcel = await sentParcel(standIn.sandbox, carrier);
    phones.set(parcel.waybill, parcel.phone.slice(-4));
    return parcel;
  };
  const pass = (ms: number) => standIn.sandbox.advance(standIn.clock.now() + ms);
  const query = async (carrier: string, waybill: string) => {
    const [tracking] = await create().query([{ carrier, waybill }], signal);
    if (tracking === undefined) throw new Error('no answer');
    return tracking;
  };

  it('says what it can in figures that make sense', () => {
    const { capabilities } = create();
    expect(capabilities.againAfterMs).toBeGreaterThan(0);
    expect(capabilities.refreshMs).toBeGreaterThanOrEqual(capabilities.againAfterMs);
  });

  it('wants credentials and names itself in two languages', () => {
    expect(plug.credentials.safeParse({}).success).toBe(false);
    expect(plug.name.zh).not.toBe('');
    expect(plug.name.en).not.toBe('');
  });

  it('knows carriers by more than one name, and says when it does not', () => {
    const carrier = create();
    expect(carrier.knows(binding.carrier)).toBe(true);
    expect(carrier.knows(binding.carrier.toLowerCase())).toBe(true);
    expect(carrier.knows('Nobody Express')).toBe(false);
    expect(carrier.knows('')).toBe(false);
  });

  it('answers an empty way for a parcel that nobody scanned', async () => {
    expect(await query(binding.carrier, 'YT-NOBODY')).toMatchObject({
      waybill: 'YT-NOBODY',
      events: [],
      state: 'going-on',
      refusal: null,
    });
  });

  it('tells a whole way in neutral words, in order of time, and the same again', async () => {
    const { waybill } = await sent(binding.carrier);
    await pass(96 * hour);
    const first = await query(binding.carrier, waybill);
    await pass(create().capabilities.againAfterMs + minute);
    const second = await query(binding.carrier, waybill);
    expect(first.state).toBe('finished');
    expect(first.events.map(({ kind }) => kind)).toEqual(['collected', 'in-transit', 'out-for-delivery', 'delivered']);
    for (const event of first.events) {
      expect(trackKinds).toContain(event.kind);
      expect(event).toMatchObject({ waybill, carrier: binding.carrier.toLowerCase() });
      expect(event.occurredAt).toBeLessThanOrEqual(standIn.clock.now());
    }
    expect(first.events.map(({ occurredAt }) => occurredAt)).toEqual(
      first.events.map(({ occurredAt }) => occurredAt).sort((a, b) => a - b),
    );
    expect(second.events).toEqual(first.events);
  });

  it('keeps places, names and phones to itself', async () => {
    const { waybill } = await sent(binding.carrier);
    await pass(96 * hour);
    expect(JSON.stringify(await query(binding.carrier, waybill))).not.toMatch(/1370013|李师傅|转运中心/);
  });

  it('answers as many parcels as it takes in one call, each in its place', async () => {
    const { waybill } = await sent(binding.carrier);
    await pass(96 * hour);
    const carrier = create();
    const asked = Array.from({ length: Math.min(carrier.capabilities.perQuery, 12) }, (_, n) =>
      n === 0 ? waybill : `YT-MANY-${n}`,
    );
    const found = await carrier.query(
      asked.map((each) => ({ carrier: binding.carrier, waybill: each })),
      signal,
    );
    expect(found.map((tracking) => tracking.waybill)).toEqual(asked);
    expect(found.map(({ events }) => events.length > 0)).toEqual(asked.map((each) => each === waybill));
  });

  it('subscribing may be repeated', async () => {
    const subscribe = create().pushes?.subscribe ?? null;
    expect(subscribe !== null).toBe(name === 'kuaidi100');
    if (subscribe === null) return;
    const { waybill } = await sent(binding.carrier);
    const parcel = { carrier: binding.carrier, waybill };
    expect(await subscribe(parcel, 'http://127.0.0.1:1/hook', signal)).toBeNull();
    expect(await subscribe(parcel, 'http://127.0.0.1:1/hook', signal)).toBeNull();
  });

  it('reads a push under our secret alone', async () => {
    const { pushes } = create();
    expect(pushes === null).toBe(binding.push === null);
    if (pushes === null || binding.push === null) return;
    const push = await binding.push(pushSecret, 'YT1');
    const told = pushes.read(push);
    if (told.kind === 'nudge') expect(told.waybills).toEqual(['YT1']);
    else expect(told.tracking).toMatchObject({ waybill: 'YT1', state: 'going-on', events: [{ kind: 'collected' }] });
    const foreign = await binding.push('another secret', 'YT1');
    expect(() => pushes.read(foreign)).toThrow(RejectedError);
    expect(pushes.answer('taken', push).status).toBe(200);
    expect(pushes.answer('refused', push).status).toBeGreaterThanOrEqual(400);
    expect(pushes.answer('failed', push).status).toBeGreaterThanOrEqual(500);
  });

  it.each(['drop-before', 'drop-after', '502', 'malformed', 'rate-limit'])(
    'fails with an error that may be tried again on %s, once, naming no parcel',
    async (kind) => {
      await standIn.control.fail(binding.server, kind, { route: binding.queries });
      const error: unknown = await query(binding.carrier, `YT-SECRET-${kind}`).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AppError);
      expect(['backoff', 'after']).toContain((error as AppError).retry);
      expect(String(error)).not.toContain('SECRET');
      expect(await standIn.control.calls(binding.server)).toHaveLength(binding.callsPerQuery);
    },
  );

  it.each(binding.refusals)('refuses for good on %s', async (kind) => {
    await standIn.control.fail(binding.server, kind);
    await expect(query(binding.carrier, `YT-${kind}`)).rejects.toMatchObject({ retry: 'never' });
  });

  it('stops when told to', async () => {
    const stopped = AbortSignal.abort();
    await expect(create().query([{ carrier: binding.carrier, waybill: 'YT9' }], stopped)).rejects.toBeInstanceOf(
      AppError,
    );
    expect(await standIn.control.calls(binding.server)).toEqual([]);
  });
});

describe('the twelve carriers (D6)', () => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn({ history: false, settings: { ordersPerDay: 0, mischief: false } });
  });
  afterAll(() => standIn.sandbox.stop());

  it('are twelve', () => {
    expect(new Set(twelve.map(({ id }) => id)).size).toBe(12);
  });

  it('are each followed from the pick-up to the buyer, over their own interface where they have one', async () => {
    const plugs = (await discover()).carriers;
    const sent = [];
    for (const row of twelve) sent.push({ row, parcel: await sentParcel(standIn.sandbox, row.id.toUpperCase()) });
    await standIn.sandbox.advance(standIn.clock.now() + 96 * hour);
    for (const { row, parcel } of sent) {
      const name = row.own ?? 'kuaidi100';
      const binding = bindings[name];
      const plug = plugs.get(name);
      if (binding === undefined || plug === undefined) throw new Error(`no binding for ${name}`);
      const carrier = plug.create({
        baseUrl: binding.baseUrl(standIn.url),
        credentials: plug.credentials.parse(binding.credentials),
        http: createHttp(),
        clock: standIn.clock,
        pushSecret,
        phoneTail: async () => parcel.phone.slice(-4),
      });
      for (const word of [row.id, ...row.names]) expect([word, carrier.knows(word)]).toEqual([word, true]);
      const [tracking] = await carrier.query(
        [{ carrier: row.names.at(-1) ?? row.id, waybill: parcel.waybill }],
        signal,
      );
      expect(tracking).toMatchObject({ waybill: parcel.waybill, state: 'finished', unknownStates: [] });
      expect(tracking?.events.map(({ kind }) => kind).filter((kind) => kind !== 'unknown')).toEqual([
        'collected',
        'in-transit',
        'out-for-delivery',
        'delivered',
      ]);
    }
  });
});
