import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { app, group, hook } from '../../src/sandbox/servers/dingtalk/tenant.ts';
import { signHook } from '../../src/sandbox/servers/dingtalk/webhook.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { callerOf } from './dingtalk-kit.ts';
import { HOUR, MINUTE, pass, quiet, type Reply, SECOND } from './kit.ts';

let sandbox: Sandbox;
let token: string;
beforeEach(async () => {
  sandbox = await quiet();
  token = await login();
});
afterEach(() => sandbox.stop());

const { door, post, login, said } = callerOf(() => sandbox);
const get = async (path: string): Promise<Reply['body']> => (await fetch(`${sandbox.url}/dingtalk${path}`)).json();

const toGroup = (msgParam: unknown, more: object = {}): Promise<Reply> =>
  post('/v1.0/robot/groupMessages/send', {
    robotCode: app.clientId,
    openConversationId: group.id,
    msgKey: 'sampleText',
    msgParam,
    ...more,
  });
const hello = JSON.stringify({ content: 'hello' });

describe('tokens', () => {
  it('DingTalk 2: gives the same token within its two hours, longer each time, and another after them', async () => {
    const again = async () =>
      (await post('/v1.0/oauth2/accessToken', { appKey: app.clientId, appSecret: app.clientSecret })).body.accessToken;
    await pass(sandbox, HOUR);
    const extended = await again();
    await pass(sandbox, 1.5 * HOUR);
    const still = await toGroup(hello);
    await pass(sandbox, HOUR);

    expect(extended).toBe(token);
    expect(still.status).toBe(200);
    expect((await toGroup(hello)).body.code).toBe('InvalidAuthentication');
    expect(await again()).not.toBe(token);
  });

  it('DingTalk 2: knows the legacy token call, and refuses wrong secrets in both', async () => {
    expect(await get(`/gettoken?appkey=${app.clientId}&appsecret=${app.clientSecret}`)).toMatchObject({
      errcode: 0,
      access_token: token,
    });
    expect((await get(`/gettoken?appkey=${app.clientId}&appsecret=x`)).errcode).not.toBe(0);
    expect(await post('/v1.0/oauth2/accessToken', { appKey: app.clientId, appSecret: 'x' })).toMatchObject({
      status: 400,
      body: { code: 'invalidClientIdOrSecret' },
    });
  });

  it('DingTalk 3: refuses a bad or missing one with 400 in the new API and with 200 in the legacy one', async () => {
    const bad = await post('/v1.0/robot/groups/query', {}, { token: 'bad' });
    const none = await post('/v1.0/robot/groups/query', {}, { token: null });
    const legacy = await post('/topapi/v2/user/get?access_token=bad', { userid: 'li' });

    expect(bad).toMatchObject({ status: 400, body: { code: 'InvalidAuthentication', requestid: expect.any(String) } });
    expect(none).toMatchObject({ status: 400, body: { code: 'AuthenticationFailed.MissingParameter' } });
    expect(legacy).toMatchObject({ status: 200, body: { errcode: 88, sub_code: '40014' } });
  });
});

