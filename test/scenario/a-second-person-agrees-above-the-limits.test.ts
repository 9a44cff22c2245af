import { expect, it } from 'vitest';
import {
  type Made,
  MINUTE,
  SECOND,
  startTestBot,
  type TestBot,
  type TestBotOptions,
  tail,
  texts,
  wordsIn,
} from '../kit/test-bot.ts';

/** Every release is above the limit. */
async function strictCompany(options: Pick<TestBotOptions, 'company'> = {}): Promise<{ bot: TestBot; made: Made }> {
  const bot = await startTestBot({
    company(raw) {
      raw.limits.fourEyes.releaseUnits = 0;
      options.company?.(raw);
    },
  });
  const made = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  return { bot, made };
}

async function askedByWang(bot: TestBot, made: Made): Promise<{ words: string; said: string }> {
  const words = wordsIn(await bot.say('wang', `/释放 ${tail(made.orderNo)}`));
  return { words, said: texts(await bot.say('wang', `确认 ${words}`)) };
}

it('asks those who may, and releases once a second person agrees, with both names [N16]', async () => {
  const { bot, made } = await strictCompany();

  const { words, said } = await askedByWang(bot, made);
  const appliedBefore = await bot.applied();
  const result = texts([...(await bot.say('li', `确认 ${words}`)), ...(await bot.advance(15 * SECOND))]);

  expect(said).toContain('🟡 要第二个人同意');
  expect(said).toContain('超过 0 件');
  expect(said).toContain('王敏已确认，请 陈静、李建国 之一同意');
  expect(appliedBefore).toEqual([]);
  expect(result).toContain('✅');
  expect(result).toContain('王敏操作，李建国同意');
  expect(await bot.applied()).toHaveLength(1);
  const audit = (await bot.audit(bot.subject(made.orderNo))).map(({ actorId, action }) => `${actorId} ${action}`);
  expect(audit.sort()).toEqual([
    'person:li act.release-lock.confirmed',
    'person:wang act.release-lock.done',
    'person:wang act.second-asked',
  ]);
});

it('lets nobody agree with themselves, nor anybody without the permission, and writes the refusal down [N16]', async () => {
  const { bot, made } = await strictCompany();
  const { words } = await askedByWang(bot, made);

  expect(texts(await bot.say('wang', `确认 ${words}`))).toContain('不能自己同意自己');
  expect(texts(await bot.say('sun', `确认 ${words}`))).toContain('孙悦没有这个权限');
  expect(texts(await bot.say('nobody', `确认 ${words}`))).toContain('没有这个权限');
  expect(await bot.applied()).toEqual([]);
  expect((await bot.audit('command:yes')).map(({ actorId, action }) => `${actorId} ${action}`).sort()).toEqual([
    'person:sun refused',
    'stranger:web/nobody refused',
  ]);
});

it('takes only a clear yes from the second person: a hesitation changes nothing [N16 P17]', async () => {
  const { bot, made } = await strictCompany();
  const { words } = await askedByWang(bot, made);

  for (const text of [
    `先别确认 ${words} 我看看`,
    `@陈静 确认 ${words} 一下`,
    `确认 ${words} 吗`,
    `确认 ${words} 等一下再说`,
    `谁能确认 ${words} 谢谢`,
    '1',
    '确认',
  ]) {
    await bot.say('li', text);
    await bot.advance(5 * SECOND);
    expect(await bot.applied(), `${text}`).toEqual([]);
  }
  await bot.say('li', `好 ${words}`);
  await bot.say('li', `@订单作战群 确认 ${words}`);
  await bot.advance(10 * SECOND);
  expect(await bot.applied()).toHaveLength(1);
});

it('is stopped by a no of the second person, who is written down [N16]', async () => {
  const { bot, made } = await strictCompany();
  const { words } = await askedByWang(bot, made);

  const no = texts(await bot.say('chen', `取消 ${words}`));
  const late = texts(await bot.say('li', `确认 ${words}`));
  await bot.advance(15 * SECOND);

  expect(no).toContain('没有做任何改动');
  expect(late).toContain('已经过期、办过了');
  expect(await bot.applied()).toEqual([]);
  expect((await bot.audit(bot.subject(made.orderNo))).map(({ actorId, action }) => `${actorId} ${action}`)).toContain(
    'person:chen act.cancelled',
  );
});

it('ends loudly when nobody agrees within ten minutes [N16]', async () => {
  const { bot, made } = await strictCompany();
  const { words } = await askedByWang(bot, made);

  const quiet = texts(await bot.advance(9 * MINUTE, 30 * SECOND));
  const loud = texts(await bot.advance(2 * MINUTE, 10 * SECOND));

  expect(quiet).not.toContain('没人同意');
  expect(loud).toContain('⛔ 10 分钟没人同意，没有做');
  expect(loud).toContain(tail(made.orderNo));
  expect(texts(await bot.say('li', `确认 ${words}`))).toContain('已经过期');
  expect(await bot.applied()).toEqual([]);
});

it('asks the only holder for a typed reason instead, and takes no empty one [N16]', async () => {
  const { bot, made } = await strictCompany({
    company(raw) {
      raw.staff = raw.staff.filter(({ id }: { id: string }) => !['li', 'chen'].includes(id));
      raw.roster = [];
    },
  });
  const words = wordsIn(await bot.say('wang', `/释放 ${tail(made.orderNo)}`));

  const asked = texts(await bot.say('wang', `确认 ${words}`));
  const doubtful = texts(await bot.say('wang', `确认 ${words} 行吗？`));
  const before = await bot.applied();
  await bot.say('wang', `确认 ${words} 买家催得急，库存是死锁`);
  await bot.advance(15 * SECOND);

  expect(asked).toContain('请写明原因');
  expect(doubtful).toContain('请写明原因');
  expect(before).toEqual([]);
  expect(await bot.applied()).toHaveLength(1);
  expect((await bot.actions(made.orderNo))[0]?.reason).toBe('买家催得急,库存是死锁');
});

it('takes new limits with a reload', async () => {
  const { bot, made } = await strictCompany();

  await bot.bot.reload({
    ...bot.company,
    limits: { ...bot.company.limits, fourEyes: { ...bot.company.limits.fourEyes, releaseUnits: 20 } },
  });
  const { said } = await askedByWang(bot, made);
  await bot.advance(10 * SECOND);

  expect(said).not.toContain('第二个人');
  expect(await bot.applied()).toHaveLength(1);
});

it('asks a second person for what is worth more than the limit [N16]', async () => {
  const bot = await startTestBot({
    company(raw) {
      raw.limits.fourEyes.releaseValue = 50;
    },
  });
  const made = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);

  const { said } = await askedByWang(bot, made);

  expect(said).toMatch(/超过 ¥50.*要第二人同意/);
});

it('asks the second person even when it dies between the first yes and its answer', async () => {
  for (let step = 1; step <= 8; step += 1) {
    const { bot, made } = await strictCompany();
    const words = wordsIn(await bot.say('wang', `/释放 ${tail(made.orderNo)}`));
    const receivedAfter = 1;
    bot.crashAt(receivedAfter + step * 2, step % 2 === 0 ? 'after' : 'before');
    await bot.say('wang', `确认 ${words}`);
    if (bot.isCrashed) await bot.restart();
    await bot.advance(3 * SECOND);

    const said = texts(await bot.messages());
    expect(said.match(/要第二个人同意/g), `step ${step}`).toHaveLength(1);
    expect(said, `step ${step}`).not.toContain('不能自己同意自己');
    await bot.stop();
  }
});
