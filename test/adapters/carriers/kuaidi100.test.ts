import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { carrierId } from '../../../src/adapters/carriers/carriers.ts';
import plug from '../../../src/adapters/carriers/kuaidi100/index.ts';
import { sign } from '../../../src/adapters/carriers/kuaidi100/sign.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import { RateLimitedError, RejectedError, RetryableError } from '../../../src/domain/errors.ts';
import { fromBeijingText } from '../../../src/domain/local-time.ts';
import type { Carrier, Waybill } from '../../../src/ports/carrier.ts';
import type { HttpRequest } from '../../../src/ports/http.ts';
import { kuaidi100 } from '../../../src/sandbox/world/company.ts';
import { setLie } from '../../../src/sandbox/world/couriers.ts';
import { hour, minute } from '../../kit/builders.ts';
import { mockHttp } from '../../kit/http-mock.ts';
import { isLong } from '../../kit/size.ts';
import { type StandIn, startStandIn } from '../../kit/stand-in.ts';
import { sentParcel } from '../../sandbox/courier-kit.ts';

const signal = new AbortController().signal;
const salt = 'saltdemo';

const create = (baseUrl: string, change: Partial<Parameters<typeof plug.create>[0]> = {}): Carrier =>
  plug.create({
    baseUrl,
    credentials: kuaidi100,
    http: createHttp(),
    clock: { now: () => 0, sleep: async () => undefined, every: () => () => undefined },
    pushSecret: salt,
    phoneTail: async () => undefined,
    ...change,
  });

const pushOf = (push: object, withSalt = salt): Buffer => {
  const param = JSON.stringify(push);
  return Buffer.from(new URLSearchParams({ param, sign: sign(param, withSalt) }).toString());
};

const pushesOf = ({ pushes }: Carrier) => {
  if (pushes === null) throw new Error('pushes nothing');
  return pushes;
};
const readPush = (carrier: Carrier, rawBody: Buffer) => {
  const told = pushesOf(carrier).read({ rawBody, key: '' });
  if (told.kind !== 'tracking') throw new Error('no tracking');
  return told.tracking;
};
const answerPush = (carrier: Carrier, outcome: 'taken' | 'refused' | 'failed') =>
  pushesOf(carrier).answer(outcome, { rawBody: Buffer.from(''), key: '' });
const subscribe = async (carrier: Carrier, ...asked: [Waybill, string, AbortSignal]) =>
  pushesOf(carrier).subscribe?.(...asked);

const row = (statusCode: string | null, time = '2026-11-11 14:00:00', status = '') =>
  statusCode === null ? { ftime: time, status } : { ftime: time, status, statusCode };

const readRows = (...data: object[]) =>
  readPush(
    create('http://127.0.0.1:1'),
    pushOf({ status: 'polling', lastResult: { nu: '4310500000000', com: 'yunda', state: '0', ischeck: '0', data } }),
  );

describe('signatures', () => {
  it('are those of the sheet (fulfillment.md §2.2)', () => {
    const query = '{"com":"yunda","num":"4310500000000","phone":"","resultv2":"4","show":"0","order":"desc"}';
    expect(sign(query, 'KEYdemo', 'CUSTdemo')).toBe('F1E4598E457396105FD388489DE08E5E');
    const push =
      '{"status":"polling","message":"","lastResult":{"com":"yunda","nu":"4310500000000","state":"1","ischeck":"0","data":[]}}';
    expect(sign(push, 'saltdemo')).toBe('AA949529671FE2012C726893642667FA');
  });
});

describe('names of carriers', () => {
  it.each([
    ['YTO', 'yto'],
    ['圆通速递', 'yto'],
    [' zhongtong ', 'zto'],
    ['SF', 'sf'],
    ['顺丰速运', 'sf'],
    ['DHL', 'dhl'],
    ['Nobody Express', undefined],
    ['', undefined],
  ])('%s is %s', (name, id) => expect(carrierId(name)).toBe(id));
});

