import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plug from '../../src/adapters/channels/pinduoduo/index.ts';
import { createHttp } from '../../src/adapters/http.ts';
import { createIdentifier } from '../../src/adapters/identifier.ts';
import type { Channel } from '../../src/ports/channel.ts';
import { signPinduoduo } from '../../src/sandbox/servers/pinduoduo/answers.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { shopCredentials } from '../../src/sandbox/world/company.ts';
import { changeOrder, findOrder, payOrder, placeOrder } from '../../src/sandbox/world/orders.ts';
import { control, MINUTE, pass, quiet, SECOND } from './kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await quiet();
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.world.store.run('DELETE FROM orders'));

const { clientId, clientSecret, accessToken, refreshToken } = shopCredentials.pdd;
const signal = new AbortController().signal;
const now = (): number => sandbox.world.clock.now();
const seconds = (at: number): string => String(Math.floor(at / 1_000));

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
type Body = any;

/** A signed call; `change` overrides common and other parameters alike. */
async function call(type: string, change: Record<string, string> = {}, isJson = false): Promise<Body> {
  const params: Record<string, string> = {
    type,
    client_id: clientId,
    access_token: accessToken,
    timestamp: seconds(now()),
    data_type: 'JSON',
    ...change,
  };
  const signed = { sign: signPinduoduo(clientSecret, params), ...params };
  const response = await fetch(`${sandbox.url}/pdd/api/router`, {
    method: 'POST',
    headers: { 'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded' },
    body: isJson ? JSON.stringify(signed) : new URLSearchParams(signed),
  });
  expect(response.status).toBe(200);
  return response.json();
}

const list = (more: Record<string, string> = {}): Promise<Body> =>
  call('pdd.order.number.list.increment.get', {
    start_updated_at: seconds(now() - 30 * MINUTE),
    end_updated_at: seconds(now()),
    is_lucky_flag: '0',
    order_status: '5',
    refund_status: '5',
    ...more,
  });
const one = async (no: string): Promise<Body> =>
  (await call('pdd.order.information.get', { order_sn: no })).order_info_get_response.order_info;
const codeOf = async (answer: Promise<Body>): Promise<number> => (await answer).error_response.error_code;

let orders = 0;
function place(isPaid = true): string {
  orders += 1;
  const no = placeOrder(sandbox.world, { at: now(), random: sandbox.world.random('test', orders), shop: 'pdd' });
  if (isPaid) payOrder(sandbox.world, no, now());
  return no;
}

