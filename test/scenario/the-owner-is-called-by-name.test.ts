import { expect, it } from 'vitest';
import { onDingTalk, onPlatforms, onWecom } from '../kit/platforms.ts';
import { MINUTE, SECOND, startTestBot, stopWarehouses, type TestBot, tail, texts, wordsIn } from '../kit/test-bot.ts';

const mobile = '13800000002';

/** 李建国 leads the warehouse; the same alert goes to the built-in room, to WeCom and to DingTalk. */
const start = (change: (raw: { roster: { from: string }[] }) => void = () => undefined): Promise<TestBot> =>
  startTestBot({
    company(raw) {
      const li = raw.staff.find((each: { id: string }) => each.id === 'li');
      Object.assign(li, { wecom: 'lijg', dingtalk: 'li', mobile });
      raw.rooms.push(...onPlatforms(raw));
      change(raw);
    },
  });

async function stuck(bot: TestBot): Promise<string> {
  await stopWarehouses(bot);
  const { orderNo } = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  return orderNo;
}

it('the first of a group calls the lead on duty: in the room, on WeCom and on DingTalk, by platform ids [P12 E11]', async () => {
  const bot = await start();
  await stuck(bot);

  // A stuck order and the lock that holds it: two groups, each with its first card.
  const room = await bot.messages();
  const called = room.filter(({ card }) => card.mentions !== undefined);
  expect(called).toHaveLength(2);
  const wecom = (await onWecom(bot)).filter(({ rung }) => rung.length > 0);
  const dingTalk = (await onDingTalk(bot)).filter(({ content }) => content.at !== undefined);
  for (const [index, { card }] of called.entries()) {
    const line = `${card.call?.before} @李建国 ${card.call?.after}`;
    expect(line).toMatch(/^\d+号 @李建国 [^@·]+$/);
    expect(card.mentions).toEqual([{ userId: 'li', name: '李建国' }]);
    expect(wecom[index]).toMatchObject({ rung: ['lijg'], text: expect.stringContaining(line) });
    expect(dingTalk[index]?.content.at).toEqual({ atUserIds: ['li'], isAtAll: false });
    expect(dingTalk[index]?.content.text).toContain(line.replace('@李建国', '@li'));
  }
  expect([wecom.length, dingTalk.length]).toEqual([2, 2]);

  const everything = JSON.stringify([room, wecom, dingTalk]);
  expect(everything).not.toContain(mobile);
});

it('a claim that ran out calls the owner again; a claim that holds calls nobody [P12]', async () => {
  const bot = await start();
  await stuck(bot);
  const [alert] = await bot.bot.storage.alerts.list({ state: 'open', limit: 5 });
  await bot.say('sun', `/认领 ${alert?.number}`);
  expect((await bot.advance(MINUTE, MINUTE)).filter(({ card }) => card.mentions !== undefined)).toEqual([]);

  const heard = await bot.advance(31 * MINUTE, 5 * MINUTE);
  const louder = heard.filter(({ text }) => text.includes('认领到期了'));
  expect(louder.map(({ card }) => card.mentions)).toEqual([[{ userId: 'li', name: '李建国' }]]);
});

it('nobody off shift is called [P11]', async () => {
  const bot = await start((raw) => {
    for (const rotation of raw.roster) rotation.from = '2026-12-01 08:30';
  });
  await stuck(bot);

  const room = await bot.messages();
  expect(room.length).toBeGreaterThan(0);
  expect(room.filter(({ card }) => card.mentions !== undefined)).toEqual([]);
  expect((await onWecom(bot)).filter(({ rung }) => rung.length > 0)).toEqual([]);
});

it('the second person who is asked is the one on duty, and never the asker [P12 N16]', async () => {
  const bot = await start((raw) => {
    (raw as unknown as { limits: { fourEyes: { releaseUnits: number } } }).limits.fourEyes.releaseUnits = 0;
  });
  const orderNo = await stuck(bot);

  for (const [by, other] of [
    ['wang', { userId: 'li', name: '李建国' }],
    ['li', { userId: 'wang', name: '王敏' }],
  ] as const) {
    const words = wordsIn(await bot.say(by, `/释放 ${tail(orderNo)}`));
    const asked = await bot.say(by, `确认 ${words}`);
    expect(texts(asked)).toContain('要第二个人同意');
    expect(asked[0]?.card.mentions).toEqual([other]);
    await bot.say(other.userId, `取消 ${words}`);
  }
});
