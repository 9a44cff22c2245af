import { expect, it } from 'vitest';
import { carryOut, MINUTE, startTestBot, tail, texts } from '../kit/test-bot.ts';

it('[B1] watches an order of a shop whose list is late and whose points ran out, announces it unsorted, and frees its stock', async () => {
  const bot = await startTestBot({ settings: { shares: { us: 1 } } });
  await bot.fault('rate-limit', { server: 'us' });
  const made = await bot.scenario('dead-lock', { shop: 'us' });

  // Its list is late by up to 90 seconds, and a first read was refused for want of points.
  const said = await bot.advance(2 * MINUTE, 20_000);
  const answered = texts(await bot.say('wang', `/查单 #${tail(made.orderNo)}`));

  expect(texts(said)).toContain(`尾号 ${tail(made.orderNo)}`);
  expect(texts(said)).toContain('先发这单');
  expect(answered).toContain('Shopify US');
  expect(answered).toMatch(/[A-Z]\*\*\*/);
  expect(await carryOut(bot, 'wang', `/释放 ${tail(made.orderNo)}`)).toContain(`✅ ${tail(made.orderNo)} 已释放`);
  const outcomes = (await bot.calls()).filter(({ server }) => server === 'us').map(({ outcome }) => outcome);
  expect(outcomes).toContain('rate-limit throttled');
  expect(outcomes.at(-1)).toBe('ok');
});
