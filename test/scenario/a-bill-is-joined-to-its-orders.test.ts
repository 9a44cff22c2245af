import { expect, it } from 'vitest';
import { startTestBot, texts } from '../kit/test-bot.ts';

it('shows with the order and in the day’s numbers what its platform took [P13]', async () => {
  const bot = await startTestBot();
  const { orderNo } = await bot.order();
  const text = `订单号,扣款金额,扣款原因,扣款时间\n${orderNo},3.50,延迟发货,2026-11-10 13:00:00\n`;
  await bot.bot.imports.accept({
    fileName: '扣款.csv',
    bytes: new Uint8Array(new TextEncoder().encode(text)),
    modifiedAt: null,
    shopId: null,
    actor: { type: 'person', person: { id: 'zhao', name: '赵磊', role: 'finance' } },
    roomId: 'war',
  });
  const said = async (): Promise<string> => {
    await bot.tick();
    return texts(await bot.messages());
  };
  await expect
    .poll(said, { timeout: 20_000 })
    .toContain('✅ 已导入 1 笔扣款 · 扣款.csv\n1 笔是新的；查单和战报里能看到');

  expect(texts(await bot.say('zhao', `/查单 ${orderNo}`))).toContain('扣款 ¥3.50（发货晚 ¥3.50）');
  expect(texts(await bot.say('zhao', '/战报'))).toContain('扣款 ¥3.50（发货晚 ¥3.50）');
});
