import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { HOUR, MINUTE, pass } from './kit.ts';
import {
  type Body,
  buttons,
  cardBody,
  codeOf,
  enterBot,
  greetedBot,
  markdown,
  type Office,
  openBot,
  openOffice,
  push,
  until,
  warRoom,
} from './wecom-kit.ts';

let office: Office;
const opened: { client: { disconnect(): void } }[] = [];
const keep = <Kept extends { client: { disconnect(): void } }>(bot: Kept): Kept => {
  opened.push(bot);
  return bot;
};
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  for (const { client } of opened.splice(0)) client.disconnect();
  await office.sandbox.stop();
});

describe('WeCom 1: subscription', () => {
  it('lets in whoever has bot id and secret, and nobody else', async () => {
    const bot = keep(await enterBot(office));
    const wrong = keep(openBot(office, { secret: 'guessed' }));
    const stranger = keep(openBot(office, { botId: 'aib-other' }));
    await until(() => wrong.ended.length > 0 && stranger.ended.length > 0);

    expect(bot.client.isConnected).toBe(true);
    expect([wrong.isIn, stranger.isIn]).toEqual([false, false]);
    expect(wrong.errors[0]).toMatch(/^Authentication failed/);
  });

  it('may never answer, which the client does not notice, or answer late', async () => {
    await office.post('/settings', { subscribe: 'never' });
    const waiting = keep(openBot(office, { heartbeatInterval: 20 }));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([waiting.isIn, waiting.client.isConnected]).toEqual([false, true]);

    await office.post('/settings', { subscribe: 'answer', subscribeAfterMs: 80 });
    const startedAt = performance.now();
    keep(await enterBot(office));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(75);
  });

  it('refuses whoever subscribes too often', async () => {
    await office.post('/settings', { subscribesPerMinute: 2 });
    keep(await enterBot(office)).client.disconnect();
    keep(await enterBot(office)).client.disconnect();

    const third = keep(openBot(office));
    await until(() => third.ended.length > 0);

    expect(third.errors[0]).toContain('45009');
  });
});

it('WeCom 2: tells the old connection that another one subscribed, then closes it', async () => {
  const old = keep(await enterBot(office));
  const other = keep(await enterBot(office));
  await until(() => old.ended.length > 0);

  expect(old.events[0]?.body).toMatchObject({
    msgid: expect.any(String),
    create_time: expect.any(Number),
    aibotid: expect.any(String),
    msgtype: 'event',
    event: { eventtype: 'disconnected_event' },
  });
  expect([old.client.isConnected, other.client.isConnected]).toEqual([false, true]);
  await until(async () => (await office.state()).lines === 1);
});

describe('WeCom 3: heartbeats', () => {
  it('answers pings, and closes a line on which nothing comes', async () => {
    await office.post('/settings', { idleMs: 120 });
    const lively = keep(await enterBot(office, { heartbeatInterval: 30 }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(lively.ended).toEqual([]);

    lively.client.disconnect();
    const quiet = keep(await enterBot(office, { heartbeatInterval: 10_000 }));
    await until(() => quiet.ended.length > 0);
    expect(quiet.ended).toEqual(['idle']);
  });

  it('goes silent when told to: the client gives the line up at the third ping', async () => {
    const bot = keep(await enterBot(office, { heartbeatInterval: 30 }));
    await office.post('/settings', { isSilent: true });

    await until(() => bot.ended.length > 0);

    expect(bot.ended).toEqual(['code: 1006']);
  });
});

it('WeCom 4: answers a frame before the subscription with an error and closes', async () => {
  const socket = new WebSocket(`${office.url.replace('http', 'ws')}/wecom`);
  const answers: Body[] = [];
  socket.on('message', (data: Buffer) => void answers.push(JSON.parse(data.toString('utf8'))));
  await new Promise((resolve) => socket.on('open', resolve));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));

  socket.send(JSON.stringify({ cmd: 'aibot_send_msg', headers: { req_id: 'x' }, body: {} }));

  expect(await closed).toBe(1008);
  expect(answers).toEqual([{ headers: { req_id: 'x' }, errcode: 41_001, errmsg: expect.any(String) }]);
});

describe('WeCom 5: answers', () => {
  it('carry the request’s id and no command', async () => {
    const bot = keep(await greetedBot(office));

    const answer = await bot.client.sendMessage(warRoom, markdown('一'));

    expect(answer).toEqual({
      headers: { req_id: expect.stringMatching(/^aibot_send_msg_/) },
      errcode: 0,
      errmsg: 'ok',
    });
  });

  it('may be lost, late or doubled: the message is shown once each time', async () => {
    const bot = keep(await greetedBot(office));
    await office.post('/acks', { kind: 'drop' });
    await office.post('/acks', { kind: 'delay', ms: 350 });
    await office.post('/acks', { kind: 'twice' });

    const codes = [await push(bot, markdown('一')), await push(bot, markdown('二')), await push(bot, markdown('三'))];

    expect(codes).toEqual(['Reply ack timeout', 'Reply ack timeout', 0]);
    expect((await office.posted()).map(({ text }) => text)).toEqual(['一', '二', '三']);
  });

  it('may come in another order', async () => {
    const bot = keep(await greetedBot(office));
    const order: string[] = [];
    await office.post('/acks', { kind: 'swap' });

    await Promise.all([
      push(bot, markdown('一')).then(() => order.push('一')),
      push(bot, markdown('二')).then(() => order.push('二')),
    ]);

    expect(order).toEqual(['二', '一']);
  });

  it('may be missing because the line was cut after the message was taken', async () => {
    const bot = keep(await greetedBot(office));
    await office.post('/acks', { kind: 'cut' });

    expect(await push(bot, markdown('一'))).toBe('WebSocket connection closed');
    expect((await office.posted()).map(({ text }) => text)).toEqual(['一']);
  });
});

