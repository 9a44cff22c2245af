import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import plug from '../../src/adapters/channels/shopify/index.ts';
import { listOrders } from '../../src/adapters/channels/shopify/queries.ts';
import { createHttp } from '../../src/adapters/http.ts';
import { createIdentifier } from '../../src/adapters/identifier.ts';
import type { Channel } from '../../src/ports/channel.ts';
import { type StandIn, startStandIn } from '../kit/stand-in.ts';

const minute = 60_000;
const hour = 60 * minute;
const signal = new AbortController().signal;
type Json = Record<string, unknown>;

async function start(ordersPerDay = 0): Promise<StandIn> {
  const standIn = await startStandIn({ settings: { ordersPerDay, shares: { us: 1 } } });
  onTestFinished(() => standIn.sandbox.stop());
  return standIn;
}

async function ask(
  { url }: StandIn,
  query: string,
  variables: Json = {},
  more: { version?: string; headers?: Record<string, string> } = {},
) {
  const response = await fetch(`${url}/us/admin/api/${more.version ?? '2026-10'}/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': 'shpat_demo', ...more.headers },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as { data?: Json; errors?: { extensions?: Json }[]; extensions?: Json };
  return { status: response.status, version: response.headers.get('x-shopify-api-version'), ...body };
}

const channelOf = (standIn: StandIn): Channel =>
  plug.create({
    shopId: 'us',
    baseUrl: `${standIn.url}/us`,
    credentials: { accessToken: 'shpat_demo', webhookSecret: 'whsec-demo' },
    timezone: 'Asia/Shanghai',
    http: createHttp(),
    clock: standIn.clock,
    identifier: createIdentifier(Buffer.alloc(32, 7)),
  });

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}
const pageOf = ({ data }: { data?: Json }): Page => (data as unknown as { orders: Page }).orders;

async function placeOrder({ control }: StandIn): Promise<string> {
  return ((await control.post('/world/scenarios/short', { paidAgoMs: hour, shop: 'us' })) as { orderNo: string })
    .orderNo;
}

const gid = (no: string): string => `gid://shopify/Order/${no}`;

it('sells in dollars to Americans, at a rate that never changes', async () => {
  const standIn = await start();
  const no = await placeOrder(standIn);
  const row = standIn.sandbox.world.store.get<{ amount: number; receiver: string }>(
    'SELECT amount, receiver FROM orders WHERE no = ?',
    no,
  );

  const { orders } = await channelOf(standIn).fetchOrders([no], signal);
  const [order] = orders;

  expect(order?.view).toMatchObject({ currency: 'USD', goodsMinor: Math.round((row?.amount ?? 0) / 7.2) });
  expect(order?.receiver?.phone).toMatch(/^\+1[2-9]\d{9}$/);
  expect(order?.receiver?.address).toMatch(/, US$/);
  expect(row?.receiver).not.toContain(order?.receiver?.name);
});

it('shows a change in the order at once and in lists up to 90 seconds later', async () => {
  const standIn = await start();
  const from = standIn.clock.now();
  const no = await placeOrder(standIn);
  const channel = channelOf(standIn);
  standIn.sandbox.world.store.run('UPDATE orders SET visible_at = ? WHERE no = ?', from + 80_000, no);
  const listed = async (): Promise<number> =>
    (await channel.pullUpdated({ from, to: standIn.clock.now() }, undefined, signal)).orders.length;

  await standIn.clock.sleep(1_000);
  const read = (await channel.fetchOrders([no], signal)).orders.length;
  const early = await listed();
  await standIn.clock.sleep(90_000);

  expect([read, early, await listed()]).toEqual([1, 0, 1]);
});

it('ignores a search field that it does not know, and warns only who asks for it', async () => {
  const standIn = await start();
  await placeOrder(standIn);
  await standIn.clock.sleep(2 * minute);
  const variables = { search: "updated:>='2030-01-01T00:00:00Z'", sortKey: 'UPDATED_AT', first: 5 };

  const quiet = await ask(standIn, listOrders.document, variables);
  const told = await ask(standIn, listOrders.document, variables, { headers: { 'shopify-search-query-debug': '1' } });

  expect(pageOf(quiet).nodes.length).toBeGreaterThan(0);
  expect(quiet.extensions?.search).toBeUndefined();
  expect(told.extensions?.search).toMatchObject([{ warnings: [{ field: 'updated', code: 'invalid_field' }] }]);
});

it('pages by keyset: an order that changes meanwhile is seen again at the end', async () => {
  const standIn = await start();
  const nos = [await placeOrder(standIn), await placeOrder(standIn), await placeOrder(standIn)];
  const { store, clock } = standIn.sandbox.world;
  const touch = (no: string): void =>
    void store.run('UPDATE orders SET updated_at = ?, visible_at = ? WHERE no = ?', clock.now(), clock.now(), no);
  for (const no of nos) {
    await standIn.clock.sleep(2_000);
    touch(no);
  }
  await standIn.clock.sleep(2_000);
  const seen: string[] = [];
  let after: unknown = null;
  do {
    const variables = { search: '', sortKey: 'UPDATED_AT', first: 1, after };
    const { nodes, pageInfo } = pageOf(await ask(standIn, listOrders.document, variables));
    seen.push(...nodes.map(({ id }) => id));
    if (seen.length === 1) touch(nos[0] ?? '');
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);

  expect(seen).toEqual([nos[0], nos[1], nos[2], nos[0]].map((no) => gid(no ?? '')));
});

it('counts points: what is dear is refused, what is too much is throttled until the bucket fills again', async () => {
  const standIn = await start();
  const variables = { search: '', sortKey: 'UPDATED_AT', first: 50 };
  const dear = await ask(standIn, listOrders.document, { ...variables, first: 250 });
  const fine = await ask(standIn, listOrders.document, variables);
  await standIn.control.fail('us', 'rate-limit');
  const throttled = await ask(standIn, listOrders.document, variables);
  await standIn.clock.sleep(10_000);
  const later = await ask(standIn, listOrders.document, variables);

  expect(dear.errors?.[0]?.extensions).toMatchObject({ code: 'MAX_COST_EXCEEDED' });
  expect(fine.extensions?.cost).toMatchObject({ throttleStatus: { maximumAvailable: 2_000, restoreRate: 100 } });
  expect(throttled).toMatchObject({
    status: 200,
    errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
    extensions: { cost: { actualQueryCost: null, throttleStatus: { currentlyAvailable: 0 } } },
  });
  expect(later.errors).toBeUndefined();
});

it('refuses another token, an unknown field, another shop’s order and a body that is no question', async () => {
  const standIn = await start();
  const { orderNo } = (await standIn.control.post('/world/scenarios/short', { paidAgoMs: hour })) as {
    orderNo: string;
  };

  const token = await ask(standIn, '{ order(id: "1") { id } }', {}, { headers: { 'x-shopify-access-token': 'other' } });
  const field = await ask(standIn, '{ order(id: "1") { colour } }');
  const other = await ask(standIn, 'query Q($id: ID!) { order(id: $id) { id } }', { id: gid(orderNo) });
  const body = await fetch(`${standIn.url}/us/admin/api/2026-10/graphql.json`, {
    method: 'POST',
    headers: { 'x-shopify-access-token': 'shpat_demo' },
    body: 'hello',
  });

  expect(token.status).toBe(401);
  expect(field.errors?.[0]?.extensions?.code).toBe('undefinedField');
  expect(other.data).toEqual({ order: null });
  expect(body.status).toBe(400);
});

it('answers an old version in the one it has, and says so', async () => {
  const standIn = await start();

  expect(await ask(standIn, '{ order(id: "1") { id } }', {}, { version: '2024-01' })).toMatchObject({
    status: 200,
    version: '2026-10',
  });
});

it('[P4] keeps what people wrote when a remark is added through the channel, and shows the order as changed', async () => {
  const standIn = await start();
  const no = await placeOrder(standIn);
  const channel = channelOf(standIn);
  const add = (text: string, flag: 'risk' | 'fine') => channel.addRemark?.(no, { text, flag }, signal);
  await ask(standIn, 'mutation M($input: OrderInput!) { orderUpdate(input: $input) { userErrors { message } } }', {
    input: { id: gid(no), note: 'ring twice', tags: ['vip'] },
  });
  await standIn.clock.sleep(minute);

  const first = await add('do not send yet', 'risk');
  const again = await add('do not send yet', 'risk');
  const other = await add('address is right', 'fine');
  const { orders } = await channel.fetchOrders([no], signal);

  expect(first).toMatchObject({
    kind: 'done',
    value: { remark: 'ring twice\n[war room] do not send yet', flag: 'vip, war-room-risk' },
  });
  expect(again).toMatchObject({ kind: 'already' });
  expect(other).toMatchObject({ kind: 'done', value: { flag: 'vip, war-room-fine' } });
  expect(orders[0]?.view).toMatchObject({
    buyerNote: 'ring twice',
    remark: 'ring twice\n[war room] do not send yet\n[war room] address is right',
    flag: 'vip, war-room-fine',
    sourceUpdatedAt: standIn.clock.now(),
  });
});

it('[P4] does not know what became of a remark whose answer was lost; asked again, it is there once', async () => {
  const standIn = await start();
  const no = await placeOrder(standIn);
  const channel = channelOf(standIn);
  const add = () => channel.addRemark?.(no, { text: 'do not send yet', flag: undefined }, signal);

  await standIn.control.fail('us', 'delay', { ms: 1 });
  await standIn.control.fail('us', 'drop-after');
  const lost = await add();
  const again = await add();

  expect(lost).toEqual({ kind: 'unknown' });
  expect(again).toMatchObject({ kind: 'already', value: { remark: '[war room] do not send yet' } });
});

it('[B6] shows unpaid orders without a payment status, which are not paid', async () => {
  const standIn = await start(2_000);
  const channel = channelOf(standIn);
  await standIn.clock.sleep(20 * minute);
  const to = standIn.clock.now();

  const { orders } = await channel.pullCreated({ from: to - 20 * minute, to }, undefined, signal);
  const unpaid = orders.filter(({ view }) => ['UNFULFILLED', 'PENDING/UNFULFILLED'].includes(view.sourceStatus));

  expect(unpaid.length).toBeGreaterThan(0);
  expect(unpaid.map(({ view }) => [view.paidAt, view.paidMinor])).toEqual(unpaid.map(() => [null, 0]));
});

it('[B2] pushes what changed, signed, and again until it is taken', async () => {
  const standIn = await start();
  const seen: { topic: unknown; id: unknown; orderNos: readonly string[] }[] = [];
  const { readPush } = channelOf(standIn);
  let status = 503;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      const reading = readPush?.({
        method: 'POST',
        target: request.url ?? '',
        headers,
        rawBody: Buffer.concat(chunks),
      });
      seen.push({ topic: headers['x-shopify-topic'], id: reading?.messageId, orderNos: reading?.orderNos ?? [] });
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/shops/us`;
  const subscription = `mutation S($uri: String!) {
    webhookSubscriptionCreate(topic: ORDERS_PAID, webhookSubscription: { uri: $uri }) { userErrors { message } } }`;

  await ask(standIn, subscription, { uri });
  const no = await placeOrder(standIn);
  await standIn.clock.sleep(1_000);
  status = 200;
  await standIn.clock.sleep(1_000);
  await standIn.clock.sleep(1_000);

  expect(seen.length).toBeGreaterThan(1);
  expect(new Set(seen.map(({ topic }) => topic))).toEqual(new Set(['orders/paid']));
  expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
  expect(seen.at(-1)?.orderNos).toEqual([no]);
  expect((await ask(standIn, subscription, { uri: 'nowhere' })).data).toMatchObject({
    webhookSubscriptionCreate: { userErrors: [{ message: 'Address is invalid' }] },
  });
});
