import { describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/fulfillment/qimen/index.ts';
import { sign } from '../../../src/adapters/fulfillment/qimen/sign.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import type { FulfillmentSystem } from '../../../src/ports/fulfillment.ts';
import { mockHttp } from '../../kit/http-mock.ts';

const http = mockHttp();
const start = Date.UTC(2026, 10, 11, 6);
const { signal } = new AbortController();
const no = '20261111004012';

const open = (): FulfillmentSystem =>
  plug.create({
    systemId: 'wms',
    baseUrl: 'https://qimen.example/router/qimen/service',
    credentials: { appKey: '12345678', appSecret: 'qimen-secret-demo', customerId: 'C1', ownerCode: 'OWN' },
    http: createHttp(),
    clock: { now: () => start, sleep: async () => undefined, every: () => () => undefined },
  });

/** Answers one call, and keeps what came. */
function answer(inner: string): { body?: string } {
  const seen: { body?: string } = {};
  http
    .on('https://qimen.example')
    .post('/router/qimen/service', (body: string) => {
      seen.body = body;
      return true;
    })
    .query(true)
    .reply(200, `<?xml version="1.0" encoding="utf-8"?><response>${inner}</response>`);
  return seen;
}

const step = (status: string, at: string, info = ''): string =>
  `<process><processStatus>${status}</processStatus><operateTime>2026-11-11 ${at}</operateTime><operateInfo>${info}</operateInfo></process>`;
const process = (...steps: string[]): string =>
  `<flag>success</flag><code>0</code><orderProcess><orderCode>${no}</orderCode><warehouseCode>WH1</warehouseCode><processes>${steps.join('')}</processes></orderProcess>`;
async function readOne(...steps: string[]) {
  answer(process(...steps));
  return open().fetchBySystemOrder([no], signal);
}

it('[B3] signs the query and the body byte for byte, as the sheet has it', () => {
  const query = {
    app_key: '12345678',
    customerId: 'C1',
    format: 'xml',
    method: 'taobao.qimen.order.pending',
    sign_method: 'md5',
    timestamp: '2024-01-02 03:04:05',
    v: '2.0',
    empty: '',
  };
  const body =
    '<?xml version="1.0" encoding="utf-8"?><request><actionType>pending</actionType><warehouseCode>WH1</warehouseCode><orderCode>SO1</orderCode></request>';

  expect(sign('qimen-secret-demo', query, body)).toBe('1CFFFC84AD47152355FF28511D4B4D30');
});

describe('the steps of an order', () => {
  it('[C1] tell its stage, and when it was sorted and sent, in whatever order they come', async () => {
    const { fulfillments } = await readOne(
      step('DELIVERED', '12:00:00'),
      step('NEW', '09:00:00'),
      step('PICK', '10:00:00'),
      step('CHECK', '11:00:00'),
    );

    expect(fulfillments).toMatchObject([
      {
        stage: 'shipped',
        sortedAt: Date.UTC(2026, 10, 11, 2),
        shippedAt: Date.UTC(2026, 10, 11, 4),
        warehouseCode: 'WH1',
        channelOrderNos: [no],
        closed: false,
      },
    ]);
  });

  it('[P18] put an order back to where it was when a cancellation that was accepted fails afterwards', async () => {
    const cancelled = [step('NEW', '09:00:00'), step('PICK', '10:00:00'), step('CANCELED', '10:01:00')];
    const first = await readOne(...cancelled);
    const then = await readOne(...cancelled, step('CANCELEDFAIL', '10:05:00'));

    expect(first.fulfillments).toMatchObject([{ stage: 'closed', closed: true }]);
    expect(then.fulfillments).toMatchObject([{ stage: 'sorting', closed: false, sourceStatus: 'CANCELEDFAIL' }]);
  });

  it('[I4] hold it from an exception until the next one, with the reason', async () => {
    const stopped = [step('NEW', '09:00:00'), step('EXCEPTION', '09:30:00', '地址不全')];

    expect((await readOne(...stopped)).fulfillments).toMatchObject([{ held: true, reason: '地址不全' }]);
    expect((await readOne(...stopped, step('ACCEPT', '09:40:00'))).fulfillments).toMatchObject([
      { held: false, reason: '' },
    ]);
  });

  it('[B7] are named when one is new to us or has no time, never guessed', async () => {
    const strange = await readOne(step('NEW', '09:00:00'), step('DANCING', '09:30:00'));
    const timeless = await readOne('<process><processStatus>PICK</processStatus></process>');

    expect(strange.fulfillments).toMatchObject([{ stage: 'queued', reason: '未知状态 DANCING' }]);
    expect(timeless).toMatchObject({ fulfillments: [], skipped: [{ ref: no }] });
  });
});

it('[K2] adds up the batches of a SKU, and counts no damaged goods', async () => {
  const item = (type: string, quantity: number, frozen: number): string =>
    `<item><warehouseCode>WH1</warehouseCode><itemCode>A&amp;B</itemCode><inventoryType>${type}</inventoryType><quantity>${quantity}</quantity><lockQuantity>${frozen}</lockQuantity></item>`;
  const asked = answer(`<flag>success</flag><items>${item('ZP', 12, 3)}${item('ZP', 5, 0)}${item('CC', 9, 0)}</items>`);

  expect(await open().getStock(['A&B'], ['WH1'], signal)).toMatchObject([{ sku: 'A&B', available: 17, onHand: 20 }]);
  expect(asked.body).toContain('<itemCode>A&amp;B</itemCode>');
});

describe('an answer', () => {
  it('[P18] by the warehouse says no in its own words, whatever its code', async () => {
    answer(process(step('NEW', '09:00:00')));
    answer('<flag>failure</flag><code>40008</code><message>already picking</message>');

    expect(await open().cancelOrder(no, '', '', signal)).toMatchObject({
      kind: 'refused',
      code: 'picking',
      providerCode: '40008',
    });
  });

  it('[P18] by a gateway that lost the warehouse leaves a write unknown, and a cut one, too', async () => {
    for (const said of [
      '<flag>failure</flag><code>15</code><message>Remote service error</message><request_id>x</request_id>',
      '<flag>success</flag>',
    ]) {
      answer(process(step('NEW', '09:00:00')));
      if (said.includes('failure')) answer(said);
      else http.on('https://qimen.example').post('/router/qimen/service').query(true).reply(200, `<response>${said}`);

      expect(await open().cancelOrder(no, '', '', signal)).toEqual({ kind: 'unknown' });
    }
  });
});
