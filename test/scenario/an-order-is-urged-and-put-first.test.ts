import { expect, it } from 'vitest';
import { causeLabelOf } from '../../src/services/label-cause.ts';
import { carryOut, startTestBot, stopWarehouses, tail, texts } from '../kit/test-bot.ts';

it('counts that a buyer urges and asks whoever answers for the stage by name [E3]', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const { orderNo } = await bot.order();
  expect(await bot.bot.storage.health.hasEver('urged')).toBe(false);

  const [first] = await bot.say('sun', `/催 ${tail(orderNo)}`);
  const [again] = await bot.say('chen', `/催 ${tail(orderNo)}`);

  expect(first?.text).toContain(`买家在催 ${tail(orderNo)}`);
  expect(first?.text).toContain('孙悦记的，请李建国看一下');
  expect(first?.card.call?.who).toEqual(['li']);
  expect(again?.text).toContain('第 2 次');
  expect(await bot.bot.storage.health.hasEver('urged')).toBe(true);
  // Said in private, the owner hears of it in a place of their own.
  expect(texts(await bot.say('sun', `/催 ${tail(orderNo)}`, { isPrivate: true }))).toContain('记下了，已请李建国看');
  expect(texts(await bot.news())).toContain('第 3 次');
});

it('puts an order first when a person says so, flags it in the shop, and takes it back [G2]', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const { orderNo } = await bot.order();
  const inShop = () =>
    bot.sandbox.world.store.get<{ remark: string; flag: string }>(
      'SELECT remark, flag FROM orders WHERE no = ?',
      orderNo,
    );

  const preview = texts(await bot.say('sun', `${tail(orderNo)}加急`));
  expect(preview).toContain('会叫李建国');
  expect(inShop()).toEqual({ remark: null, flag: null });

  const done = await carryOut(bot, 'sun', `${tail(orderNo)}加急`);
  expect(done).toContain(`🔴 加急 · ${tail(orderNo)}`);
  expect(done).toContain('已写进店铺备注');
  expect(inShop()).toEqual({ remark: '加急（孙悦）', flag: 'yellow' });
  expect(texts(await bot.say('zhou', tail(orderNo)))).toContain(`加急 · ${tail(orderNo)}`);
  expect(texts(await bot.say('wang', `/加急 ${tail(orderNo)}`))).toContain('已经是加急了');

  expect(await carryOut(bot, 'sun', `/撤销 ${tail(orderNo)}`)).toContain('不加急了');
  expect(texts(await bot.say('zhou', tail(orderNo)))).not.toContain('加急 ·');
});

it('labels what the trouble came from in one tap; the newest label counts [L1]', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const [one, other] = [await bot.order(), await bot.order()];

  const [offer] = await bot.say('chen', `/标原因 ${tail(one.orderNo)}`);
  const tap = offer?.card.buttons.find(({ label }) => label === '快递员电话错误');
  expect(texts(await bot.say('chen', tap?.command ?? ''))).toContain('原因：快递员电话错误');
  expect(texts(await bot.say('chen', `/标原因 ${one.orderNo} ${other.orderNo} 客户填错楼层号`))).toContain(
    '2 单 原因：客户填错楼层号',
  );

  expect(texts(await bot.say('zhou', `/why ${tail(one.orderNo)}`))).toContain('标的原因：客户填错楼层号 · 陈静');
  const { storage } = bot.bot;
  const order = await storage.views.findOrderByNo('mini', other.orderNo);
  expect(order && (await causeLabelOf(storage, order))?.words).toBe('客户填错楼层号');
  expect((await bot.audit(bot.subject(one.orderNo))).map(({ action }) => action)).toEqual([
    'order.cause-labelled',
    'order.cause-labelled',
  ]);
});

it('takes the outcome of a review: fail stops the order, pass says where it is let go [D2]', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const { orderNo } = await bot.order();

  expect(texts(await bot.say('li', `/复核 ${tail(orderNo)} 大概`))).toContain('写通过或不通过');
  expect(await carryOut(bot, 'li', `/复核 ${tail(orderNo)} 不通过`)).toContain('已暂停发货（风险）');
  expect(texts(await bot.say('li', `/复核 ${tail(orderNo)} 通过`))).toContain('转正常单');
});
