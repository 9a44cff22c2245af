import { expect, it } from 'vitest';
import { MINUTE, SECOND, startTestBot, stopWarehouses, type TestBot, tail, texts } from '../kit/test-bot.ts';

const hour = 60 * MINUTE;
const openAlerts = async (bot: TestBot, ruleId: string) =>
  await bot.bot.storage.alerts.list({ state: 'unresolved', ruleId, limit: 100 });

it('names a warehouse that will not be done in time, who is lacking and what it costs, and is quiet when it will [P1][P13]', async () => {
  const bot = await startTestBot({
    company: (raw) => {
      raw.penalties = [{ channel: 'miniprogram', each: 3, asOf: '2026-11-01' }];
    },
  });
  await bot.scenario('warehouse-pace', { warehouse: 'hz', perHour: 20, forMs: 12 * hour });
  // Due in ten hours, at midnight; the doors close at 22:00.
  await bot.scenario('backlog', { warehouse: 'hz', orders: 200, paidAgoMs: 38 * hour + MINUTE });
  await bot.advance(40 * MINUTE, 4 * MINUTE);

  const said = texts(await bot.messages());
  expect(said).toMatch(/🟡 \d+号 · 杭州仓发不完 · 会晚 \d+ 单/);
  expect(said).toMatch(/排队 \d+ 单 · 每小时 \d+（最近 2 小时） → .*才能发完/);
  expect(said).toMatch(/加 \d+ 人/);
  const [alert] = await openAlerts(bot, 'backlog-over-capacity');
  expect(alert).toMatchObject({ subject: 'warehouse:hz', facts: { warehouseId: 'hz', isMeasured: true } });

  const short = texts(await bot.say('li', '/今晚'));
  expect(short).toMatch(/🌙 14:4\d · 今晚 24:00 前要发 200/);
  expect(short).toMatch(/已发 \d+ · 每小时 \d+ → \S+ \S+ 才能发完|已发 \d+ · 每小时 \d+ → \S+ 才能发完/);
  expect(short).toMatch(/会晚 \d+ 单：加 \d+ 人（按 30 单\/人时），或改(广州仓|西安仓)/);
  const [, misses, money] = /晚的 (\d+) 单约扣 ¥(\d+)\.00（2026-11-01 核对的扣款表）/.exec(short) ?? [];
  expect(Number(money)).toBe(3 * Number(misses));
  expect(short).toMatch(/\[看 \d+ 单 → \/tonight list\]\n\[我来安排 → \/ack \d+\]/);
  expect(texts(await bot.say('li', '/今晚 详细'))).toMatch(
    /杭州仓 要发 200 已发 \d+ 会晚 \d+ · .* · 加 \d+ 人\n小程序商城 要发 200/,
  );
  expect(texts(await bot.say('li', '/tonight list'))).toMatch(/杭州仓 今晚会晚 \d+ 单/);

  await bot.scenario('warehouse-pace', { warehouse: 'hz', perHour: 4_000, forMs: 12 * hour });
  const later = texts(await bot.advance(20 * MINUTE, 4 * MINUTE));
  expect(later).toMatch(/✅ \d+号 杭州仓/);
  expect(await openAlerts(bot, 'backlog-over-capacity')).toEqual([]);
});

it('says an order that is near its wall once, louder at each band, and ends when it is sent [N18]', async () => {
  const bot = await startTestBot();
  await stopWarehouses(bot, 12 * hour);
  await bot.scenario('backlog', { warehouse: 'hz', orders: 1, paidAgoMs: 36 * hour - 30_000 });
  await bot.advance(MINUTE, 10 * SECOND);

  const [first] = await openAlerts(bot, 'ship-by-risk');
  expect(first).toMatchObject({ severity: 'warning', facts: { band: 1 } });
  await bot.advance(8 * hour, hour);
  const [second, more] = await openAlerts(bot, 'ship-by-risk');
  expect(second).toMatchObject({ id: first?.id, severity: 'warning', facts: { band: 2 } });
  await bot.advance(3 * hour, hour / 2);
  const [third] = await openAlerts(bot, 'ship-by-risk');
  expect(third).toMatchObject({ id: first?.id, severity: 'critical', facts: { band: 3 } });
  expect(more).toBeUndefined();
});

it('says an order that 200 later ones have passed, once, and leaves those whose turn it is to the list [P2]', async () => {
  const bot = await startTestBot();
  await bot.scenario('warehouse-pace', { warehouse: 'hz', perHour: 12_000, forMs: 12 * hour });
  const made = await bot.scenario('overtaken', { warehouse: 'hz', others: 230 });
  await bot.advance(2 * MINUTE, 15 * SECOND);

  const cards = (await bot.messages()).filter(({ text }) => text.includes(tail(made.orderNo)));
  expect(cards).toHaveLength(1);
  expect(cards[0]?.text).toMatch(/🔴 1号 · 先发这单 · 剩 46时5\d分/);
  expect(cards[0]?.text).toMatch(/后付款的 2\d\d 单都分拣了，这单还没动/);
  expect(cards[0]?.text).toContain('[改仓');
  await bot.advance(70 * MINUTE, 10 * MINUTE);
  expect((await openAlerts(bot, 'paid-not-sorted')).map(({ subject }) => subject)).toContain(bot.subject(made.orderNo));
  expect((await bot.messages()).filter(({ text }) => text.includes(tail(made.orderNo)))).toHaveLength(1);

  bot.sandbox.world.store.run('UPDATE stock SET qty = qty + 9, received = received + 9 WHERE sku = ?', made.sku);
  const oId = bot.sandbox.world.store.get<{ o_id: number }>(
    'SELECT o_id FROM erp_orders WHERE so_id = ?',
    made.orderNo,
  );
  bot.sandbox.world.schedule(bot.now() + SECOND, 'look-again', oId?.o_id ?? 0);
  expect(texts(await bot.advance(30 * SECOND, 5 * SECOND))).toMatch(/✅ 1号 \d+ 分拣中/);
  expect(await openAlerts(bot, 'overtaken')).toEqual([]);
});

it('says a style that suddenly sells within a minute, how long its stock lasts and how much work it is [P9]', async () => {
  const bot = await startTestBot();
  await bot.scenario('spike', { style: 'WY01', pieces: 200, forMs: 4 * MINUTE });

  const said = texts(await bot.advance(MINUTE, 5 * SECOND));
  expect(said).toMatch(/🟡 1号 · 爆单 · 连帽卫衣/);
  expect(said).toMatch(/1 分钟卖 \d+ 件，库存够 [\d.]+ (分钟|小时)，仓库多 \d+ 分钟活/);
  expect(said).toContain('[看库存 → /stock WY01]');

  const again = texts(await bot.advance(4 * MINUTE, 10 * SECOND));
  expect(again).toMatch(/[3-5] 分钟卖 1\d\d 件/);
  await bot.advance(15 * MINUTE, 3 * MINUTE);
  expect(await openAlerts(bot, 'spike')).toEqual([]);
});
