import { setTimeout as sleep } from 'node:timers/promises';
import { DWClient, TOPIC_CARD, TOPIC_ROBOT } from 'dingtalk-stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { app, group } from '../../src/sandbox/servers/dingtalk/tenant.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { control, quiet, type Reply } from './kit.ts';

let sandbox: Sandbox;
let clients: Bare[];
beforeEach(async () => {
  for (const name of ['info', 'warn', 'error'] as const) vi.spyOn(console, name).mockImplementation(() => undefined);
  clients = [];
  sandbox = await quiet();
});
afterEach(async () => {
  for (const client of clients) client.config.autoReconnect = false;
  await sandbox.stop();
  vi.restoreAllMocks();
});

const door = async (path: string, body?: object): Promise<Reply['body']> =>
  (await control(sandbox, `/world/dingtalk${path}`, body)).body;
const live = async (): Promise<number> =>
  (await door('')).connections.filter((one: { isOpen: boolean }) => one.isOpen).length;
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 8_000, interval: 20 });

const open = (body: object): Promise<Response> =>
  fetch(`${sandbox.url}/dingtalk/v1.0/gateway/connections/open`, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: JSON.stringify(body),
  });

/** The official client as it is, but for the gateway's address. */
class Bare extends DWClient {
  constructor() {
    const unlisted = { subscriptions: [{ type: 'EVENT', topic: '*' }] };
    super({ ...unlisted, clientId: app.clientId, clientSecret: app.clientSecret });
    clients.push(this);
  }

  override async getEndpoint(): Promise<this> {
    const { clientId, clientSecret, subscriptions } = this.config;
    const response = await open({ clientId, clientSecret, subscriptions });
    if (!response.ok) throw new Error(`gateway ${response.status}`);
    const { endpoint, ticket } = (await response.json()) as { endpoint: string; ticket: string };
    Object.assign(this, { dw_url: `${endpoint}?ticket=${encodeURIComponent(ticket)}` });
    return this;
  }
}

async function connected(): Promise<{ client: Bare; heard: { messageId: string; data: Record<string, unknown> }[] }> {
  const client = new Bare();
  const heard: { messageId: string; data: Record<string, unknown> }[] = [];
  for (const topic of [TOPIC_ROBOT, TOPIC_CARD])
    client.registerCallbackListener(topic, ({ headers, data }) => {
      heard.push({ messageId: headers.messageId, data: JSON.parse(data) as Record<string, unknown> });
    });
  await client.connect();
  await until(async () => expect(await live()).toBe(1));
  return { client, heard };
}

it('DingTalk 1: gives a ticket to the app alone, and only for topics', async () => {
  const subscriptions = [{ type: 'CALLBACK', topic: TOPIC_ROBOT }];

  expect((await open({ ...app, subscriptions })).status).toBe(200);
  expect((await open({ ...app, clientSecret: 'x', subscriptions })).status).toBe(401);
  expect((await open({ ...app, subscriptions: [] })).status).toBe(400);
});

it('DingTalk WS: pushes a message with the fields of the sheet', async () => {
  const { heard } = await connected();

  await door('/say', { by: 'li', text: '/ack 1024' });

  await until(() => expect(heard).toHaveLength(1));
  expect(heard[0]?.data).toMatchObject({
    msgtype: 'text',
    text: { content: ' /ack 1024' },
    conversationId: group.id,
    conversationType: '2',
    senderStaffId: 'li',
    robotCode: app.clientId,
    isInAtList: true,
    sessionWebhookExpiredTime: sandbox.world.clock.now() + 5_400_000,
  });
});

it('DingTalk WS: pushes what was not acknowledged again under the same id, and no more once it was', async () => {
  await door('/settings', { redeliverMs: 60 });
  const { client, heard } = await connected();

  await door('/say', { by: 'li', text: 'hi' });
  await until(() => expect(heard).toHaveLength(2));
  client.socketCallBackResponse(heard[0]?.messageId ?? '', null);
  await sleep(60);
  const settled = heard.length;
  await sleep(200);

  expect(new Set(heard.map(({ messageId }) => messageId)).size).toBe(1);
  expect(heard.length).toBe(settled);
});

