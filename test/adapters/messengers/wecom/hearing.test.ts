import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  card,
  connect,
  never,
  type Office,
  openOffice,
  openRoom,
  type Room,
  type RoomOptions,
  toRoom,
  until,
  warRoom,
} from './kit.ts';

let office: Office;
let room: Room;
async function open(options: RoomOptions = {}): Promise<void> {
  room = openRoom(office, options);
  await connect(office, room);
}
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  await room.messenger.stop?.();
  await office.sandbox.stop();
});
const send = (change = {}, target = toRoom) => room.messenger.send(target, card(change), 'k1', never);

describe('hears', () => {
  beforeEach(() => open());

  it('what mentions it in the group, and everything in private', async () => {
    const inRoom = await office.say('/ack 12');
    const inPrivate = await office.say('登录', { chat: undefined, user: 'lijg' });
    await until(() => room.heard.length === 2);

    expect(room.heard).toEqual([
      { messageId: inRoom.msgid, chatId: warRoom, isPrivate: false, senderId: 'wangmin', text: '@订单 助手 /ack 12' },
      { messageId: inPrivate.msgid, chatId: 'lijg', isPrivate: true, senderId: 'lijg', text: '登录' },
    ]);
  });

  it('the words of mixed messages, and of a reply not what it quotes', async () => {
    await office.say('这单怎么了', { msgtype: 'mixed' });
    await office.say('看一下', { quote: { msgtype: 'text', text: { content: '/release 018842' } } });
    await until(() => room.heard.length === 2);

    expect(room.heard.map(({ text }) => text)).toEqual(['@订单 助手 这单怎么了', '@订单 助手 看一下']);
  });

  it('a message once, however often it is delivered', async () => {
    await office.post('/settings', { copies: 3 });
    await office.say('/ack 12');
    await office.say('/ack 13');
    await until(() => room.heard.length >= 2);
    await new Promise((resolve) => setTimeout(resolve, 30));

    expect(room.heard.map(({ text }) => text)).toEqual(['@订单 助手 /ack 12', '@订单 助手 /ack 13']);
  });

  it('no picture, film or voice, and says so', async () => {
    for (const msgtype of ['image', 'voice', 'video'])
      await office.say('听写', { msgtype, chat: undefined, user: 'lijg' });
    await until(async () => (await office.posted()).length === 3);

    expect(room.heard).toEqual([]);
    expect((await office.posted()).map(({ chat }) => chat)).toEqual(['lijg', 'lijg', 'lijg']);
    expect((await office.posted())[0]?.text).toContain('请打字');
  });

  it('a file as the question where sheets go [B7]', async () => {
    await office.say('', { msgtype: 'file', chat: undefined, user: 'lijg' });
    await until(() => room.heard.length === 1);

    expect(room.heard).toMatchObject([{ text: '/import', isPrivate: true }]);
  });

  it('and says so when it could not keep a message', async () => {
    room.failToHear(1);
    await office.say('/ack 12');
    await until(async () => (await office.posted()).length === 1);

    expect((await office.posted())[0]?.text).toContain('请再发一次');
    expect(room.logged.join()).toContain('A message was not stored');
    expect(room.logged.join()).not.toContain('/ack');
  });
});

it.each([
  ['@订单 助手  /ack 12', '/ack 12'],
  ['＠订单\u2005助手 今晚', '今晚'],
  ['/ack@订单 助手 12', '/ack 12'],
  ['@李建国 @订单 助手 /ack 12', '@李建国 /ack 12'],
  ['今晚 @订单 助手', '今晚'],
  ['@订单 助手们 今晚 @订单 助手', '@订单 助手们 今晚'],
])('leaves its own name out when it knows it: %j', async (typed, text) => {
  await open({ botName: '订单 助手' });
  const isHeard = (await office.say(typed, { chat: typed.includes('\u2005') ? undefined : warRoom, isExact: true }))
    .msgid;
  await until(() => room.heard.length === 1);

  expect(isHeard).not.toBeNull();
  expect(room.heard[0]?.text).toBe(text);
});

describe('buttons', () => {
  beforeEach(() => open({ timers: { send: 300 } }));
  const cardSeen = async () => (await office.posted())[0]?.card;

  it('paint the card and say their command, for whoever pressed', async () => {
    await send();
    const [shown] = await office.posted();
    const { msgid } = await office.click(shown?.id ?? 0, '我来', 'lijg');
    await until(() => room.heard.length === 1);
    await until(async () => (await cardSeen()).button_list[1].text !== '我来');

    expect(room.heard[0]).toEqual({
      messageId: msgid,
      chatId: warRoom,
      isPrivate: false,
      senderId: 'lijg',
      text: '/ack 12',
    });
    const painted = await cardSeen();
    expect(painted.button_list.map(({ text }: { text: string }) => text)).toEqual(['解锁并发', '处理中·我来']);
    expect(painted).toMatchObject({ task_id: shown?.card.task_id, main_title: shown?.card.main_title });
    expect(painted.jump_list[0].url).toBe(card().url);
    expect(painted.horizontal_content_list).toEqual([{ keyname: '谁在办', value: 'lijg', type: 3, userid: 'lijg' }]);
  });

  it('stay pressed when others are pressed after a restart', async () => {
    await send();
    const [shown] = await office.posted();
    await office.click(shown?.id ?? 0, '我来', 'lijg');
    await until(async () => (await cardSeen()).button_list[1].text === '处理中·我来');
    await room.messenger.stop?.();
    room = openRoom(office);
    room.messenger.start?.();
    await until(() => room.messenger.connection?.().isUp === true);

    await office.click(shown?.id ?? 0, '解锁并发', 'wangmin');
    await until(() => room.heard.length === 1);
    await until(async () => (await cardSeen()).button_list[0].text === '处理中·解锁并发');

    expect(room.heard[0]?.text).toBe('/release 018842');
    expect((await cardSeen()).button_list[1].text).toBe('处理中·我来');
  });

  it.each([
    ['the answer is lost', 0, 'OUTCOME_UNKNOWN'],
    ['the press comes too late', 5_001, 'WECOM_846604'],
  ])('are heard even when the card cannot be painted: %s', async (_why, lateMs, code) => {
    await send();
    const [shown] = await office.posted();
    if (lateMs === 0) await office.post('/acks', { kind: 'drop' });
    await office.post('/click', { message: shown?.id, label: '我来', user: 'lijg', lateMs });
    await until(() => room.heard.length === 1);
    await until(() => room.logged.some((line) => line.includes('A pressed card was not repainted')));

    expect(room.heard[0]?.text).toBe('/ack 12');
    expect(room.logged.join()).toContain(code);
  });

  it('carry all that is needed in their keys, within 1,024 bytes', async () => {
    const buttons = Array.from({ length: 6 }, (_, index) => ({
      label: `改到广州仓${index}`,
      command: `/reroute 01884${index} 广州仓`,
      style: 'plain' as const,
    }));
    await send({ buttons, lines: [['12号 · 先发这单'], ['长'.repeat(29)], ['长'.repeat(111)]] });
    const [shown] = await office.posted();

    const keys: string[] = shown?.card.button_list.map(({ key }: { key: string }) => key);
    expect(keys.map((key) => Buffer.byteLength(key)).every((bytes) => bytes <= 1_024)).toBe(true);
    expect(new Set(keys).size).toBe(6);
    await office.click(shown?.id ?? 0, '改到广州仓5');
    await until(() => room.heard.length === 1);
    expect(room.heard[0]?.text).toBe('/reroute 018845 广州仓');
  });
});
