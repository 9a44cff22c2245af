import { expect, it } from 'vitest';
import { findOrder } from '../../src/sandbox/world/orders.ts';
import type { RingOutcome } from '../../src/sandbox/world/telephone.ts';
import { onPlatforms, onWecom } from '../kit/platforms.ts';
import { bySize } from '../kit/size.ts';
import { HOUR, MINUTE, SECOND, startTestBot, stopWarehouses, type TestBot, texts, wordsIn } from '../kit/test-bot.ts';

interface Rung {
  readonly at: number;
  readonly via: string;
  readonly person: string;
  readonly words: string;
}

const ask = async (bot: TestBot, path: string, body?: object): Promise<unknown> => {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(bot.sandbox.url + path, init);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
const rings = async (bot: TestBot): Promise<readonly Rung[]> =>
  ((await ask(bot, '/world/telephone')) as { rings: Rung[] }).rings;
const ringing = async (bot: TestBot): Promise<readonly string[]> =>
  (await rings(bot)).map(({ via, person }) => `${via} ${person}`);
const answersNext = (bot: TestBot, person: string, outcome: RingOutcome) =>
  ask(bot, '/world/telephone/answers', { person, outcome });
const noDings = (bot: TestBot) =>
  ask(bot, '/world/dingtalk/trouble', {
    refusals: [
      { route: '/v1.0/robot/ding/send', status: 400, body: { code: 'ding.serverquota.insufficient' }, times: 1_000 },
    ],
  });

/** Up to a moment: its sources are heard again after the jump, and the last seconds pass one by one. */
async function until(bot: TestBot, at: number): Promise<void> {
  const jump = at - MINUTE - bot.now();
  await bot.advance(jump, jump);
  await bot.advance(at - 6 * SECOND - bot.now(), 6 * SECOND);
  await bot.advance(at - bot.now(), SECOND);
}

// biome-ignore lint/suspicious/noExplicitAny: a configuration is changed freely by tests
type Raw = any;

/** One order that nobody picks, a moment before its age turns the light of its warehouse red. */
async function nearlyRed(company: (raw: Raw) => void = () => undefined): Promise<{ bot: TestBot; red: number }> {
  const bot = await startTestBot({
    startAt: Date.UTC(2026, 10, 10, 1),
    company(raw) {
      // Nothing else asks for anybody here.
      raw.escalation = { default: [{ after: '0s', notify: 'room' }] };
      company(raw);
    },
  });
  await stopWarehouses(bot, 24 * HOUR);
  const { orderNo } = await bot.order();
  const red = Number(findOrder(bot.sandbox.world, orderNo)?.paid_at) + 8 * HOUR;
  await until(bot, red - 3 * SECOND);
  return { bot, red };
}

it('a WeCom card, a DingTalk call to the lead, and /ack on WeCom before the second line’s turn [E5 E11 N14]', async () => {
  const { bot } = await nearlyRed((raw) => {
    raw.rooms.push(...onPlatforms(raw));
    for (const person of raw.staff) {
      if (person.id === 'li') person.wecom = 'lijg';
      // The second person is reached by the second line only.
      if (person.id === 'wang') delete person.dingtalk;
    }
  });
  expect(await rings(bot)).toEqual([]);
  await bot.advance(7 * SECOND);
  expect(await ringing(bot)).toEqual(['dingtalk li']);
  const [called] = await rings(bot);
  expect(called?.words).toMatch(/^请处理：..仓，履约周期八小时。打开群，[一-十]+号。$/);
  const card = (await onWecom(bot)).find(({ text }) => text.includes('履约周期红灯'));
  const number = /(\d+)号/.exec(card?.text ?? '')?.[1];
  await bot.advance(MINUTE, 20 * SECOND);
  await bot.hear('lijg', `/认领 ${number}`, { platform: 'wecom', room: 'wecom' });
  await bot.advance(10 * MINUTE, MINUTE);
  expect(await ringing(bot)).toEqual(['dingtalk li']);
});

it('nobody took it: the second line rings the ops lead, who is busy; the room hears what was possible [E5 N14 P18]', async () => {
  const { bot } = await nearlyRed((raw) => {
    for (const person of raw.staff) if (person.id === 'wang') delete person.dingtalk;
  });
  await answersNext(bot, 'wang', 'busy');
  await bot.advance(7 * SECOND);
  await bot.advance(3 * MINUTE, 30 * SECOND);
  expect(await ringing(bot)).toEqual(['dingtalk li', 'aliyun wang']);
  const said = texts(await bot.advance(MINUTE, 10 * SECOND)) + texts(await bot.messages());
  expect(said).toContain('电话打完了，还没人认领\n李建国 · 钉钉电话 · 打了，没人认领\n王敏 · 阿里云语音 · 占线');
  expect(said).not.toMatch(/138000000/);
});

it('a process that dies around a call rings nobody twice, and what it left is asked for [P18 N14]', async () => {
  const wheres = (['before', 'after'] as const).flatMap((when) =>
    Array.from({ length: 16 }, (_, index) => ({ when, n: index + 1 })),
  );
  for (const where of bySize({
    short: wheres.filter(({ when, n }) => when === 'after' && n % 10 === 4),
    moderate: wheres,
    full: wheres,
  })) {
    const { bot } = await nearlyRed();
    await noDings(bot);
    bot.crashAt(where.n, where.when, 'calls.move');
    await bot.advance(7 * SECOND);
    expect({ where, isCrashed: bot.isCrashed }).toEqual({ where, isCrashed: true });
    await bot.restart({ reauthorise: true });
    await noDings(bot);
    await bot.advance(2 * MINUTE, 20 * SECOND);
    const once = await ringing(bot);
    expect({ where, once }).toEqual({ where, once: [...new Set(once)] });
    await bot.advance(5 * MINUTE, 30 * SECOND);
    const all = await ringing(bot);
    expect({ where, all }).toEqual({ where, all: expect.arrayContaining(['aliyun wang']) });
    expect({ where, all }).toEqual({ where, all: [...new Set(all)] });
    await bot.stop();
  }
});

it('/call rings whoever is on duty after a yes, says so, and keeps it on record [O P11 P18]', async () => {
  const bot = await startTestBot();
  const asked = await bot.say('sun', '/呼叫 仓储主管 打印机全停了');
  expect(texts(asked)).toContain('现在给李建国打电话（钉钉电话）\n电话里说：请处理：孙悦呼叫。打开群。');
  expect(await rings(bot)).toEqual([]);
  const after = await bot.say('sun', `确认 ${wordsIn(asked)}`);
  const said = texts([...after, ...(await bot.advance(2 * SECOND))]);
  expect(said).toContain('正在给李建国打电话（钉钉电话）');
  expect(await rings(bot)).toMatchObject([{ via: 'dingtalk', person: 'li', words: '请处理：孙悦呼叫。打开群。' }]);
  expect((await bot.audit('person:li')).map(({ action }) => action)).toEqual(
    expect.arrayContaining(['act.call.confirmed', 'call.dialled']),
  );
  expect(texts(await bot.say('sun', '/呼叫'))).toContain('李建国 · 钉钉电话 · 打了，没人认领');
  // Rung a moment ago; off shift; without a reason; without the right.
  for (const [by, words, answer] of [
    ['sun', '/呼叫 仓储主管 还是没人', '一分钟内刚打过'],
    ['sun', '/呼叫 @孙悦 试试', '现在不值班'],
    ['sun', '/呼叫 运营主管', '为什么打？'],
    ['zhou', '/呼叫 运营主管 停了', '你的角色不能做这个'],
  ] as const)
    expect(texts(await bot.say(by, words))).toContain(answer);
  expect(await rings(bot)).toHaveLength(1);
});
