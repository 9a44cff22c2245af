import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { signKuaidi100 } from '../../src/sandbox/servers/kuaidi100/answers.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { kuaidi100 } from '../../src/sandbox/world/company.ts';
import { setLie } from '../../src/sandbox/world/couriers.ts';
import { sentParcel } from './courier-kit.ts';
import { HOUR, MINUTE, pass, quiet } from './kit.ts';

async function post(sandbox: Sandbox, path: string, form: Record<string, string>): Promise<Record<string, unknown>> {
  const answer = await fetch(`${sandbox.url}/kuaidi100${path}`, { method: 'POST', body: new URLSearchParams(form) });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

function query(sandbox: Sandbox, param: object, sign?: string): Promise<Record<string, unknown>> {
  const text = JSON.stringify(param);
  const right = signKuaidi100(text + kuaidi100.key + kuaidi100.customer);
  return post(sandbox, '/poll/query.do', { customer: kuaidi100.customer, sign: sign ?? right, param: text });
}

const subscribe = (sandbox: Sandbox, number: string, callbackurl: string, more: object = {}) =>
  post(sandbox, '/poll', {
    schema: 'json',
    param: JSON.stringify({
      company: 'yuantong',
      number,
      key: kuaidi100.key,
      parameters: { callbackurl, salt: 'saltdemo', resultv2: '4' },
      ...more,
    }),
  });

interface Seen {
  readonly at: number;
  readonly push: { readonly status: string; readonly lastResult: { readonly state: string; readonly data: object[] } };
  readonly isSigned: boolean;
}

/** Somebody who takes pushes, or does not. */
async function listener(sandbox: Sandbox, answer: () => object = () => ({ result: true, returnCode: '200' })) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const param = form.get('param') ?? '';
      const isSigned = form.get('sign') === signKuaidi100(`${param}saltdemo`);
      seen.push({ at: sandbox.world.clock.now(), push: JSON.parse(param) as Seen['push'], isSigned });
      response.end(JSON.stringify(answer()));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, seen };
}

async function company(): Promise<Sandbox> {
  const sandbox = await quiet();
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

it('checks the signature, the shape, the key and the company, and says 200 all the same', async () => {
  const sandbox = await company();
  expect(await query(sandbox, { com: 'yuantong', num: 'YT1' }, 'F'.repeat(32))).toMatchObject({ returnCode: '503' });
  expect(await query(sandbox, { com: 'yuantong' })).toMatchObject({ result: false, returnCode: '400' });
  expect(await query(sandbox, { com: 'yuantong', num: '9'.repeat(33) })).toMatchObject({ returnCode: '400' });
  expect(await query(sandbox, { com: 'yuantong', num: 'YT1' })).toMatchObject({ result: false, returnCode: '500' });
  expect(await subscribe(sandbox, 'YT1', 'http://127.0.0.1:9/x', { key: 'no' })).toMatchObject({ returnCode: '600' });
  expect(await subscribe(sandbox, 'YT1', 'http://127.0.0.1:9/x', { company: 'pigeon' })).toEqual({
    result: false,
    returnCode: '700',
    message: 'POLL:不支持的快递公司：pigeon',
  });
  expect(await subscribe(sandbox, 'YT1', 'no address')).toMatchObject({ returnCode: '400' });
});

it('tells codes only to whoever asks for them, and of a label before its pick-up', async () => {
  const sandbox = await company();
  const { waybill } = await sentParcel(sandbox, 'ZTO');
  const ask = (resultv2: string) => query(sandbox, { com: 'zhongtong', num: waybill, resultv2 });
  expect(await ask('4')).toMatchObject({ state: '102', data: [{ statusCode: '102', status: '待揽收' }] });
  await pass(sandbox, 31 * MINUTE);
  const coarse = (await ask('1')) as { state: string; data: object[] };
  expect(coarse.state).toBe('1');
  expect(coarse.data[0]).not.toHaveProperty('statusCode');
});

it('pushes first after 15 minutes to 4 hours, the whole list newest first, then each change, and a last time', async () => {
  const sandbox = await company();
  const { url, seen } = await listener(sandbox);
  const { waybill } = await sentParcel(sandbox, 'YTO');
  await pass(sandbox, 12 * HOUR);
  const begun = sandbox.world.clock.now();
  expect(await subscribe(sandbox, waybill, url)).toMatchObject({ result: true });
  await pass(sandbox, 14 * MINUTE);
  expect(seen).toEqual([]);
  while (seen.length === 0) await pass(sandbox, 10 * MINUTE);
  expect(sandbox.world.clock.now() - begun).toBeLessThanOrEqual(4 * HOUR + 10 * MINUTE);
  for (let hours = 0; hours < 80; hours += 2) await pass(sandbox, 2 * HOUR);
  expect(seen.every(({ isSigned }) => isSigned)).toBe(true);
  const lengths = seen.map(({ push }) => push.lastResult.data.length);
  expect(lengths).toEqual([...new Set(lengths)].sort((a, b) => a - b));
  const last = (seen.at(-1)?.push.lastResult.data ?? []) as { ftime: string }[];
  const times = last.map(({ ftime }) => ftime);
  expect(times).toEqual([...times].sort().reverse());
  expect(seen.map(({ push }) => push.status)).toEqual([...lengths.slice(1).map(() => 'polling'), 'shutdown']);
});

it('comes again after 35 minutes, three times, when it is not taken', async () => {
  const sandbox = await company();
  const { url, seen } = await listener(sandbox, () => ({ result: false }));
  const { waybill } = await sentParcel(sandbox, 'YTO');
  await subscribe(sandbox, waybill, url);
  while (seen.length === 0) await pass(sandbox, 10 * MINUTE);
  const first = sandbox.world.store.get<{ id: number }>('SELECT min(id) AS id FROM tracking_pushes')?.id ?? 0;
  for (let minutes = 0; minutes < 150; minutes += 5) await pass(sandbox, 5 * MINUTE);
  expect(sandbox.world.store.get('SELECT state, tries FROM tracking_pushes WHERE id = ?', first)).toEqual({
    state: 'given-up',
    tries: 4,
  });
});

it('gives up after three days without a record, and follows again when asked half an hour later', async () => {
  const sandbox = await company();
  const { url, seen } = await listener(sandbox);
  const { no, waybill } = await sentParcel(sandbox, 'YTO');
  setLie(sandbox.world, no, 'never-picked-up');
  await subscribe(sandbox, waybill, url);
  await pass(sandbox, 71 * HOUR);
  expect(seen).toEqual([]);
  expect(await subscribe(sandbox, waybill, url)).toMatchObject({ returnCode: '501' });
  await pass(sandbox, 9 * HOUR);
  expect(seen.map(({ push }) => push.status)).toEqual(['abort']);
  expect(await subscribe(sandbox, waybill, url)).toMatchObject({ returnCode: '200' });
});
