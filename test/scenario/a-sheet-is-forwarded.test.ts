import { expect, it } from 'vitest';
import { MINUTE, startTestBot, stopWarehouses, tail, texts } from '../kit/test-bot.ts';

it('exports a group’s orders, or a warehouse’s, in one sentence, as a sheet for outside [P10]', async () => {
  const bot = await startTestBot({
    company: (raw) => {
      raw.warehouses[0] = { ...raw.warehouses[0], kind: 'supplier', contact: '老周' };
    },
  });
  await stopWarehouses(bot, 3 * 60 * MINUTE);
  const made = [await bot.scenario('short', { warehouse: 'hz' }), await bot.scenario('short', { warehouse: 'hz' })];
  const said = texts(await bot.advance(2 * MINUTE, 10_000));
  const number = /(\d+)号 · 先发这些 · 最急剩 \S+ · 杭州仓 · 2 单/.exec(said)?.[1];
  expect(said).toContain('联系 老周');
  expect(said).toContain(`[导出 → /export ${number}]`);

  for (const words of [`${number}号 导出`, '导出杭州仓']) {
    const [answer] = await bot.say('li', words);
    expect(answer?.text, `on ${words}`).toMatch(/🔵 .*2 单的表格\n没有姓名、电话和地址，可以转发/);
    const url = new URL(answer?.card.url ?? '');
    const sheet = await bot.bot.web.inject({ url: url.pathname + url.search, headers: { host: 'localhost' } });
    expect(sheet.statusCode).toBe(200);
    expect(sheet.body.trim().split('\r\n')).toHaveLength(3);
    for (const { orderNo } of made) expect(sheet.body).toContain(tail(orderNo));
  }
});
