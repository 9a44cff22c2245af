import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plug from '../../src/adapters/channels/wechat/index.ts';
import { createHttp } from '../../src/adapters/http.ts';
import { createIdentifier } from '../../src/adapters/identifier.ts';
import type { Channel } from '../../src/ports/channel.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { shopCredentials } from '../../src/sandbox/world/company.ts';
import { changeOrder, findOrder, payOrder, placeOrder } from '../../src/sandbox/world/orders.ts';
import { control, HOUR, MINUTE, pass, quiet, SECOND } from './kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await quiet();
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.world.store.run('DELETE FROM orders'));

const { appId, appSecret } = shopCredentials.wx;
const signal = new AbortController().signal;
const now = (): number => sandbox.world.clock.now();

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
type Body = any;

async function call(path: string, body: object | string): Promise<Body> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${sandbox.url}/wx${path}`, { method: 'POST', body: text });
  expect(response.status).toBe(200);
  return response.json();
}
const askToken = (more: object = {}): Promise<Body> =>
  call('/cgi-bin/stable_token', { grant_type: 'client_credential', appid: appId, secret: appSecret, ...more });
async function list(more: object = {}, token?: string): Promise<Body> {
  const access = token ?? (await askToken()).access_token;
  const to = Math.floor(now() / 1_000);
  return call(`/channels/ec/order/list/get?access_token=${access}`, {
    update_time_range: { start_time: to - 3_600, end_time: to },
    page_size: 100,
    ...more,
  });
}

let orders = 0;
function place(isPaid = true): string {
  orders += 1;
  const no = placeOrder(sandbox.world, { at: now(), random: sandbox.world.random('test', orders), shop: 'wx' });
  if (isPaid) payOrder(sandbox.world, no, now());
  return no;
}

const open = (): Channel =>
  plug.create({
    shopId: 'wx',
    baseUrl: `${sandbox.url}/wx`,
    credentials: { ...shopCredentials.wx },
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock: { now, sleep: async () => undefined, every: () => () => undefined },
    identifier: createIdentifier(Buffer.alloc(32, 7)),
  });

describe('the WeChat shop', () => {
  it('gives everybody the same token until its end, or until a new one is forced', async () => {
    const first = await askToken();
    await pass(sandbox, MINUTE);
    const same = await askToken();
    const forced = await askToken({ force_refresh: true });

    expect(same).toEqual({ access_token: first.access_token, expires_in: first.expires_in - 60 });
    expect((await list({}, first.access_token)).errcode).toBe(40001);
    expect((await list({}, forced.access_token)).errcode).toBe(0);
    await pass(sandbox, 2 * HOUR);
    expect((await list({}, forced.access_token)).errcode).toBe(42001);
    expect((await askToken({ secret: 'other' })).errcode).toBe(40125);
    expect((await askToken({ appid: 'other' })).errcode).toBe(40013);
  });

  it('lists numbers alone, late, page by page, and for a week at most', async () => {
    const nos = [place(), place(false), place()];
    expect((await list()).order_id_list.length).toBeLessThan(3);
    await pass(sandbox, MINUTE);

    const first = await list({ page_size: 2 });
    const second = await list({ page_size: 2, next_key: first.next_key });
    const end_time = Math.floor(now() / 1_000);

    expect(([...first.order_id_list, ...second.order_id_list] as string[]).sort()).toEqual(nos.sort());
    expect([first.has_more, second.has_more]).toEqual([true, false]);
    expect((await list({ update_time_range: { start_time: end_time - 7 * 86_400 - 1, end_time } })).errcode).toBe(
      100001,
    );
    expect((await list({ page_size: 101 })).errcode).toBe(100001);
    expect((await list({ next_key: 'x' })).errcode).toBe(100001);
  });

  it('refuses what it cannot read or does not know, with the number of the request', async () => {
    const { access_token } = await askToken();

    expect((await call(`/channels/ec/order/get?access_token=${access_token}`, 'no json')).errcode).toBe(47001);
    expect((await call(`/channels/ec/order/get?access_token=${access_token}`, { order_id: '1' })).errmsg).toMatch(
      /^Not exist rid: [0-9a-f-]+$/,
    );
    expect((await call(`/channels/ec/nothing?access_token=${access_token}`, {})).errcode).toBe(48001);
  });
});

describe('a WeChat shop and we', () => {
  it('go through all states of an order', async () => {
    const no = place(false);
    const { world } = sandbox;
    const view = async () => (await open().fetchOrders([no], signal)).orders[0]?.view;

    expect(await view()).toMatchObject({ status: 'created', paidAt: null });
    payOrder(world, no, now());
    expect(await view()).toMatchObject({ status: 'paid', paidAt: Math.floor(now() / SECOND) * SECOND });
    changeOrder(world, no, now(), 'refund', { status: 'refunding', refund_status: 'requested' });
    expect(await view()).toMatchObject({ status: 'refunding', refund: 'requested' });
    const sent = {
      status: 'shipped',
      refund_status: 'closed',
      shipped_at: now(),
      carrier: 'ZTO',
      waybill: '78',
    } as const;
    changeOrder(world, no, now(), 'shipped', sent);
    expect(await view()).toMatchObject({
      status: 'shipped',
      refund: 'closed',
      shipments: [{ carrier: 'ZTO', waybill: '78' }],
    });
    changeOrder(world, no, now(), 'delivered', { status: 'delivered', delivered_at: now() });
    expect(await view()).toMatchObject({ status: 'delivered', deliveredAt: Math.floor(now() / SECOND) * SECOND });
    changeOrder(world, no, now(), 'refunded', { status: 'refunded', refund_status: 'done', closed_at: now() });
    expect(await view()).toMatchObject({ status: 'closed', refund: 'done' });
  });

  it('speak of every change: after the door is proved each is pushed, sealed, until it is taken', async () => {
    const readPush = open().readPush;
    const heard: string[] = [];
    let isDeaf = true;
    const hook = createServer((request, reply) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const reading = readPush?.({
          method: request.method === 'GET' ? 'GET' : 'POST',
          target: request.url ?? '',
          headers: {},
          rawBody: Buffer.concat(parts),
        });
        if (isDeaf && request.method === 'POST') return reply.writeHead(500).end();
        heard.push(...(reading?.orderNos ?? []));
        reply.writeHead(200).end(reading?.answer.body);
      });
    });
    await once(hook.listen(0, '127.0.0.1'), 'listening');
    const { port } = hook.address() as AddressInfo;
    await call('/console/push', `http://127.0.0.1:${port}/hooks/shops/wx`);

    const no = place();
    await pass(sandbox, SECOND);
    expect(heard).toEqual([]);
    isDeaf = false;
    await pass(sandbox, SECOND);
    changeOrder(sandbox.world, no, now(), 'refund-requested', { status: 'refunding', refund_status: 'requested' });
    await pass(sandbox, SECOND);
    hook.close();

    // One in twenty-five never comes.
    expect(heard.length).toBeGreaterThanOrEqual(2);
    expect(new Set(heard)).toEqual(new Set([no]));
  });

  it('keep a remark beside what people wrote, once, and find it when the answer was lost', async () => {
    const no = place();
    changeOrder(sandbox.world, no, now(), 'remark', { remark: '先打电话' });
    const add = () => open().addRemark?.(no, { text: '疑似刷单', flag: 'risk' }, signal);
    const value = { remark: '先打电话；【风控】疑似刷单', flag: '' };

    await control(sandbox, '/world/faults', {
      server: 'wx',
      route: '/channels/ec/order/merchantnotes/update',
      kind: 'drop-after',
    });
    expect(await add()).toEqual({ kind: 'unknown' });
    expect(await add()).toEqual({ kind: 'already', value });
    expect(findOrder(sandbox.world, no)?.remark).toBe(value.remark);
  });
});