describe('a tracking row', () => {
  it.each([
    ['1', 'collected'],
    ['103', 'collected'],
    ['0', 'in-transit'],
    ['1001', 'in-transit'],
    ['7', 'in-transit'],
    ['5', 'out-for-delivery'],
    ['501', 'out-for-delivery'],
    ['3', 'delivered'],
    ['304', 'delivered'],
    ['4', 'returned'],
    ['6', 'returned'],
    ['401', 'returned'],
    ['2', 'problem'],
    ['203', 'problem'],
    ['14', 'problem'],
    ['8', 'customs'],
    ['13', 'customs'],
  ])('%s means %s', (code, kind) => {
    const { events, unknownStates } = readRows(row(code));
    expect(events).toEqual([
      {
        carrier: 'yunda',
        waybill: '4310500000000',
        occurredAt: Date.UTC(2026, 10, 11, 6),
        kind,
        rawState: code,
      },
    ]);
    expect(unknownStates).toEqual([]);
  });

  it.each(['101', '102', '201', '202'])('%s is no scan, and no surprise: nobody touched the parcel (N5)', (code) => {
    const { events, unknownStates } = readRows(row(code));
    expect(events).toMatchObject([{ kind: 'unknown', rawState: code }]);
    expect(unknownStates).toEqual([]);
  });

  it('with a state nobody knows is kept with it and told', () => {
    const { events, unknownStates } = readRows(row('4711'), row(null, '2026-11-11 15:00:00', '星际转运'));
    expect(events).toMatchObject([
      { kind: 'unknown', rawState: '4711' },
      { kind: 'unknown', rawState: '星际转运' },
    ]);
    expect(unknownStates).toEqual(['4711', '星际转运']);
  });

  it('without a readable time is named and stops nothing', () => {
    const { events, skipped } = readRows(row('1', '0000-00-00 00:00:00'), row('0'), { statusCode: {} });
    expect(events).toHaveLength(1);
    expect(skipped).toEqual([
      { ref: '4310500000000', reason: 'no readable time' },
      { ref: '4310500000000', reason: 'no row of tracking' },
    ]);
  });

  it('is put in order of time, whatever order it comes in', () => {
    const times = readRows(row('103', '2026-11-11 18:00:00'), row('5', '2026-11-11 17:00:00')).events;
    expect(times.map(({ rawState }) => rawState)).toEqual(['5', '103']);
  });
});

describe('a push', () => {
  const carrier = create('http://127.0.0.1:1');
  const result = { nu: 'YT7018842', com: 'yuantong', state: '0', ischeck: '0', data: [] };

  it.each([
    ['polling', 'going-on'],
    ['shutdown', 'finished'],
    ['abort', 'given-up'],
    ['updateall', 'going-on'],
  ])('%s: the parcel is %s', (status, state) => {
    expect(readPush(carrier, pushOf({ status, lastResult: result })).state).toBe(state);
  });

  it('keeps every digit of a waybill that came as a number', () => {
    const param = '{"status":"polling","lastResult":{"nu":90071992547409931234,"com":"yunda","data":[]}}';
    const body = new URLSearchParams({ param, sign: sign(param, salt) }).toString();
    expect(readPush(carrier, Buffer.from(body)).waybill).toBe('90071992547409931234');
  });

  it.each([
    ['with another salt', pushOf({ status: 'polling', lastResult: result }, 'somebody else')],
    ['without a signature', Buffer.from(new URLSearchParams({ param: '{}' }).toString())],
    [
      'changed on the way',
      Buffer.from(pushOf({ status: 'polling', lastResult: result }).toString().replace('7018842', '7018843')),
    ],
    ['empty', Buffer.alloc(0)],
  ])('%s is refused', (_why, body) => {
    expect(() => readPush(carrier, body)).toThrow(expect.objectContaining({ code: 'BAD_SIGNATURE' }));
  });

  it('that is signed and means nothing to us is told apart', () => {
    expect(() => readPush(carrier, pushOf({ status: 'polling' }))).toThrow(
      expect.objectContaining({ code: 'BAD_PUSH' }),
    );
  });

  it('is answered in the words that end its repeats', () => {
    expect(answerPush(carrier, 'taken')).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      body: '{"result":true,"returnCode":"200","message":"成功"}',
    });
    expect(answerPush(carrier, 'refused').status).toBe(401);
    expect(JSON.parse(answerPush(carrier, 'failed').body)).toMatchObject({ result: false });
  });
});

