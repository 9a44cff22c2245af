import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, pass, SECOND } from './kit.ts';
import {
  type Body,
  type Bot,
  buttons,
  cardBody,
  codeOf,
  greetedBot,
  markdown,
  type Office,
  openOffice,
  push,
  tenant,
  until,
  warRoom,
} from './wecom-kit.ts';

let office: Office;
let bot: Bot;
beforeEach(async () => {
  office = await openOffice();
  bot = await greetedBot(office);
});
afterEach(async () => {
  bot.client.disconnect();
  await office.sandbox.stop();
});

const textOf = (index: number): Body => bot.messages[index]?.body.text.content;
const callbackOf = async (frames: Bot['messages'], count = 1) => {
  await until(() => frames.length === count);
  const frame = frames[count - 1];
  if (frame === undefined) throw new Error('no callback');
  return frame;
};
/** A card in the room, and one press on it. */
async function pressed(taskId = 't1', user = 'wangmin') {
  expect(await push(bot, cardBody(buttons(taskId)))).toBe(0);
  const shown = (await office.posted()).at(-1);
  const before = bot.events.length;
  await office.click(shown?.id ?? 0, '我来', user);
  return { id: shown?.id ?? 0, event: await callbackOf(bot.events, before + 1) };
}
const cardFor = async (id: number, user: string) => (await office.seen({ user })).find((each) => each.id === id)?.card;

describe('WeCom 8: what a bot hears', () => {
  it('in a group only what mentions it, with the mention as it was typed', async () => {
    expect((await office.say('/ack 12', { isExact: true })).msgid).toBeNull();
    expect((await office.say('@李建国 看一下', { isExact: true })).msgid).toBeNull();
    await office.say('/ack 12');
    await office.post('/settings', { mentionBlanks: 2 });
    await office.say('/ack 12');
    await office.say(`＠${tenant.botName} ／ack 12`);
    await office.say(`@李建国 @${tenant.botName} /ack 12`);
    await until(() => bot.messages.length === 4);

    expect([0, 1, 2, 3].map(textOf)).toEqual([
      '@订单 助手 /ack 12',
      '@订单 助手  /ack 12',
      '＠订单 助手 ／ack 12',
      '@李建国 @订单 助手 /ack 12',
    ]);
    expect(bot.messages[0]?.body).toMatchObject({ chatid: warRoom, chattype: 'group', from: { userid: 'wangmin' } });
  });

  it('in private everything, without a chat id', async () => {
    await office.say('帮助', { chat: undefined });
    const { body } = await callbackOf(bot.messages);

    expect(body).toMatchObject({ chattype: 'single', from: { userid: 'wangmin' }, text: { content: '帮助' } });
    expect('chatid' in body).toBe(false);
  });

  it('mixed messages and quotations, the quoted one without its id', async () => {
    await office.say('这单怎么了', { msgtype: 'mixed' });
    await office.say('/ack', { quote: { msgtype: 'text', text: { content: '12号 · 先发这单' } } });
    await until(() => bot.messages.length === 2);

    expect(bot.messages[0]?.body.mixed.msg_item.map(({ msgtype }: Body) => msgtype)).toEqual(['text', 'image']);
    expect(bot.messages[1]?.body.quote).toEqual({ msgtype: 'text', text: { content: '12号 · 先发这单' } });
  });

  it('files, pictures, voice and films in private only', async () => {
    for (const msgtype of ['image', 'voice', 'file', 'video']) {
      expect((await office.say('听写', { msgtype })).msgid).toBeNull();
      expect((await office.say('听写', { msgtype, chat: undefined })).msgid).not.toBeNull();
    }
    await until(() => bot.messages.length === 4);

    expect(bot.messages.map(({ body }) => body.msgtype)).toEqual(['image', 'voice', 'file', 'video']);
    expect(bot.messages[1]?.body.voice).toEqual({ content: '听写' });
  });
});

