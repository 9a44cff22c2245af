import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/carriers/sf/index.ts';
import { digest } from '../../../src/adapters/carriers/sf/sign.ts';
import { fromBeijingText } from '../../../src/domain/local-time.ts';
import { signSf } from '../../../src/sandbox/servers/sf/envelope.ts';
import { sf } from '../../../src/sandbox/world/company.ts';
import { carrierOver, parcelBy, sample } from './read-one.ts';

const signal = new AbortController().signal;
const waybill = 'SF7444471039325';
const outer = (result: object) => ({
  body: { apiResultCode: 'A1000', apiErrorMsg: '', apiResultData: JSON.stringify(result) },
});
const routes = (...rows: object[]) =>
  outer({
    success: true,
    errorCode: 'S0000',
    errorMsg: null,
    msgData: { routeResps: [{ mailNo: waybill, routes: rows }] },
  });
const route = (opCode: string, acceptTime = '2026-11-24 18:00:00') => ({
  opCode,
  acceptTime,
  remark: '',
  acceptAddress: '',
});
const ask = async (answer: { body: unknown }) => {
  const [tracking] = await carrierOver(plug, sf, [answer], { phoneTail: async () => '8000' }).carrier.query(
    [{ carrier: 'SF', waybill }],
    signal,
  );
  if (tracking === undefined) throw new Error('no answer');
  return tracking;
};

it.each([
  ['{"a":"x y+z*中~(1)"}', '1', 'k', '5qUIE47gOlTkbRDBuD+eMA=='],
  [
    '{"language":"zh-CN","trackingType":"1","trackingNumber":["SF7444400000001"],"methodType":"1"}',
    '1700000000000',
    'checkword-demo',
    'G9hg8euj87X3S2XQtT6xzQ==',
  ],
])('signs %s as the sheet does (fulfillment.md §2.4), and so does its stand-in', (data, timestamp, word, expected) => {
  expect(digest(data, timestamp, word)).toBe(expected);
  expect(signSf(data, timestamp, word)).toBe(expected);
});

describe('routes', () => {
  it.each([
    ['50', 'collected'],
    ['54', 'collected'],
    ['30', 'in-transit'],
    ['204', 'out-for-delivery'],
    ['80', 'delivered'],
    ['33', 'problem'],
    ['648', 'returned'],
    ['44', 'unknown'],
    ['8000', 'unknown'],
  ])('opCode %s is %s', async (opCode, kind) =>
    expect((await ask(routes(route(opCode)))).events).toMatchObject([{ kind, rawState: opCode }]),
  );

  it('first pick-up is the earliest of 50 and 54, last update the latest, whatever their order (fulfillment.md §2.1)', async () => {
    const { events, state } = await ask(
      routes(
        route('80', '2026-11-26 10:00:00'),
        route('54', '2026-11-24 18:05:00'),
        route('44', '2026-11-24 17:00:00'),
        route('50', '2026-11-24 18:00:00'),
        route('8000', '2026-11-26 11:00:00'),
      ),
    );
    expect(parcelBy(events)).toMatchObject({
      firstScanAt: fromBeijingText('2026-11-24 18:00:00'),
      lastEventAt: fromBeijingText('2026-11-26 10:00:00'),
      firstScanIsDay: false,
    });
    expect(state).toBe('finished');
  });

  it('of a parcel nobody scanned are empty, and that is no refusal', async () =>
    expect(await ask(routes())).toMatchObject({ events: [], state: 'going-on', refusal: null }));

  it('are not believed to be empty without a phone: SF hides them then', async () => {
    const { carrier } = carrierOver(plug, sf, [routes()], { phoneTail: async () => undefined });
    const [hidden] = await carrier.query([{ carrier: 'SF', waybill }], signal);
    expect(hidden).toMatchObject({ events: [], refusal: 'SF_NO_PHONE' });
  });

  it('behind a good transport may still be refused', async () =>
    expect(await ask(outer({ success: false, errorCode: '8024', errorMsg: '未下单', msgData: null }))).toMatchObject({
      events: [],
      refusal: 'SF_8024',
    }));

  it('in states and times nobody knows are kept and named', async () => {
    expect((await ask(routes(route('4711')))).unknownStates).toEqual(['4711']);
    expect((await ask(routes(route('50', 'soon')))).skipped).toEqual([{ ref: waybill, reason: 'no readable time' }]);
  });

  it('asks each receiver’s parcels apart: one call holds one end of a phone', async () => {
    const { carrier, sent } = carrierOver(plug, sf, [routes()], {
      phoneTail: async (number) => (number === 'SF2' ? '8000' : '1234'),
    });
    await carrier.query(
      ['SF1', 'SF2', 'SF3'].map((each) => ({ carrier: 'SF', waybill: each })),
      signal,
    );
    const messages = sent.map(({ body }) => JSON.parse(new URLSearchParams(body).get('msgData') ?? '') as object);
    expect(messages).toMatchObject([
      { trackingNumber: ['SF1', 'SF3'], checkPhoneNo: '1234' },
      { trackingNumber: ['SF2'], checkPhoneNo: '8000' },
    ]);
  });
});

