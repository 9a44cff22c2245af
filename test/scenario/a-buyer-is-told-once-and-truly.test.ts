import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { SmsRow } from '../../src/ports/stores.ts';
import { HOUR, MINUTE, startTestBot, stopWarehouses, type TestBot } from '../kit/test-bot.ts';

interface Text {
  readonly mobile: string;
  readonly words: string;
  readonly out_id: string;
}

const textsOf = async (bot: TestBot): Promise<readonly Text[]> => {
  const answer = await fetch(`${bot.sandbox.url}/world/texts`);
  return ((await answer.json()) as { texts: Text[] }).texts;
};
const sms = (bot: TestBot, more: object = {}): Promise<Response> =>
  fetch(`${bot.sandbox.url}/world/faults`, {
    method: 'POST',
    body: JSON.stringify({ server: 'aliyun-sms', times: 1, ...more }),
  });

const everything = { remote: 'SMS_100000001', 'picked-up': 'SMS_100000002', delivered: 'SMS_100000003' };
const start = (startAt = Date.UTC(2026, 10, 10, 2), follows = false): Promise<TestBot> =>
  startTestBot({
    startAt,
    follows,
    company: (raw) => {
      raw.sms[0].templates = everything;
    },
  });

/** A paid order whose receiver lives far away. */
async function remoteOrder(bot: TestBot, province = '西藏自治区'): Promise<{ orderNo: string; phone: string }> {
  const { orderNo } = await bot.order();
  const { store } = bot.sandbox.world;
  const row = store.get<{ receiver: string }>('SELECT receiver FROM orders WHERE no = ?', orderNo);
  const receiver = { ...(JSON.parse(row?.receiver ?? '{}') as { phone: string }), province };
  store.run(
    'UPDATE orders SET receiver = ?, updated_at = updated_at + 1000 WHERE no = ?',
    JSON.stringify(receiver),
    orderNo,
  );
  return { orderNo, phone: receiver.phone };
}

const rowsOf = async (bot: TestBot, orderNo: string): Promise<readonly SmsRow[]> => {
  const order = await bot.bot.storage.views.findOrderByNo('mini', orderNo);
  return order === undefined ? [] : bot.bot.storage.sms.listFor(order.id);
};

it('a buyer far away is told once which warehouse sends, and then of the pickup [H2 H5]', async () => {
  const bot = await start(undefined, true);
  const { orderNo, phone } = await remoteOrder(bot);
  await bot.advance(20 * MINUTE, MINUTE);
  const own = async () => (await textsOf(bot)).filter(({ mobile }) => mobile === phone).map(({ words }) => words);
  const [row] = await rowsOf(bot, orderNo);
  expect({ state: row?.state, mask: row?.phoneMask }).toEqual({
    state: 'delivered',
    mask: `${phone.slice(0, 3)}****${phone.slice(-4)}`,
  });
  expect(await own()).toEqual([expect.stringMatching(/^亲，您的订单将从(杭州|广州)仓发出/)]);
  for (let step = 0; step < 60 && (await own()).length < 2; step += 1) await bot.advance(30 * MINUTE, 30 * MINUTE);
  await bot.advance(2 * HOUR, 30 * MINUTE);
  expect((await own()).slice(1)).toEqual([expect.stringMatching(/^您的订单\d{6}已由.+揽收，运单尾号\w{4}。$/)]);
  // No number is kept: neither in rows nor in the trail of who opened it.
  const trail = await bot.audit(bot.subject(orderNo));
  expect(trail.some(({ action, actorId }) => action === 'receiver.open' && actorId.includes('sms'))).toBe(true);
  expect(JSON.stringify([await rowsOf(bot, orderNo), trail])).not.toContain(phone);
});

it('nobody is written to at night, and in the morning only what is still true [H2 H4]', async () => {
  const bot = await start(Date.UTC(2026, 10, 10, 13, 30)); // 21:30
  const { orderNo } = await remoteOrder(bot);
  await bot.advance(2 * HOUR, 10 * MINUTE);
  expect(await textsOf(bot)).toEqual([]);
  expect((await rowsOf(bot, orderNo))[0]?.state).toBe('waiting');
  await stopWarehouses(bot, 48 * HOUR);
  await bot.advance(12 * HOUR, 10 * MINUTE);
  const [row] = await rowsOf(bot, orderNo);
  // It was promised to nobody: by then it had left, or its warehouse stood still.
  if (row?.state === 'delivered') expect((await textsOf(bot)).some(({ out_id }) => out_id === row.id)).toBe(true);
  else expect(row?.reason?.zh).toMatch(/./);
});

it('a message whose answer is lost is looked for and never sent again [H5]', async () => {
  const bot = await start();
  const { orderNo, phone } = await remoteOrder(bot);
  await sms(bot, { kind: 'drop-after' });
  await bot.advance(20 * MINUTE, MINUTE);
  expect((await textsOf(bot)).filter(({ mobile }) => mobile === phone)).toHaveLength(1);
  expect((await rowsOf(bot, orderNo))[0]?.state).toBe('delivered');
});

it('a message that never got there is not sent again behind our back, and says so [H2]', async () => {
  const bot = await start();
  const { orderNo, phone } = await remoteOrder(bot);
  await sms(bot, { kind: 'drop-before' });
  await bot.advance(30 * MINUTE, MINUTE);
  expect((await textsOf(bot)).filter(({ mobile }) => mobile === phone)).toEqual([]);
  expect((await rowsOf(bot, orderNo))[0]).toMatchObject({ state: 'failed', reason: { zh: '查证过了，没有发出去' } });
});

it('a receiver that cannot be opened any more keeps nobody else from being told [H2 B3]', async () => {
  const bot = await start();
  // Both have to wait ten minutes.
  await sms(bot, { kind: 'rate-limit', times: 2 });
  const broken = await remoteOrder(bot);
  const whole = await remoteOrder(bot);
  await bot.advance(MINUTE, 10_000);
  const order = await bot.bot.storage.views.findOrderByNo('mini', broken.orderNo);
  const db = new Database(bot.file);
  db.prepare(
    `UPDATE Receiver SET sealed = (SELECT sealed FROM Receiver WHERE orderId <> ? AND sealed IS NOT NULL LIMIT 1) || 'x' WHERE orderId = ?`,
  ).run(order?.id, order?.id);
  db.close();
  await bot.advance(20 * MINUTE, MINUTE);
  expect((await rowsOf(bot, broken.orderNo))[0]).toMatchObject({ state: 'failed' });
  expect((await rowsOf(bot, whole.orderNo))[0]).toMatchObject({ state: 'delivered' });
});
