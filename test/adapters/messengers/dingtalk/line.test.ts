import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHttp } from '../../../../src/adapters/http.ts';
import { createApi } from '../../../../src/adapters/messengers/dingtalk/api.ts';
import { StreamClient } from '../../../../src/adapters/messengers/dingtalk/stream-client.ts';
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

it('notices a line that is dead without a word, and takes another', async () => {
  await dingTalk.settings({ redeliverMs: 200 });
  const plug = plugged();
  await isUp(plug);

  await dingTalk.line('half-open');
  const { messageId } = await dingTalk.says('into the dead line');

  await until(() => expect(plug.logged.join()).toContain('went silent'));
  await until(async () => expect((await dingTalk.seen()).acks.map((ack) => ack.messageId)).toContain(messageId));
  expect(plug.heard.map(({ text }) => text)).toEqual(['into the dead line']);
  await onlyOneLives();
});

it('keeps a quiet line that answers its pings', async () => {
  const plug = plugged();
  await isUp(plug);

  await sleep(600);

  expect((await dingTalk.seen()).counts.opens).toBe(1);
  expect(plug.connection().isUp).toBe(true);
});

it('only reports a frame that is no JSON', async () => {
  const plug = plugged();
  await isUp(plug);

  await dingTalk.line('bad-frame');
  await dingTalk.line('strange-topic');
  await hears(plug, 'one');
  await hears(plug, 'two');

  expect(plug.logged.filter((line) => line.includes('could not be handled'))).toHaveLength(2);
  expect((await dingTalk.seen()).counts.opens).toBe(1);
});

it('only reports a listener that throws, and hears the next two messages', async () => {
  let throws = 1;
  const plug = plugged({
    hear() {
      throws -= 1;
      if (throws >= 0) throw new Error('at once');
      return Promise.resolve();
    },
  });
  await isUp(plug);
  await dingTalk.says('lost for now');

  await hears(plug, 'one');
  await hears(plug, 'two');

  expect(plug.logged.filter((line) => line.includes('could not be handled'))).toHaveLength(1);
});

it('answers the ping of the platform with what it held', async () => {
  const plug = plugged();
  await isUp(plug);

  await dingTalk.line('ping');
  await dingTalk.line('registered');

  await until(async () =>
    expect((await dingTalk.seen()).acks.at(-1)).toMatchObject({ code: 200, data: { opaque: 'opaque-demo' } }),
  );
});

it('acknowledges on the connection that brought the message, though another is open by then', async () => {
  await dingTalk.settings({ closeAfterDisconnectMs: 5_000 });
  let store: () => void = () => undefined;
  const stored = new Promise<void>((done) => {
    store = done;
  });
  const plug = plugged({ hear: ({ text }) => (text === 'slow' ? stored : Promise.resolve()) });
  await isUp(plug);
  const { messageId, connections } = await dingTalk.says('slow');
  await until(() => expect(plug.attempts).toHaveLength(1));

  await dingTalk.line('disconnect');
  await until(async () => expect((await dingTalk.seen()).connections.length).toBe(2));
  await hears(plug, 'quick');
  store();

  await until(async () => expect((await dingTalk.seen()).acks.some((ack) => ack.messageId === messageId)).toBe(true));
  const { acks } = await dingTalk.seen();
  expect(acks.filter((ack) => ack.isWrongSocket)).toEqual([]);
  expect(acks.find((ack) => ack.messageId === messageId)?.connection).toBe(connections[0]);
  await until(onlyOneLives);
});

it('takes a message again whose acknowledgement was lost with the line', async () => {
  await dingTalk.settings({ redeliverMs: 150 });
  let store: () => void = () => undefined;
  const stored = new Promise<void>((done) => {
    store = done;
  });
  const plug = plugged({ hear: () => stored });
  await isUp(plug);
  const { messageId } = await dingTalk.says('018842');
  await until(() => expect(plug.attempts).toHaveLength(1));

  await dingTalk.line('kill');
  await until(() => expect(plug.connection().isUp).toBe(false));
  store();

  await until(async () =>
    expect((await dingTalk.seen()).pushes.find((one) => one.messageId === messageId)?.isAcked).toBe(true),
  );
  expect(plug.heard).toHaveLength(1);
});

