import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { app } from '../../../../src/sandbox/servers/dingtalk/tenant.ts';
import { type DingTalk, hushClient, isUp, plugsInto, quick, startDingTalk, until } from './kit.ts';

hushClient();
let dingTalk: DingTalk;
beforeEach(async () => {
  dingTalk = await startDingTalk();
});
const { plugged, unplugAll, onlyOneLives, hears } = plugsInto(() => dingTalk);
afterEach(async () => {
  await unplugAll();
  await dingTalk.stop();
});

it('has one connection after a long refusal of handshakes, and asked for few', async () => {
  await dingTalk.trouble({ handshakes: { how: 503, times: 12 } });
  const plug = plugged();

  await isUp(plug);

  await sleep(300);
  await onlyOneLives();
  const { counts } = await dingTalk.seen();
  expect(counts).toMatchObject({ opens: 13, handshakes: 13 });
  await hears(plug, '018842');
});

it('waits longer from one refused handshake to the next', async () => {
  await dingTalk.trouble({ handshakes: { how: 'drop', times: 1_000 } });
  plugged({ timings: { ...quick, minDelayMs: 20, maxDelayMs: 10_000 } });

  await sleep(1_200);

  // 20, 40, 80, 160, 320, 640 … with jitter; the client's own way would be at 1,000 and more.
  expect((await dingTalk.seen()).counts.opens).toBeLessThanOrEqual(9);
  expect((await dingTalk.seen()).counts.opens).toBeGreaterThanOrEqual(4);
});

it.each([403, 429, 500, 503])('goes on trying when the gateway answers %i', async (status) => {
  await dingTalk.trouble({ opens: { status, times: 3 } });
  const plug = plugged();

  await isUp(plug);

  await onlyOneLives();
  expect((await dingTalk.seen()).counts.opens).toBe(4);
});

it('uses a fresh ticket for each connection', async () => {
  const plug = plugged();
  await isUp(plug);
  const ticketed = await fetch(`${dingTalk.url}/v1.0/gateway/connections/open`, {
    method: 'POST',
    body: JSON.stringify({ ...app, subscriptions: [{ type: 'EVENT', topic: '*' }] }),
  });
  const { endpoint, ticket } = (await ticketed.json()) as { endpoint: string; ticket: string };
  const first = new WebSocket(`${endpoint}?ticket=${ticket}`);
  await new Promise((done) => first.addEventListener('open', done));

  const second = new WebSocket(`${endpoint}?ticket=${ticket}`);
  const outcome = await new Promise((done) => {
    second.addEventListener('open', () => done('open'));
    second.addEventListener('error', () => done('refused'));
  });

  expect(outcome).toBe('refused');
  first.close();
});

it('finds a ticket that lay too long refused, and asks for another', async () => {
  await dingTalk.settings({ ticketMs: 0 });
  const plug = plugged();
  await until(async () => expect((await dingTalk.seen()).counts.handshakes).toBeGreaterThan(1));

  await dingTalk.settings({ ticketMs: 90_000 });

  await isUp(plug);
  await onlyOneLives();
});

it('alarms once when the app is refused, without its secret, and recovers by itself', async () => {
  const plug = plugged({ credentials: { clientSecret: 'wrong-secret-value' } });

  await until(async () => expect((await dingTalk.seen()).counts.opens).toBeGreaterThan(3));

  expect(plug.alarms).toHaveLength(1);
  expect(plug.alarms[0]).toMatchObject({
    cause: 'dingtalk-auth',
    text: { zh: expect.stringContaining('钉钉'), en: expect.stringContaining('DingTalk') },
  });
  expect(plug.connection().isUp).toBe(false);
  expect(JSON.stringify([plug.alarms, plug.logged])).not.toContain('wrong-secret-value');
});

it('does not alarm because of an overloaded gateway', async () => {
  await dingTalk.trouble({ opens: { status: 503, times: 4 } });
  const plug = plugged();

  await isUp(plug);

  expect(plug.alarms).toEqual([]);
});

it('is back after the line was cut', async () => {
  const plug = plugged();
  await isUp(plug);

  for (let cut = 0; cut < 3; cut += 1) {
    await dingTalk.line('kill');
    await until(() => expect(plug.connection().isUp).toBe(false));
    await isUp(plug);
  }

  await onlyOneLives();
  await hears(plug, '018842');
});

it('connects anew at once when it is told to move, and hears on one connection only', async () => {
  await dingTalk.settings({ closeAfterDisconnectMs: 5_000 });
  const plug = plugged({ timings: { ...quick, minDelayMs: 3_000, maxDelayMs: 3_000, settledMs: 0 } });
  await isUp(plug);
  const told = performance.now();

  await dingTalk.line('disconnect');
  await until(async () => {
    const { connections } = await dingTalk.seen();
    expect(connections.filter((one) => one.isOpen && !one.isGoingAway)).toHaveLength(1);
  });

  expect(performance.now() - told).toBeLessThan(1_000);
  await until(onlyOneLives);
  await hears(plug, '018842');
});

it('does not run in circles when it is only ever told to move', async () => {
  const plug = plugged({ timings: { ...quick, minDelayMs: 100, maxDelayMs: 100, settledMs: 60_000 } });
  const end = Date.now() + 1_000;

  while (Date.now() < end) {
    await dingTalk.line('disconnect');
    await sleep(5);
  }

  expect((await dingTalk.seen()).counts.opens).toBeLessThan(25);
  await isUp(plug);
});

it('loses what is said while nobody listens, and tells the room which minutes those were', async () => {
  const plug = plugged();
  await isUp(plug);
  await dingTalk.trouble({ handshakes: { how: 503, times: 4 } });
  await dingTalk.line('disconnect');
  await until(() => expect(plug.connection().isUp).toBe(false));

  const { connections } = await dingTalk.says('in the deaf window');
  await isUp(plug);

  expect(connections).toEqual([]);
  await hears(plug, 'after it');
  expect(plug.heard).toHaveLength(1);
  expect(plug.missed).toHaveLength(1);
});

it('counts the silence before a dead line was noticed as not heard, and tells of no short gap', async () => {
  // A dead line is noticed after two or three pings.
  const plug = plugged({ timings: { ...quick, deafMs: 250, maxDelayMs: 40 } });
  await isUp(plug);
  await dingTalk.line('kill');
  await until(() => expect(plug.connection().isUp).toBe(false));
  await isUp(plug);
  const short = plug.missed.length;

  await dingTalk.line('half-open');
  await until(() => expect(plug.missed).toHaveLength(short + 1));

  expect(short).toBe(0);
});
