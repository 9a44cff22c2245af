import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import plug from '../../src/adapters/channels/douyin/index.ts';
import { createHttp } from '../../src/adapters/http.ts';
import { createIdentifier } from '../../src/adapters/identifier.ts';
import type { Channel, PushReading } from '../../src/ports/channel.ts';
import { signDouyin, signEvent } from '../../src/sandbox/servers/douyin/sign.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { shopCredentials } from '../../src/sandbox/world/company.ts';
import { changeOrder, payOrder, placeOrder } from '../../src/sandbox/world/orders.ts';
import { HOUR, MINUTE, pass, quiet, SECOND } from './kit.ts';

const { appKey, appSecret, shopId } = shopCredentials.dy;
const DAY = 24 * HOUR;

async function company(): Promise<Sandbox> {
  const sandbox = await quiet();
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

interface Options {
  readonly token?: string;
  readonly off?: number;
  readonly sign?: string;
  readonly text?: string;
}

interface Reply {
  readonly code: number;
  readonly sub_code: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
  readonly data: any;
  readonly text: string;
}

/** A signed call. */
async function call(sandbox: Sandbox, path: string, param: object, options: Options = {}): Promise<Reply> {
  const method = path.slice(1).replace('/', '.');
  const paramJson = options.text ?? JSON.stringify(param);
  const timestamp = String(Math.floor((sandbox.world.clock.now() + (options.off ?? 0)) / SECOND));
  const query = new URLSearchParams({
    method,
    app_key: appKey,
    timestamp,
    v: '2',
    sign: options.sign ?? signDouyin(appSecret, { appKey, method, paramJson, timestamp }),
    ...(options.token === undefined ? {} : { access_token: options.token }),
  });
  const answer = await fetch(`${sandbox.url}/dy${path}?${query.toString()}`, { method: 'POST', body: paramJson });
  expect(answer.status).toBe(200);
  const text = await answer.text();
  return { ...(JSON.parse(text) as Reply), text };
}

const grant = { code: '', grant_type: 'authorization_self', shop_id: shopId };
const tokenOf = async (sandbox: Sandbox): Promise<string> =>
  (await call(sandbox, '/token/create', grant)).data.access_token as string;
const searchList = async (sandbox: Sandbox, param: object): Promise<Reply> => {
  const sorted = Object.entries({ page: 0, size: 100, ...param }).sort(([a], [b]) => (a < b ? -1 : 1));
  return call(sandbox, '/order/searchList', Object.fromEntries(sorted), { token: await tokenOf(sandbox) });
};
const detail = async (sandbox: Sandbox, no: string): Promise<Reply> =>
  call(sandbox, '/order/orderDetail', { shop_order_id: no }, { token: await tokenOf(sandbox) });

/** An order of so many lines. */
function place(sandbox: Sandbox, at = sandbox.world.clock.now(), count = 1): string {
  const skus = sandbox.world.store.all<{ sku: string }>('SELECT DISTINCT sku FROM stock ORDER BY sku LIMIT ?', count);
  const lines = skus.map(({ sku }, index) => ({ sku, qty: index + 1 }));
  return placeOrder(sandbox.world, { at, random: sandbox.world.random('dy-test', at), lines, note: '', shop: 'dy' });
}

it('signs calls and pushes as the sheet does', () => {
  const paramJson =
    '{"after_sale_status_desc":"all","order_by":"update_time","page":0,"remark":"A&B<C>备注","size":100,"update_time_end":1794330600,"update_time_start":1794328800}';
  const parts = { appKey: '7000000000000000001', method: 'order.searchList', paramJson, timestamp: '1794330780' };

  expect(signDouyin('dd-secret-demo', parts)).toBe('a5ef5856fbd7853b02d98f70d023967bb31c6da1924a3f9d87963bbdef9b5291');
  expect(
    signEvent(
      '7000000000000000001',
      'dd-secret-demo',
      '[{"tag":"101","msg_id":"m-1","data":"{\\"p_id\\":4705288465508532862}"}]',
    ),
  ).toBe('342c67218fa0742bf6b5a414e06361e0');
});

it('refuses at HTTP 200 a signature that is wrong, keys that are not sorted, a clock that is off, and a missing field', async () => {
  const sandbox = await company();
  const token = await tokenOf(sandbox);
  const one = { shop_order_id: '1' };
  const ask = (options: Options, param: object = one) =>
    call(sandbox, '/order/orderDetail', param, { token, ...options });

  expect(await ask({ sign: '0'.repeat(64) })).toMatchObject({ code: 40_003, sub_code: 'isv.signature-invalid' });
  expect(await ask({ text: '{"b":1,"a":"A&B<C>"}' })).toMatchObject({ sub_code: 'isv.signature-invalid' });
  expect(await ask({ text: '{"a":"A&B<C>","shop_order_id":"1"}' })).toMatchObject({ code: 50_002 });
  expect(await ask({ off: 11 * MINUTE })).toMatchObject({ code: 40_003, sub_code: 'isv.timestamp-invalid' });
  expect(await ask({ off: -9 * MINUTE })).toMatchObject({ code: 50_002 });
  expect(await call(sandbox, '/order/orderDetail', one)).toMatchObject({ code: 40_001 });
  expect(await ask({}, {})).toMatchObject({ code: 40_001 });
  expect(await ask({}, { shop_order_id: 1 })).toMatchObject({ code: 40_004 });
  expect(await call(sandbox, '/order/addresses', one, { token })).toMatchObject({ code: 30_001 });
});

it('gives one token that lives seven days, and ends it with a refresh', async () => {
  const sandbox = await company();
  const first = (await call(sandbox, '/token/create', grant)).data;
  const one = { shop_order_id: '1' };
  const ask = async (token: string) => (await call(sandbox, '/order/orderDetail', one, { token })).sub_code;

  expect(first.expires_in).toBe((7 * DAY) / SECOND);
  expect(await tokenOf(sandbox)).toBe(first.access_token);
  expect(await ask('somebody')).toBe('isv.access-token-no-existed');
  const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
  const second = (await call(sandbox, '/token/refresh', refresh)).data;
  expect(await ask(first.access_token)).toBe('isv.access-token-no-existed');
  expect(await ask(second.access_token)).toBe('isv.business-failed:2');
  expect(await call(sandbox, '/token/refresh', refresh)).toMatchObject({ code: 50_001 });
  expect(await call(sandbox, '/token/create', { ...grant, shop_id: '1' })).toMatchObject({ code: 50_001 });
  await pass(sandbox, 7 * DAY);
  expect(await ask(second.access_token)).toBe('isv.access-token-expired');
});

it('lists newest first unless asked otherwise, page by page from 0, and nothing placed more than 90 days ago', async () => {
  const sandbox = await company();
  const now = sandbox.world.clock.now();
  place(sandbox, now - 91 * DAY);
  const old = place(sandbox, now - 2 * HOUR);
  const young = place(sandbox, now - HOUR);
  await pass(sandbox, MINUTE);
  const ids = async (param: object): Promise<unknown> =>
    (await searchList(sandbox, param)).data.shop_order_list.map(({ order_id }: { order_id: string }) => order_id);

  expect(await ids({})).toEqual([young, old]);
  expect(await ids({ order_asc: true })).toEqual([old, young]);
  expect(await ids({ order_asc: true, page: 1, size: 1 })).toEqual([young]);
  expect(await ids({ page: 2, size: 1 })).toEqual([]);
  expect(await ids({ create_time_start: Math.floor((now - HOUR) / SECOND) })).toEqual([young]);
  expect((await searchList(sandbox, { size: 1 })).data.total).toBe(2);
  expect(await searchList(sandbox, { size: 101 })).toMatchObject({ code: 40_004 });
});

it('enciphers anew in every answer, with an index only when asked, and writes numbers unquoted in lists and quoted alone', async () => {
  const sandbox = await company();
  const no = place(sandbox, undefined, 2);
  await pass(sandbox, MINUTE);
  const rowOf = async (param: object) => {
    const answer = await searchList(sandbox, param);
    return { ...answer.data.shop_order_list[0], text: answer.text };
  };
  const [plain, first, second] = [
    await rowOf({}),
    await rowOf({ is_searchable: true }),
    await rowOf({ is_searchable: true }),
  ];
  const alone = (await detail(sandbox, no)).data.shop_order_detail;

  expect(plain.encrypt_post_tel).toMatch(/^\$\$[^$]+\$1\$\$$/);
  expect(first.encrypt_post_tel).toMatch(/^\$[^$]{24}\$[^$]+\$1\$\$$/);
  expect(first.encrypt_post_tel).not.toBe(second.encrypt_post_tel);
  expect(first.encrypt_post_tel.split('$')[1]).toBe(second.encrypt_post_tel.split('$')[1]);
  expect(first.encrypt_post_tel).not.toBe(first.sku_order_list[0].encrypt_post_tel);
  expect(first.open_address_id).toBe(plain.open_address_id);
  expect(first.text).toMatch(/"product_id":\d{19},/);
  expect(alone).toMatchObject({ order_id: no, order_status: '1', order_amount: String(first.order_amount) });
  expect(alone.sku_order_list[1].product_id).toMatch(/^\d{19}$/);
  expect(JSON.stringify(alone)).not.toMatch(/(?<!\d)1[3-9]\d{9}(?!\d)/);
});

it('tells in two numbers what became of an order', async () => {
  const sandbox = await company();
  const { world } = sandbox;
  const now = world.clock.now();
  const no = place(sandbox);
  const state = async (): Promise<unknown> => {
    const { order_status, main_status, sku_order_list } = (await detail(sandbox, no)).data.shop_order_detail;
    return [order_status, main_status, sku_order_list[0].after_sale_info.after_sale_status];
  };

  expect(await state()).toEqual(['1', '1', '0']);
  payOrder(world, no, now);
  expect(await state()).toEqual(['2', '2', '0']);
  changeOrder(world, no, now, 'held', { held: 1 });
  expect(await state()).toEqual(['105', '105', '0']);
  changeOrder(world, no, now, 'shipped', {
    held: 0,
    status: 'shipped',
    shipped_at: now,
    carrier: 'SF',
    waybill: 'SF1',
  });
  expect(await state()).toEqual(['3', '3', '0']);
  changeOrder(world, no, now, 'refund-requested', { status: 'refunding', refund_status: 'requested' });
  expect(await state()).toEqual(['3', '3', '6']);
  changeOrder(world, no, now, 'refunded', { status: 'refunded', refund_status: 'done' });
  expect(await state()).toEqual(['4', '22', '12']);
});

const open = (sandbox: Sandbox): Channel =>
  plug.create({
    shopId: 'dy',
    baseUrl: `${sandbox.url}/dy`,
    credentials: shopCredentials.dy,
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock: { now: () => sandbox.world.clock.now(), sleep: (ms) => pass(sandbox, ms), every: () => () => undefined },
    identifier: createIdentifier(Buffer.alloc(32, 7)),
  });
const signal = new AbortController().signal;

it('[B2] tells the same of an order in a list and alone, but for the index of its phone', async () => {
  const sandbox = await company();
  const no = place(sandbox, undefined, 2);
  payOrder(sandbox.world, no, sandbox.world.clock.now());
  await pass(sandbox, MINUTE);
  const channel = open(sandbox);
  const now = sandbox.world.clock.now();

  const listed = (await channel.pullUpdated({ from: now - HOUR, to: now }, undefined, signal)).orders[0]?.view;
  const alone = (await channel.fetchOrders([no], signal)).orders[0]?.view;

  expect(alone?.channelOrderNo).toBe(no);
  expect({ ...listed, identities: [] }).toEqual({ ...alone, identities: [] });
  expect(listed?.identities.filter(({ kind }) => kind !== 'phone')).toEqual(alone?.identities);
});

it('keeps a remark that is written over what stood there, and cuts what is too long', async () => {
  const sandbox = await company();
  const no = place(sandbox);
  const token = await tokenOf(sandbox);
  const { addRemark } = open(sandbox);
  const written = { is_add_star: 'true', order_id: no, remark: '老客户', star: '2' };

  expect(await call(sandbox, '/order/addOrderRemark', written, { token })).toMatchObject({ code: 10_000 });
  expect(await addRemark?.(no, { text: '先别发', flag: 'risk' }, signal)).toEqual({
    kind: 'done',
    value: { remark: '老客户；先别发', flag: 'red' },
  });
  expect(await addRemark?.(no, { text: '先别发', flag: 'risk' }, signal)).toMatchObject({ kind: 'already' });
  await call(sandbox, '/order/addOrderRemark', { order_id: no, remark: '字'.repeat(70) }, { token });
  const { seller_words, seller_remark_stars } = (await detail(sandbox, no)).data.shop_order_detail;
  expect([seller_words.length, seller_remark_stars]).toEqual([60, '5']);
});

/** Where the bot's hook would be: what the adapter says of each push, or why not. */
async function listener(channel: Channel, takes: () => boolean) {
  const heard: PushReading[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const reading = channel.readPush?.({
        method: 'POST',
        target: '/hooks/shops/dy',
        headers,
        rawBody: Buffer.concat(chunks),
      });
      if (reading === undefined) return response.destroy();
      heard.push(reading);
      return takes() ? response.end(reading.answer.body) : response.writeHead(500).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/shops/dy`, heard };
}

it('[B1, B2] pushes what changes to the address it was told, signed; what is not taken comes again', async () => {
  const sandbox = await company();
  const channel = open(sandbox);
  let isOpen = false;
  const { url, heard } = await listener(channel, () => isOpen);
  place(sandbox);
  const tell = (body: string) => fetch(`${sandbox.url}/dy/console/push`, { method: 'POST', body });
  expect((await tell('nowhere')).status).toBe(400);
  expect((await tell(url)).status).toBe(200);
  await pass(sandbox, SECOND);
  expect(heard).toEqual([]);

  const no = place(sandbox, sandbox.world.clock.now(), 2);
  payOrder(sandbox.world, no, sandbox.world.clock.now());
  await pass(sandbox, SECOND);
  isOpen = true;
  await pass(sandbox, SECOND);
  await pass(sandbox, SECOND);

  expect(heard).toHaveLength(2);
  expect(heard.map(({ orderNos }) => orderNos)).toEqual([[no], [no]]);
  expect(heard[0]?.messageId).toBe(heard[1]?.messageId);
  const { orders } = await channel.fetchOrders(heard[0]?.orderNos ?? [], signal);
  expect(orders[0]?.view).toMatchObject({ channelOrderNo: no, status: 'paid' });
});