it('WeCom 9: hides userids when told to, and turns them back for an app', async () => {
  await office.post('/settings', { isUseridHidden: true });
  await office.say('帮助');
  const hidden = (await callbackOf(bot.messages)).body.from.userid;
  const ask = async (path: string, init?: RequestInit): Promise<Body> => (await fetch(office.url + path, init)).json();
  const { access_token } = await ask(`/wecom/cgi-bin/gettoken?corpid=${tenant.corpId}&corpsecret=${tenant.appSecret}`);

  const answer = await ask(`/wecom/cgi-bin/batch/openuserid_to_userid?access_token=${access_token}`, {
    method: 'POST',
    body: JSON.stringify({ open_userid_list: [hidden, 'woNobody'] }),
  });

  expect(hidden).toMatch(/^wo/);
  expect(answer).toMatchObject({
    errcode: 0,
    userid_list: [{ open_userid: hidden, userid: 'wangmin' }],
    invalid_open_userid_list: ['woNobody'],
  });
});

it('WeCom 10: delivers a message twice when told to, and never what was said while nobody listened', async () => {
  await office.post('/settings', { copies: 2 });
  const { msgid } = await office.say('帮助');
  await until(() => bot.messages.length === 2);
  bot.client.disconnect();
  await until(async () => !(await office.state()).isConnected);
  const lost = await office.say('在吗');
  await office.post('/settings', { copies: 1 });
  const next = await greetedBot(office);
  await new Promise((resolve) => setTimeout(resolve, 30));

  expect(bot.messages.map(({ body }) => body.msgid)).toEqual([msgid, msgid]);
  expect(new Set(bot.messages.map(({ headers }) => headers.req_id)).size).toBe(2);
  expect(lost.msgid).toBeNull();
  expect(next.messages).toEqual([]);
  next.client.disconnect();
});

describe('WeCom 11: presses and repainting', () => {
  it('tells of every press, by whom and on what, however often', async () => {
    const { id, event } = await pressed();
    await office.click(id, '我来');
    await office.click(id, '我来', 'lijg');
    await until(() => bot.events.length === 3);

    expect(event.body).toMatchObject({
      msgtype: 'event',
      chatid: warRoom,
      chattype: 'group',
      event: {
        eventtype: 'template_card_event',
        template_card_event: {
          card_type: 'button_interaction',
          event_key: 'ack',
          task_id: 't1',
          selected_items: { selected_item: [] },
        },
      },
    });
    expect(bot.events.map(({ body }) => body.from.userid)).toEqual(['wangmin', 'wangmin', 'lijg']);
    expect(new Set(bot.events.map(({ body }) => body.msgid)).size).toBe(3);
  });

  it('takes the whole new card within five seconds of the press, with its task id', async () => {
    const { id, event } = await pressed();
    const paint = (card: Body) => codeOf(bot.client.updateTemplateCard(event, card));
    const done = buttons('t1', { card_type: 'text_notice', card_action: { type: 1, url: 'https://war.example' } });

    expect(await paint(buttons('t2'))).toBe(40_058);
    expect(await paint({ ...done, card_action: undefined })).toBe(42_045);
    expect(await paint(done)).toBe(0);
    expect(await cardFor(id, 'lijg')).toMatchObject({ card_type: 'text_notice', task_id: 't1' });
    await pass(office.sandbox, 5 * SECOND + 1);
    expect(await paint(done)).toBe(846_604);
  });

  it('repaints for some people only, in groups', async () => {
    const { id, event } = await pressed();
    const painted = buttons('t1', { main_title: { title: '已认领' } });

    expect(await codeOf(bot.client.updateTemplateCard(event, painted, ['lijg']))).toBe(0);

    expect((await cardFor(id, 'lijg')).main_title.title).toBe('已认领');
    expect((await cardFor(id, 'wangmin')).main_title.title).toBe('12号 · 先发这单');
  });

  it('refuses the id of another kind: a message’s for a card, a press’s for words', async () => {
    const { event } = await pressed();
    await office.say('在吗');
    const message = await callbackOf(bot.messages);

    expect(await codeOf(bot.client.updateTemplateCard(message, buttons('t1')))).toBe(846_605);
    expect(await codeOf(bot.client.replyStream(event, 's1', '好', true))).toBe(846_605);
    await office.post('/judge', { user: 'wangmin', type: 2 });
    const judged = await callbackOf(bot.events, 2);
    expect(await codeOf(bot.client.reply(judged, markdown('谢谢')))).toBe(846_605);
  });
});

