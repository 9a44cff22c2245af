import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import wecom from '../../../../src/adapters/messengers/wecom/index.ts';
import { card, connect, never, type Office, openOffice, openRoom, tenant, toRoom, until } from './kit.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.sandbox.stop());
beforeEach(() => office.post('/settings', { isUseridHidden: false }));

const open = (options: Parameters<typeof openRoom>[1]) => {
  const room = openRoom(office, options);
  onTestFinished(() => room.messenger.stop?.());
  return room;
};
const toZhao = { roomId: 'dm:wecom:zhaol', chatId: 'zhaol', isPrivate: true };

it('knows people whose ids the bot sees encrypted, through the company app [wecom §6.9]', async () => {
  const room = open({ app: true });
  await connect(office, room);
  await office.post('/settings', { isUseridHidden: true });

  await office.say('/alerts');
  await office.say('/alerts', { user: 'lijg' });
  await until(() => room.heard.length === 2);

  expect(room.heard.map(({ senderId }) => senderId)).toEqual(['wangmin', 'lijg']);
});

it('hears an encrypted id as it is where no app is configured, and says nothing of it in the log [wecom §6.9]', async () => {
  const room = open({});
  await connect(office, room);
  await office.post('/settings', { isUseridHidden: true });

  await office.say('/alerts');
  await until(() => room.heard.length === 1);

  expect(room.heard[0]?.senderId).toMatch(/^wo/);
});

it('loses no message when the app cannot tell who spoke [wecom §6.17]', async () => {
  const room = open({ app: true });
  await connect(office, room);
  await office.post('/settings', { isUseridHidden: true, allowedIps: ['203.0.113.9'] });
  onTestFinished(() => office.post('/settings', { allowedIps: null }));

  await office.say('/alerts', { user: 'chenj' });
  await until(() => room.heard.length === 1);

  expect(room.heard[0]).toMatchObject({ text: expect.stringContaining('/alerts') });
  expect(room.logged.join()).not.toContain(tenant.appSecret);
});

it('reaches a person who never wrote to the bot through the company app, without buttons [wecom §6.18]', async () => {
  const room = open({ app: true });
  await connect(office, room);

  const { id } = await room.messenger.send(toZhao, card(), 'k1', never);

  const shown = (await office.posted()).at(-1);
  expect(id).toMatch(/^app\/./);
  expect(shown).toMatchObject({ chat: 'zhaol', via: 'app', rung: ['zhaol'] });
  expect(shown?.text).toContain('先发这单');
});

it('takes a new token when the platform has ended the old one early [wecom §6.17]', async () => {
  const room = open({ app: true });
  await connect(office, room);
  await room.messenger.send(toZhao, card(), 'k2', never);
  await office.post('/app/revoke', {});

  await room.messenger.send(toZhao, card({ lines: [['第二条']] }), 'k3', never);

  expect((await office.posted()).at(-1)).toMatchObject({ via: 'app', text: expect.stringContaining('第二条') });
});

it('says plainly that it cannot reach a person where no app is configured', async () => {
  const room = open({});
  await connect(office, room);

  await expect(room.messenger.send(toZhao, card(), 'k4', never)).rejects.toMatchObject({ code: 'WECOM_93001' });
  await expect(room.messenger.send(toRoom, card(), 'k5', never)).resolves.toMatchObject({ room: 'war' });
});

it('takes the app from the room’s credentials whole, or not at all', () => {
  const bot = { botId: 'b', secret: 's' };

  expect(wecom.credentials.parse(bot)).toEqual(bot);
  expect(wecom.credentials.parse({ ...bot, appCorpId: 'ww1', appAgentId: '1000002', appSecret: 'x' })).toEqual({
    ...bot,
    app: { corpId: 'ww1', agentId: 1_000_002, secret: 'x', baseUrl: 'https://qyapi.weixin.qq.com' },
  });
  expect(() => wecom.credentials.parse({ ...bot, appCorpId: 'ww1' })).toThrow('go together');
});
