import { expect, it } from 'vitest';
import { payOrder, placeOrder } from '../../src/sandbox/world/orders.ts';
import { HOUR, MINUTE, SECOND, startTestBot, type TestBot, tail, texts } from '../kit/test-bot.ts';

/** Paid a while ago and shown only now, so that two hours are over when the warehouse has come to it. */
function lateOrder(bot: TestBot, paidAgoMs: number): string {
  const { world } = bot.sandbox;
  const now = bot.now();
  const random = world.random('late');
  const lines = [{ sku: 'TX01-HE-M', qty: 1 }];
  const no = placeOrder(world, { at: now - paidAgoMs, random, lines, shop: 'tmall', visibleAt: now });
  payOrder(world, no, now - paidAgoMs, now);
  world.schedule(now + 3 * SECOND, 'push', no);
  return no;
}

it('calls an order of Taobao late only when its warehouse has not begun, which the ERP hides and Taobao tells [C1 A10]', async () => {
  const bot = await startTestBot({ settings: { shares: { tmall: 1 } } });
  const sorted = lateOrder(bot, 75 * MINUTE);
  const { orderNo: stuck } = await bot.scenario('dead-lock', { shop: 'tmall', paidAgoMs: 75 * MINUTE });

  const said = texts([...(await bot.advance(40 * MINUTE, 5 * MINUTE)), ...(await bot.advance(10 * MINUTE, MINUTE))]);

  expect((await bot.truth.order(sorted)).stages['sortedAt']).toBeLessThan(bot.now());
  expect(said).not.toContain(tail(sorted));
  expect(said).toContain(tail(stuck));
  expect(said).toContain('付款 2 小时仍未发货（仓内进度看不到：聚水潭不返回天猫旗舰店单） · 天猫旗舰店 14:45 确认');
  expect(texts(await bot.say('li', `查单 ${sorted}`))).toContain('分拣中');
});

it('reads the warehouse of an order when its clock is due, not with every list [B6]', async () => {
  const bot = await startTestBot({ settings: { shares: { tmall: 1 } } });
  lateOrder(bot, HOUR);

  await bot.advance(30 * MINUTE, 5 * MINUTE);

  const methods = (await bot.calls())
    .filter(({ server }) => server === 'tmall')
    .map(({ body }) => new URLSearchParams(body).get('method'));
  expect(methods).toContain('taobao.trades.sold.increment.get');
  expect(methods).not.toContain('taobao.jds.trade.traces.get');
});