describe('the gateway of Pinduoduo', () => {
  it('takes forms and flat JSON, and refuses what is missing, late or badly signed', async () => {
    const no = place();
    const asJson = await call('pdd.order.information.get', { order_sn: no }, true);
    expect(asJson.order_info_get_response.order_info.order_sn).toBe(no);

    expect(await codeOf(call('', {}))).toBe(10001);
    expect(await codeOf(call('pdd.nothing', {}))).toBe(10017);
    expect(await codeOf(list({ sign: '0'.repeat(32) }))).toBe(20004);
    expect(await codeOf(list({ client_id: 'other' }))).toBe(10016);
    expect(await codeOf(list({ access_token: 'other' }))).toBe(20032);
    expect((await list({ timestamp: seconds(now() - 11 * MINUTE) })).error_response.error_msg).toMatch(/timestamp/);
  });

  it('refuses windows of more than 30 minutes or 24 hours', async () => {
    expect(await codeOf(list({ start_updated_at: seconds(now() - 30 * MINUTE - SECOND) }))).toBe(21001);
    expect(await codeOf(list({ page_size: '101' }))).toBe(21001);
    const day = { start_confirm_at: seconds(now() - 86_401_000), end_confirm_at: seconds(now()) };
    expect(await codeOf(call('pdd.order.list.get', { ...day, order_status: '5', refund_status: '5' }))).toBe(21001);
  });

  it('lists what is paid, whole, newest first, minutes late, and counts or tells of more', async () => {
    place(false);
    const first = place();
    await pass(sandbox, SECOND);
    const second = place();
    expect((await list()).order_sn_increment_get_response).toMatchObject({ total_count: expect.any(Number) });

    await pass(sandbox, 3 * MINUTE);
    const counted = (await list({ page_size: '1' })).order_sn_increment_get_response;
    const more = (await list({ page_size: '1', use_has_next: 'true' })).order_sn_increment_get_response;

    expect(counted).toMatchObject({ total_count: 2, order_sn_list: [{ order_sn: second, order_status: 1 }] });
    expect(counted).not.toHaveProperty('has_next');
    expect(more).toMatchObject({ has_next: true });
    expect(more).not.toHaveProperty('total_count');
    expect((await list({ page: '2', page_size: '1' })).order_sn_increment_get_response.order_sn_list[0].order_sn).toBe(
      first,
    );
  });

  it('shows ciphers and masks while an order waits, and nothing of it under review and after sending', async () => {
    const no = place();
    const waiting = await one(no);
    expect(waiting.receiver_phone).toMatch(/^\$[^$]+\$[^$]+\$1\$\$$/);
    expect(waiting.receiver_phone_mask).toMatch(/^1\*{9}\d$/);
    expect(waiting.shipping_time).toBe('');

    changeOrder(sandbox.world, no, now(), 'held', { held: 1 });
    expect(await one(no)).toMatchObject({ risk_control_status: 1, receiver_phone: '', receiver_name_mask: '' });

    changeOrder(sandbox.world, no, now(), 'shipped', {
      held: 0,
      status: 'shipped',
      shipped_at: now(),
      carrier: 'ZTO',
      waybill: '78000000000001',
    });
    expect(await one(no)).toMatchObject({
      order_status: 2,
      receiver_phone: '',
      open_address_id: '',
      tracking_number: '78000000000001',
      logistics_id: 115,
    });
  });

  it('hides the failure of a remark inside of a success', async () => {
    const no = place();
    const note = (more: Record<string, string>) =>
      call('pdd.order.note.update', { order_sn: no, note: '核查', ...more });

    expect((await note({ tag: '1' })).response).toMatchObject({ success: false });
    expect((await note({ tag: '1', tag_name: '四个字了' })).response).toMatchObject({ success: false });
    expect((await note({ note: '长'.repeat(301) })).response).toMatchObject({ success: false });
    expect(findOrder(sandbox.world, no)?.remark).toBeNull();
    expect((await note({ tag: '1', tag_name: '风控' })).response).toMatchObject({ success: true });
    expect(await one(no)).toMatchObject({ remark: '核查', remark_tag: 1, remark_tag_name: '风控' });
  });

  it('gives a new pair of tokens for the old one, each with an end', async () => {
    await control(sandbox, '/world/faults', { server: 'pdd', kind: 'expire-token' });
    expect(await codeOf(list())).toBe(10019);
    expect(await codeOf(list())).toBe(10019);

    const fresh = (await call('pdd.pop.auth.token.refresh', { refresh_token: refreshToken, access_token: '' }))
      .pop_auth_token_refresh_response;
    expect(await codeOf(call('pdd.pop.auth.token.refresh', { refresh_token: 'other' }))).toBe(10019);
    expect((await list({ access_token: fresh.access_token })).order_sn_increment_get_response.total_count).toBe(0);
    await pass(sandbox, fresh.expires_in * SECOND);
    expect(await codeOf(list({ access_token: fresh.access_token }))).toBe(10019);
  });
});

describe('our remarks on the gateway of Pinduoduo', () => {
  const open = (): Channel =>
    plug.create({
      shopId: 'pdd',
      baseUrl: `${sandbox.url}/pdd`,
      credentials: { ...shopCredentials.pdd },
      timezone: 'Asia/Shanghai',
      http: createHttp(),
      clock: { now, sleep: async () => undefined, every: () => () => undefined },
      identifier: createIdentifier(Buffer.alloc(32, 7)),
    });

  it('stand beside what people wrote, once', async () => {
    const no = place();
    changeOrder(sandbox.world, no, now(), 'remark', { remark: '先打电话' });
    const add = () => open().addRemark?.(no, { text: '疑似刷单', flag: 'risk' }, signal);
    const value = { remark: '先打电话；疑似刷单', flag: 'red' };

    expect(await add()).toEqual({ kind: 'done', value });
    expect(await add()).toEqual({ kind: 'already', value });
    expect(findOrder(sandbox.world, no)).toMatchObject(value);
    expect((await open().fetchOrders([no], signal)).orders[0]?.view).toMatchObject(value);
  });

  it('are not known when the answer to them is lost, and are there', async () => {
    const no = place();
    const channel = open();
    await channel.fetchOrders([no], signal);
    // The order is read first: the second call is the one that writes.
    await control(sandbox, '/world/faults', { server: 'pdd', kind: 'delay', ms: 1 });
    await control(sandbox, '/world/faults', { server: 'pdd', kind: 'drop-after' });

    expect(await channel.addRemark?.(no, { text: '核查', flag: undefined }, signal)).toEqual({ kind: 'unknown' });
    expect(await channel.addRemark?.(no, { text: '核查', flag: undefined }, signal)).toMatchObject({ kind: 'already' });
  });
});