describe('WeCom 6: what a bot may send', () => {
  it('refuses plain text, unknown chats, chats nobody has spoken in, and chats that threw it out', async () => {
    const bot = keep(await greetedBot(office));
    const text = { msgtype: 'text', text: { content: 'x' } };
    const codes = [
      await push(bot, text),
      await push(bot, { msgtype: 'markdown_v2', markdown_v2: { content: 'x' } }),
      await push(bot, markdown('x'), warRoom.toLowerCase()),
      await push(bot, markdown('x'), 'wrkSFfCgAA-Desk'),
      await push(bot, markdown('x'), 'wangmin', 2),
      await push(bot, markdown('x'), 'wangmin', 1),
    ];
    await office.post('/settings', { removedFrom: [warRoom] });

    expect([...codes, await push(bot, markdown('x'))]).toEqual([40_008, 40_008, 93_006, 93_001, 93_006, 0, 93_001]);
  });

  it('takes 20,480 bytes and not one more', async () => {
    const bot = keep(await greetedBot(office));

    expect(await push(bot, markdown(`${'长'.repeat(6_826)}ab`))).toBe(0);
    expect(await push(bot, markdown(`${'长'.repeat(6_826)}abc`))).toBe(45_002);
    expect(await push(bot, markdown(''))).toBe(44_004);
  });

  it.each<[string, object, number]>([
    ['a whole card', {}, 0],
    ['no title', { main_title: {} }, 40_058],
    ['no buttons', { button_list: [] }, 40_058],
    ['seven buttons', { button_list: Array.from({ length: 7 }, (_, key) => ({ text: 'x', key: `${key}` })) }, 40_058],
    ['the same key twice', { button_list: [1, 2].map(() => ({ text: 'x', key: 'x' })) }, 40_058],
    ['a key of 1,025 bytes', { button_list: [{ text: 'x', key: 'k'.repeat(1_025) }] }, 40_058],
    ['a task id with a blank', { task_id: 'a b' }, 40_058],
    ['a task id of 129 bytes', { task_id: 'a'.repeat(129) }, 40_058],
    ['seven fields', { horizontal_content_list: Array.from({ length: 7 }, () => ({ keyname: 'x' })) }, 40_058],
    ['a file field', { horizontal_content_list: [{ keyname: 'x', type: 2 }] }, 40_058],
    ['four jumps', { jump_list: Array.from({ length: 4 }, () => ({ title: 'x' })) }, 40_058],
    ['a notice without its action', { card_type: 'text_notice' }, 42_045],
    ['an action of no kind', { card_action: { type: 3, url: 'https://a.example' } }, 42_045],
    ['an unknown kind', { card_type: 'wish' }, 40_058],
  ])('checks cards: %s', async (_name, change, code) => {
    const bot = keep(await greetedBot(office));

    expect(await push(bot, cardBody(buttons('t1', change)))).toBe(code);
  });

  it('takes a task id once', async () => {
    const bot = keep(await greetedBot(office));

    expect([await push(bot, cardBody(buttons('t1'))), await push(bot, cardBody(buttons('t1')))]).toEqual([0, 40_058]);
  });
});

describe('WeCom 7: limits of a conversation', () => {
  it('takes 30 answers and pushes a minute together, under a code that can be chosen', async () => {
    const bot = keep(await greetedBot(office));
    await office.say('在吗');
    await until(() => bot.messages.length === 1);
    const [asked] = bot.messages;
    if (asked === undefined) throw new Error('not asked');
    const codes: unknown[] = [];
    for (let count = 0; count < 15; count += 1) {
      codes.push(await push(bot, markdown('推')), await codeOf(bot.client.reply(asked, markdown('答'))));
    }
    await office.post('/settings', { rateCode: 846_607 });
    const over = [await push(bot, markdown('多')), await push(bot, markdown('私'), 'wangmin', 1)];
    await pass(office.sandbox, MINUTE);

    expect(codes).toEqual(Array.from({ length: 30 }, () => 0));
    expect(over).toEqual([846_607, 0]);
    expect(await push(bot, markdown('又'))).toBe(0);
  });

  it('takes 1,000 an hour', { timeout: 20_000 }, async () => {
    const bot = keep(await greetedBot(office));
    const burst = (count: number) => Promise.all(Array.from({ length: count }, () => push(bot, markdown('推'))));
    for (let minute = 0; minute < 33; minute += 1) {
      expect(new Set(await burst(30))).toEqual(new Set([0]));
      await pass(office.sandbox, MINUTE);
    }
    const last = await burst(11);
    await pass(office.sandbox, HOUR);

    expect(last.filter((code) => code === 45_009)).toHaveLength(1);
    expect(await push(bot, markdown('又'))).toBe(0);
  });
});