describe('the transport', () => {
  it.each([
    ['A1003', 'never'],
    ['A1004', 'never'],
    ['A1005', 'after'],
    ['A1006', 'never'],
    ['A1099', 'backoff'],
  ])('%s is an error of kind %s', async (apiResultCode, retry) => {
    await expect(ask({ body: { apiResultCode, apiErrorMsg: 'x', apiResultData: '' } })).rejects.toMatchObject({
      retry,
    });
  });
});

describe('a route push', () => {
  const { carrier } = carrierOver(plug, sf, []);
  const pushes = carrier.pushes;
  if (pushes === null) throw new Error('pushes nothing');
  const json = JSON.stringify({ Body: { WaybillRoute: [{ mailno: 'SF1' }, { mailno: 'SF2' }, { mailno: 'SF1' }] } });
  const xml = `<Request service="RoutePushService"><Body><WaybillRoute id="1" mailno="SF1" opCode="50"/></Body></Request>`;
  const push = (text: string, key = 'our-secret') => ({ rawBody: Buffer.from(text), key });
  const form = new URLSearchParams({ content: xml }).toString();

  it.each([
    ['JSON', json, ['SF1', 'SF2']],
    ['a form with XML', form, ['SF1']],
    ['bare XML', xml, ['SF1']],
  ])('as %s names its parcels; its word is not taken, for nobody signed it', (_how, text, waybills) =>
    expect(pushes.read(push(text))).toEqual({ kind: 'nudge', waybills }),
  );

  it('to an address without our key is refused', () => {
    for (const key of ['', 'other'])
      expect(() => pushes.read(push(json, key))).toThrow(expect.objectContaining({ code: 'BAD_SIGNATURE' }));
  });

  it('that names nothing is refused, too', () => {
    for (const text of ['', '{', '<x/>', '{"Body":{}}'])
      expect(() => pushes.read(push(text))).toThrow(expect.objectContaining({ code: 'BAD_PUSH' }));
  });

  it('is answered in its own language', () => {
    expect(JSON.parse(pushes.answer('taken', push(json)).body)).toEqual({ return_code: '0000', return_msg: '成功' });
    expect(JSON.parse(pushes.answer('failed', push(json)).body)).toMatchObject({ return_code: '1000' });
    expect(pushes.answer('taken', push(form))).toEqual({
      status: 200,
      type: 'text/xml; charset=utf-8',
      body: '<Response service="RoutePushService"><Head>OK</Head></Response>',
    });
    expect(pushes.answer('failed', push(form)).body).toContain('<Head>ERR</Head>');
  });
});

describe('the recorded payloads', () => {
  it('are read: one pick-up in Shenzhen', async () => {
    const own = routes(route('50', '2023-09-15 15:46:15')).body;
    const { events } = await ask({ body: sample<object>('sf-routes-response.json', own) });
    expect(events).toEqual([
      {
        carrier: 'sf',
        waybill,
        kind: 'collected',
        rawState: '50',
        occurredAt: fromBeijingText('2023-09-15 15:46:15'),
      },
    ]);
  });
});

describe('labels', () => {
  const sender = {
    monthlyCard: '7551234567',
    senderName: '仓库',
    senderPhone: '13800000009',
    senderProvince: '浙江省',
    senderCity: '杭州市',
    senderDistrict: '余杭区',
    senderAddress: '良睦路 1 号',
  };
  const receiver = {
    name: '张三',
    phone: '13800138000',
    province: '西藏自治区',
    city: '那曲市',
    district: '双湖县',
    address: '1 号',
  };
  const outOfReach = outer({
    success: true,
    errorCode: 'S0000',
    errorMsg: null,
    msgData: { orderId: 'L1', filterResult: 3, remark: '1', waybillNoInfoList: null },
  });

  it('where SF does not go is a refusal, though the order exists, and is found by nobody [P18]', async () => {
    const { labels } = carrierOver(plug, { ...sf, ...sender }, [outOfReach, outOfReach]).carrier;
    expect(await labels?.create({ labelId: 'L1', receiver, goods: [{ name: 'T恤', qty: 1 }] }, signal)).toMatchObject({
      kind: 'refused',
      providerText: '不在收派范围',
    });
    expect(await labels?.find('L1', signal)).toBeUndefined();
  });
});
