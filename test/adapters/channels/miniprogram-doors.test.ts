import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/channels/miniprogram/index.ts';
import { signature } from '../../../src/adapters/channels/miniprogram/sign.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import { createIdentifier } from '../../../src/adapters/identifier.ts';
import type { Channel, RawPush } from '../../../src/ports/channel.ts';
import { type StandIn, startStandIn } from '../../kit/stand-in.ts';

const signal = new AbortController().signal;
const credentials = { key: 'mini-key', secret: 'mini-secret-demo' };

let standIn: StandIn;
let channel: Channel;

beforeAll(async () => {
  standIn = await startStandIn({ settings: { ordersPerDay: 500 } });
  channel = plug.create({
    shopId: 'mini',
    baseUrl: `${standIn.url}/mini`,
    credentials,
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock: standIn.clock,
    identifier: createIdentifier(Buffer.alloc(32, 7)),
  });
});
afterAll(() => standIn?.sandbox.stop());
beforeEach(() => standIn.control.forget());

async function anOrderNo(): Promise<string> {
  const made = (await standIn.control.post('/world/scenarios/short', { paidAgoMs: 60_000 })) as { orderNo: string };
  await standIn.clock.sleep(2_000);
  return made.orderNo;
}

const remark = async (no: string): Promise<string | undefined> =>
  (await channel.fetchOrders([no], signal)).orders[0]?.view.remark;

describe('a remark', () => {
  it('stands below what people wrote, with the colour for its flag, once', async () => {
    const no = await anOrderNo();
    standIn.sandbox.world.store.run('UPDATE orders SET remark = ? WHERE no = ?', '老客户 送小样', no);

    const first = await channel.addRemark?.(no, { text: '疑似刷单 人工核查', flag: 'risk' }, signal);
    const second = await channel.addRemark?.(no, { text: '疑似刷单 人工核查', flag: 'risk' }, signal);

    const value = { remark: '老客户 送小样\n疑似刷单 人工核查', flag: 'red' };
    expect(first).toEqual({ kind: 'done', value });
    expect(second).toEqual({ kind: 'already', value });
    expect(await remark(no)).toBe(value.remark);
  });

  it('is unknown when the answer was lost, and there when it had arrived', async () => {
    const no = await anOrderNo();
    await standIn.control.fail('mini', 'drop-after', { route: '/v1/orders/:no/remark' });

    expect(await channel.addRemark?.(no, { text: '改仓', flag: undefined }, signal)).toEqual({ kind: 'unknown' });
    expect(await channel.addRemark?.(no, { text: '改仓', flag: undefined }, signal)).toMatchObject({ kind: 'already' });
    expect(await remark(no)).toBe('改仓');
  });

  it('of an order that the shop does not know is refused', async () => {
    expect(await channel.addRemark?.('20260101000000', { text: 'x', flag: 'fine' }, signal)).toEqual({
      kind: 'refused',
      code: 'not_found',
    });
  });
});

describe('a push', () => {
  const target = '/hooks/shops/mini?from=shop';
  function aPush(body: string, change: { at?: number; secret?: string } = {}): RawPush {
    const timestamp = String(Math.floor((change.at ?? standIn.clock.now()) / 1_000));
    const parts = { method: 'POST', target, timestamp, nonce: 'n-1', body };
    return {
      method: 'POST',
      target,
      headers: {
        'x-key': credentials.key,
        'x-timestamp': timestamp,
        'x-nonce': 'n-1',
        'x-signature': signature(change.secret ?? credentials.secret, parts),
      },
      rawBody: Buffer.from(body),
    };
  }

  it('names the order to read, with all digits of its number', () => {
    const body = '{"event_id":"e-1","order_no":4012345678901234567,"status":"closed"}';

    expect(channel.readPush?.(aPush(body))).toEqual({
      messageId: 'e-1',
      orderNos: ['4012345678901234567'],
      answer: { status: 200, type: 'application/json', body: '{"ok":true}' },
    });
  });

  it.each([
    ['by somebody else', (push: RawPush) => ({ ...push, rawBody: Buffer.from('{"event_id":"e","order_no":"2"}') })],
    ['with another secret', () => aPush('{"event_id":"e","order_no":"1"}', { secret: 'wrong' })],
    ['an hour ago', () => aPush('{"event_id":"e","order_no":"1"}', { at: standIn.clock.now() - 3_600_000 })],
    ['without a signature', (push: RawPush) => ({ ...push, headers: {} })],
  ])('signed %s is refused', (_, change) => {
    const push = change(aPush('{"event_id":"e","order_no":"1"}'));

    expect(() => channel.readPush?.(push)).toThrow(expect.objectContaining({ code: 'BAD_SIGNATURE' }));
  });

  it.each(['{"event_id":"e"}', '[]', 'no json'])('that says %s cannot be read', (body) => {
    expect(() => channel.readPush?.(aPush(body))).toThrow(expect.objectContaining({ code: 'BAD_PUSH' }));
  });
});
