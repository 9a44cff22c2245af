import { afterEach, beforeEach, expect, it } from 'vitest';
import { card, connect, never, type Office, openOffice, openRoom, type Room, toRoom, until, warRoom } from './kit.ts';

let office: Office;
let room: Room;
beforeEach(async () => {
  office = await openOffice();
  room = openRoom(office);
});
afterEach(async () => {
  await room.messenger.stop?.();
  await office.sandbox.stop();
});

it('hears what mentions it and sends a card with its buttons', async () => {
  await connect(office, room);

  const { msgid } = await office.say('/ack 12');
  await until(() => room.heard.length === 1);
  const ref = await room.messenger.send(toRoom, card(), 'k1', never);

  expect(room.heard[0]).toEqual({
    messageId: msgid,
    chatId: warRoom,
    isPrivate: false,
    senderId: 'wangmin',
    text: '@订单 助手 /ack 12',
  });
  expect(ref).toEqual({ room: 'war', id: expect.stringMatching(/^aibot_send_msg_/) });
  const [shown] = await office.posted();
  expect(shown).toMatchObject({ chat: warRoom, via: 'bot', msgtype: 'template_card', overlong: [] });
  expect(shown?.card.main_title.title).toBe('🔴 12号 · 先发这单 · 剩 2时10分');
});