describe('recorded payloads', () => {
  const network = mockHttp();
  /** Our own of the same shape, where no samples are at hand; the long run insists on them. */
  const own: Readonly<Record<string, object>> = {
    'kuaidi100-push-polling.json': {
      status: 'polling',
      lastResult: {
        nu: '4310500000000',
        com: 'yunda',
        ischeck: '1',
        state: '3',
        data: ['签收', '派件', '在途', '揽收'].map((status, index) =>
          row(null, `2020-11-2${8 - index} 14:32:37`, status),
        ),
      },
    },
    'kuaidi100-subscribe-responses.json': {
      ok: { result: true, returnCode: '200', message: '提交成功' },
      duplicate: { result: false, returnCode: '501', message: 'POLL:重复订阅' },
      unsupportedCarrier: { result: false, returnCode: '700', message: 'POLL:不支持的快递公司' },
      callbackAck: { result: true, returnCode: '200', message: '成功' },
    },
  };
  const sample = <Shape>(name: string): Shape => {
    const path = join(process.env.WARROOM_SAMPLES ?? '', 'samples/fulfillment', name);
    if (process.env.WARROOM_SAMPLES !== undefined && existsSync(path))
      return JSON.parse(readFileSync(path, 'utf8')) as Shape;
    if (isLong) throw new Error(`WARROOM_SAMPLES must name the folder that holds ${path}`);
    return own[name] as Shape;
  };

  it('of a push of 2020, with words and no codes, are read whole', () => {
    const push = sample<{ lastResult: { nu: string; data: { status: string; ftime: string }[] } }>(
      'kuaidi100-push-polling.json',
    );
    const words: Record<string, string> = {
      揽收: 'collected',
      在途: 'in-transit',
      派件: 'out-for-delivery',
      签收: 'delivered',
    };
    const { nu, data } = push.lastResult;
    expect(data.length).toBeGreaterThan(3);
    expect(readPush(create('http://127.0.0.1:1'), pushOf(push))).toEqual({
      waybill: nu,
      state: 'finished',
      skipped: [],
      unknownStates: [],
      refusal: null,
      events: data.toReversed().map(({ status, ftime }) => ({
        carrier: 'yunda',
        waybill: nu,
        occurredAt: fromBeijingText(ftime),
        kind: words[status],
        rawState: status,
      })),
    });
  });

  it.each([
    ['ok', null],
    ['duplicate', null],
    ['unsupportedCarrier', 'KD100_700'],
  ])('of a subscription: "%s" gives %s', async (name, refusal) => {
    const answers = sample<Record<string, object>>('kuaidi100-subscribe-responses.json');
    network.on('https://poll.kuaidi100.com').post('/poll').reply(200, JSON.stringify(answers[name]));
    const carrier = create('https://poll.kuaidi100.com');
    const waybill = { carrier: 'YTO', waybill: 'YT7018842' };
    expect(await subscribe(carrier, waybill, 'https://x.example/hooks/carriers/kd', signal)).toBe(refusal);
  });

  it('of the answer to a push are ours', () => {
    const { callbackAck } = sample<Record<string, object>>('kuaidi100-subscribe-responses.json');
    expect(JSON.parse(answerPush(create('http://127.0.0.1:1'), 'taken').body)).toEqual(callbackAck);
  });
});

