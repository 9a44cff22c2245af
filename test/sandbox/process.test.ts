import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';

const main = resolve(import.meta.dirname, '../../src/sandbox/main.ts');
let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function run(env: Record<string, string> = {}): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { ...process.env, SANDBOX_PORT: '0', SANDBOX_DATABASE: join(folder, 'world.db'), ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as { sandbox: string; url: string };
    expect(ready.sandbox).toBe('ready');
    return { child, url: ready.url };
  }
  throw new Error('the sandbox ended before it was ready');
}

const read = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;

it('is born at 14:00 with three troubles and goes on after a kill with the same orders and time', {
  timeout: 30_000,
}, async () => {
  const first = await run();
  const [clock, troubled, early] = [
    await read(`${first.url}/clock`),
    await read(`${first.url}/world/orders?scenario=any`),
    await read(`${first.url}/world/orders?limit=2000`),
  ];
  await new Promise((done) => setTimeout(done, 1_200));
  const before = Number((await read(`${first.url}/clock`)).now);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  const second = await run();
  const after = Number((await read(`${second.url}/clock`)).now);
  const late = await read(`${second.url}/world/orders?limit=2000`);

  const orders = troubled.orders as { scenario: string; stages: { paidAt: number } }[];
  const bornAt = Number(clock.now) - (Number(clock.now) % 3_600_000);
  const paidAt = (scenario: string) => orders.find((order) => order.scenario === scenario)?.stages.paidAt;
  expect(new Date(bornAt + 8 * 3_600_000).getUTCHours()).toBe(14);
  expect(['dead-lock', 'short', 'dead-order'].map((name) => (paidAt(name) ?? 0) + 7_200_000 - bornAt)).toEqual([
    20_000, 35_000, 90_000,
  ]);
  expect(Math.abs(after - before)).toBeLessThan(2_500);
  const numbers = (list: Record<string, unknown>) =>
    (list.orders as { orderNo: string }[]).map((order) => order.orderNo);
  expect(numbers(early).length).toBeGreaterThan(1_500);
  expect(numbers(early).filter((no) => !numbers(late).includes(no))).toEqual([]);
});

it('ends within two seconds when it is told to, and when whoever started it is gone', { timeout: 30_000 }, async () => {
  const told = await run({ SANDBOX_FOLLOW_STDIN: '1' });
  let startedAt = performance.now();
  told.child.kill('SIGTERM');
  expect((await once(told.child, 'exit'))[0]).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(2_000);

  const left = await run({ SANDBOX_FOLLOW_STDIN: '1' });
  startedAt = performance.now();
  left.child.stdin?.end();
  expect((await once(left.child, 'exit'))[0]).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