describe('WeCom 12: streams', () => {
  it('replace the text each time, until they finish', async () => {
    await office.say('今晚');
    const asked = await callbackOf(bot.messages);
    const say = (text: string, isLast = false) => codeOf(bot.client.replyStream(asked, 's1', text, isLast));

    expect([await say('在查'), await say('查到了'), await say('完', true), await say('又')]).toEqual([
      0, 0, 0, 846_608,
    ]);
    expect((await office.posted()).map(({ text }) => text)).toEqual(['完']);
  });

  it('expire', async () => {
    await office.say('今晚');
    const asked = await callbackOf(bot.messages);
    await codeOf(bot.client.replyStream(asked, 's1', '在查'));
    await pass(office.sandbox, 6 * MINUTE + 1);

    expect(await codeOf(bot.client.replyStream(asked, 's1', '查到了', true))).toBe(846_608);
  });
});

describe('WeCom 13: windows of an answer', () => {
  it('a message may be answered for a day, not with plain text', async () => {
    await office.say('在吗');
    const asked = await callbackOf(bot.messages);
    const text = { msgtype: 'text', text: { content: '在' } } as Body;

    expect(await codeOf(bot.client.reply(asked, text))).toBe(40_008);
    await pass(office.sandbox, 24 * HOUR);
    expect(await codeOf(bot.client.reply(asked, markdown('在')))).toBe(0);
    await pass(office.sandbox, 1);
    expect(await codeOf(bot.client.reply(asked, markdown('在')))).toBe(846_604);
  });

  it('a person who opens the chat is greeted within five seconds, once a day', async () => {
    await office.post('/enter', { user: 'lijg' });
    await office.post('/enter', { user: 'lijg' });
    const entered = await callbackOf(bot.events);
    const hello: Body = { msgtype: 'text', text: { content: '你好' } };

    expect(await codeOf(bot.client.replyWelcome(entered, hello))).toBe(0);
    expect(entered.body.chatid).toBeUndefined();
    await pass(office.sandbox, 24 * HOUR);
    await office.post('/enter', { user: 'lijg' });
    const again = await callbackOf(bot.events, 2);
    await pass(office.sandbox, 5 * SECOND + 1);
    expect(await codeOf(bot.client.replyWelcome(again, hello))).toBe(846_604);
  });
});

it('WeCom 14: shows a mention by the bot as the characters it is, and tells nobody', async () => {
  await push(bot, markdown('<@lijg> 来看'));

  expect((await office.posted())[0]).toMatchObject({ text: '<@lijg> 来看', mentions: [], rung: [] });
});

it('WeCom 15: takes one answer through a response_url, for an hour', async () => {
  await office.say('在吗');
  const { response_url } = (await callbackOf(bot.messages)).body;
  const answer = async (url: string, body: Body): Promise<number> => {
    const reply = await fetch(url.replace('https://qyapi.weixin.qq.com', `${office.url}/wecom`), {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return ((await reply.json()) as { errcode: number }).errcode;
  };

  expect(await answer(response_url, { msgtype: 'text', text: { content: '在' } })).toBe(40_008);
  expect(await answer(response_url, markdown('在'))).toBe(0);
  expect(await answer(response_url, markdown('在'))).toBe(846_604);
  await office.say('还在吗');
  const late = (await callbackOf(bot.messages, 2)).body.response_url;
  await pass(office.sandbox, HOUR + 1);
  expect(await answer(late, markdown('在'))).toBe(846_604);
});
