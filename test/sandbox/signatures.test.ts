import { afterAll, beforeAll, expect, it } from 'vitest';
import { signJushuitan } from '../../src/sandbox/servers/jushuitan/sign.ts';
import { signMini } from '../../src/sandbox/servers/miniprogram-sign.ts';
import { routeTable } from '../../src/sandbox/servers/routes.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { callMini, control, jst, MINUTE, pass, quiet } from './kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await quiet();
});
afterAll(() => sandbox.stop());

const ORDERS = '/open/orders/single/query';
const nothing = { so_ids: ['1'] };

it.each([
  ['{"o_ids":[1001],"page_index":1,"page_size":10}', '7f8025753bf699d5c9f7687c3c091805'],
  ['[{"o_id":1001,"wms_co_id":20002}]', 'd2a50b0407c3849b89a7dd5fa408a4a7'],
])('signs %s for the ERP as the sheet does', (biz, sign) => {
  const form = {
    app_key: 'appkey-demo',
    access_token: 'token-demo',
    timestamp: '1700000000',
    version: '2',
    charset: 'utf-8',
    biz,
  };

  expect(signJushuitan('jst-secret-demo', form)).toBe(sign);
});

it('signs for the mini-program as the sheet does, whatever the order of the query', () => {
  const search = 'updated_to=1794330600&limit=100&updated_from=1794328800';
  const parts = { method: 'GET', path: '/v1/orders', search, timestamp: '1794330780', nonce: 'n-0001', body: '' };

  expect(signMini('mini-secret-demo', parts)).toBe('0fd2500318707d4427cb802642bd58998a4d45e4e52084355c08a78322ddb7be');
});

it('declares every registered route with the sheet it follows', () => {
  const declared = new Set(routeTable.map(({ method, path }) => `${method} ${path}`));

  expect(sandbox.registered.filter((route) => !declared.has(route))).toEqual([]);
  expect(sandbox.registered).toHaveLength(routeTable.length);
  expect(routeTable.filter(({ sheet }) => !/^(channels|fulfillment|design|dingtalk|wecom)\.md §/.test(sheet))).toEqual(
    [],
  );
  expect(routeTable.length).toBeGreaterThan(25);
});

it('refuses an ERP call with a wrong signature', async () => {
  expect((await jst(sandbox, ORDERS, nothing, { sign: '0'.repeat(32) })).body.code).toBe(10);
  expect((await jst(sandbox, ORDERS, nothing)).body.code).toBe(0);
});

it('refuses an ERP call whose clock is more than 15 minutes off', async () => {
  const at = (ms: number): { form: Record<string, string> } => ({
    form: { timestamp: String(Math.floor((sandbox.world.clock.now() + ms) / 1_000)) },
  });

  expect((await jst(sandbox, ORDERS, nothing, at(16 * MINUTE))).body.code).toBe(140);
  expect((await jst(sandbox, ORDERS, nothing, at(-16 * MINUTE))).body.code).toBe(140);
  expect((await jst(sandbox, ORDERS, nothing, at(14 * MINUTE))).body.code).toBe(0);
});

it('names a missing field, a bad value and a route that is not granted', async () => {
  expect((await jst(sandbox, ORDERS, nothing, { form: { access_token: '' } })).body.code).toBe(130);
  expect((await jst(sandbox, ORDERS, { page_size: 101, start_ts: 0 })).body.code).toBe(10015);
  expect(
    (await jst(sandbox, ORDERS, { modified_begin: '2026-11-01 00:00:00', modified_end: '2026-11-09 00:00:00' })).body
      .code,
  ).toBe(10015);
  expect((await jst(sandbox, '/open/no/such', {})).body.code).toBe(190);
});

it('refuses a mini-program call whose signature, key or clock is wrong', async () => {
  const orders = '/v1/orders';
  const query = { updated_from: 1 };
  const now = Math.floor(sandbox.world.clock.now() / 1_000);

  expect((await callMini(sandbox, orders, { query, headers: { 'x-signature': '00' } })).body.error.code).toBe(
    'bad_signature',
  );
  expect((await callMini(sandbox, orders, { query, headers: { 'x-key': 'other' } })).body.error.code).toBe('bad_key');
  expect((await callMini(sandbox, orders, { query, timestamp: now - 301 })).body.error.code).toBe('bad_timestamp');
  expect((await callMini(sandbox, orders, { query, timestamp: now + 300 })).status).toBe(200);
});

it('takes a nonce once within ten minutes', async () => {
  const call = () => callMini(sandbox, '/v1/orders', { query: { updated_from: 1 }, nonce: 'once' });

  expect((await call()).status).toBe(200);
  expect((await call()).body.error.code).toBe('nonce_replayed');
  await pass(sandbox, 10 * MINUTE);
  expect((await call()).status).toBe(200);
});

it('answers errors of the mini-program contract', async () => {
  expect((await callMini(sandbox, '/v1/orders', { query: { limit: 201, updated_from: 1 } })).body.error.code).toBe(
    'bad_limit',
  );
  expect((await callMini(sandbox, '/v1/orders')).body.error.code).toBe('window_required');
  expect((await callMini(sandbox, '/v1/orders/404')).body.error.code).toBe('order_not_found');
  expect((await callMini(sandbox, '/v1/nothing')).body.error.code).toBe('not_found');
  expect((await callMini(sandbox, '/v1/orders', { body: {} })).status).toBe(405);
});

it('serves the ERP to listed addresses only', async () => {
  await control(sandbox, '/world/settings', { allowedIps: ['10.0.0.1'] });
  const refused = await jst(sandbox, ORDERS, nothing);
  await control(sandbox, '/world/settings', { allowedIps: ['127.0.0.1'] });

  expect(refused.body.code).toBe(110);
  expect((await jst(sandbox, ORDERS, nothing)).body.code).toBe(0);
});

it('renews an expired token through refreshToken only', async () => {
  await control(sandbox, '/world/faults', { server: 'jst', kind: 'expire-token' });
  expect((await jst(sandbox, ORDERS, nothing)).body.code).toBe(100);
  expect((await jst(sandbox, ORDERS, nothing)).body.code).toBe(100);

  const form = {
    grant_type: 'refresh_token',
    refresh_token: 'refresh-demo',
    scope: 'all',
    access_token: '',
    version: '',
    biz: '',
  };
  const fresh = await jst(sandbox, '/openWeb/auth/refreshToken', {}, { form });
  const again = await jst(sandbox, '/openWeb/auth/refreshToken', {}, { form });
  const token = fresh.body.data.access_token;

  expect(again.body.code).toBe(150);
  expect((await jst(sandbox, ORDERS, nothing, { token })).body.code).toBe(0);
  expect((await control(sandbox, '/company')).body.systems[0].credentials.accessToken).toBe(token);
});
