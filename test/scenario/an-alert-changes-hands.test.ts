import { expect, it } from 'vitest';
import { MINUTE, SECOND, startTestBot, stopWarehouses, type TestBot, tail, texts } from '../kit/test-bot.ts';

/** One red alert, number 1, whose order stays stuck. */
async function withAlert(): Promise<{ bot: TestBot; orderNo: string }> {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const { orderNo } = await bot.scenario('short');
  await bot.advance(32 * SECOND);
  return { bot, orderNo };
}

it('gives an alert to the first of two who press at once, and tells the other who has it [N19]', async () => {
  const { bot, orderNo } = await withAlert();

  await Promise.all([bot.hear('wang', '1号我来'), bot.hear('li', '/ack 1')]);
  const said = texts(await bot.advance(2 * SECOND));

  expect(said).toContain('✅ 1号 王敏 认领了，14:30 前没办好会重新开放');
  expect(said).toContain('🔵 1号 王敏 已经认领了');
  expect((await bot.audit(bot.subject(orderNo))).map(({ actorId, action }) => `${actorId} ${action}`)).toEqual([
    'person:wang alert.claimed',
  ]);
  expect(texts(await bot.say('wang', '/我的'))).toContain(tail(orderNo));
  expect(texts(await bot.say('li', '/mine'))).toContain('你手里没有异常');
});

it('opens a claim without progress again after 30 minutes, louder [N19]', async () => {
  const { bot } = await withAlert();
  await bot.say('wang', '1号我来');

  const quiet = texts(await bot.advance(29 * MINUTE, 30 * SECOND));
  const loud = texts(await bot.advance(2 * MINUTE, 10 * SECOND));

  expect(quiet).not.toContain('王敏');
  expect(loud).toContain('🔴 1号');
  expect(loud).toContain('王敏的认领到期了，还没好，重新开放');
  expect(texts(await bot.say('li', '1号我来'))).toContain('李建国 认领了');
});

it('hands an alert over, only by who has it', async () => {
  const { bot } = await withAlert();
  await bot.say('wang', '1号我来');

  expect(texts(await bot.say('chen', '1号给李建国'))).toContain('1号 在 王敏 手里，要他来转');
  expect(texts(await bot.say('wang', '1号给李建国'))).toContain('✅ 1号 转给 李建国 了');
  expect(texts(await bot.say('wang', '1号给李建国'))).toContain('1号 已经在 李建国 手里');
  expect(texts(await bot.say('wang', '/转交 1 @老王头'))).not.toContain('✅');
  expect(texts(await bot.say('li', '/我的'))).toContain('1号');
});

it('does not call done what is still broken, and does when it is not', async () => {
  const { bot, orderNo } = await withAlert();

  const refused = texts(await bot.say('wang', '/完成 1'));
  // Goods come in and the order is picked, and nobody has told the bot.
  bot.sandbox.world.store.run(
    `UPDATE erp_orders SET status = 'Delivering', modified = ? WHERE so_id = ?`,
    bot.now(),
    orderNo,
  );
  const done = texts(await bot.say('wang', '1号搞定'));

  expect(refused).toContain('🟡 1号 还没好：付款 2 小时仍未进入分拣');
  expect(done).toContain('✅ 1号 完成，王敏');
  expect(texts(await bot.say('wang', '1号搞定'))).toContain('已经解决了');
  expect(texts(await bot.say('wang', '1号 稍后 半小时'))).toContain('已经解决了');
  expect(texts(await bot.say('wang', '1号我来'))).toContain('已经解决了');
});

it('speaks up when a snooze is over and nothing was done', async () => {
  const { bot } = await withAlert();

  const said = texts(await bot.say('wang', '1号 稍后 半小时'));
  const quiet = texts(await bot.advance(29 * MINUTE, MINUTE));
  const loud = texts(await bot.advance(2 * MINUTE, 10 * SECOND));

  expect(said).toContain('1号 14:30 再提醒（30分后）');
  expect(quiet).not.toContain('🔴 1号');
  expect(loud).toContain('稍后的时间到了，还没好');
});

it('takes a button for the alert of its own day, not for the one that has the number now', async () => {
  const { bot, orderNo } = await withAlert();

  expect(texts(await bot.say('wang', '/ack 1@1109'))).toContain('没有 1号');
  expect(texts(await bot.say('wang', '/ack 1@1110'))).toContain('1号 王敏 认领了');
  expect(await bot.audit(bot.subject(orderNo))).toHaveLength(1);
});

it('cuts a snooze at the time to ship', async () => {
  const { bot } = await withAlert();
  const said = texts(await bot.say('wang', '1号 稍后 50小时'));

  expect(said).toContain('（到发货时限为止）');
  expect(said).toContain('45时59分后');
});

it('claims for a third of the time left when that is shorter [N19]', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const made = await bot.scenario('short');
  // Ships by 15:00.
  bot.sandbox.world.store.run('UPDATE orders SET ship_by = ? WHERE no = ?', bot.now() + 60 * MINUTE, made.orderNo);
  await bot.advance(32 * SECOND);

  expect(texts(await bot.say('wang', '1号我来'))).toContain('14:20 前没办好');
});

it('moves a whole group by its one number', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  for (let count = 0; count < 3; count += 1) await bot.scenario('short');
  await bot.advance(32 * SECOND);
  const number = /(\d+)号 · .*杭州仓 · \d 单/.exec(texts(await bot.messages()))?.[1];

  const said = texts(await bot.say('li', `${number}号我来`));

  expect(said).toContain('（3 单） 李建国 认领了');
  expect(texts(await bot.say('li', '/我的'))).toContain('3 件没解决 · 3 件有人在办');
});
