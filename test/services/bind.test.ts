import { expect, it } from 'vitest';
import { readKeys } from '../../src/app/keys.ts';
import { bindCode } from '../../src/services/bind.ts';
import { MINUTE, SECOND, startTestBot, testSecret, texts } from '../kit/test-bot.ts';

const codeIn = (text: string): string => /登录码 (\w{8})/.exec(text)?.[1] ?? '';
const host = { host: 'localhost:3000', origin: 'http://localhost:3000' };

it('gives a login code in private only, which opens one session once, within five minutes', async () => {
  const bot = await startTestBot();
  const login = (code: string) =>
    bot.bot.web.inject({ method: 'POST', url: '/login', headers: host, payload: { code, next: '/room' } });

  const inGroup = texts(await bot.say('li', '/login'));
  const first = codeIn(texts(await bot.say('li', '登录', { isPrivate: true })));
  const named = texts(await bot.say('li', '/登录 王敏', { isPrivate: true }));
  const opened = await login(first);
  const again = await login(first);
  const old = codeIn(texts(await bot.say('li', '/login', { isPrivate: true })));
  await bot.advance(5 * MINUTE + SECOND, MINUTE);
  const late = await login(old);

  expect(inGroup).toContain('这个请私聊机器人发');
  expect(named, 'whose it is, whoever was named').toContain('李建国的登录码');
  expect(codeIn(inGroup)).toBe('');
  expect(opened.statusCode).toBe(303);
  const cookie = `warroom_session=${opened.cookies.find(({ value }) => value !== '')?.value}`;
  const room = await bot.bot.web.inject({ url: '/room', headers: { ...host, accept: 'text/html', cookie } });
  expect(room.body).toContain('<b>李建国</b>');
  for (const refused of [again, late]) {
    expect(refused.statusCode).not.toBe(303);
    expect(refused.cookies.filter(({ value }) => value !== '')).toEqual([]);
  }
  expect(texts(await bot.messages()), 'no code in the group').not.toMatch(/登录码/);
});

it('gives strangers no login', async () => {
  const bot = await startTestBot();
  expect(texts(await bot.say('somebody', '/login', { isPrivate: true }))).toContain('请运营主管先绑定你');
});

it('binds a person by an ops-lead only, never by themselves, and writes it down', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('short');
  await bot.advance(31 * SECOND);

  const self = texts(await bot.say('newcomer', '/bind @newcomer li'));
  const byLead = texts(await bot.say('li', '/bind @newcomer li'));
  const unknown = texts(await bot.say('wang', '/bind @newcomer nobody'));
  const before = texts(await bot.say('newcomer', '1号我来'));
  const bound = texts(await bot.say('wang', '/bind @newcomer li'));
  const after = texts(await bot.say('newcomer', '1号我来'));

  expect(self).toContain('不能自己绑自己');
  expect(byLead).toContain('要运营主管来做');
  expect(unknown).toContain('名单里没有 nobody');
  expect(before).toContain('还没有登记');
  expect(bound).toContain('已绑定 李建国');
  expect(after).toContain('李建国 认领了');
  expect((await bot.audit('person:li')).map(({ actorId, action }) => `${actorId} ${action}`)).toEqual([
    'person:wang person.bind',
  ]);
  expect((await bot.audit('command:bind')).map(({ actorId }) => actorId).sort()).toEqual([
    'person:li',
    'stranger:web/newcomer',
  ]);
  expect(made.orderNo).toBeDefined();
});

it('binds a room by the printed code, in any case of letters, and by no other', async () => {
  const bot = await startTestBot();
  const code = bindCode(readKeys(testSecret, '').bind, 'war');

  expect(texts(await bot.say('wang', '/绑定 ABCD1234'))).toContain('绑定码不对');
  // As long as a code, and of more bytes: no code either.
  expect(texts(await bot.say('wang', '/绑定 甲乙丙丁戊己庚辛'))).toContain('绑定码不对');
  expect(texts(await bot.say('wang', '/绑定'))).toContain('绑定群：/绑定 绑定码');
  expect(texts(await bot.say('somebody', `/bind ${code.toLowerCase()}`))).toContain('这个群已绑定为「订单作战群」');
  expect((await bot.audit('room:war'))[0]).toMatchObject({ actorId: 'stranger:web/somebody', action: 'room.bind' });
});
