import { expect, it } from 'vitest';
import { onRefund } from '../../src/sandbox/world/refunds.ts';
import { bySize } from '../kit/size.ts';
import {
  carryOut,
  HOUR,
  type Made,
  MINUTE,
  type Said,
  SECOND,
  startTestBot,
  type TestBot,
  tail,
  texts,
} from '../kit/test-bot.ts';

const few = bySize({ short: 2, moderate: 40, full: 200 });

const labelledAt = (bot: TestBot, orderNo: string): number | null =>
  bot.sandbox.world.store.get<{ labelled_at: number | null }>(
    'SELECT labelled_at FROM erp_orders WHERE so_id = ?',
    orderNo,
  )?.labelled_at ?? null;

/** An order whose label was just printed. */
async function labelled(bot: TestBot): Promise<Made> {
  const made = await bot.order();
  for (let steps = 0; labelledAt(bot, made.orderNo) === null; steps += 1) {
    // A night may lie between.
    if (steps > 500) throw new Error(`${made.orderNo} got no label`);
    await bot.advance(2 * MINUTE, 2 * MINUTE);
  }
  return made;
}

const refund = (bot: TestBot, orderNo: string): void =>
  onRefund(bot.sandbox.world, { id: 0, kind: 'refund', at: bot.now(), subject: orderNo, data: {} });

const cardOf = (said: readonly Said[], orderNo: string): Said | undefined =>
  said.find(({ text }) => text.includes('拦下来') && text.includes(tail(orderNo)));

it(`shows the packing table every refund between label and scan within 10 s, and calls none of them caught when it left (${few}) [P4, P18]`, async () => {
  const bot = await startTestBot({ follows: true });
  for (let count = 0; count < few; count += 1) {
    const { orderNo } = await labelled(bot);
    await bot.news();
    refund(bot, orderNo);

    const card = cardOf(await bot.advance(10 * SECOND), orderNo);
    expect(card?.text).toMatch(/^🔴 \d+号 · 拦下来/);
    expect(card?.text).toContain('买家申请退款，面单已打，还没揽收');
    expect(card?.card.buttons.map(({ label }) => label)).toEqual(['拦截', '已取出', '我来']);
    expect(card?.card.call?.who).toEqual(['li']);
  }
  // Couriers come three times a day, and not at night.
  await bot.advance(18 * HOUR, 30 * MINUTE);
  const all = texts(await bot.messages());

  expect(all.match(/没拦住：快递已经揽收/g)).toHaveLength(few);
  expect(all).not.toContain('已拦截');
  expect(texts(await bot.say('zhou', '/战报 周'))).toContain(`退款没拦住 ${few}：…`);
});

it('stops what a command can stop, says the rest is by hand, and tells a refusal as it is [P4]', async () => {
  const bot = await startTestBot();
  const { orderNo } = await labelled(bot);
  expect(texts(await bot.say('sun', `/拦截 ${tail(orderNo)}`))).toContain('没有退款');
  refund(bot, orderNo);
  await bot.advance(10 * SECOND);

  const preview = texts(await bot.say('sun', `/拦截 ${tail(orderNo)}`));
  expect(preview).toContain('1. 聚水潭暂停（已拣货，可能被拒：到打包台从包裹取出）');
  expect(preview).toContain('2. 停发回告平台请手工');
  expect(preview).toMatch(/3\. 快递拦截请手工：联系.+，费用以快递报价为准/);
  expect(preview).not.toMatch(/138|路|号楼/);
  expect(await bot.applied()).toEqual([]);

  const said = await carryOut(bot, 'sun', `/拦截 ${tail(orderNo)}`);
  expect(said).toContain(`${tail(orderNo)} 没有暂停发货：已经开始拣货`);
  expect(said).not.toMatch(/已拦截|已暂停/);
  expect(await bot.applied()).toEqual([]);
});

it('is quiet when a person took the box out, and when the refund came long after it was sent [P4]', async () => {
  const bot = await startTestBot({ follows: true });
  const { orderNo } = await labelled(bot);
  refund(bot, orderNo);
  const card = cardOf(await bot.advance(10 * SECOND), orderNo);
  const taken = card?.card.buttons.find(({ label }) => label === '已取出');
  expect(texts(await bot.say('sun', taken?.command ?? ''))).toMatch(/\d+号 完成，孙悦/);

  const sent = await labelled(bot);
  await bot.advance(40 * HOUR, 4 * HOUR);
  await bot.news();
  refund(bot, sent.orderNo);
  expect(cardOf(await bot.advance(20 * SECOND), sent.orderNo)).toBeUndefined();
  // It was said to be taken out, and left all the same.
  expect(texts(await bot.say('zhou', '/战报 本周'))).toContain(`退款没拦住 1：…${tail(orderNo)}`);
});