it('has no connection left when it is stopped while it tries', async () => {
  await dingTalk.trouble({ handshakes: { how: 503, times: 3 } });
  const plug = plugged();
  await until(async () => expect((await dingTalk.seen()).counts.handshakes).toBeGreaterThan(1));

  await plug.stop();
  const { opens } = (await dingTalk.seen()).counts;
  await sleep(400);

  expect(await dingTalk.live()).toBe(0);
  expect((await dingTalk.seen()).counts.opens).toBe(opens);
  expect(plug.connection().isUp).toBe(false);
});

it('stops at once while the gateway does not answer', async () => {
  await dingTalk.fault('delay', { route: '/v1.0/gateway/connections/open', ms: 1_500 });
  const plug = plugged();
  await sleep(50);
  const started = performance.now();

  await plug.stop();

  expect(performance.now() - started).toBeLessThan(500);
  await sleep(50);
  expect(await dingTalk.live()).toBe(0);
});

it('gives up a handshake that nobody answers, and stops in the middle of one', async () => {
  await dingTalk.trouble({ handshakes: { how: 'hang', times: 2 } });
  const plug = plugged({ timings: { ...quick, handshakeMs: 100 } });
  await isUp(plug);
  await plug.stop();
  await dingTalk.trouble({ handshakes: { how: 'hang', times: 1 } });
  const hanging = plugged({ timings: { ...quick, handshakeMs: 60_000 } });
  await until(async () => expect((await dingTalk.seen()).counts.handshakes).toBe(4));
  const started = performance.now();

  await hanging.stop();

  expect(performance.now() - started).toBeLessThan(500);
  expect(await dingTalk.live()).toBe(0);
});

it('finishes what it was told before it stops', async () => {
  const plug = plugged({ hear: () => sleep(100) });
  await isUp(plug);
  const { messageId } = await dingTalk.says('018842');
  await until(() => expect(plug.attempts).toHaveLength(1));

  await plug.stop();

  await until(async () => expect((await dingTalk.seen()).acks.map((ack) => ack.messageId)).toEqual([messageId]));
  expect(await dingTalk.live()).toBe(0);
});

it('gives each client its own list of topics, without the organisation’s events', () => {
  const api = createApi({
    http: createHttp(),
    baseUrl: dingTalk.url,
    credentials: { ...app, robotCode: app.clientId },
    clock: dingTalk.clock,
  });
  const gateway = api.gateway(new AbortController().signal);
  const handlers = { onFrame: () => undefined, onGoAway: () => undefined, onTrouble: () => undefined };

  const clients = [new StreamClient(app, gateway, handlers, 1_000), new StreamClient(app, gateway, handlers, 1_000)];
  clients[0]?.registerCallbackListener('/of-the-first', () => undefined);

  const topics = clients.map((client) => client.getConfig().subscriptions.map(({ topic }) => topic));
  expect(topics[1]).toEqual(['/v1.0/im/bot/messages/get', '/v1.0/card/instances/callback']);
});

it('acknowledges an event of the organisation should one come', async () => {
  const api = createApi({
    http: createHttp(),
    baseUrl: dingTalk.url,
    credentials: { ...app, robotCode: app.clientId },
    clock: dingTalk.clock,
  });
  const gateway = api.gateway(new AbortController().signal);
  const handlers = {
    onFrame: () => undefined,
    onGoAway: () => undefined,
    onTrouble: () => undefined,
  };
  const client = new StreamClient(app, (some) => gateway([...some, { type: 'EVENT', topic: '*' }]), handlers, 1_000);
  await client.getEndpoint();
  const socket = await client.openSocket();

  await dingTalk.ask('/event', { eventType: 'user_add_org' });

  await until(async () => expect((await dingTalk.seen()).acks[0]).toMatchObject({ data: { status: 'SUCCESS' } }));
  socket.close();
});

it('tells its log no secret, ticket or message', async () => {
  await dingTalk.trouble({ opens: { status: 403, times: 1 }, handshakes: { how: 503, times: 1 } });
  const plug = plugged();
  await isUp(plug);
  await hears(plug, '018842');
  await dingTalk.line('bad-frame');
  await dingTalk.line('kill');
  await until(() => expect(plug.connection().isUp).toBe(false));
  await isUp(plug);

  expect(plug.logged.length).toBeGreaterThan(3);
  expect(plug.logged.join()).not.toMatch(/ding-secret|ticket|018842|[0-9a-f]{8}-[0-9a-f]{4}/);
});
