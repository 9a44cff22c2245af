import { expect, it, onTestFinished } from 'vitest';
import { encodeGbk } from '../kit/gbk.ts';
import { startDingTalkBot, startWecomBot } from '../kit/platform-bot.ts';

const headings = '内部订单号,线上订单号,订单状态,下单时间,付款日期,商品编码,商品名称,数量';
const sheet = (...rows: readonly string[]) => ({
  name: '导出[点我](https://evil.example).csv',
  bytes: encodeGbk([headings, ...rows].join('\r\n')),
});
const order = '1,402611100018842001,已付款待审核,2026-11-10 09:59:00,2026-11-10 10:00:00,XZ-BK-L,绣字卫衣 黑L,1';
const company = (raw: { shops: object[] }): void => {
  raw.shops.push({ id: 'own', channel: 'file', name: '我的店' });
};

it.each([
  ['WeCom', startWecomBot],
  ['DingTalk', startDingTalkBot],
] as const)(
  '%s: a sheet sent to the bot in private is imported as on the page, and said there [B7 P16]',
  async (_name, start) => {
    const platform = await start({ hurry: 50, company });
    onTestFinished(() => platform.bot.stop());
    await expect.poll(() => platform.isUp(), { timeout: 10_000 }).toBe(true);

    await platform.say('/帮助'); // a group nobody spoke in is closed to WeCom's bot
    const said = async (): Promise<string | undefined> => {
      await platform.bot.tick();
      return (await platform.privately()).at(-1);
    };
    expect(await platform.sendFile(sheet(order))).toEqual({ isDelivered: true });

    await expect.poll(said, { timeout: 20_000 }).toContain('已导入 1 单');
    const all = await platform.privately();
    expect(all).toHaveLength(2);
    expect(all[0]).toContain('收到，在读');
    expect(all[1]).toContain('1 单是新的或变了，0 单没变');
    expect(all.join()).not.toContain('](https://evil');
    const stored = await platform.bot.bot.storage.views.findOrderByNo('own', '402611100018842001');
    expect(stored?.paidAt).not.toBeNull();

    await platform.sendFile({ name: '坏.csv', bytes: new TextEncoder().encode('线上订单号\n4.01E+18') });

    await expect.poll(said, { timeout: 20_000 }).toContain('没有导入');
  },
);
