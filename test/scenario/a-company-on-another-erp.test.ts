import { expect, it } from 'vitest';
import type { ErpKind } from '../../src/sandbox/world/company.ts';
import {
  carryOut,
  type Made,
  SECOND,
  startTestBot,
  stopWarehouses,
  type TestBot,
  tail,
  texts,
} from '../kit/test-bot.ts';

/** A company with a short order that its bot has spoken of. */
async function companyOn(erp: ErpKind): Promise<{ bot: TestBot; made: Made; said: string }> {
  const bot = await startTestBot({ settings: { erp, ordersPerDay: 400 } });
  await stopWarehouses(bot);
  const made = await bot.scenario('short');
  const said = texts(await bot.advance(40 * SECOND));
  return { bot, made, said };
}
const warehouseOf = async (bot: TestBot, made: Made): Promise<number | undefined> =>
  (await bot.truth.order(made.orderNo)).erp[0]?.warehouse;

it('[D10] on Kuaimai, an order that waits is announced and moved once, and not taken back to where its goods are missing', async () => {
  const { bot, made, said } = await companyOn('kuaimai');

  const there = await carryOut(bot, 'wang', `/改仓 ${tail(made.orderNo)} 广州仓`);
  const at = await warehouseOf(bot, made);
  const back = await carryOut(bot, 'wang', '点错了');

  expect(said).toContain(tail(made.orderNo));
  expect(there).toMatch(/已改到广州仓（快麦 \d\d:\d\d 确认）/);
  expect(at).toBe(1002);
  // Kuaimai looks at the stock itself, and nobody forces it.
  expect(back).toContain('没有改到杭州仓：库存不够');
  expect(await warehouseOf(bot, made)).toBe(1002);
  expect((await bot.applied()).map(({ route }) => route)).toEqual(['erp.trade.change.warehouse']);
});

it('[D10] on Wangdiantong, the same order is announced, and who wants it moved is told what to press there', async () => {
  const { bot, made, said } = await companyOn('wangdiantong');

  const answer = texts(await bot.say('wang', `/改仓 ${tail(made.orderNo)} 广州仓`));

  expect(said).toContain(tail(made.orderNo));
  expect(answer).toContain('修改仓库');
  expect(answer).not.toContain('确认');
  expect(await bot.applied()).toEqual([]);
});

it('[D10] on Shopify, an order that waits at one location is announced, moved to another once, and moved back', async () => {
  const bot = await startTestBot({ settings: { erp: 'shopify', shares: { us: 1 }, ordersPerDay: 400 } });
  await stopWarehouses(bot);
  const made = await bot.scenario('short', { shop: 'us' });
  // The shop's lists show it late.
  const said = texts(await bot.advance(200 * SECOND));

  const there = await carryOut(bot, 'wang', `/改仓 ${tail(made.orderNo)} 广州仓`);
  const at = await warehouseOf(bot, made);
  await carryOut(bot, 'wang', '点错了');

  expect(said).toContain(tail(made.orderNo));
  expect(there).toMatch(/已改到广州仓（Shopify \d\d:\d\d 确认）/);
  expect(at).toBe(1002);
  expect(await warehouseOf(bot, made)).toBe(1001);
  expect((await bot.applied()).map(({ route }) => route)).toEqual(['fulfillmentOrderMove', 'fulfillmentOrderMove']);
});

it('[D10] on Qimen, which lists nothing, an order that waits is found when its time comes, and who wants it moved is told how', async () => {
  const bot = await startTestBot({ settings: { erp: 'qimen', shares: { mini: 1 }, ordersPerDay: 400 } });
  await stopWarehouses(bot);
  const made = await bot.scenario('short');
  const said = texts(await bot.advance(40 * SECOND));

  const answer = texts(await bot.say('wang', `/改仓 ${tail(made.orderNo)} 广州仓`));
  const held = await carryOut(bot, 'wang', `/先别发 ${tail(made.orderNo)} 风险`);
  const back = await carryOut(bot, 'wang', `/放行 ${tail(made.orderNo)}`);

  expect(said).toContain(tail(made.orderNo));
  expect(answer).toContain('取消原仓的出库单');
  expect(answer).not.toContain('确认 ');
  expect(held).toMatch(/已暂停发货.*（奇门 \d\d:\d\d 确认）/);
  expect(back).toContain('已放行');
  expect((await bot.applied()).map(({ route }) => route)).toEqual(['order.pending', 'order.pending restore']);
});
