import { expect, it } from 'vitest';
import {
  carryOut,
  type Made,
  MINUTE,
  SECOND,
  startTestBot,
  stopWarehouses,
  type TestBot,
  type TestBotOptions,
  tail,
  texts,
  wordsIn,
} from '../kit/test-bot.ts';

async function stoppedCompany(options: TestBotOptions = {}): Promise<TestBot> {
  const bot = await startTestBot(options);
  await stopWarehouses(bot);
  return bot;
}
const moved = (bot: TestBot, what: string): Promise<string> => carryOut(bot, 'wang', what, 10 * SECOND);
const warehouseOf = async (bot: TestBot, made: Made): Promise<number | undefined> =>
  (await bot.truth.order(made.orderNo)).erp[0]?.warehouse;

it('moves an order to the warehouse that was named and back again by /undo, with the stock as it was', async () => {
  const bot = await stoppedCompany();
  const made = await bot.scenario('short');
  await bot.advance(31 * SECOND);
  const before = await bot.truth.stock(made.sku);

  const there = await moved(bot, `/改仓 ${tail(made.orderNo)} 广州仓`);
  const at = await warehouseOf(bot, made);
  const back = await moved(bot, '点错了');

  expect(there).toContain(`✅ ${tail(made.orderNo)} 已改到广州仓（聚水潭 14:00 确认）`);
  expect(there).toContain(`[撤销 → /undo ${made.orderNo}]`);
  expect(at).toBe(1002);
  expect(back).toContain(`✅ ${tail(made.orderNo)} 已改到杭州仓`);
  expect(back).not.toContain('/undo');
  expect(await warehouseOf(bot, made)).toBe(1001);
  expect(await bot.truth.stock(made.sku)).toEqual(before);
});

it('undoes once, and not later than 30 minutes', async () => {
  const bot = await stoppedCompany();
  const [first, second] = [await bot.scenario('short'), await bot.scenario('short')];
  await bot.advance(31 * SECOND);
  await moved(bot, `/改仓 ${tail(first.orderNo)} 广州仓`);
  await moved(bot, `/撤销 ${tail(first.orderNo)}`);
  await moved(bot, `/改仓 ${tail(second.orderNo)} 西安仓`);

  expect(texts(await bot.say('wang', `/撤销 ${tail(first.orderNo)}`))).toContain('已经撤销过了');
  await bot.advance(31 * MINUTE, 5 * MINUTE);
  expect(texts(await bot.say('wang', `/撤销 ${tail(second.orderNo)}`))).toContain('超过 30 分钟');
  expect(await warehouseOf(bot, second)).toBe(1003);
});

it('states why an order that is picked by now is not taken back, and is not asked twice', async () => {
  const bot = await startTestBot();
  const made = await bot.scenario('short');
  await bot.advance(31 * SECOND);
  await moved(bot, `/改仓 ${tail(made.orderNo)} 广州仓`);
  await bot.advance(10 * MINUTE);

  expect((await bot.truth.order(made.orderNo)).erpStatus).toBe('Delivering');
  expect(await moved(bot, '/撤销')).toContain('没有改到杭州仓：已经开始拣货');
  expect(texts(await bot.say('wang', `/改仓 ${tail(made.orderNo)} 西安仓`))).toContain('改不了：已经开始拣货');
  expect(await bot.applied()).toHaveLength(1);
});

it('does not overwrite somebody else who moved it since the preview', async () => {
  const bot = await stoppedCompany();
  const made = await bot.scenario('short');
  await bot.advance(31 * SECOND);
  const words = wordsIn(await bot.say('wang', `/改仓 ${tail(made.orderNo)} 广州仓`));
  bot.sandbox.world.store.run('UPDATE erp_orders SET wms_co_id = 1003 WHERE so_id = ?', made.orderNo);

  await bot.say('wang', `确认 ${words}`);

  expect(texts(await bot.messages())).toContain('没有改到广州仓：刚刚已被改到西安仓');
  expect(await bot.applied()).toEqual([]);
});

it('moves all orders of an alert in one go with a result for each, and counts the pieces they take together [P17]', async () => {
  const bot = await stoppedCompany();
  const sku = 'WT01-BA-M';
  const made = await bot.scenario('short', { sku });
  for (let count = 0; count < 2; count += 1) await bot.scenario('short', { sku });
  // Two pieces in Guangzhou for three orders.
  bot.sandbox.world.store.run(
    'UPDATE stock SET qty = order_lock + lock_qty + 2 WHERE wms_co_id = 1002 AND sku = ?',
    sku,
  );
  const alerts = texts(await bot.advance(32 * SECOND));
  const number = /(\d+)号 · .*杭州仓 · 3 单/.exec(alerts)?.[1] ?? '1';
  const callsBefore = (await bot.calls()).length;

  const preview = await bot.say('li', `${number}号全部 改仓 广州`);
  const asked = (await bot.calls()).length - callsBefore;
  const replies = await bot.say('li', `确认 ${wordsIn(preview)}`);
  const said = texts([...replies, ...(await bot.advance(20 * SECOND))]);

  expect(texts(preview)).toContain('改仓 2 单');
  expect(texts(preview)).toContain('改不了：广州仓也缺 1 件');
  expect(said.match(/已改到广州仓/g)).toHaveLength(2);
  expect(asked, 'calls do not grow with the number of orders').toBeLessThanOrEqual(6);
  expect((await bot.applied()).length).toBe(2);
  expect(made.sku).toBe(sku);
});

it('lists the companions of a shared parcel before it moves one of them [P6]', async () => {
  let partner = '';
  const bot = await stoppedCompany({
    system: (system) => ({
      ...system,
      fetchByChannelOrder: async (nos, signal) => {
        const page = await system.fetchByChannelOrder(nos, signal);
        const fulfillments = page.fulfillments.map((each) => ({
          ...each,
          channelOrderNos: [...each.channelOrderNos, partner].filter((no) => no !== ''),
        }));
        return { ...page, fulfillments };
      },
    }),
  });
  const made = await bot.scenario('short');
  const other = await bot.order({ sku: made.sku });
  await bot.advance(31 * SECOND);
  partner = other.orderNo;

  const preview = texts(await bot.say('wang', `/改仓 ${tail(made.orderNo)} 广州仓`));

  expect(preview).toContain(`同包裹的单也在内：…${tail(other.orderNo)}`);
});

it('refuses what cannot be moved, order by order, with the reason', async () => {
  const bot = await stoppedCompany();
  const made = await bot.scenario('short');
  const closed = await bot.scenario('short');
  await bot.advance(31 * SECOND);
  await bot.scenario('close', { orderNo: closed.orderNo });
  await bot.advance(12 * SECOND);

  const preview = texts(await bot.say('wang', `/改仓 ${tail(made.orderNo)} ${tail(closed.orderNo)} 杭州仓`));

  expect(preview).toContain(`${tail(made.orderNo)} 改不了：本来就在杭州仓`);
  expect(preview).toContain(`${tail(closed.orderNo)} 改不了：订单已关闭`);
  expect(preview).not.toContain('确认');
});
