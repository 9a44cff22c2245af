import { expect, it } from 'vitest';
import { payOrder, placeOrder } from '../../src/sandbox/world/orders.ts';
import { carryOut, SECOND, startTestBot, stopWarehouses, type TestBot, tail, texts } from '../kit/test-bot.ts';

/** A paid order of the WeChat shop whose buyer asks in the app for another address. */
async function askedOrder(bot: TestBot): Promise<{ no: string; heard: string }> {
  const { world } = bot.sandbox;
  const no = placeOrder(world, {
    at: bot.clock.now(),
    random: world.random('test', 1),
    shop: 'wx',
    lines: [{ sku: 'TX01-HE-M', qty: 1 }],
  });
  payOrder(world, no, bot.clock.now());
  await bot.advance(90 * SECOND, 15 * SECOND);
  const asked = await fetch(`${bot.sandbox.url}/wx/console/address`, { method: 'POST', body: no });
  expect(asked.status).toBe(200);
  return { no, heard: texts(await bot.advance(180 * SECOND, 20 * SECOND)) };
}

it('a buyer asks for another address, is accepted by command, and no address is ever said [P5]', async () => {
  const bot = await startTestBot({ settings: { shares: { mini: 0.5, wx: 0.5 } } });
  await stopWarehouses(bot);
  const { no, heard } = await askedOrder(bot);
  expect(heard).toContain('先处理改地址');
  expect(heard).toContain(`[改地址 → /address ${no}]`);

  const state = texts(await bot.say('sun', `/改地址 ${tail(no)}`));
  expect(state).toContain(`${tail(no)} 买家要改地址，等决定`);
  expect(state).toContain(`[同意 → /address ${no} accept]`);
  expect(texts(await bot.say('zhou', `/改地址 ${tail(no)} 同意`))).not.toContain('确认');

  const done = await carryOut(bot, 'sun', `/改地址 ${tail(no)} 同意`);
  expect(done).toContain('已同意改地址');
  const decided = (await bot.calls()).filter(({ route }) => route.includes('addressmodify'));
  expect(decided).toMatchObject([{ applied: true }]);
  expect(texts(await bot.say('sun', `/改地址 ${tail(no)}`))).toContain('没有等着处理的改地址');

  const { receiver } = bot.sandbox.world.store.get<{ receiver: string }>(
    'SELECT receiver FROM orders WHERE no = ?',
    no,
  ) as { receiver: string };
  const { address } = JSON.parse(receiver) as { address: string };
  expect(address.length).toBeGreaterThan(3);
  expect(`${heard}${state}${done}${texts(await bot.news())}`).not.toContain(address);
});

it('a decision whose answer is lost is not made twice [P5]', async () => {
  const bot = await startTestBot({ settings: { shares: { mini: 0.5, wx: 0.5 } } });
  await stopWarehouses(bot);
  const { no } = await askedOrder(bot);
  await bot.fault('drop-after', { server: 'wx', route: '/channels/ec/order/addressmodify/reject' });
  expect(await carryOut(bot, 'sun', `/改地址 ${tail(no)} 拒绝`, 60 * SECOND)).toContain('已拒绝改地址');
  const decided = (await bot.calls()).filter(({ route, applied }) => route.includes('addressmodify') && applied);
  expect(decided).toHaveLength(1);
});