it('DingTalk WS: keeps events for later and loses callbacks while nobody listens', async () => {
  await door('/settings', { redeliverMs: 100 });
  const lost = await door('/say', { by: 'li', text: 'hi' });
  await door('/event', { eventType: 'user_add_org' });

  const { heard } = await connected();

  await until(async () => expect((await door('')).acks).toHaveLength(1));
  expect((await door('')).acks[0]).toMatchObject({ data: { status: 'SUCCESS' } });
  expect(lost.connections).toEqual([]);
  expect(heard).toEqual([]);
});

it('DingTalk WS: says goodbye, is deaf for a while, then closes', async () => {
  await door('/settings', { closeAfterDisconnectMs: 200 });
  const { client, heard } = await connected();
  client.config.autoReconnect = false;

  await door('/line/disconnect', {});
  await door('/say', { by: 'li', text: 'lost' });
  await sleep(100);
  const during = await live();

  await until(async () => expect(await live()).toBe(0));
  expect(during).toBe(1);
  expect(heard).toEqual([]);
});

it('DingTalk 6: shows a click’s answer to the clicker alone when it comes in time, and to nobody when it is late', async () => {
  await door('/settings', { cardAnswerMs: 100 });
  const { client, heard } = await connected();
  const { accessToken } = (await (
    await fetch(`${sandbox.url}/dingtalk/v1.0/oauth2/accessToken`, {
      method: 'POST',
      body: JSON.stringify({ appKey: app.clientId, appSecret: app.clientSecret }),
    })
  ).json()) as { accessToken: string };
  const headers = { 'x-acs-dingtalk-access-token': accessToken };
  const card = {
    cardTemplateId: 'warroom-card.schema',
    outTrackId: 'k1',
    callbackType: 'STREAM',
    cardData: { cardParamMap: { status: 'open', c1: '/ack 12' } },
  };
  const space = {
    openSpaceId: `dtv1.card//IM_GROUP.${group.id}`,
    imGroupOpenDeliverModel: { robotCode: app.clientId },
  };
  await fetch(`${sandbox.url}/dingtalk/v1.0/card/instances/createAndDeliver`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...card, ...space }),
  });
  const answer = (status: string) => ({ userPrivateData: { cardParamMap: { status } } });

  await door('/click', { by: 'li', outTrackId: 'k1', button: 'b1' });
  await until(() => expect(heard).toHaveLength(1));
  client.socketCallBackResponse(heard[0]?.messageId ?? '', answer('working'));
  await until(async () => expect((await door('/view/k1/li')).status).toBe('working'));
  await door('/click', { by: 'wang', outTrackId: 'k1', button: 'b1' });
  await until(() => expect(heard).toHaveLength(2));
  await sleep(150);
  client.socketCallBackResponse(heard[1]?.messageId ?? '', answer('too late'));
  await sleep(50);
  const late = await door('/view/k1/wang');
  await fetch(`${sandbox.url}/dingtalk/v1.0/card/instances`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({
      outTrackId: 'k1',
      cardData: { cardParamMap: { status: 'taken' } },
      cardUpdateOptions: { updateCardDataByKey: true },
    }),
  });

  expect(JSON.parse(String(heard[0]?.data.content))).toEqual({
    cardPrivateData: { actionIds: ['b1'], params: { action: 'b1', command: '/ack 12' } },
  });
  expect(late.status).toBe('open');
  expect((await door('')).clicks.map((click: { outcome: string }) => click.outcome)).toEqual(['answered', 'timeout']);
  expect((await door('/view/k1/wang')).status).toBe('taken');
});

it('DingTalk WS: shows what the official client does by itself: a storm, many lines, acknowledgements on the wrong one', async () => {
  await door('/trouble', { handshakes: { how: 503, times: 3 } });
  const client = new Bare();
  client.registerCallbackListener(TOPIC_ROBOT, ({ headers }) => client.socketCallBackResponse(headers.messageId, null));

  void client.connect();
  await until(async () => expect(await live()).toBeGreaterThan(2));
  for (let at = 0; at < 20; at += 1) await door('/say', { by: 'li', text: `${at}` });

  await until(async () => expect((await door('')).acks).toHaveLength(20));
  expect((await door('')).acks.filter((ack: { isWrongSocket: boolean }) => ack.isWrongSocket).length).toBeGreaterThan(
    0,
  );
});

it('DingTalk control: is played with from this machine only, and forgets when told to', async () => {
  await door('/say', { by: 'li', text: 'hi' });
  await door('/reset', {});

  expect((await door('')).said).toEqual([]);
  expect((await door('/line/nonsense', {})).error.code).toBe('refused');
});
