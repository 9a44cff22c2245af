import { expect, it } from 'vitest';
import { HOUR, MINUTE, startTestBot, stopWarehouses, texts } from '../kit/test-bot.ts';

it('says that a warehouse prints no labels though orders wait, and that it prints again [P14]', async () => {
  const bot = await startTestBot();
  await bot.scenario('warehouse-pace', { warehouse: 'hz', perHour: 80, forMs: 12 * HOUR });
  await bot.scenario('backlog', { warehouse: 'hz', orders: 120, paidAgoMs: HOUR });
  await bot.advance(54 * MINUTE, 2 * MINUTE);
  expect(texts(await bot.messages())).not.toContain('面单停了');

  await stopWarehouses(bot, HOUR);
  const said = texts(await bot.advance(32 * MINUTE, 2 * MINUTE));
  expect(said).toMatch(/🔴 \d+号 · 面单停了 1\d分 · 杭州仓 · \d+ 单在等\n停之前每小时 \d+ 张，最后一张 15:\d\d/);
  const later = texts(await bot.advance(60 * MINUTE, 4 * MINUTE));
  expect(later).toMatch(/✅ \d+号 杭州仓/);
  expect(await bot.bot.storage.alerts.list({ state: 'unresolved', ruleId: 'labels-stopped', limit: 9 })).toEqual([]);
});
