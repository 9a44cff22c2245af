import { expect, it } from 'vitest';
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

const hour = 60 * MINUTE;
/** More of it comes in: enough for whoever waits, and for the lock. */
const receive = (bot: TestBot, { sku }: Made): number =>
  bot.sandbox.world.store.run('UPDATE stock SET qty = qty + 9, received = received + 9 WHERE sku = ?', sku);
const released = (bot: TestBot, orderNo: string): Promise<string> => carryOut(bot, 'wang', `/释放 ${tail(orderNo)}`);

it('announces an unsorted order at two hours with a link, releases the dead lock by a person, and sees it sorted [C1 C5 I5]', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');

  const early = await bot.advance(29_900, 29_900);
  const onTime = await bot.advance(1_100);

  expect(texts(early)).not.toContain('先发这单');
  const alert = onTime.find(({ text }) => text.includes(tail(made.orderNo)));
  expect(alert?.text).toContain('🔴 1号 · 先发这单 · 剩 45时59分');
  expect(alert?.card.url).toMatch(/^http:\/\/localhost:3000\/o\/[\w-]+\?e=\w+&s=[\w-]{22}$/);
  const path = alert?.card.url?.replace('http://localhost:3000', '') ?? '';
  expect((await bot.bot.web.inject({ url: path, headers: { host: 'localhost' } })).body).toContain(tail(made.orderNo));
  expect((await bot.bot.web.inject({ url: `${path}x`, headers: { host: 'localhost' } })).statusCode).toBe(403);

  const said = await released(bot, made.orderNo);

  expect(said).toContain(`✅ ${tail(made.orderNo)} 已释放`);
  expect(said).toContain('聚水潭 14:00 确认');
  expect(said).toContain('王敏操作');
  expect(said).toContain(`✅ 1号 ${tail(made.orderNo)} 分拣中`);
  expect((await bot.truth.order(made.orderNo)).erpStatus).toBe('Delivering');
  expect(await bot.applied()).toHaveLength(1);
  const audit = (await bot.audit(bot.subject(made.orderNo))).map(({ action, actorId }) => `${actorId} ${action}`);
  expect(audit.sort()).toEqual(['person:wang act.release-lock.confirmed', 'person:wang act.release-lock.done']);
});

it('shows owner, age and stock before it releases, and changes nothing without a yes [I5]', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  const before = await bot.truth.stock();

  const preview = await bot.say('li', `${tail(made.orderNo)} 解锁`);
  await bot.advance(6 * MINUTE, 30 * SECOND);

  expect(texts(preview)).toContain(`…${tail(made.blockedBy)} 已关闭`);
  expect(texts(preview)).toMatch(/锁了 \d时\d+分/);
  expect(texts(preview)).toMatch(/现存 \d+ 可用 -?\d+（14:0\d）/);
  expect(await bot.truth.stock()).toEqual(before);
  expect(texts(await bot.say('li', `确认 ${wordsIn(preview)}`))).toContain('已经过期');
  expect(await bot.applied()).toEqual([]);
});

it('cancels a dead warehouse order, says beforehand that there is no way back, and refuses the undo with the reason [I5]', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-order');
  await bot.advance(31 * SECOND);

  const preview = await bot.say('chen', `/release ${made.orderNo}`);
  const replies = await bot.say('chen', `确认 ${wordsIn(preview)}`);
  const said = texts([...replies, ...(await bot.advance(15 * SECOND))]);

  expect(texts(preview)).toContain('取消废单不能撤销');
  expect(said).toContain('已取消仓库里的废单');
  expect(said).not.toContain('/undo');
  expect((await bot.truth.order(made.blockedBy)).erpStatus).toBe('Cancelled');
  expect((await bot.truth.order(made.orderNo)).erpStatus).toBe('Delivering');
  expect(texts(await bot.say('chen', '/撤销'))).toContain('没有撤销接口');
  expect((await bot.applied()).map(({ route }) => route)).toEqual(['/open/jushuitan/orderbyoid/cancel']);
});

