import { expect, it } from 'vitest';
import { carryOut, MINUTE, startTestBot, stopWarehouses, tail, texts } from '../kit/test-bot.ts';

const remarkOf = (bot: Awaited<ReturnType<typeof startTestBot>>, no: string): string =>
  bot.sandbox.world.store.get<{ remark: string }>('SELECT remark FROM orders WHERE no = ?', no)?.remark ?? '';

it('adds words to the seller’s remark after a yes, signed, and leaves what a person wrote [D10]', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const { orderNo } = await bot.order();
  bot.sandbox.world.store.run(
    'UPDATE orders SET remark = ?, updated_at = ? WHERE no = ?',
    '老客户，送赠品',
    bot.now(),
    orderNo,
  );
  await bot.advance(20_000, 5_000);

  const preview = texts(await bot.say('sun', `/备注 ${tail(orderNo)} 换大箱`));
  expect(preview).toContain('写：换大箱（孙悦）');
  expect(preview).toContain('已有：老客户，送赠品');
  expect(remarkOf(bot, orderNo)).toBe('老客户，送赠品');

  expect(await carryOut(bot, 'sun', `/备注 ${tail(orderNo)} 换大箱`)).toContain(`✅ ${tail(orderNo)} 已写进店铺备注`);
  expect(remarkOf(bot, orderNo)).toBe('老客户，送赠品\n换大箱（孙悦）');
  expect(texts(await bot.say('sun', `/撤销 ${tail(orderNo)}`))).toContain('备注只追加，没有撤销接口');

  // The same words again change nothing.
  expect(await carryOut(bot, 'sun', `/备注 ${tail(orderNo)} 换大箱`)).toContain('本来就是这样');
  expect(remarkOf(bot, orderNo)).toBe('老客户，送赠品\n换大箱（孙悦）');
});

it('looks for a remark whose answer was lost, and writes it once', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const { orderNo } = await bot.order();
  await bot.fault('drop-after', { server: 'mini', route: '/v1/orders/:no/remark', times: 1 });

  const said = await carryOut(bot, 'wang', `/note ${tail(orderNo)} fragile`, MINUTE);

  expect(said).toContain(`✅ ${tail(orderNo)} 已写进店铺备注`);
  expect(remarkOf(bot, orderNo)).toBe('fragile（王敏）');
});
