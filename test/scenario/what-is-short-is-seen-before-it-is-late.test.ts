import { expect, it } from 'vitest';
import { MINUTE, SECOND, startTestBot, texts } from '../kit/test-bot.ts';

it('says what is sold and not there, and its end when the goods have come [P8]', async () => {
  const bot = await startTestBot();
  const sku = 'WY01-XI-L';
  await bot.scenario('shortage', { sku, pieces: 3, orders: 8 });

  const said = texts(await bot.advance(7 * MINUTE, 20 * SECOND));
  expect(said).toMatch(/🟡 1号 · 缺 5 件 · 连帽卫衣 杏L\n欠 8 · 有 3 · 在途 0\n8 单在等 · 最早剩 47时\d+分/);
  const answer = texts(await bot.say('li', '缺货'));
  expect(answer).toMatch(
    /🔴 缺 5 件 · 1 款 1 个颜色尺码 · 数据 14:0\d\n连帽卫衣 杏L 缺 5 · 欠 8 · 有 3 · 在途 0 · 最早剩/,
  );
  expect(texts(await bot.say('li', '/异常'))).toContain(`1号 ${sku} · 缺货`);

  bot.sandbox.world.store.run(
    'UPDATE stock SET qty = qty + 9, received = received + 9 WHERE sku = ? AND wms_co_id = 1001',
    sku,
  );
  const later = texts(await bot.advance(7 * MINUTE, 20 * SECOND));
  expect(later).toContain(`✅ 1号 ${sku}`);
  expect(texts(await bot.say('li', '/short'))).toMatch(/✅ 要发的 \d 个颜色尺码都够/);
});
