import { expect, it } from 'vitest';
import {
  carryOut,
  HOUR,
  MINUTE,
  SECOND,
  startTestBot,
  stopWarehouses,
  type TestBot,
  texts,
  wordsIn,
} from '../kit/test-bot.ts';

const drafts = (bot: TestBot): readonly { io_id: number; go_co_id: number; link_co_id: number; items: string }[] =>
  bot.sandbox.world.store.all('SELECT io_id, go_co_id, link_co_id, items FROM allocations ORDER BY io_id');

it('asks the warehouse that has most for goods, previewed, by who may, once a day per SKU and warehouse [I5]', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const { sku } = await bot.order();

  expect(texts(await bot.say('sun', `/补货 ${sku} 2 杭州仓`))).toContain('你的角色不能做这个');
  expect(texts(await bot.say('li', `/补货 ${sku}`))).toContain('写款名或 SKU、件数');
  expect(texts(await bot.say('li', `/补货 ${sku} 2`))).toContain('补到哪个仓');
  const preview = texts(await bot.say('li', `/补货 ${sku} 2 杭州仓`));
  expect(preview).toMatch(/从(广州|西安)仓调拨/);
  expect(preview).toContain('可用：');
  expect(drafts(bot)).toEqual([]);

  // Two are shown it, two say yes: one is asked for.
  const other = wordsIn(await bot.say('wang', `/补货 ${sku} 3 杭州仓`));
  const said = await carryOut(bot, 'li', `/补货 ${sku} 2 杭州仓`);
  const late = [...(await bot.say('wang', `确认 ${other}`)), ...(await bot.advance(10 * SECOND))];
  expect(texts(late)).toContain('24 小时内已经提过一次');
  const [draft, ...more] = drafts(bot);
  expect(more).toEqual([]);
  expect(draft).toMatchObject({ link_co_id: 1001, items: JSON.stringify([{ sku, qty: 2 }]) });
  expect(said).toContain(`✅ ${sku} 已提补货单 ${draft?.io_id}`);
  expect(said).toContain('草稿，要在系统里审核');
  expect((await bot.audit(`sku:${sku}`)).map(({ action }) => action)).toContain('act.replenish.done');

  const again = texts(await bot.say('wang', `/补货 ${sku} 5 杭州仓`));
  expect(again).toContain(`单号 ${draft?.io_id}`);
  expect(texts(await bot.say('li', '/撤销'))).toContain('补货单没有撤销接口');
  await bot.advance(25 * HOUR, HOUR);
  expect(texts(await bot.say('wang', `/补货 ${sku} 5 杭州仓`))).toContain('调拨');
});

it('finds out whether a request whose answer was lost was made, and makes no second one [D10]', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const { sku } = await bot.order();
  await bot.fault('drop-after', { route: '/open/allocate/kc/upload', times: 1 });

  const said = await carryOut(bot, 'li', `/补货 ${sku} 2 杭州仓`, MINUTE);

  expect(drafts(bot)).toHaveLength(1);
  expect(said).toContain('没收到答复');
  expect(said).toContain(`已提补货单 ${drafts(bot)[0]?.io_id}`);
});

it('says how it is bought where no warehouse has it and no command can buy', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot);
  const { sku } = await bot.order();

  const said = texts(await bot.say('li', `/补货 ${sku} 99999 杭州仓`));

  expect(said).toContain('采购要先选供应商');
  expect(said).not.toContain('确认');
  expect(await bot.advance(5 * SECOND)).toEqual([]);
});
