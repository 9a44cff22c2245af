import { expect, it } from 'vitest';
import { findOrder, payOrder, placeOrder } from '../../src/sandbox/world/orders.ts';
import {
  carryOut,
  type Made,
  MINUTE,
  SECOND,
  startTestBot,
  type TestBot,
  tail,
  texts,
  wordsIn,
} from '../kit/test-bot.ts';

async function withPreview(): Promise<{ bot: TestBot; made: Made; words: string }> {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  const words = wordsIn(await bot.say('wang', `/释放 ${tail(made.orderNo)}`));
  return { bot, made, words };
}

it('takes a bare 1 from the same person at once', async () => {
  const { bot } = await withPreview();

  await bot.say('wang', '1');
  await bot.advance(10 * SECOND);

  expect(await bot.applied()).toHaveLength(1);
});

it('takes no bare 1 of somebody else', async () => {
  const { bot } = await withPreview();

  expect(texts(await bot.say('li', '1'))).toContain('没有等你确认的事');
  expect(texts(await bot.say('nobody', '1'))).toContain('没有等你确认的事');
  await bot.advance(10 * SECOND);

  expect(await bot.applied()).toEqual([]);
});

it('takes no bare 1 after 60 seconds, nor when somebody else has spoken since', async () => {
  const late = await withPreview();
  await late.bot.advance(60 * SECOND, 10 * SECOND);
  const spoken = await withPreview();
  await spoken.bot.advance(SECOND);
  await spoken.bot.say('li', '大家中午吃什么');

  for (const { bot, words } of [late, spoken]) {
    expect(texts(await bot.say('wang', '1'))).toContain(`为防点错，请回：确认 ${words}`);
    expect(await bot.applied()).toEqual([]);
    await bot.say('wang', `确认 ${words}`);
    await bot.advance(10 * SECOND);
    expect(await bot.applied()).toHaveLength(1);
  }
});

it('takes the yes to a preview only from who asked, in the room where it was asked', async () => {
  const { bot, words } = await withPreview();

  expect(texts(await bot.say('li', `确认 ${words}`))).toContain('这一条要发起的人自己确认');
  expect(texts(await bot.say('li', `取消 ${words}`))).toContain('要发起的人自己取消');
  expect(texts(await bot.say('wang', `确认 ${words}`, { isPrivate: true }))).toContain('不在这个群');
  expect(texts(await bot.say('wang', '1', { isPrivate: true }))).toContain('没有等你确认的事');
  expect(await bot.applied()).toEqual([]);
});

it('does nothing when the preview was cancelled, replaced by another, or is older than 5 minutes', async () => {
  const cancelled = await withPreview();
  await cancelled.bot.say('wang', `取消 ${cancelled.words}`);
  const replaced = await withPreview();
  await replaced.bot.say('wang', `/释放 ${tail(replaced.made.orderNo)}`);
  const old = await withPreview();
  await old.bot.advance(5 * MINUTE, 30 * SECOND);

  for (const { bot, words } of [cancelled, replaced, old]) {
    expect(texts(await bot.say('wang', `确认 ${words}`))).toContain('已经过期、办过了');
    await bot.advance(5 * SECOND);
    expect(await bot.applied()).toEqual([]);
  }
});

it('acts once on one platform message, however often it is delivered [P18]', async () => {
  const { bot, words } = await withPreview();

  const first = await bot.hear('wang', `确认 ${words}`, { messageId: 'same' });
  const again = [
    await bot.hear('wang', `确认 ${words}`, { messageId: 'same' }),
    await bot.hear('wang', `确认 ${words}`, { messageId: 'same' }),
  ];
  const said = texts(await bot.advance(10 * SECOND));
  const later = await bot.hear('wang', `确认 ${words}`, { messageId: 'same' });

  expect([first, ...again, later]).toEqual([true, false, false, false]);
  expect(said).not.toContain('已经过期');
  expect(await bot.applied()).toHaveLength(1);
});

it('changes nothing by reports, questions, negations and half words [P17]', async () => {
  const { bot, made, words } = await withPreview();
  const no = tail(made.orderNo);

  for (const text of [
    `${no} 释放了`,
    `${no} 能释放吗`,
    `不要释放 ${no}`,
    `确认`,
    `确认 Z99`,
    `不确认 ${words}`,
    `没确认 ${words} 呢`,
    `> 确认 ${words}\n好的收到`,
    `王敏说确认 ${words} 就行`,
    `确认 ${words} 之前先问下仓库`,
    '是',
    '/确认',
  ]) {
    await bot.advance(SECOND);
    await bot.say('wang', text);
    await bot.advance(SECOND);
    expect(await bot.applied(), `${text}`).toEqual([]);
  }
});

it('refuses roles that may not, writes it down, and lets strangers look only [O]', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  const no = tail(made.orderNo);

  for (const who of ['zhao', 'sun', 'zhou'])
    expect(texts(await bot.say(who, `/释放 ${no}`)), `${who}`).toContain('你的角色不能做这个');
  expect(texts(await bot.say('zhou', '1号我来'))).toContain('你的角色不能做这个');
  expect(texts(await bot.say('stranger-7', `/改仓 ${no} 广州仓`))).toContain('你还没有登记，只能查看');
  expect(texts(await bot.say('stranger-7', `${no}`))).toContain(`🔵 ${no}`);
  expect(await bot.applied()).toEqual([]);
  expect((await bot.audit('command:release')).map(({ actorId, action }) => `${actorId} ${action}`).sort()).toEqual([
    'person:sun refused',
    'person:zhao refused',
    'person:zhou refused',
  ]);
  expect((await bot.audit('command:reroute'))[0]?.actorId).toBe('stranger:web/stranger-7');
});

it('writes down who may not undo what others did [O]', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  await carryOut(bot, 'wang', `/释放 ${tail(made.orderNo)}`);

  expect(texts(await bot.say('sun', `/撤销 ${made.orderNo}`))).toContain('你的角色不能做这个');
  expect((await bot.audit('command:undo')).map(({ actorId }) => actorId)).toEqual(['person:sun']);
});

it('shows style and surname when a tail means several orders, and previews none of them [P17]', async () => {
  const bot = await startTestBot();
  const { world } = bot.sandbox;
  const first = await bot.order({ sku: 'TX01-HE-M' });
  const short = first.orderNo.slice(-4);
  // The last six digits are unique in a day; the last four come again.
  const at = bot.now();
  const day = Math.floor((at + 8 * 3_600_000) / 86_400_000);
  for (let n = 0; ; ) {
    if (String(((n + 1) * 7_919 + day * 104_729) % 1_000_000).endsWith(short) && n > 1) break;
    n = world.store.next('order');
  }
  const second = placeOrder(world, { at, random: world.random('twin'), lines: [{ sku: 'WT01-BA-M', qty: 1 }] });
  payOrder(world, second, at);
  await bot.advance(10 * SECOND);
  expect(findOrder(world, second)?.no.endsWith(short)).toBe(true);

  for (const text of [`/释放 ${short}`, short, `/改仓 ${short} 广州仓`]) {
    const said = texts(await bot.say('wang', text));
    expect(said).toContain(`尾号 ${short} 有 2 单，请发全`);
    expect(said).toMatch(new RegExp(`${first.orderNo} · .* · 纯棉T恤 黑M · .\\*`));
    expect(said).toMatch(new RegExp(`${second} · .* · 短款羽绒服 白M · .\\*`));
    expect(said).not.toContain('确认');
  }
  expect(texts(await bot.say('wang', second))).toContain('短款羽绒服');
});
