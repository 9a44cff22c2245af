import { afterEach, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { callMini, jst, MINUTE, pass, quiet, SECOND } from './kit.ts';

let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.stop());

const codeOf = async (from: Sandbox): Promise<number> => (await jst(from, '/open/wms/partner/query', {})).body.code;

it('lets five ERP calls through in a second and the next one a second later', async () => {
  sandbox = await quiet({ settings: { jushuitanPerSecond: 5, jushuitanPerMinute: 100 } });
  const codes: number[] = [];
  for (let i = 0; i < 6; i += 1) codes.push(await codeOf(sandbox));

  await pass(sandbox, SECOND);

  expect(codes).toEqual([0, 0, 0, 0, 0, 199]);
  expect(await codeOf(sandbox)).toBe(0);
});

it('lets a hundred ERP calls through in a minute', async () => {
  sandbox = await quiet({ settings: { jushuitanPerSecond: 5, jushuitanPerMinute: 100 } });
  for (let second = 0; second < 20; second += 1) {
    for (let i = 0; i < 5; i += 1) expect(await codeOf(sandbox)).toBe(0);
    await pass(sandbox, SECOND);
  }

  const over = await codeOf(sandbox);
  await pass(sandbox, MINUTE);

  expect(over).toBe(200);
  expect(await codeOf(sandbox)).toBe(0);
});

it('answers 429 with Retry-After when the mini-program is asked too often', async () => {
  sandbox = await quiet({ settings: { miniPerSecond: 2 } });
  const call = (from: Sandbox) => callMini(from, '/v1/orders', { query: { updated_from: 1 } });
  await call(sandbox);
  await call(sandbox);

  const over = await call(sandbox);

  expect(over.status).toBe(429);
  expect(over.headers.get('retry-after')).toBe('1');
  expect(over.body.error).toMatchObject({ code: 'rate_limited', retry_after_ms: 1_000 });
});
