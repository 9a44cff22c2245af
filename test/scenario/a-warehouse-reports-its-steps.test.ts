import { expect, it } from 'vitest';
import { sign } from '../../src/adapters/fulfillment/qimen/sign.ts';
import { qimen } from '../../src/sandbox/world/company.ts';
import { MINUTE, SECOND, startTestBot, type TestBot } from '../kit/test-bot.ts';

const report = (orderNo: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><request><order><orderCode>${orderNo}</orderCode></order><process><processStatus>SIGN</processStatus></process></request>`;

async function push(bot: TestBot, body: string, more: { secret?: string; signed?: string } = {}) {
  const query: Record<string, string> = {
    method: 'orderprocess.report',
    app_key: qimen.appKey,
    customerId: qimen.customerId,
    v: '2.0',
    format: 'xml',
    sign_method: 'md5',
  };
  query.sign = sign(more.secret ?? qimen.appSecret, query, Buffer.from(more.signed ?? body));
  const url = `/hooks/systems/wms?${new URLSearchParams(query).toString()}`;
  const headers = { host: 'localhost', 'content-type': 'text/xml' };
  return bot.bot.web.inject({ method: 'POST', url, headers, payload: body });
}

const readsOf = async (bot: TestBot, orderNo: string): Promise<number> =>
  (await bot.calls()).filter(({ route, body }) => route === 'orderprocess.query' && body.includes(orderNo)).length;

it('[B1] on Qimen, a step that the warehouse reports is answered, read afresh once however often it comes, and not believed', async () => {
  const bot = await startTestBot({ settings: { erp: 'qimen', shares: { mini: 1 } } });
  const { orderNo } = await bot.order();
  const before = await readsOf(bot, orderNo);

  const first = await push(bot, report(orderNo));
  await bot.advance(6 * SECOND);
  const again = await push(bot, report(orderNo));
  await bot.advance(6 * SECOND);

  expect([first.statusCode, first.body]).toEqual([200, expect.stringContaining('<flag>success</flag>')]);
  expect(again.body).toBe(first.body);
  expect(await readsOf(bot, orderNo)).toBe(before + 1);
  const order = await bot.bot.storage.views.findOrderByNo('mini', orderNo);
  // It says SIGN; the warehouse, asked, does not.
  expect(order?.stage).toBe('queued');
});

it('[P18] on Qimen, a report that another secret signed, or that was changed on the way, is refused and read by nobody', async () => {
  const bot = await startTestBot({ settings: { erp: 'qimen', shares: { mini: 1 } } });
  const { orderNo } = await bot.order();
  const before = await readsOf(bot, orderNo);

  const forged = await push(bot, report(orderNo), { secret: 'another secret' });
  const changed = await push(bot, report(orderNo), { signed: report('1') });
  await bot.advance(MINUTE, 10 * SECOND);

  expect([forged.statusCode, changed.statusCode]).toEqual([400, 400]);
  expect(await readsOf(bot, orderNo)).toBe(before);
});