describe('the robot', () => {
  it('DingTalk 4: sends, tells of, and takes back a message of the group', async () => {
    const { processQueryKey } = (await toGroup(hello)).body;
    const asked = { robotCode: app.clientId, openConversationId: group.id, processQueryKey };
    const before = await post('/v1.0/robot/groupMessages/query', asked);
    await post('/v1.0/robot/groupMessages/recall', { ...asked, processQueryKeys: [processQueryKey] });

    expect(before.body.sendStatus).toBe('SUCCESS');
    expect((await post('/v1.0/robot/groupMessages/query', asked)).body.sendStatus).toBe('RECALLED');
    expect((await said())[0]).toMatchObject({ chat: group.id, isRecalled: true });
  });

  it.each([
    ['parameters that are no string', { content: 'x' }, {}, 'invalidParameter.msgParam.invalid'],
    ['parameters that are no JSON', 'hello', {}, 'invalidParameter.msgParam.invalid'],
    [
      'more than 15,000 bytes',
      JSON.stringify({ content: '长'.repeat(5_000) }),
      {},
      'invalidParameter.msgParam.tooLong',
    ],
    ['a kind that does not exist', hello, { msgKey: 'sampleActionCard1' }, 'invalidParameter.msgKey.invalid'],
    ['a field that is missing', hello, { msgKey: 'sampleMarkdown' }, 'invalidParameter.msgParam.invalid'],
    ['a group it is not in', hello, { openConversationId: 'cidOther==' }, 'robot.group.notExist'],
    ['another robot', hello, { robotCode: 'other' }, 'robot.notExist'],
  ])('refuses %s', async (_name, msgParam, more, code) => {
    expect(await toGroup(msgParam, more)).toMatchObject({ status: 400, body: { code } });
    expect(await said()).toEqual([]);
  });

  it('DingTalk 4: writes to twenty people at most, and names those it does not reach', async () => {
    await door('/trouble', { slowed: ['wang'] });
    const send = (userIds: readonly string[]): Promise<Reply> =>
      post('/v1.0/robot/oToMessages/batchSend', {
        robotCode: app.clientId,
        userIds,
        msgKey: 'sampleText',
        msgParam: hello,
      });

    const mixed = await send(['li', 'wang', 'nobody']);

    expect(mixed.body).toMatchObject({ invalidStaffIdList: ['nobody'], flowControlledStaffIdList: ['wang'] });
    expect((await said()).map(({ chat }) => chat)).toEqual(['li']);
    expect((await send(Array.from({ length: 21 }, () => 'li'))).status).toBe(400);
  });

  it('DingTalk 10: lets twenty calls through in a second of one API, each API for itself', async () => {
    for (let at = 0; at < 20; at += 1) expect((await toGroup(hello)).status).toBe(200);

    const over = await toGroup(hello);
    const other = await post('/v1.0/robot/groups/query', {});
    await pass(sandbox, SECOND);

    expect(over).toMatchObject({ status: 403, body: { code: 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi' } });
    expect(other.body.openConversationIds).toEqual([group.id]);
    expect((await toGroup(hello)).status).toBe(200);
  });

  it('DingTalk 10: says 90018 where the legacy API is asked too often', async () => {
    await door('/settings', { perSecond: 1 });
    const ask = () => post(`/topapi/v2/user/get?access_token=${token}`, { userid: 'li' });
    await ask();

    expect((await ask()).body.errcode).toBe(90018);
  });

  it('DingTalk 10: counts sends, card calls and pushes of a month, and refuses the next', async () => {
    await door('/settings', { perMonth: 3 });
    await toGroup(hello);
    await door('/say', { by: 'li', text: '018842' });
    await post('/v1.0/card/instances', { outTrackId: 'none', cardData: { cardParamMap: {} } }, { method: 'PUT' });
    await post('/v1.0/robot/groups/query', {});

    const over = await toGroup(hello);
    await pass(sandbox, 31 * 24 * HOUR);
    token = await login();

    expect(over.status).toBe(403);
    expect((await toGroup(hello)).status).toBe(200);
    expect((await door('')).body.month.calls).toBe(1);
  });

  it('DingTalk 10: can answer slowly, not at all, or 504 after it was done', async () => {
    await door('/faults', { kind: 'delay', ms: 120 });
    const started = performance.now();
    await toGroup(hello);
    const slow = performance.now() - started;
    await door('/faults', { kind: 'drop-after' });
    const cut = await toGroup(hello).catch(() => 'cut');
    await door('/trouble', { lateAnswers: 1 });
    const late = await toGroup(hello);

    expect(slow).toBeGreaterThan(100);
    expect([cut, late.status]).toEqual(['cut', 504]);
    expect(await said()).toHaveLength(3);
  });
});

describe('the send-only robot', () => {
  const markdown = { msgtype: 'markdown', markdown: { title: 't', text: '仓库 hello' } };
  const now = (): string => String(sandbox.world.clock.now());
  const hookPath = (timestamp = now(), sign = signHook(hook.secret, timestamp)): string =>
    `/robot/send?access_token=${hook.token}&timestamp=${timestamp}&sign=${encodeURIComponent(sign)}`;
  const send = async (body: unknown = markdown, path = hookPath()): Promise<Reply['body']> =>
    (await post(path, body)).body;

  it.each([
    ['1700000000000', 'SECtest1234567890abcdef', 'BeUCsZkeXfpumawiNp6ZRxY+2O0bCwVbGlH7eyujkTM='],
    ['1577262236757', 'this is secret', 'hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM='],
  ])('signs as the sheet shows: %s', (timestamp, secret, sign) => {
    expect(signHook(secret, timestamp)).toBe(sign);
  });

  it('DingTalk 5: takes a signed message, an hour off at most', async () => {
    const at = (off: number): string => hookPath(String(sandbox.world.clock.now() + off));

    expect(await send()).toEqual({ errcode: 0, errmsg: 'ok' });
    expect(await send(markdown, at(-0.9 * HOUR))).toMatchObject({ errcode: 0 });
    expect(await send(markdown, at(1.1 * HOUR))).toMatchObject({
      errcode: 310000,
      errmsg: expect.stringContaining('timestamp'),
    });
    expect(await send(markdown, hookPath(now(), 'wrong'))).toMatchObject({
      errcode: 310000,
      errmsg: expect.stringContaining('sign'),
    });
    expect((await said())[0]).toMatchObject({ via: 'hook', chat: group.id });
  });

  it('DingTalk 5: refuses a strange token, kind, size or a missing keyword', async () => {
    await door('/trouble', { keyword: '仓库' });

    expect(await send(markdown, '/robot/send?access_token=x')).toMatchObject({ errcode: 300005 });
    expect(await send({ msgtype: 'image', image: {} })).toMatchObject({ errcode: 400105 });
    expect(await send({ msgtype: 'text' })).toMatchObject({ errcode: 40035 });
    expect(await send({ msgtype: 'text', text: { content: 'hello' } })).toMatchObject({
      errcode: 310000,
      errmsg: expect.stringContaining('keywords'),
    });
    expect(await send({ msgtype: 'text', text: { content: `仓库${'长'.repeat(7_000)}` } })).toMatchObject({
      errcode: 460101,
    });
    expect(await send()).toMatchObject({ errcode: 0 });
  });

  it('DingTalk 5: takes twenty in a minute, then none for ten', async () => {
    await door('/settings', { perSecond: 1_000 });
    for (let at = 0; at < 20; at += 1) expect((await send()).errcode).toBe(0);

    const over = await send();
    await pass(sandbox, 9 * MINUTE);
    const blocked = await send();
    await pass(sandbox, 2 * MINUTE);

    expect([over.errcode, blocked.errcode]).toEqual([130101, 130101]);
    expect((await send()).errcode).toBe(0);
  });

  it('DingTalk 5: is sometimes stopped by a wall with a shape of its own', async () => {
    await door('/trouble', { webhookBlock: 1 });

    const blocked = await send();

    expect(blocked).toMatchObject({ status: 1111, wait: 5 });
    expect(blocked.errcode).toBeUndefined();
  });

  it('DingTalk 5: answers by the session of a message until that ends', async () => {
    const { sessionWebhook } = (await door('/say', { by: 'li', text: 'hi', isPrivate: true })).body;
    const answer = async (body: object) =>
      (await post(sessionWebhook.replace(`${sandbox.url}/dingtalk`, ''), body)).body.errcode;

    const first = await answer(markdown);
    const card = await answer({ msgtype: 'interactiveCard', interactiveCard: {} });
    await pass(sandbox, 1.6 * HOUR);

    expect([first, card]).toEqual([0, 400105]);
    expect(await answer(markdown)).not.toBe(0);
    expect((await said()).at(-1)).toMatchObject({ via: 'session', chat: 'li' });
  });
});
