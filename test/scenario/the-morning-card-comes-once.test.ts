import { expect, it } from 'vitest';
import { MINUTE, SECOND, startTestBot, texts } from '../kit/test-bot.ts';

/** A minute before half past eight in Beijing. */
const startAt = Date.UTC(2026, 10, 11, 0, 29);

it('comes to the room at half past eight with its picture, once over a restart, and answers to 战报 as the board does [E8, E10]', {
  timeout: 60_000,
}, async () => {
  const bot = await startTestBot({ startAt });
  await bot.order();

  const morning = await bot.advance(2 * MINUTE, 10 * SECOND);
  await bot.restart();
  const later = await bot.advance(MINUTE, 10 * SECOND);
  const [asked] = await bot.say('wang', '/战报');
  const board = await bot.bot.web.inject({ url: '/', headers: { host: 'localhost:3000' } });

  const cards = morning.filter(({ card }) => card.tone === 'numbers');
  expect(cards.map(({ text }) => text.split('\n')[0])).toEqual([expect.stringMatching(/^📊 11月11日早报 · 🟢 绿灯/)]);
  expect(cards[0]?.card.picture?.bars).toHaveLength(7);
  expect(texts(later)).not.toContain('早报');
  expect(asked?.text).toMatch(/^📊 11月11日战报 · 🟢 绿灯.*\n含未揽收周期 \d分（近 24 小时 1 单均值）/);
  expect(asked?.card.picture?.labels.at(-1)).toBe('11/11');
  expect(board.statusCode).toBe(200);
  expect(board.body).toMatch(/全公司<\/span> <b>绿灯<\/b> <span class="value">\d分/);
  expect(board.body).toContain('<figure class="chart"');
});

it('answers for the week and the month, in English too, and says what there is instead of another word [E7]', async () => {
  const bot = await startTestBot({ startAt });

  const told = [
    await bot.say('wang', '/战报 本周'),
    await bot.say('wang', '/health month'),
    await bot.say('wang', '/战报 大前天'),
  ].map((said) => texts(said).split('\n')[0]);

  expect(told).toEqual([
    expect.stringContaining('📊 本周战报（11月9日起） · ○ 无数据'),
    expect.stringContaining('📊 本月战报（11月1日起） · ○ 无数据'),
    '⛔ 只有日、周、月三种：/战报 今天、/战报 本周、/战报 本月',
  ]);
});