describe('over the service itself', () => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn({ history: false, settings: { ordersPerDay: 0, mischief: false } });
  });
  afterAll(() => standIn.sandbox.stop());
  beforeEach(() => standIn.control.forget());

  const base = () => `${standIn.url}/kuaidi100`;
  const pass = (ms: number) => standIn.sandbox.advance(standIn.clock.now() + ms);

  it('nothing is known of a parcel that nobody collected; later its whole way is', async () => {
    const { no, waybill } = await sentParcel(standIn.sandbox, 'YTO');
    const carrier = create(base());
    const parcel = { carrier: 'YTO', waybill };
    expect(await carrier.query([parcel], signal)).toEqual([
      { waybill, events: [], skipped: [], unknownStates: [], state: 'going-on', refusal: null },
    ]);
    await pass(96 * hour);
    const [told] = await carrier.query([parcel], signal);
    expect(told).toMatchObject({ waybill, state: 'finished', refusal: null, skipped: [], unknownStates: [] });
    expect(told?.events.map(({ kind }) => kind)).toEqual(['collected', 'in-transit', 'out-for-delivery', 'delivered']);
    const truth = standIn.sandbox.world.store.all<{ at: number }>('SELECT at FROM traces WHERE no = ? ORDER BY at', no);
    // The service writes whole seconds.
    expect(told?.events.map(({ occurredAt }) => occurredAt)).toEqual(truth.map(({ at }) => at - (at % 1_000)));
    expect(told?.events.every(({ carrier: by }) => by === 'yto')).toBe(true);
  });

  it('a second question within 30 minutes is refused for this parcel alone', async () => {
    const { waybill } = await sentParcel(standIn.sandbox, 'YTO');
    const carrier = create(base());
    await carrier.query([{ carrier: 'YTO', waybill }], signal);
    await pass(29 * minute);
    expect(await carrier.query([{ carrier: 'YTO', waybill }], signal)).toMatchObject([{ refusal: 'KD100_402' }]);
    await pass(2 * minute);
    expect(await carrier.query([{ carrier: 'YTO', waybill }], signal)).toMatchObject([{ refusal: null }]);
  });

  it('SF answers only to the end of the phone, which goes nowhere else', async () => {
    const { waybill, phone } = await sentParcel(standIn.sandbox, 'SF');
    await pass(40 * hour);
    expect(await create(base()).query([{ carrier: 'SF', waybill }], signal)).toMatchObject([{ refusal: 'KD100_408' }]);
    await pass(31 * minute);
    const asked: string[] = [];
    const seen: HttpRequest[] = [];
    const http = createHttp();
    const carrier = create(base(), {
      phoneTail: async (number) => {
        asked.push(number);
        return phone.slice(-4);
      },
      http: {
        ...http,
        send(request) {
          seen.push(request);
          return http.send(request);
        },
      },
    });
    const [told] = await carrier.query([{ carrier: 'SF', waybill }], signal);
    expect(told?.events.length).toBeGreaterThan(0);
    expect(asked).toEqual([waybill]);
    expect(seen.map(({ url }) => url)).toEqual([`${base()}/poll/query.do`]);
    await carrier.query([{ carrier: 'YTO', waybill: 'YT1' }], signal);
    expect(asked).toEqual([waybill]);
  });

  it('asking twice for pushes is asking once; a carrier it does not serve is refused', async () => {
    const { waybill } = await sentParcel(standIn.sandbox, 'YTO');
    const carrier = create(base());
    const callback = 'http://127.0.0.1:1/hooks/carriers/kd';
    expect(await subscribe(carrier, { carrier: 'YTO', waybill }, callback, signal)).toBeNull();
    expect(await subscribe(carrier, { carrier: '圆通', waybill }, callback, signal)).toBeNull();
    expect(await subscribe(carrier, { carrier: '邮政', waybill: '9999' }, callback, signal)).toBe('KD100_700');
    const calls = await standIn.control.calls('kuaidi100');
    expect(calls.map(({ outcome }) => outcome)).toEqual(['ok', '501', '700']);
  });

  it.each([
    ['502', RetryableError, 'HTTP_502'],
    ['malformed', RetryableError, 'BAD_JSON'],
    ['drop-after', RetryableError, 'NETWORK'],
    ['rate-limit', RateLimitedError, 'RATE_LIMITED'],
    ['expire-token', RejectedError, 'KD100_KEY'],
  ])('the trouble "%s" is %o', async (kind, type, code) => {
    await standIn.control.fail('kuaidi100', kind);
    const asked = create(base()).query([{ carrier: 'YTO', waybill: `YT${kind}` }], signal);
    await expect(asked).rejects.toThrow(type);
    await expect(asked).rejects.toMatchObject({ code });
  });

  it('a wrong key is the caller’s fault, and no message holds a key, a number or a phone', async () => {
    const carrier = create(base(), {
      credentials: { customer: 'CUSTdemo', key: 'WRONGkey' },
      phoneTail: async () => '8000',
    });
    const failures = await Promise.allSettled([
      carrier.query([{ carrier: 'SF', waybill: 'SF4711' }], signal),
      subscribe(carrier, { carrier: 'SF', waybill: 'SF4711' }, 'http://127.0.0.1:1/x', signal),
    ]);
    expect(failures).toMatchObject([
      { status: 'rejected', reason: { code: 'KD100_SIGN', retry: 'never' } },
      { status: 'rejected', reason: { code: 'KD100_KEY', retry: 'never' } },
    ]);
    expect(failures.map((each) => String((each as PromiseRejectedResult).reason)).join()).not.toMatch(
      /WRONGkey|CUSTdemo|SF4711|8000/,
    );
  });

  it('lies of couriers are told as they are: a pick-up after the delivery run, another parcel’s way last year', async () => {
    const late = await sentParcel(standIn.sandbox, 'YTO');
    setLie(standIn.sandbox.world, late.no, 'pickup-after-delivery-run');
    const reused = await sentParcel(standIn.sandbox, 'YTO');
    setLie(standIn.sandbox.world, reused.no, 'reused-number');
    const back = await sentParcel(standIn.sandbox, 'YTO');
    setLie(standIn.sandbox.world, back.no, 'returned');
    await pass(140 * hour);
    const parcels = [late, reused, back].map(({ waybill }) => ({ carrier: 'YTO', waybill }));
    const kinds = (await create(base()).query(parcels, signal)).map(({ events }) => events.map(({ kind }) => kind));
    expect(kinds[0]?.slice(-3)).toEqual(['out-for-delivery', 'collected', 'delivered']);
    expect(kinds[1]?.slice(0, 3)).toEqual(['collected', 'delivered', 'collected']);
    expect(kinds[2]?.slice(-3)).toEqual(['problem', 'returned', 'returned']);
  });
});