it('takes a released lock back while the pieces are free, once [I5]', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');
  await bot.scenario('warehouse-stops', { warehouse: 'hz', forMs: 2 * hour });
  await bot.advance(31 * SECOND);
  receive(bot, made);
  const before = await bot.truth.stock(made.sku);
  await released(bot, made.orderNo);

  const undo = await bot.say('wang', '/撤销');
  const replies = await bot.say('wang', `确认 ${wordsIn(undo)}`);
  const said = texts([...replies, ...(await bot.advance(15 * SECOND))]);

  expect(texts(undo)).toContain('重新锁住');
  expect(said).toContain('已重新锁住');
  expect(await bot.truth.stock(made.sku)).toEqual(before);
  expect(texts(await bot.say('wang', `/undo ${made.orderNo}`))).toContain('已经撤销过了');
  expect(await bot.applied()).toHaveLength(2);
});

it('tells a taken-back lock apart from other locks on the same pieces', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');
  await bot.scenario('warehouse-stops', { warehouse: 'hz', forMs: 2 * hour });
  await bot.advance(31 * SECOND);
  receive(bot, made);
  await released(bot, made.orderNo);
  const undo = await bot.say('wang', '/撤销');
  // Somebody gives other pieces of that SKU back at the same moment: the sum of all locks does not grow.
  await bot.hear('wang', `确认 ${wordsIn(undo)}`);
  while ((await bot.applied()).length < 2) await new Promise((resolve) => setImmediate(resolve));
  bot.sandbox.world.store.run('UPDATE stock SET lock_qty = lock_qty - 5 WHERE wms_co_id = 1001 AND sku = ?', made.sku);

  const said = texts(await bot.advance(90 * SECOND));

  expect(said).toContain('已重新锁住');
  expect(said).not.toContain('没有生效');
});

it('refuses to take a lock back whose pieces are in use by now, and says so [I5]', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  await released(bot, made.orderNo);
  // Whatever the released order left over is sold as well.
  bot.sandbox.world.store.run(
    'UPDATE stock SET qty = order_lock + lock_qty, adjusted = adjusted + order_lock + lock_qty - qty WHERE wms_co_id = ? AND sku = ?',
    made.warehouse,
    made.sku,
  );

  const undo = await bot.say('wang', '/撤销');
  const replies = await bot.say('wang', `确认 ${wordsIn(undo)}`);
  const said = texts([...replies, ...(await bot.advance(15 * SECOND))]);

  expect(said).toContain('放出来的货已被用掉（余 0 件），撤销不了');
  expect(await bot.applied()).toHaveLength(1);
  const again = await bot.say('wang', '/撤销');
  expect(texts(again), 'a refused undo may be tried again').toContain('重新锁住');
});

it('leaves a lock alone whose owner came back to life', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  bot.sandbox.world.store.run(
    `UPDATE orders SET status = 'paid', closed_at = NULL, updated_at = ?, visible_at = ? WHERE no = ?`,
    bot.now(),
    bot.now(),
    made.blockedBy,
  );

  const said = texts(await bot.say('wang', `/释放 ${tail(made.orderNo)}`));

  expect(said).toContain('没有可释放的锁');
  expect(said).not.toContain('[释放');
});

it('says who is at it when two people release one lock at once, and releases it once [P18]', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  const one = wordsIn(await bot.say('wang', `/释放 ${tail(made.orderNo)}`));
  const other = wordsIn(await bot.say('li', `/释放 ${tail(made.orderNo)}`));

  await Promise.all([bot.hear('wang', `确认 ${one}`), bot.hear('li', `确认 ${other}`)]);
  const said = texts(await bot.advance(15 * SECOND));

  expect(said).toContain(`⛔ ${tail(made.orderNo)} 王敏正在处理，等结果出来再试`);
  expect(said.match(/已释放/g)).toHaveLength(1);
  expect(await bot.applied()).toHaveLength(1);
});

it('takes nothing back that it did not do: a lock given back by somebody else first', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  const words = wordsIn(await bot.say('wang', `/释放 ${tail(made.orderNo)}`));
  bot.sandbox.world.store.run('UPDATE lwh_items SET returned = qty WHERE io_id = ?', made.ioId);

  await bot.say('wang', `确认 ${words}`);
  const said = texts([...(await bot.messages())]);

  expect(said).toContain('本来就是这样');
  expect(texts(await bot.say('wang', '/撤销'))).toContain('我们没有改动，不用撤销');
  expect(await bot.applied()).toEqual([]);
});
