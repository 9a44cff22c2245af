import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { callMini, control, jst, MINUTE, orderInErp, pass, quiet, truth } from './kit.ts';

const REROUTE = '/open/orders/modifywms/upload';
const READ = '/open/wms/partner/query';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await quiet();
});
afterEach(() => sandbox.stop());

const fault = (kind: string, more: object = {}) => control(sandbox, '/world/faults', { server: 'jst', kind, ...more });
const lastCall = async () => (await control(sandbox, '/world/calls')).body.calls.at(-1);

it('applies a write whose answer is lost', async () => {
  const { no, oId, warehouse } = await orderInErp(sandbox);
  const other = warehouse === 1003 ? 1001 : 1003;
  await fault('drop-after', { route: REROUTE });

  await expect(jst(sandbox, REROUTE, [{ o_id: oId, wms_co_id: other }])).rejects.toThrow();

  expect((await truth(sandbox, no)).erp[0].warehouse).toBe(other);
  expect(await lastCall()).toMatchObject({ route: REROUTE, outcome: 'drop-after ok', applied: true });
});

it('does nothing when the request is lost', async () => {
  const { no, oId, warehouse } = await orderInErp(sandbox);
  await fault('drop-before', { route: REROUTE });

  await expect(jst(sandbox, REROUTE, [{ o_id: oId, wms_co_id: warehouse === 1003 ? 1001 : 1003 }])).rejects.toThrow();

  expect((await truth(sandbox, no)).erp[0].warehouse).toBe(warehouse);
  expect(await lastCall()).toMatchObject({ applied: false });
});

it.each([
  ['wrong-ip', 110],
  ['skew', 140],
  ['rate-limit', 199],
])('answers %s with code %i, as often as asked', async (kind, code) => {
  await fault(kind, { times: 2 });

  const codes = [await jst(sandbox, READ, {}), await jst(sandbox, READ, {}), await jst(sandbox, READ, {})];

  expect(codes.map((reply) => reply.body.code)).toEqual([code, code, 0]);
});

it('breaks, cuts and delays answers', async () => {
  await fault('502');
  await fault('malformed');
  await fault('delay', { ms: 60 });

  const broken = await jst(sandbox, READ, {});
  const cut = await jst(sandbox, READ, {});
  const startedAt = performance.now();
  await jst(sandbox, READ, {});

  expect(broken.status).toBe(502);
  expect(typeof cut.body).toBe('string');
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
});

it('keeps a silent system silent for readers until it is over', async () => {
  await control(sandbox, '/world/scenarios/system-silent', { system: 'wms', forMs: MINUTE });
  const during = [(await jst(sandbox, READ, {})).status, (await jst(sandbox, READ, {})).status];
  const write = await jst(sandbox, REROUTE, [{ o_id: 1, wms_co_id: 1001 }]);
  const shop = await callMini(sandbox, '/v1/orders', { query: { updated_from: 1 } });

  await pass(sandbox, MINUTE);

  expect(during).toEqual([502, 502]);
  expect([write.status, shop.status, (await jst(sandbox, READ, {})).status]).toEqual([200, 200, 200]);
});

it('keeps secrets out of the log of calls', async () => {
  await jst(sandbox, READ, {});

  const text = JSON.stringify((await control(sandbox, '/world/calls')).body);

  expect(text).toContain('access_token=***');
  expect(text).not.toMatch(/token-demo|jst-secret-demo/);
});
